//! Texts that many traces have in common, each kept once.

use std::collections::HashMap;
use std::sync::Arc;

use super::Word;

/// Texts and the numbers they go by.
#[derive(Default)]
pub struct Vocabulary {
    texts: Vec<Arc<str>>,
    words: HashMap<Arc<str>, Word>,
}

impl Vocabulary {
    /// The number of a text, a new one if it is new.
    pub(super) fn word(&mut self, text: &str) -> Word {
        if let Some(word) = self.words.get(text) {
            return *word;
        }
        let word = self.texts.len() as Word;
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.words.insert(text, word);
        word
    }

    /// The number of a text, if it is in use.
    pub fn find(&self, text: &str) -> Option<Word> {
        self.words.get(text).copied()
    }

    /// The text of a number.
    pub fn text(&self, word: Word) -> &str {
        self.texts.get(word as usize).map_or("", |text| text)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All texts, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }
}
