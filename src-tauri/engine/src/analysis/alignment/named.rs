//! What names say of the values beside them: that these are of the run, and not of what it decided.

use super::ids::{Volatile, is_hex_of_run, strip_radix, volatile_after};

/// What has an id in each run. An order or a person has one too, but which is asked for is a decision.
const OF_RUNS: [&str; 17] = [
    "session",
    "request",
    "response",
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
    "execution",
    "generation",
    "completion",
    "event",
];
/// What is computed of what came out.
const SUMS: [&str; 6] = ["checksum", "digest", "hash", "fingerprint", "etag", "crc"];
/// What is asked for by such a value.
const ASKED_FOR: [&str; 28] = [
    "commit",
    "git",
    "sha",
    "rev",
    "revision",
    "branch",
    "ref",
    "tag",
    "release",
    "order",
    "customer",
    "user",
    "account",
    "product",
    "sku",
    "item",
    "invoice",
    "payment",
    "ticket",
    "article",
    "image",
    "file",
    "doc",
    "document",
    "tx",
    "transaction",
    "block",
    "wallet",
];

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether a word names what is asked for by an id or a hash: a commit, an order.
pub(super) fn is_asked_for(word: &str) -> bool {
    is_one_of(&ASKED_FOR, word)
}

/// Whether a field of this name holds an id that each run has of its own, or a sum of what came out. An order's or a person's id
/// is none, nor is a commit's hash, nor a text that does not look like one.
pub fn is_id_of_run(key: &str, value: &str) -> bool {
    const LONGEST_BYTES: usize = 128;
    let looks_like_one = value.len() <= LONGEST_BYTES
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'));
    if !looks_like_one {
        return false;
    }
    // `replay.session_id` is the session's.
    let words = words_of_key(key.rsplit('.').next().unwrap_or(key));
    let plain = words.concat();
    let is_id = plain.strip_suffix("id").is_some_and(|what| OF_RUNS.contains(&what));
    let is_bare_id = OF_RUNS.contains(&&*plain) && is_hex_of_run(value);
    let is_sum = words.last().is_some_and(|last| is_one_of(&SUMS, last))
        && !words.iter().any(|word| is_asked_for(word))
        && strip_radix(value).len() >= 6
        && strip_radix(value).bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id || is_bare_id || is_sum
}

/// Whether a number in a field of this name is how long something took. How long it is to take is a decision: a duration in no
/// smaller unit than seconds is measured only where it has a fraction.
pub fn is_time_of_run(key: &str, number: &str) -> bool {
    let is_number = number.bytes().any(|byte| byte.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !is_number {
        return false;
    }
    let words = words_of_key(key);
    let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    // What is set, not measured.
    if has(&["max", "min", "limit", "timeout", "target", "budget", "threshold", "allowed", "requested"]) {
        return false;
    }
    has(&["took", "elapsed", "latency"])
        || (has(&["duration"])
            && (has(&["ms", "ns", "us", "millis", "milliseconds"]) || number.contains('.')))
}

/// Whether a number in a field of this name counts the tries of what is done: who tries again did not decide otherwise.
pub fn is_number_of_try(key: &str, number: &str) -> bool {
    const COUNTS: [&str; 9] = [
        "attempt",
        "attemptnumber",
        "attemptno",
        "attemptcount",
        "retry",
        "retrynumber",
        "retrycount",
        "retryattempt",
        "try",
    ];
    const LONGEST_DIGITS: usize = 3;
    let is_count =
        (1..=LONGEST_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_count && COUNTS.contains(&&*words_of_key(key).concat())
}

/// The words of a field's name in lower case: of `tookMs` and of `took_ms`, `took` and `ms`.
fn words_of_key(key: &str) -> Vec<String> {
    const LONGEST_BYTES: usize = 128;
    let mut words: Vec<String> = Vec::new();
    if key.len() > LONGEST_BYTES {
        return words;
    }
    for piece in key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()) {
        let mut word = String::new();
        let mut before_is_lower = false;
        for c in piece.chars() {
            if c.is_ascii_uppercase() && before_is_lower {
                words.push(std::mem::take(&mut word));
            }
            before_is_lower = !c.is_ascii_uppercase();
            word.push(c.to_ascii_lowercase());
        }
        words.push(word);
    }
    words
}

/// The words before one, by which it is known whether that is an id: "session `8fb87fce`".
#[derive(Clone, Copy, Default)]
pub struct WordsBefore<'a> {
    /// The last one last.
    words: [&'a str; 3],
}

impl<'a> WordsBefore<'a> {
    /// After the next word, without the punctuation around it.
    pub fn push(&mut self, word: &'a str) {
        if !word.is_empty() {
            let [_, second, last] = self.words;
            self.words = [second, last, word];
        }
    }

    /// Whether the word after these is an id.
    pub fn lead_to_id(&self, word: &str) -> bool {
        volatile_after(self, word) == Some(Volatile::Id)
    }

    /// Whether these words say that what follows is an id that each run has of its own, or a sum of what came out.
    pub(super) fn name_id(&self) -> bool {
        let mut before = self.words.iter().rev().filter(|word| !is_one_of(&["id", "is"], word));
        let named = before.next().is_some_and(|word| is_one_of(&OF_RUNS, word) || is_one_of(&SUMS, word));
        named && !before.next().is_some_and(|word| is_asked_for(word))
    }
}
