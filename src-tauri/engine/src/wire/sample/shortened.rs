//! JSON with its long strings shortened, so that what stands behind one can be looked at without it.

/// A longer string keeps this much of its start.
const KEPT_BYTES: usize = 1 << 10;

/// Where in an escape the last byte was.
#[derive(Clone, Copy, Default, PartialEq)]
enum Escape {
    #[default]
    None,
    Backslash,
    /// Digits of `\uXXXX` that are to come.
    Digits(u8),
}

/// Shortens strings as bytes come in. What comes out is JSON wherever what went in is.
#[derive(Default)]
pub struct Shortened {
    /// What is kept.
    pub bytes: Vec<u8>,
    in_string: bool,
    /// Of the string that is open, so far.
    string_bytes: usize,
    escape: Escape,
    is_dropping: bool,
    has_dropped: bool,
}

impl Shortened {
    /// Whether anything was left out.
    pub fn has_passed(&self) -> bool {
        self.has_dropped
    }

    /// Takes the next bytes, up to `most` kept in all.
    pub fn push(&mut self, bytes: &[u8], most: usize) {
        for &byte in bytes {
            if self.bytes.len() >= most {
                return;
            }
            self.take(byte);
        }
    }

    fn take(&mut self, byte: u8) {
        if !self.in_string {
            self.in_string = byte == b'"';
            self.string_bytes = 0;
            self.bytes.push(byte);
            return;
        }
        if self.escape == Escape::None && byte == b'"' {
            (self.in_string, self.is_dropping) = (false, false);
            self.bytes.push(byte);
            return;
        }
        // Neither an escape nor a character is cut in two.
        let may_begin = self.escape == Escape::None && byte & 0xc0 != 0x80;
        self.is_dropping = self.is_dropping || (may_begin && self.string_bytes >= KEPT_BYTES);
        self.escape = match (self.escape, byte) {
            (Escape::None, b'\\') => Escape::Backslash,
            (Escape::Backslash, b'u') => Escape::Digits(4),
            (Escape::Digits(left), _) if left > 1 => Escape::Digits(left - 1),
            _ => Escape::None,
        };
        self.string_bytes += 1;
        self.has_dropped |= self.is_dropping;
        if !self.is_dropping {
            self.bytes.push(byte);
        }
    }
}
