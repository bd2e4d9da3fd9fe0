//! Text from traces made fit for a terminal: what it would obey becomes visible, and widths are columns.

use std::borrow::Cow;
use std::fmt::Write;

use engine::deceptive::is_deceptive;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` on one line, with every character that a terminal obeys instead of showing it (escapes, line ends, changes of
/// writing direction) written as an escape such as `\x1b` or `\u{202e}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ if !is_deceptive(letter) => shown.push(letter),
            // Writing to a string can't fail.
            _ if letter.is_ascii() => drop(write!(shown, "\\x{:02x}", u32::from(letter))),
            _ => drop(write!(shown, "\\u{{{:x}}}", u32::from(letter))),
        }
    }
    Cow::Owned(shown)
}

/// JSON that says the same, with the letters escaped that [`printable`] shows: JSON lets them stand in strings as they are.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(is_deceptive) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if is_deceptive(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string can't fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// The columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` cut to at most `columns`, an ellipsis where something was cut.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut taken = 0;
    let mut shown = String::new();
    for letter in text.chars() {
        taken += letter.width().unwrap_or(0);
        if taken >= columns {
            break;
        }
        shown.push(letter);
    }
    if columns > 0 {
        shown.push('…');
    }
    Cow::Owned(shown)
}
