//! The grams of folded text: what the index knows of a text. A text can contain a needle only if it has all of its grams.
//!
//! A gram begins at every character: three characters of ASCII, which are told apart exactly; two where one of those two is
//! not ASCII; and each character that is not ASCII by itself as well, so that one word of Chinese can be asked for.

use super::document::SEPARATOR;

/// Grams are numbers below 2 to this. They are spread evenly over it, so that its ranges hold about as many grams each.
pub const GRAM_BITS: u32 = 22;

/// Hands over every gram of the text, repeated ones too.
pub fn for_each(folded: &[u8], mut take: impl FnMut(u32)) {
    let mut at = 0;
    loop {
        // Nearly all of most texts: ASCII throughout.
        while let Some(&[first, second, third]) = folded.get(at..at + 3)
            && (first | second | third) < 0x80
            && first != SEPARATOR
            && second != SEPARATOR
            && third != SEPARATOR
        {
            take(spread(u32::from(first) << 14 | u32::from(second) << 7 | u32::from(third)));
            at += 1;
        }
        let Some((first, after)) = letter(folded, at) else { return };
        at = after;
        if first == u32::from(SEPARATOR) {
            continue;
        }
        if first >= 0x80 {
            take(scattered(first, 0));
        }
        let Some((second, after_second)) = letter(folded, after) else { continue };
        if second == u32::from(SEPARATOR) {
            continue;
        }
        if first >= 0x80 || second >= 0x80 {
            take(scattered(first, second));
        } else if let Some(&third) = folded.get(after_second)
            && third < 0x80
            && third != SEPARATOR
        {
            take(spread(first << 14 | second << 7 | u32::from(third)));
        }
    }
}

/// The distinct grams of a needle; none if it is too short to have any.
pub fn of_needle(folded: &[u8]) -> Vec<u32> {
    let mut grams = Vec::new();
    for_each(folded, |gram| grams.push(gram));
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// A trigram of ASCII: the lower half of the numbers, each its own.
fn spread(trigram: u32) -> u32 {
    // An odd factor permutes the numbers below a power of two.
    (trigram << 1).wrapping_mul(0x9e37_79b1) & ((1 << GRAM_BITS) - 1)
}

/// One or two characters: the other half of the numbers, where some share one.
fn scattered(first: u32, second: u32) -> u32 {
    let mixed = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (mixed >> (64 - (GRAM_BITS - 1))) as u32;
    ((number << 1) | 1).wrapping_mul(0x9e37_79b1) & ((1 << GRAM_BITS) - 1)
}

/// The character at `at` and where the next begins. Bytes that are no UTF-8 count as one each.
fn letter(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = u32::from(*bytes.get(at)?);
    let more = match first {
        0xc0..0xe0 => 1,
        0xe0..0xf0 => 2,
        0xf0.. => 3,
        _ => return Some((first, at + 1)),
    };
    let Some(rest) = bytes.get(at + 1..at + 1 + more) else { return Some((first, at + 1)) };
    let code = rest.iter().fold(first & (0x3f >> more), |code, byte| code << 6 | u32::from(byte & 0x3f));
    Some((code, at + 1 + more))
}
