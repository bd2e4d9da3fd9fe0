//! What is kept of a step's input at import: its first words, and a hash to see that two tries had the same one.

use std::borrow::Cow;

use xxhash_rust::xxh3::Xxh3Default;

/// How much of either end of an input is hashed; conversations grow at their end, so two different ones differ there.
const HASHED_END_BYTES: usize = 64 * 1024;
/// How far before a number the word is looked for that makes it a counter.
const COUNTER_REACH_BYTES: usize = 24;
/// How much of an input is searched for its first words.
const SEARCHED_BYTES: usize = 4 * 1024;

/// Hash of an operation's input, as it stands in the source, without what changes from one try to the next: UUIDs, long
/// hex numbers, timestamps, numbers after "attempt", "retry" or "try".
pub fn input_hash(input: &str) -> i64 {
    let mut hasher = Xxh3Default::new();
    let bytes = input.as_bytes();
    if bytes.len() <= 2 * HASHED_END_BYTES {
        hash_stable(bytes, &mut hasher);
    } else {
        hash_stable(bytes.get(..HASHED_END_BYTES).unwrap_or_default(), &mut hasher);
        hash_stable(bytes.get(bytes.len() - HASHED_END_BYTES..).unwrap_or_default(), &mut hasher);
    }
    hasher.digest().cast_signed()
}

fn hash_stable(bytes: &[u8], hasher: &mut Xxh3Default) {
    let mut kept = 0;
    let mut at = 0;
    while let Some(digit) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let digit = at + digit;
        let before = bytes.get(at..digit).unwrap_or_default();
        let reach = before.iter().rev().take_while(|byte| in_token(byte)).count();
        // Signs belong to the inside of a token only: `"ts":1735787045123` is a number behind a colon.
        let reached = before.get(before.len() - reach..).unwrap_or_default();
        let signs = reached.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        let start = digit - reach + signs;
        let end =
            digit + bytes.get(digit..).unwrap_or_default().iter().take_while(|byte| in_token(byte)).count();
        let token = bytes.get(start..end).unwrap_or_default();
        if is_volatile(token)
            || (token.len() <= 3 && follows_counter_word(bytes.get(..start).unwrap_or_default()))
        {
            hasher.update(bytes.get(kept..start).unwrap_or_default());
            hasher.update(b"#");
            kept = end;
        }
        at = end;
    }
    hasher.update(bytes.get(kept..).unwrap_or_default());
}

fn in_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.' | b'+')
}

/// UUID, long hex number, ISO timestamp or time in seconds or finer since 1970.
fn is_volatile(token: &[u8]) -> bool {
    let token = token.strip_suffix(b".").unwrap_or(token);
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_hex = token.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_number = token.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    (is_hex && token.len() >= 16 && digits >= 2)
        || (is_number && token.iter().take_while(|byte| byte.is_ascii_digit()).count() >= 10)
        || matches!(token, [a, b, c, d, b'-', e, f, b'-', g, h, b'T', ..]
            if [a, b, c, d, e, f, g, h].iter().all(|byte| byte.is_ascii_digit()))
}

fn follows_counter_word(before: &[u8]) -> bool {
    let before = before.get(before.len().saturating_sub(COUNTER_REACH_BYTES)..).unwrap_or_default();
    let word_end = before.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |at| at + 1);
    if before.len() - word_end > 6 {
        return false;
    }
    let word = before.get(..word_end).unwrap_or_default();
    [b"attempt".as_slice(), b"retry", b"try", b"retries"].iter().any(|counter| {
        word.len() >= counter.len()
            && word.get(word.len() - counter.len()..).is_some_and(|end| end.eq_ignore_ascii_case(counter))
    })
}

/// The words of an input that a person would know it by: of a conversation or a JSON object the first text that is not
/// the system's, otherwise the text itself.
pub fn first_words(input: &str) -> Cow<'_, str> {
    let text = input.trim_start();
    if !text.starts_with(['{', '[', '"']) {
        return Cow::Borrowed(input);
    }
    let mut end = SEARCHED_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    first_words_of_json(text.get(..end).unwrap_or(text)).map_or(Cow::Borrowed(input), Cow::Owned)
}

/// Runs over the strings of JSON that may be cut anywhere, watching for keys that hold text.
fn first_words_of_json(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut at = 0;
    let mut key = "";
    let mut told_before = "";
    let mut role = "";
    let mut fallback = None;
    while let Some(quote) = bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
        let start = at + quote + 1;
        let mut end = start;
        while let Some(found) = bytes.get(end..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            end += found;
            if bytes.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        let cut = bytes.get(end) != Some(&b'"');
        let string = json.get(start..if cut { json.len() } else { end })?;
        at = end + 1;
        let after = bytes.get(at..).unwrap_or_default();
        if !cut && after.trim_ascii_start().first() == Some(&b':') {
            key = string;
            continue;
        }
        match key {
            "role" | "type" if string == "system" || string == "developer" => role = "system",
            "role" => role = string,
            // A list of texts, before any key.
            "" | "content" | "text" | "input" | "inputs" | "query" | "question" | "prompt" | "message"
            | "task" | "value"
                if !string.trim().is_empty() && !is_of_pair(told_before, key) =>
            {
                let words = super::value::Text::Json(string).decoded().into_owned();
                if role != "system" {
                    let inner = words
                        .trim_start()
                        .starts_with(['{', '[', '"'])
                        .then(|| first_words_of_json(&words))
                        .flatten();
                    return Some(inner.unwrap_or(words));
                }
                fallback.get_or_insert(words);
            }
            _ => {}
        }
        told_before = key;
        if cut {
            break;
        }
    }
    fallback
}

/// Whether a value belongs to a name before it (`{"key": "authorization", "value": "…"}`), without which nobody can tell what it is -
/// nor that it is a secret.
fn is_of_pair(told_before: &str, key: &str) -> bool {
    key == "value" && matches!(told_before, "key" | "name")
}
