//! Ids and times, which differ between any two runs and say nothing of what these did.

use std::borrow::Cow;

use super::sketch::is_punctuation;

/// What differs between any two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatile {
    /// A UUID, a long hex number, what providers call their answers and calls.
    Id,
    /// A moment: a date with a time of day, a time of day with seconds, seconds or finer since 1970. A date by itself is none:
    /// it is what was asked for.
    Time,
}

/// Whether a field of this name holds an id that each run has of its own. An order's or a person's id is none, nor is a text
/// that does not look like an id.
pub fn is_id_of_run(key: &str, value: &str) -> bool {
    const OF_RUNS: [&str; 13] = [
        "session",
        "request",
        "trace",
        "run",
        "thread",
        "message",
        "conversation",
        "span",
        "call",
        "toolcall",
        "correlation",
        "invocation",
        "event",
    ];
    const LONGEST_BYTES: usize = 128;
    let looks_like_one = value.len() <= LONGEST_BYTES
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'));
    let plain: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    looks_like_one && plain.strip_suffix("id").is_some_and(|what| OF_RUNS.contains(&what))
}

/// Whether a word is an id or a time.
pub(super) fn is_volatile(token: &str) -> bool {
    volatile(token).is_some()
}

/// What stands between the words of a value, a command, code.
#[rustfmt::skip]
pub(super) fn separates(c: char) -> bool {
    matches!(c, '"' | '\'' | ',' | ';' | '|' | '—' | '=' | '&' | '?' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}')
}

/// A text with what `mark` gives in the place of each id or time; `None` leaves it as it is.
pub fn without_volatile(text: &str, mark: impl Fn(Volatile) -> Option<&'static str>) -> Cow<'_, str> {
    let ends_word = |c: char| c.is_whitespace() || separates(c);
    let joined = with_times_joined(text);
    let mut marked = String::new();
    let mut from = 0;
    let mut start = 0;
    for part in joined.split_inclusive(ends_word) {
        let piece = part.trim_end_matches(ends_word);
        let token = piece.trim_matches(is_punctuation);
        if let Some(by) = volatile(token).and_then(&mark) {
            let before = piece.len() - piece.trim_start_matches(is_punctuation).len();
            marked.push_str(text.get(from..start + before).unwrap_or_default());
            marked.push_str(by);
            from = start + before + token.len();
        }
        start += part.len();
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    marked.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(marked)
}

/// A text in which a date and the time of day after it are one word.
pub(super) fn with_times_joined(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_like = |from: Option<usize>, shape: &[u8]| {
        let part = from.and_then(|from| bytes.get(from..from + shape.len()));
        part.is_some_and(|part| {
            part.iter().zip(shape).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            })
        })
    };
    let is_inside = |at: &usize| {
        bytes[*at] == b' ' && is_like(Some(at + 1), b"00:00") && is_like(at.checked_sub(10), b"0000-00-00")
    };
    let places: Vec<usize> = (0..bytes.len()).filter(is_inside).collect();
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut from = 0;
    for at in places {
        joined.push_str(text.get(from..at).unwrap_or_default());
        joined.push('T');
        from = at + 1;
    }
    joined.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(joined)
}

/// What a word is that each run has of its own; `None` for one that means something.
fn volatile(token: &str) -> Option<Volatile> {
    let bytes = token.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let is_hex = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_date = |text: &[u8]| {
        matches!(text, [a, b, c, d, b'-', e, f, b'-', g, h, ..]
            if [a, b, c, d, e, f, g, h].iter().all(|byte| byte.is_ascii_digit()))
    };
    let is_clock = |text: &[u8]| {
        matches!(text, [a, b, b':', c, d, b':', e, f, ..]
            if [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()))
    };
    let is_time = (is_date(bytes) && bytes.len() > 10 && matches!(bytes.get(10), Some(b'T' | b' ' | b't')))
        || is_clock(bytes);
    // Seconds or finer since 2001, as a number.
    let whole = token.split('.').next().unwrap_or(token);
    let is_epoch = token.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && matches!(whole.len(), 10 | 13 | 16 | 19)
        && whole.starts_with(['1', '2']);
    const CALLED: [&str; 12] = [
        "call_",
        "toolu_",
        "chatcmpl-",
        "msg_",
        "run-",
        "resp_",
        "req_",
        "run_",
        "thread_",
        "fc_",
        "session_",
        "trace_",
    ];
    let is_called = CALLED.iter().any(|prefix| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= 6
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
    });
    // Digits and dashes alone are a telephone number, or dates.
    let has_letter = bytes.iter().any(u8::is_ascii_alphabetic);
    let is_id = (is_hex && bytes.len() >= 12 && digits >= 2 && has_letter)
        || (is_hex && bytes.len() >= 32)
        || is_called;
    if is_time || is_epoch { Some(Volatile::Time) } else { is_id.then_some(Volatile::Id) }
}
