//! A person's own patterns: regular expressions, each with a name that its masks say.

use std::borrow::Cow;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::MaskCounts;

/// The longest expression, in bytes, and what it may take once it is built.
const LONGEST_BYTES: usize = 1_000;
const BUILT_BYTES: usize = 1 << 20;
const NAME_CHARACTERS: usize = 40;

/// A pattern that is ready to be used.
#[derive(Clone, Debug)]
pub struct OwnPattern {
    kind: String,
    regex: Regex,
}

/// Why a pattern can't be used, for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

impl OwnPattern {
    /// A pattern in the syntax of the `regex` crate, which takes time in proportion to the text whatever the pattern; `name` stands
    /// in the masks.
    ///
    /// # Errors
    /// For a name that can't stand in a mask, and an expression that can't be read, is too large, or matches where there is
    /// nothing.
    pub fn new(name: &str, pattern: &str) -> Result<Self, PatternError> {
        let error = |message: String| Err(PatternError(message));
        let kind = name.trim();
        let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_' | '.');
        if kind.is_empty() || kind.chars().count() > NAME_CHARACTERS || !kind.chars().all(is_plain) {
            return error("a name has 1 to 40 letters, digits, spaces, dots, dashes or underscores".into());
        }
        if pattern.is_empty() {
            return error("there is no expression yet".into());
        }
        if pattern.len() > LONGEST_BYTES {
            return error("an expression has at most 1,000 characters".into());
        }
        let regex =
            match RegexBuilder::new(pattern).size_limit(BUILT_BYTES).dfa_size_limit(BUILT_BYTES).build() {
                Ok(regex) => regex,
                Err(regex::Error::CompiledTooBig(_)) => {
                    return error(
                        "this expression is too large: use smaller counts in {…}, or less of \\w and \\p"
                            .into(),
                    );
                }
                // The crate draws the place below the pattern, on lines of their own; the last one says what is wrong.
                Err(found) => {
                    let text = found.to_string();
                    let last = text.lines().last().unwrap_or_default().trim();
                    return error(format!(
                        "this is no regular expression: {}",
                        last.strip_prefix("error: ").unwrap_or(last)
                    ));
                }
            };
        if regex.is_match("") {
            return error("this expression matches where there is nothing, and so would everywhere".into());
        }
        Ok(Self { kind: kind.to_owned(), regex })
    }

    /// `text` with the matches masked; `None` if there is none. What stands in masks is left.
    pub(super) fn mask_text(&self, text: &str, counts: &mut MaskCounts) -> Option<String> {
        let mut masked = String::new();
        let mut done = 0;
        let mut masks = masks_of(text).peekable();
        for found in self.regex.find_iter(text) {
            let (mut start, mut end) = (found.start(), found.end());
            while masks.peek().is_some_and(|mask| mask.end <= start) {
                masks.next();
            }
            if let Some(mask) = masks.peek().filter(|mask| mask.start < start) {
                start = mask.end;
            }
            // Masks that lie in it whole go with it, unless it is nothing but a mask.
            let mut is_mask = false;
            while let Some(mask) = masks.peek().filter(|mask| mask.start < end) {
                is_mask |= *mask == (start..end);
                if mask.end > end {
                    end = mask.start;
                } else {
                    masks.next();
                }
            }
            if is_mask || start >= end || start < done {
                continue;
            }
            masked.push_str(text.get(done..start).unwrap_or_default());
            masked.push_str("[masked:");
            masked.push_str(&self.kind);
            masked.push(']');
            done = end;
            counts.add(&self.kind);
        }
        if done == 0 {
            return None;
        }
        masked.push_str(text.get(done..).unwrap_or_default());
        Some(masked)
    }

    /// The same for the strings of JSON, each as the text that it stands for.
    pub(super) fn mask_json(&self, bytes: &[u8], counts: &mut MaskCounts) -> Option<Vec<u8>> {
        let mut masked = Vec::new();
        let mut done = 0;
        let mut at = 0;
        while let Some(opening) = memchr::memchr(b'"', bytes.get(at..)?).map(|found| at + found) {
            let Some(end) = end_of_string(bytes, opening + 1) else { break };
            at = end;
            let Some(quoted) = bytes.get(opening..end) else { break };
            if is_field_name(bytes, opening, end) {
                continue;
            }
            let Ok(text) = serde_json::from_slice::<Cow<'_, str>>(quoted) else { continue };
            let Some(clean) = self.mask_text(&text, counts) else { continue };
            let Ok(clean) = serde_json::to_vec(&clean) else { continue };
            masked.extend_from_slice(bytes.get(done..opening).unwrap_or_default());
            masked.extend_from_slice(&clean);
            done = end;
        }
        if done == 0 {
            return None;
        }
        masked.extend_from_slice(bytes.get(done..).unwrap_or_default());
        Some(masked)
    }
}

/// Past the closing quote of the string whose content begins at `from`.
fn end_of_string(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(found) {
            Some(b'\\') => at = found + 2,
            _ => return Some(found + 1),
        }
    }
}

/// Whether the string is the name of a field, and one that may hold the record together.
fn is_field_name(bytes: &[u8], opening: usize, end: usize) -> bool {
    let is_name = || {
        bytes
            .get(opening + 1..end - 1)
            .is_some_and(|name| name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_'))
    };
    let next = bytes.get(end..).unwrap_or_default().iter().find(|byte| !byte.is_ascii_whitespace());
    next == Some(&b':') && is_name()
}

/// Where masks stand in the text.
fn masks_of(text: &str) -> impl Iterator<Item = Range<usize>> {
    const LONGEST_MASK_BYTES: usize = 200;
    text.match_indices("[masked:").filter_map(|(start, _)| {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let closing = rest.iter().take(LONGEST_MASK_BYTES).position(|byte| *byte == b']')?;
        Some(start..start + closing + 1)
    })
}
