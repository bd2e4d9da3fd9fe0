//! All that is said in a trace, folded: what a needle is looked for in.
//!
//! In it are names, the key, errors, and the values of payloads: input, output, attributes, events. Not in it are names of
//! attributes and fields (also of JSON inside a string), `true` and `null`, the words by which conversations are marked up
//! (`"role": "user"`), and what is the same throughout a program: resource, scope, links, other fields of the source.

use std::borrow::Cow;

use memchr::memmem;

use super::fold::fold_into;

/// Stands between two values; never inside one, since folding leaves no control characters.
pub const SEPARATOR: u8 = b'\n';

/// Where a text stands, which says how much a hit in it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Any attribute.
    Attribute = 1,
    /// What went in or came out.
    Content = 3,
    /// An error.
    Error = 4,
    /// A name, or the key.
    Name = 8,
}

/// More hits than this in one trace make it no better.
const COUNTED_HITS: usize = 64;
/// Room that an emptied document keeps.
const KEPT_BYTES: usize = 4 << 20;
/// JSON nested deeper than this is taken for text.
const DEEPEST: usize = 64;

/// The words of conversation formats, under the fields they are marked up with.
const MARKUP: [&str; 16] = [
    "user",
    "assistant",
    "system",
    "tool",
    "developer",
    "model",
    "human",
    "ai",
    "text",
    "message",
    "function",
    "tool_call",
    "tool_call_response",
    "tool_use",
    "tool_result",
    "object",
];

/// What the hits of a needle are worth together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    hits: usize,
    /// 0 without any hit.
    pub worth: u32,
}

impl Score {
    /// Whether more hits make it no better.
    pub fn is_full(&self) -> bool {
        self.hits == COUNTED_HITS
    }
}

/// Folded values, one after another.
#[derive(Default)]
pub struct Document {
    /// The values, each followed by a [`SEPARATOR`].
    pub folded: Vec<u8>,
    /// Where a run of values of one weight ends.
    runs: Vec<(usize, Weight)>,
}

impl Document {
    /// Empties it, and gives back what a huge payload took.
    pub fn clear(&mut self) {
        self.folded.clear();
        self.folded.shrink_to(KEPT_BYTES);
        self.runs.clear();
    }

    /// Adds a text.
    pub fn add(&mut self, weight: Weight, text: &str) {
        let before = self.folded.len();
        fold_into(text, &mut self.folded);
        if self.folded.len() == before {
            return;
        }
        self.folded.push(SEPARATOR);
        let end = self.folded.len();
        match self.runs.last_mut() {
            Some((last, last_weight)) if *last_weight == weight => *last = end,
            _ => self.runs.push((end, weight)),
        }
    }

    /// Adds the values of a stored payload.
    pub fn add_payload(&mut self, payload: &[u8]) {
        let text = match std::str::from_utf8(payload) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(payload),
        };
        let begun = self.mark();
        let mut walk = Walk { document: self, text: &text, at: 0 };
        if walk.payload().is_none() {
            self.back_to(begun);
            self.add(Weight::Content, &text);
        }
    }

    /// Adds up what the hits of `needle` are worth.
    pub fn score(&self, needle: &memmem::Finder<'_>, score: &mut Score) {
        let mut runs = self.runs.iter().peekable();
        for hit in needle.find_iter(&self.folded).take(COUNTED_HITS - score.hits) {
            while runs.peek().is_some_and(|(end, _)| *end <= hit) {
                runs.next();
            }
            score.hits += 1;
            score.worth += runs.peek().map_or(1, |(_, weight)| *weight as u32);
        }
    }

    fn mark(&self) -> (usize, usize, Option<(usize, Weight)>) {
        (self.folded.len(), self.runs.len(), self.runs.last().copied())
    }

    fn back_to(&mut self, (folded, runs, last): (usize, usize, Option<(usize, Weight)>)) {
        self.folded.truncate(folded);
        self.runs.truncate(runs);
        if let (Some(run), Some(last)) = (self.runs.last_mut(), last) {
            *run = last;
        }
    }
}

/// Whether a string is probably JSON and not prose.
pub(super) fn looks_like_json(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'))
}

/// Whether `value` under the field `key` marks up a conversation.
pub(super) fn is_markup(key: &str, value: &str) -> bool {
    matches!(key, "role" | "type") && MARKUP.contains(&value)
}

/// How much a hit in an attribute is worth.
fn attribute_weight(key: &str) -> Weight {
    const CONTENT: [&str; 9] =
        ["input", "output", "message", "prompt", "completion", "argument", "result", "content", "query"];
    const ERROR: [&str; 2] = ["error", "exception"];
    let has =
        |words: &[&str]| words.iter().any(|word| memmem::find(key.as_bytes(), word.as_bytes()).is_some());
    match () {
        () if has(&ERROR) => Weight::Error,
        // Counts are no content: gen_ai.usage.input_tokens.
        () if has(&CONTENT) && !has(&["token"]) => Weight::Content,
        () => Weight::Attribute,
    }
}

/// Reads JSON and adds its values. Every step gives `None` where the text is not JSON.
struct Walk<'d, 't> {
    document: &'d mut Document,
    text: &'t str,
    at: usize,
}

impl<'t> Walk<'_, 't> {
    fn payload(&mut self) -> Option<()> {
        self.members(|walk, key| match key {
            "input" | "output" => walk.value(Weight::Content, key, 0),
            "status_message" => walk.value(Weight::Error, key, 0),
            "attributes" => walk.members(|walk, key| walk.value(attribute_weight(key), key, 0)),
            "events" => walk.value(Weight::Content, key, 0),
            _ => walk.skip(0),
        })?;
        self.white_space();
        (self.at == self.text.len()).then_some(())
    }

    /// Reads an object and hands over the key of each member, whose value must be read then.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        if self.took(b'}') {
            return Some(());
        }
        loop {
            let key = self.string()?;
            self.take(b':')?;
            member(self, &key)?;
            if self.took(b'}') {
                return Some(());
            }
            self.take(b',')?;
        }
    }

    fn value(&mut self, weight: Weight, key: &str, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.next()? {
            b'"' => {
                let text = self.string()?;
                if !is_markup(key, &text) {
                    self.add(weight, &text, depth);
                }
                Some(())
            }
            b'{' => self.members(|walk, key| match key {
                // Of an event: its name and attributes.
                "time_ns" => walk.skip(depth + 1),
                _ => walk.value(weight, key, depth + 1),
            }),
            b'[' => {
                self.take(b'[')?;
                if self.took(b']') {
                    return Some(());
                }
                loop {
                    self.value(weight, key, depth + 1)?;
                    if self.took(b']') {
                        return Some(());
                    }
                    self.take(b',')?;
                }
            }
            _ => {
                let word = self.word()?;
                if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
                    self.document.add(weight, word);
                    return Some(());
                }
                matches!(word, "true" | "false" | "null").then_some(())
            }
        }
    }

    /// Adds a string; one that is JSON by its values.
    fn add(&mut self, weight: Weight, text: &str, depth: usize) {
        if looks_like_json(text) {
            let begun = self.document.mark();
            let mut inner = Walk { document: self.document, text, at: 0 };
            if inner.value(weight, "", depth + 1).is_some() {
                inner.white_space();
                if inner.at == text.len() {
                    return;
                }
            }
            self.document.back_to(begun);
        }
        self.document.add(weight, text);
    }

    /// Reads a value of no interest.
    fn skip(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.next()? {
            b'"' => self.string().map(drop),
            b'{' => self.members(|walk, _| walk.skip(depth + 1)),
            b'[' => {
                self.take(b'[')?;
                if self.took(b']') {
                    return Some(());
                }
                loop {
                    self.skip(depth + 1)?;
                    if self.took(b']') {
                        return Some(());
                    }
                    self.take(b',')?;
                }
            }
            _ => self.word().map(drop),
        }
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let found = memchr::memchr2(b'"', b'\\', rest)?;
            self.at += found;
            if rest.get(found) == Some(&b'"') {
                break;
            }
            escaped = true;
            self.at += 2;
        }
        let written = self.text.get(start..self.at)?;
        self.at += 1;
        Some(if escaped { Cow::Owned(unescaped(written)) } else { Cow::Borrowed(written) })
    }

    /// A number or one of the words of JSON.
    fn word(&mut self) -> Option<&'t str> {
        self.next()?;
        let rest = self.text.get(self.at..)?;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.bytes().take_while(|byte| is_part(*byte)).count();
        self.at += length;
        rest.get(..length).filter(|word| !word.is_empty())
    }

    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.white_space();
        self.text.as_bytes().get(self.at).copied()
    }

    fn took(&mut self, byte: u8) -> bool {
        let is_next = self.next() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.took(byte).then_some(())
    }

    fn white_space(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
    }
}

/// What a JSON string says. Escapes that mean nothing are left to folding.
fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..at).unwrap_or_default());
        let letter = match rest.as_bytes().get(at + 1) {
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b' | b'f') => ' ',
            Some(b'"') => '"',
            Some(b'/') => '/',
            Some(b'\\') => '\\',
            _ => {
                // \uXXXX is folded as it stands.
                text.push('\\');
                rest = rest.get(at + 1..).unwrap_or_default();
                continue;
            }
        };
        text.push(letter);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}
