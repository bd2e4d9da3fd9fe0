//! Text as it is compared: without case, accents, escapes and runs of white space, the same for what is stored and for what
//! is asked, so that "a text contains a needle" is a search for bytes.
//!
//! - compatibility forms are taken apart (NFKD: full-width letters, ligatures, Hangul into its letters) and lower case taken;
//! - accents and points are dropped where they are that (Latin, Greek, Cyrillic, Hebrew, Arabic), not where they are vowels
//!   or tones that a word can't do without (Thai, the scripts of India, the voicing of kana);
//! - white space and control characters become one space, none at the ends;
//! - `\u4f60` and `\"`, left in texts that were cut in the middle of JSON or escaped twice, become what they stand for, and
//!   several backslashes one. `\n` stays: `C:\new` is a path.
//!
//! A part of a text folds to a part of the folded text, unless it is cut inside an escape.

use unicode_normalization::char::decompose_compatible;

/// Takes folded text, byte by byte.
pub trait Sink {
    /// Adds a byte, which stands for what lies from `from` up to `to` in the original (offsets in bytes).
    fn put(&mut self, byte: u8, from: usize, to: usize);

    /// Adds letters as they stand at `from` in the original.
    fn put_letters(&mut self, letters: &str, from: usize) {
        for (at, letter) in letters.char_indices() {
            let (from, to) = (from + at, from + at + letter.len_utf8());
            letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.put(byte, from, to));
        }
    }

    /// Adds the lower case of ASCII that stands at `from` in the original.
    fn put_ascii(&mut self, ascii: &[u8], from: usize) {
        for (at, byte) in ascii.iter().enumerate() {
            self.put(byte.to_ascii_lowercase(), from + at, from + at + 1);
        }
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, byte: u8, _from: usize, _to: usize) {
        self.push(byte);
    }

    fn put_letters(&mut self, letters: &str, _from: usize) {
        self.extend_from_slice(letters.as_bytes());
    }

    fn put_ascii(&mut self, ascii: &[u8], _from: usize) {
        let before = self.len();
        self.extend_from_slice(ascii);
        if let Some(added) = self.get_mut(before..) {
            added.make_ascii_lowercase();
        }
    }
}

/// Chinese characters: nothing is to be done, and most of what is not ASCII.
fn is_ideograph(letter: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&letter)
}

/// Folded text that knows where each of its bytes comes from.
#[derive(Default)]
pub struct Mapped {
    /// The folded text.
    pub folded: Vec<u8>,
    from_to: Vec<(u32, u32)>,
}

impl Mapped {
    /// Folds `text`, which must be shorter than 4 GiB.
    pub fn new(text: &str) -> Self {
        let mut mapped = Self::default();
        fold_into(text, &mut mapped);
        mapped
    }

    /// Where in the original the bytes from `start` up to `end` of the folded text stand; `end` is after `start`.
    pub fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let (from, _) = self.from_to.get(start)?;
        let (_, to) = self.from_to.get(end.checked_sub(1)?)?;
        Some((*from as usize, *to as usize))
    }
}

impl Sink for Mapped {
    fn put(&mut self, byte: u8, from: usize, to: usize) {
        self.folded.push(byte);
        self.from_to.push((from as u32, to as u32));
    }
}

/// The folded text.
pub fn fold(text: &str) -> Vec<u8> {
    let mut folded = Vec::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Adds the folded text to `sink`.
pub fn fold_into(text: &str, sink: &mut impl Sink) {
    let mut folding = Folding { sink, begun: false, space: None };
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at = folding.escape(bytes, at),
            0..=b' ' | 0x7f => {
                folding.space.get_or_insert((at, at + 1));
                at += 1;
            }
            0x80.. => {
                let rest = text.get(at..).unwrap_or_default();
                let ideographs = rest.find(|letter| !is_ideograph(letter)).unwrap_or(rest.len());
                if ideographs > 0 {
                    folding.letters(rest.get(..ideographs).unwrap_or_default(), at);
                    at += ideographs;
                    continue;
                }
                let Some(letter) = rest.chars().next() else { return };
                let to = at + letter.len_utf8();
                folding.letter(letter, at, to);
                at = to;
            }
            _ => {
                let run = plain_run(bytes, at);
                folding.ascii(run, at);
                at += run.len();
            }
        }
    }
}

/// The ASCII from `at` on that needs no more than lower case: single spaces inside it, none at its end.
fn plain_run(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_plain = |byte: u8| byte > b' ' && byte < 0x7f && byte != b'\\';
    let mut after_space = false;
    let end = rest.iter().position(|byte| {
        let ends = !is_plain(*byte) && (*byte != b' ' || after_space);
        after_space = *byte == b' ';
        ends
    });
    let run = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    run.strip_suffix(b" ").unwrap_or(run)
}

struct Folding<'a, S> {
    sink: &'a mut S,
    /// Something other than white space has come.
    begun: bool,
    /// White space that has not been put yet.
    space: Option<(usize, usize)>,
}

impl<S: Sink> Folding<'_, S> {
    fn byte(&mut self, byte: u8, from: usize, to: usize) {
        self.end_space();
        self.sink.put(byte, from, to);
    }

    fn ascii(&mut self, ascii: &[u8], from: usize) {
        self.end_space();
        self.sink.put_ascii(ascii, from);
    }

    fn letters(&mut self, letters: &str, from: usize) {
        self.end_space();
        self.sink.put_letters(letters, from);
    }

    fn end_space(&mut self) {
        if let Some((from, to)) = self.space.take()
            && self.begun
        {
            self.sink.put(b' ', from, to);
        }
        self.begun = true;
    }

    fn letter(&mut self, letter: char, from: usize, to: usize) {
        decompose_compatible(letter, |piece| {
            for lower in piece.to_lowercase() {
                match lower {
                    'ß' => {
                        self.put('s', from, to);
                        self.put('s', from, to);
                    }
                    'ς' => self.put('σ', from, to),
                    _ if is_dropped(lower) => {}
                    _ if lower.is_whitespace() || lower.is_control() => {
                        self.space.get_or_insert((from, to));
                    }
                    _ => self.put(lower, from, to),
                }
            }
        });
    }

    fn put(&mut self, letter: char, from: usize, to: usize) {
        for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
            self.byte(byte, from, to);
        }
    }

    /// Takes backslashes and the escape they begin, if they begin one; gives where to go on.
    fn escape(&mut self, bytes: &[u8], at: usize) -> usize {
        let after = after_backslashes(bytes, at);
        match bytes.get(after) {
            Some(b'"' | b'/') => after,
            Some(b'u') => match escaped_letter(bytes, after) {
                Some((letter, to)) => {
                    self.letter(letter, at, to);
                    to
                }
                None => {
                    self.byte(b'\\', at, after);
                    after
                }
            },
            _ => {
                self.byte(b'\\', at, after);
                after
            }
        }
    }
}

fn after_backslashes(bytes: &[u8], at: usize) -> usize {
    let run = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| **byte == b'\\').count();
    at + run
}

/// The letter of `uXXXX`, or of a pair of them, and where it ends.
fn escaped_letter(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = bytes.get(at + 1..at + 5)?;
        if bytes.get(at) != Some(&b'u') || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(at)?;
    if let 0xd800..0xdc00 = first {
        let second_at = after_backslashes(bytes, at + 5);
        let second = unit(second_at).filter(|second| (0xdc00..0xe000).contains(second))?;
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code)?, second_at + 5));
    }
    Some((char::from_u32(first)?, at + 5))
}

/// Accents, points and what only joins or parts.
fn is_dropped(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}'
        | '\u{5c4}'..='\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{feff}')
}
