//! Ids and times, which differ between any two runs and say nothing of what these did.

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

/// An id or a time: a UUID, a long hex number, what providers call their answers and calls, a timestamp.
pub(super) fn is_volatile(token: &str) -> bool {
    let bytes = token.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return false;
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
    (is_hex && bytes.len() >= 12 && digits >= 2 && digits < bytes.len())
        || (is_hex && bytes.len() >= 32)
        || is_time
        || is_epoch
        || is_called
}
