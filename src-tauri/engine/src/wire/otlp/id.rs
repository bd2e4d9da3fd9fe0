//! Trace and span ids, and bytes in general, between their encodings.

/// The id that `text` stands for, in lower-case hex where it is hex or the base64 of `bytes` bytes; another text stays as
/// it is. `None` if it says "no id": empty or all zeros.
pub(in crate::wire) fn from_text(text: &str, bytes: usize) -> Option<String> {
    let text = text.trim();
    let hex = text.strip_prefix("0x").unwrap_or(text);
    if hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (hex.len().is_multiple_of(2) || hex.len() < text.len())
    {
        return hex.bytes().any(|byte| byte != b'0').then(|| hex.to_ascii_lowercase());
    }
    let unpadded = text.trim_end_matches('=');
    if unpadded.len() == (bytes * 8).div_ceil(6)
        && let Some(decoded) = from_base64(unpadded).filter(|decoded| decoded.len() == bytes)
    {
        return from_bytes(&decoded);
    }
    Some(text.to_owned())
}

/// The id with these bytes, in lower-case hex; `None` if there are none but zeros.
pub(in crate::wire) fn from_bytes(bytes: &[u8]) -> Option<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if bytes.iter().all(|byte| *byte == 0) {
        return None;
    }
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value)).copied().unwrap_or(b'0'));
    Some(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect())
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap_or(0));
        }
    }
    Some(bytes)
}

/// `bytes` in base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = (bits >> (18 - 6 * place) & 63) as usize;
            let padding = place > group.len();
            text.push(if padding { '=' } else { char::from(LETTERS.get(letter).copied().unwrap_or(b'A')) });
        }
    }
    text
}
