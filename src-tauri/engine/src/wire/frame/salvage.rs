//! Mends JSON: closes what was cut short, and takes out escapes that stand for no character, so that what is there of it can
//! be read.

/// `text` with its open string, arrays and objects closed, the last incomplete member or element left out. `None` if
/// nothing is open (it may still not be JSON). Iterative: any depth of nesting is fine.
pub(in crate::wire) fn closed(text: &[u8]) -> Option<Vec<u8>> {
    let mut open: Vec<u8> = Vec::new();
    // Up to here, with `open[..safe_depth]` closed, the text is whole.
    let (mut safe, mut safe_depth) = (0, 0);
    // In an object: whether the next string is a key.
    let mut key_next = false;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                let is_key = key_next && open.last() == Some(&b'}');
                let Some(end) = string_end(text, at) else {
                    if is_key {
                        break;
                    }
                    let mut whole = cut_string(text, at);
                    whole.push(b'"');
                    whole.extend(open.iter().rev());
                    return Some(whole);
                };
                at = end;
                if is_key {
                    key_next = false;
                } else {
                    (safe, safe_depth) = (at, open.len());
                }
                continue;
            }
            b'{' => {
                open.push(b'}');
                key_next = true;
                (safe, safe_depth) = (at + 1, open.len());
            }
            b'[' => {
                open.push(b']');
                key_next = false;
                (safe, safe_depth) = (at + 1, open.len());
            }
            b'}' | b']' => {
                open.pop();
                key_next = false;
                (safe, safe_depth) = (at + 1, open.len());
            }
            b',' => {
                // A number or word before the comma is whole; one at the very end may not be.
                (safe, safe_depth) = (at, open.len());
                key_next = open.last() == Some(&b'}');
            }
            _ => {}
        }
        at += 1;
    }
    if open.is_empty() {
        return None;
    }
    let mut whole = text.get(..safe).unwrap_or_default().to_vec();
    open.truncate(safe_depth);
    whole.extend(open.iter().rev());
    Some(whole)
}

/// Where the string that starts at `quote` ends (after its closing quote).
fn string_end(text: &[u8], quote: usize) -> Option<usize> {
    let mut at = quote + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// `text` up to its end inside the string that starts at `quote`, without half an escape or half a character.
fn cut_string(text: &[u8], quote: usize) -> Vec<u8> {
    let mut end = text.len();
    let mut at = quote + 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        let length = if text.get(at + 1) == Some(&b'u') { 6 } else { 2 };
        if at + length > text.len() {
            end = at;
            break;
        }
        at += length;
    }
    let mut whole = text.get(..end).unwrap_or_default().to_vec();
    if let Err(error) = std::str::from_utf8(whole.get(quote..).unwrap_or_default())
        && error.error_len().is_none()
    {
        whole.truncate(quote + error.valid_up_to());
    }
    // Half of a surrogate pair is no character.
    if let Some(escape) = whole.len().checked_sub(6)
        && escape > quote
        && whole.get(escape..escape + 2) == Some(b"\\u")
        && matches!(
            whole.get(escape + 2..escape + 4),
            Some([b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B'])
        )
    {
        whole.truncate(escape);
    }
    whole
}

/// `json` with each `\uXXXX` that is half of a surrogate pair without its other half turned into `\ufffd`; `None` if there
/// is none. Programs that cut text by UTF-16 units write such halves, and no JSON parser takes them.
pub(in crate::wire) fn without_half_pairs(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let unit_at = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        match unit_at(at) {
            Some(0xd800..=0xdbff) if matches!(unit_at(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                mended.push_str(json.get(kept..at)?);
                mended.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            _ => at += 2,
        }
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(json.get(kept..)?);
    Some(mended)
}

/// Whether `bytes` may have halves of surrogate pairs: a quick look that `without_half_pairs` follows.
pub(super) fn may_have_half_pairs(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\\ud").is_some() || memchr::memmem::find(bytes, b"\\uD").is_some()
}
