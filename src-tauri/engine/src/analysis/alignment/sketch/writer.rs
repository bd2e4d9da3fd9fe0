//! Reads texts and values into a sketch.

use std::ops::Range;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::prose::{Token, ends, is_prose, is_punctuation, is_without_spaces, tokens};
use super::words::{as_number, canonical_number, is_filler, is_negation, number_word, stem};
use super::{Sketch, mix, set_bit};
use crate::analysis::alignment::ids::{
    id_in_path, is_volatile, is_volatile_after, separates, with_times_joined,
};
use crate::analysis::alignment::named::{WordsBefore, is_id_of_run, is_number_of_try, is_time_of_run};

/// A sketch as it is written.
pub(super) struct Writer {
    pub(super) sketch: Sketch,
    /// Hash of the keys under which the text stands: the same word in another argument is another.
    place: u64,
}

impl Default for Writer {
    fn default() -> Self {
        Self { sketch: Sketch::empty(), place: 0 }
    }
}

impl Writer {
    /// A text in a value, at `path`.
    pub(super) fn string(&mut self, text: &str, path: u64) {
        if is_prose(text) {
            self.place = path;
            self.text(text);
        } else {
            self.literal(text, path);
        }
    }

    fn word(&self, text: &str) -> u64 {
        mix(xxh3_64(text.as_bytes()) ^ self.place)
    }

    fn exact(&mut self, hash: u64) {
        self.sketch.exact = mix(self.sketch.exact.rotate_left(7) ^ hash);
    }

    /// A value; iterative, as values nest as deep as their source likes. What stands in a list stands in order there.
    pub(super) fn value(&mut self, value: &Value) {
        // Each with a hash of the keys that lead to it.
        let mut pending: Vec<(&Value, u64)> = vec![(value, 1)];
        while let Some((value, path)) = pending.pop() {
            match value {
                Value::Array(items) => {
                    self.exact(mix(path ^ items.len() as u64));
                    pending.extend(
                        items.iter().enumerate().rev().map(|(at, item)| (item, mix(path ^ (at as u64 + 1)))),
                    );
                }
                Value::Object(members) => {
                    let mut members: Vec<(&String, &Value)> = members.iter().collect();
                    members.sort_by_key(|(key, _)| key.as_str());
                    self.exact(mix(path ^ members.len() as u64));
                    pending.extend(
                        members
                            .into_iter()
                            .rev()
                            .filter(|(key, value)| !is_of_run(key, value))
                            .map(|(key, value)| (value, mix(path ^ xxh3_64(key.as_bytes())))),
                    );
                }
                Value::String(text) => {
                    self.exact(path);
                    self.string(text, path);
                }
                Value::Null => self.exact(path),
                Value::Bool(is_so) => self.scalar(if *is_so { "true" } else { "false" }, path),
                Value::Number(number) => {
                    let text = number.to_string();
                    if is_volatile(&text) {
                        self.exact(path);
                    } else {
                        self.scalar(&canonical_number(&text), path);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, path: u64) {
        let hash = xxh3_64(text.as_bytes());
        self.exact(hash ^ path);
        self.sketch.add_strict(hash ^ path);
        self.sketch.add_word(mix(hash ^ path));
    }

    /// A text that means its letters: a path, a command, a name. Ids and times in it are passed over.
    fn literal(&mut self, text: &str, path: u64) {
        let mut whole = path;
        let mut before = WordsBefore::default();
        let joined = with_times_joined(text);
        for token in joined.split_whitespace() {
            for part in token.split_inclusive(separates) {
                let piece = part.trim_end_matches(separates);
                // What is between the pieces is an operator, say; which quotes are used says nothing.
                let separator =
                    part.chars().next_back().filter(|c| separates(*c) && !matches!(c, '"' | '\''));
                whole = mix(whole.rotate_left(9) ^ separator.map_or(0, |c| u64::from(u32::from(c))));
                let bare = piece.trim_matches(is_punctuation);
                if piece.is_empty() || is_volatile_after(&before, bare) {
                    continue;
                }
                before.push(bare);
                let own;
                let piece = match id_in_path(piece) {
                    Some(id) => {
                        own = without(piece, id);
                        &own
                    }
                    None => piece,
                };
                whole ^= xxh3_64(piece.as_bytes());
                for word in piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                    self.sketch.add_word(mix(xxh3_64(word.to_lowercase().as_bytes())));
                }
            }
            whole = mix(whole ^ 1);
        }
        self.exact(whole);
        self.sketch.add_strict(whole);
    }

    /// A text that means its words.
    pub(super) fn text(&mut self, text: &str) {
        let (head, tail) = ends(text);
        for part in [head, tail] {
            // Code between fences means its letters.
            for (at, part) in with_times_joined(part).split("```").enumerate() {
                let mut starts_sentence = true;
                let mut before = WordsBefore::default();
                match at % 2 {
                    0 => tokens(part).for_each(|token| {
                        self.prose(&token, &before, &mut starts_sentence);
                        before.push(token.text.trim_matches(is_punctuation));
                    }),
                    _ => self.literal(part, self.place),
                }
            }
        }
        if head.len() + tail.len() < text.len() {
            // What lies between the ends is compared to the letter.
            self.exact(xxh3_64(text.as_bytes()));
        }
    }

    fn prose(&mut self, token: &Token<'_>, before: &WordsBefore<'_>, starts_sentence: &mut bool) {
        if !token.text.is_empty() {
            self.token(token.text, before, starts_sentence);
        }
        if let Some(ending) = token.ending {
            self.exact(u64::from(u32::from(ending)));
            if token.is_indexed() {
                self.sketch.add_strict(self.word(ending.encode_utf8(&mut [0; 4])));
            }
        }
    }

    fn token(&mut self, token: &str, before: &WordsBefore<'_>, starts_sentence: &mut bool) {
        let is_first =
            std::mem::replace(starts_sentence, token.ends_with(['.', '!', '?', ':', '。', '！', '？']));
        let is_quoted = token.starts_with(['"', '\'', '`', '“', '«']) && token.len() > 2;
        let bare = token.trim_matches(is_punctuation);
        if is_volatile_after(before, bare) {
            return;
        }
        let own;
        let (token, bare) = match id_in_path(token) {
            Some(id) => {
                own = without(token, id);
                (&*own, own.trim_matches(is_punctuation))
            }
            None => (token, bare),
        };
        self.exact(xxh3_64(token.as_bytes()));
        if bare.is_empty() {
            if matches!(token, "<" | ">" | "<=" | ">=" | "=" | "==" | "!=" | "≤" | "≥" | "≠") {
                self.sketch.add_strict(self.word(token));
            }
            *starts_sentence |= is_first;
            return;
        }
        // A list's "1." and a bullet say nothing.
        if is_first
            && token.len() <= 3
            && token.ends_with(['.', ')'])
            && bare.bytes().all(|byte| byte.is_ascii_digit())
        {
            *starts_sentence = true;
            return;
        }
        if bare.chars().any(is_without_spaces) {
            return self.script_without_spaces(bare);
        }
        let lower = bare.to_lowercase();
        if is_negation(&lower) {
            self.sketch.negations += 1;
            return;
        }
        let number = number_word(&lower).map(str::to_owned).or_else(|| as_number(&lower));
        if let Some(number) = number {
            let word = self.word(&number);
            self.sketch.add_strict(word);
            self.sketch.add_word(word);
            return;
        }
        if is_filler(&lower) {
            return;
        }
        let word = self.word(stem(&lower));
        let is_identifier = bare.contains(['_', '/', '\\', '@', '#', '='])
            || bare.bytes().any(|byte| byte.is_ascii_digit())
            || bare.trim_matches('.').contains('.');
        let is_capital = bare.chars().next().is_some_and(char::is_uppercase);
        let is_capitals = bare.chars().skip(1).any(char::is_uppercase);
        if is_quoted || is_identifier || is_capitals || (is_capital && !is_first) {
            set_bit(&mut self.sketch.names, word);
        }
        self.sketch.add_word(word);
    }

    /// Chinese, Japanese, Thai: every two neighbours are a word.
    fn script_without_spaces(&mut self, text: &str) {
        let mut before = None;
        let mut number = String::new();
        for c in text.chars().chain(std::iter::once(' ')) {
            if c.is_ascii_digit() {
                number.push(c);
            } else if !number.is_empty() {
                self.sketch.add_strict(xxh3_64(number.as_bytes()));
                number.clear();
            }
            self.sketch.negations += u32::from(matches!(c, '不' | '没' | '沒' | '無' | '无' | '非'));
            if let Some(before) = before.replace(c)
                && c != ' '
            {
                self.sketch.add_word(mix(u64::from(u32::from(before)) << 32 | u64::from(u32::from(c))));
            }
        }
    }
}

/// Whether a member is an id, a time or a count of tries of the run.
fn is_of_run(key: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => is_id_of_run(key, text),
        Value::Number(number) => {
            let number = number.to_string();
            is_time_of_run(key, &number) || is_number_of_try(key, &number)
        }
        _ => false,
    }
}

/// A word without a part of it.
fn without(word: &str, part: Range<usize>) -> String {
    let (before, after) = (word.get(..part.start), word.get(part.end..));
    [before.unwrap_or_default(), after.unwrap_or_default()].concat()
}
