//! What lies around the text: UTF-16, and a whole document written as one JSON string.

use std::borrow::Cow;
use std::io::{self, Read};

const BLOCK_BYTES: usize = 64 * 1024;

/// How a source's bytes become text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::wire) enum Encoding {
    #[default]
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
}

impl Encoding {
    /// By byte-order mark, else by the NUL bytes that ASCII has in UTF-16.
    pub(in crate::wire) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => Self::Utf16LittleEndian,
            [0xfe, 0xff, ..] => Self::Utf16BigEndian,
            [a, 0, b, 0, c, 0, d, 0, ..] if [a, b, c, d].iter().all(|byte| is_text(**byte)) => {
                Self::Utf16LittleEndian
            }
            [0, a, 0, b, 0, c, 0, d, ..] if [a, b, c, d].iter().all(|byte| is_text(**byte)) => {
                Self::Utf16BigEndian
            }
            _ => Self::Utf8,
        }
    }

    /// `bytes` as UTF-8 without a byte-order mark.
    pub(in crate::wire) fn text(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::Utf8 {
            return Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut utf16 = Utf16::new(self);
        for byte in bytes {
            utf16.push(*byte, &mut text);
        }
        Cow::Owned(text)
    }
}

fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// If `text` is a JSON string with an object or array in it, the start of what is in it.
pub(in crate::wire) fn document_in_string(text: &[u8]) -> Option<Vec<u8>> {
    let quoted = text.trim_ascii_start().strip_prefix(b"\"")?;
    let mut inner = Vec::new();
    let mut unescape = Unescape::default();
    let end = quoted.iter().position(|byte| !unescape.push(*byte, &mut inner));
    let after = end.and_then(|end| quoted.get(end + 1..)).unwrap_or_default();
    let opens = inner.trim_ascii_start().first().copied();
    (matches!(opens, Some(b'{' | b'[')) && after.trim_ascii().is_empty()).then_some(inner)
}

/// A source as UTF-8 text, with the JSON string around it taken off.
pub(super) struct Decoded<R> {
    source: R,
    utf16: Option<Utf16>,
    string: Option<(Unescape, StringPart)>,
    ready: Vec<u8>,
    taken: usize,
}

#[derive(PartialEq)]
enum StringPart {
    Before,
    Inside,
    After,
}

impl<R> Decoded<R> {
    pub(super) fn plain(source: R) -> Self {
        Self { source, utf16: None, string: None, ready: Vec::new(), taken: 0 }
    }

    pub(super) fn new(source: R, encoding: Encoding, in_string: bool) -> Self {
        Self {
            utf16: (encoding != Encoding::Utf8).then(|| Utf16::new(encoding)),
            string: in_string.then(|| (Unescape::default(), StringPart::Before)),
            ..Self::plain(source)
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.utf16.is_none() && self.string.is_none() {
            return self.source.read(into);
        }
        while self.taken == self.ready.len() {
            let mut block = vec![0; BLOCK_BYTES];
            let read = self.source.read(&mut block)?;
            if read == 0 {
                return Ok(0);
            }
            block.truncate(read);
            self.ready.clear();
            self.taken = 0;
            let text = match &mut self.utf16 {
                None => block,
                Some(utf16) => {
                    let mut text = Vec::with_capacity(block.len());
                    block.iter().for_each(|byte| utf16.push(*byte, &mut text));
                    text
                }
            };
            match &mut self.string {
                None => self.ready = text,
                Some((unescape, part)) => {
                    for byte in text {
                        match part {
                            StringPart::Before if byte == b'"' => *part = StringPart::Inside,
                            StringPart::Inside if !unescape.push(byte, &mut self.ready) => {
                                *part = StringPart::After
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        let ready = self.ready.get(self.taken..).unwrap_or_default();
        let count = ready.len().min(into.len());
        into.iter_mut().zip(ready).for_each(|(to, from)| *to = *from);
        self.taken += count;
        Ok(count)
    }
}

/// Turns UTF-16 into UTF-8 a byte at a time; a lone surrogate becomes U+FFFD.
struct Utf16 {
    big_endian: bool,
    half: Option<u8>,
    high: Option<u16>,
    at_start: bool,
}

impl Utf16 {
    fn new(encoding: Encoding) -> Self {
        Self { big_endian: encoding == Encoding::Utf16BigEndian, half: None, high: None, at_start: true }
    }

    fn push(&mut self, byte: u8, out: &mut Vec<u8>) {
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return;
        };
        let pair = [first, byte];
        let unit = if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
        if std::mem::take(&mut self.at_start) && unit == 0xfeff {
            return;
        }
        push_unit(unit, &mut self.high, out);
    }
}

/// Adds a UTF-16 code unit to `out`, holding the first half of a pair in `high`.
fn push_unit(unit: u16, high: &mut Option<u16>, out: &mut Vec<u8>) {
    let waiting = high.take();
    let units = match (waiting, unit) {
        (None, 0xd800..=0xdbff) => {
            *high = Some(unit);
            return;
        }
        (Some(first), 0xdc00..=0xdfff) => vec![first, unit],
        (Some(first), 0xd800..=0xdbff) => {
            *high = Some(unit);
            vec![first]
        }
        (Some(first), _) => vec![first, unit],
        (None, _) => vec![unit],
    };
    for character in char::decode_utf16(units) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Undoes the escapes of a JSON string a byte at a time.
#[derive(Default)]
struct Unescape {
    escape: Escape,
    high: Option<u16>,
}

#[derive(Default)]
enum Escape {
    #[default]
    No,
    Begun,
    Unicode {
        digits: u8,
        unit: u16,
    },
}

impl Unescape {
    /// Takes a byte; false when it was the closing quote.
    fn push(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        match &mut self.escape {
            Escape::No => match byte {
                b'"' => return false,
                b'\\' => self.escape = Escape::Begun,
                _ => self.plain(byte, out),
            },
            Escape::Begun => {
                self.escape = Escape::No;
                match byte {
                    b'u' => self.escape = Escape::Unicode { digits: 0, unit: 0 },
                    b'n' => self.plain(b'\n', out),
                    b'r' => self.plain(b'\r', out),
                    b't' => self.plain(b'\t', out),
                    b'b' => self.plain(8, out),
                    b'f' => self.plain(12, out),
                    other => self.plain(other, out),
                }
            }
            Escape::Unicode { digits, unit } => {
                let digit = char::from(byte).to_digit(16).unwrap_or(0);
                *unit = *unit << 4 | u16::try_from(digit).unwrap_or(0);
                *digits += 1;
                if *digits == 4 {
                    let unit = *unit;
                    self.escape = Escape::No;
                    push_unit(unit, &mut self.high, out);
                }
            }
        }
        true
    }

    fn plain(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.high.take().is_some() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
        out.push(byte);
    }
}
