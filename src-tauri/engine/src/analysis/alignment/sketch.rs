//! What a text or a value says, in a few dozen bytes.
//!
//! Two hashes decide most comparisons: one of the text without ids, times and white space, and one of what decides whatever the
//! words are: numbers, the values of arguments, code. Names (capitalised words, paths, identifiers, what is quoted) must occur
//! on the other side. For the rest the words are compared as sets, without those that are there for politeness or grammar.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

/// How much of either end of a text is taken apart into words.
const READ_END_BYTES: usize = 32 * 1024;
/// Samples of the set of words.
const SAMPLES: usize = 16;
/// An answer of so few words has none to spare: another word is another answer.
const SHORT_WORDS: u32 = 8;
/// Negations are counted in texts up to this length; in longer ones they come and go with the wording.
const COUNTED_NEGATIONS_WORDS: u32 = 40;
/// Words that two longer texts must share to say the same.
const SAME_SUBSTANCE: f32 = 0.45;

/// A text or a value by what it says: equal, near or unlike, without the text being kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// Of all of it, but for ids, times, white space and the order of keys.
    exact: u64,
    /// Of numbers and of values that are no prose, in whatever order.
    strict: u64,
    /// The least hash of the words in each of as many parts of their hashes; `u16::MAX` where there is none.
    samples: [u16; SAMPLES],
    /// A bit for each word, and for each name.
    words: [u64; 4],
    names: [u64; 4],
    /// Different words that matter, about.
    count: u32,
    negations: u32,
}

/// How two sketches differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SketchDifference {
    /// Not at all, or in ids, times, white space and the order of keys alone.
    Same,
    /// In how it is said.
    Wording,
    /// In what is said.
    Substance,
}

impl Sketch {
    /// Of a text.
    pub fn of_text(text: &str) -> Self {
        let mut writer = Writer::default();
        writer.text(text);
        writer.sketch
    }

    /// Of a value: keys in any order, texts in it as texts where they are prose and to the letter where they are not.
    pub fn of_value(value: &Value) -> Self {
        let mut writer = Writer::default();
        match value {
            Value::String(text) => writer.string(text, 0),
            value => writer.value(value),
        }
        writer.sketch
    }

    /// Of several parts, one after another. What was decided may come in another order; that is then its wording.
    pub fn of_parts(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self::empty();
        for part in parts {
            whole.exact = mix(whole.exact.rotate_left(5) ^ part.exact);
            whole.strict = whole.strict.wrapping_add(if part.strict == 0 { 0 } else { mix(part.strict) });
            for (sample, other) in whole.samples.iter_mut().zip(part.samples) {
                *sample = (*sample).min(other);
            }
            for (bits, other) in [(&mut whole.words, part.words), (&mut whole.names, part.names)] {
                bits.iter_mut().zip(other).for_each(|(bits, other)| *bits |= other);
            }
            whole.count = whole.count.saturating_add(part.count);
            whole.negations = whole.negations.saturating_add(part.negations);
        }
        whole
    }

    /// How it differs from another.
    pub fn compare(&self, other: &Self) -> SketchDifference {
        if self.exact == other.exact {
            return SketchDifference::Same;
        }
        let is_within = |part: &[u64; 4], whole: &[u64; 4]| {
            part.iter().zip(whole).all(|(part, whole)| part & !whole == 0)
        };
        let shortest = self.count.min(other.count);
        let longest = self.count.max(other.count);
        let other_negations = if longest <= COUNTED_NEGATIONS_WORDS {
            self.negations != other.negations
        } else {
            (self.negations == 0) != (other.negations == 0) && self.negations.abs_diff(other.negations) > 2
        };
        if self.strict != other.strict
            || other_negations
            || !is_within(&self.names, &other.words)
            || !is_within(&other.names, &self.words)
        {
            return SketchDifference::Substance;
        }
        let is_same = if shortest == 0 {
            // Nothing is said beside what decides: then all else is how it is put, unless nothing decides.
            longest <= SHORT_WORDS / 2 && (self.strict != 0 || longest == 0)
        } else if shortest <= SHORT_WORDS {
            // One may say more, but not put one word for another.
            is_within(&self.words, &other.words) || is_within(&other.words, &self.words)
        } else {
            self.shared_words(other) >= SAME_SUBSTANCE
        };
        if is_same { SketchDifference::Wording } else { SketchDifference::Substance }
    }

    /// How much of it they share, 0 to 1: 1 for the same.
    pub fn likeness(&self, other: &Self) -> f32 {
        if self.exact == other.exact {
            return 1.0;
        }
        let strict = if self.strict == other.strict { 0.15 } else { 0.0 };
        0.8 * self.shared_words(other) + strict
    }

    /// Hash by which two that say exactly the same are known.
    pub(super) fn key(&self) -> u64 {
        self.exact
    }

    /// Whether there is anything in it by which it could be told from others.
    pub(super) fn is_telling(&self) -> bool {
        self.count + self.negations > 0 || self.strict != 0
    }

    /// The words both have, of those that either has.
    fn shared_words(&self, other: &Self) -> f32 {
        let (mut equal, mut all) = (0_u32, 0_u32);
        for (a, b) in self.samples.iter().zip(&other.samples) {
            all += u32::from(*a != u16::MAX || *b != u16::MAX);
            equal += u32::from(a == b && *a != u16::MAX);
        }
        if all == 0 { 0.0 } else { equal as f32 / all as f32 }
    }

    fn empty() -> Self {
        Self {
            exact: 0,
            strict: 0,
            samples: [u16::MAX; SAMPLES],
            words: [0; 4],
            names: [0; 4],
            count: 0,
            negations: 0,
        }
    }

    fn add_word(&mut self, hash: u64) {
        let is_new = set_bit(&mut self.words, hash);
        let sample = &mut self.samples[(hash >> 8) as usize % SAMPLES];
        let value = ((hash >> 32) as u16).min(u16::MAX - 1);
        let is_least = value < *sample;
        if is_least {
            *sample = value;
        }
        // A bit may be taken by chance; then the sample shows most words that are new.
        self.count += u32::from(is_new || is_least);
    }

    fn add_strict(&mut self, hash: u64) {
        self.strict = self.strict.wrapping_add(mix(hash));
    }
}

fn set_bit(bits: &mut [u64; 4], hash: u64) -> bool {
    let word = &mut bits[(hash >> 6) as usize % 4];
    let bit = 1 << (hash % 64);
    let is_new = *word & bit == 0;
    *word |= bit;
    is_new
}

fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

struct Writer {
    sketch: Sketch,
    /// Hash of the keys under which the text stands: the same word in another argument is another.
    place: u64,
}

impl Default for Writer {
    fn default() -> Self {
        Self { sketch: Sketch::empty(), place: 0 }
    }
}

impl Writer {
    fn string(&mut self, text: &str, path: u64) {
        if is_prose(text) {
            self.place = path;
            self.text(text);
        } else {
            self.literal(text, path);
        }
    }

    fn word(&self, text: &str) -> u64 {
        mix(xxh3_64(text.as_bytes()) ^ self.place)
    }

    fn exact(&mut self, hash: u64) {
        self.sketch.exact = mix(self.sketch.exact.rotate_left(7) ^ hash);
    }

    /// A value; iterative, as values nest as deep as their source likes. What stands in a list stands in order there.
    fn value(&mut self, value: &Value) {
        // Each with a hash of the keys that lead to it.
        let mut pending: Vec<(&Value, u64)> = vec![(value, 1)];
        while let Some((value, path)) = pending.pop() {
            match value {
                Value::Array(items) => {
                    self.exact(mix(path ^ items.len() as u64));
                    pending.extend(
                        items.iter().enumerate().rev().map(|(at, item)| (item, mix(path ^ (at as u64 + 1)))),
                    );
                }
                Value::Object(members) => {
                    let mut members: Vec<(&String, &Value)> = members.iter().collect();
                    members.sort_by_key(|(key, _)| key.as_str());
                    self.exact(mix(path ^ members.len() as u64));
                    pending.extend(
                        members
                            .into_iter()
                            .rev()
                            .filter(|(key, value)| !value.as_str().is_some_and(|id| is_id_of_run(key, id)))
                            .map(|(key, value)| (value, mix(path ^ xxh3_64(key.as_bytes())))),
                    );
                }
                Value::String(text) => {
                    self.exact(path);
                    self.string(text, path);
                }
                Value::Null => self.exact(path),
                Value::Bool(is_so) => self.scalar(if *is_so { "true" } else { "false" }, path),
                Value::Number(number) => {
                    let text = number.to_string();
                    if is_volatile(&text) {
                        self.exact(path);
                    } else {
                        self.scalar(&canonical_number(&text), path);
                    }
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, path: u64) {
        let hash = xxh3_64(text.as_bytes());
        self.exact(hash ^ path);
        self.sketch.add_strict(hash ^ path);
        self.sketch.add_word(mix(hash ^ path));
    }

    /// A text that means its letters: a path, a command, a name. Ids and times in it are passed over.
    fn literal(&mut self, text: &str, path: u64) {
        let mut whole = path;
        for token in text.split_whitespace() {
            let separates = |c: char| {
                matches!(
                    c,
                    '"' | '\'' | ',' | '=' | '&' | '?' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}'
                )
            };
            for part in token.split_inclusive(separates) {
                let piece = part.trim_end_matches(separates);
                // What is between the pieces is an operator, say; which quotes are used says nothing.
                let separator =
                    part.chars().next_back().filter(|c| separates(*c) && !matches!(c, '"' | '\''));
                whole = mix(whole.rotate_left(9) ^ separator.map_or(0, |c| u64::from(u32::from(c))));
                if piece.is_empty() || is_volatile(piece.trim_matches(is_punctuation)) {
                    continue;
                }
                whole ^= xxh3_64(piece.as_bytes());
                for word in piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                    self.sketch.add_word(mix(xxh3_64(word.to_lowercase().as_bytes())));
                }
            }
            whole = mix(whole ^ 1);
        }
        self.exact(whole);
        self.sketch.add_strict(whole);
    }

    /// A text that means its words.
    fn text(&mut self, text: &str) {
        let (head, tail) = ends(text);
        for part in [head, tail] {
            // Code between fences means its letters.
            for (at, part) in part.split("```").enumerate() {
                let mut starts_sentence = true;
                match at % 2 {
                    0 => tokens(part).for_each(|token| self.token(token, &mut starts_sentence)),
                    _ => self.literal(part, self.place),
                }
            }
        }
        if head.len() + tail.len() < text.len() {
            // What lies between the ends is compared to the letter.
            self.exact(xxh3_64(text.as_bytes()));
        }
    }

    fn token(&mut self, token: &str, starts_sentence: &mut bool) {
        let is_first =
            std::mem::replace(starts_sentence, token.ends_with(['.', '!', '?', ':', '。', '！', '？']));
        let is_quoted = token.starts_with(['"', '\'', '`', '“', '«']) && token.len() > 2;
        let bare = token.trim_matches(is_punctuation);
        if is_volatile(bare) {
            return;
        }
        self.exact(xxh3_64(token.as_bytes()));
        if bare.is_empty() {
            if matches!(token, "<" | ">" | "<=" | ">=" | "=" | "==" | "!=" | "≤" | "≥" | "≠") {
                self.sketch.add_strict(self.word(token));
            }
            *starts_sentence |= is_first;
            return;
        }
        // A list's "1." and a bullet say nothing.
        if is_first
            && token.len() <= 3
            && token.ends_with(['.', ')'])
            && bare.bytes().all(|byte| byte.is_ascii_digit())
        {
            *starts_sentence = true;
            return;
        }
        if bare.chars().any(is_without_spaces) {
            return self.script_without_spaces(bare);
        }
        let lower = bare.to_lowercase();
        if is_negation(&lower) {
            self.sketch.negations += 1;
            return;
        }
        let number = number_word(&lower).map(str::to_owned).or_else(|| as_number(&lower));
        if let Some(number) = number {
            let word = self.word(&number);
            self.sketch.add_strict(word);
            self.sketch.add_word(word);
            return;
        }
        if is_filler(&lower) {
            return;
        }
        let word = self.word(stem(&lower));
        let is_identifier = bare.contains(['_', '/', '\\', '@', '#', '='])
            || bare.bytes().any(|byte| byte.is_ascii_digit())
            || bare.trim_matches('.').contains('.');
        let is_capital = bare.chars().next().is_some_and(char::is_uppercase);
        let is_capitals = bare.chars().skip(1).any(char::is_uppercase);
        if is_quoted || is_identifier || is_capitals || (is_capital && !is_first) {
            set_bit(&mut self.sketch.names, word);
        }
        self.sketch.add_word(word);
    }

    /// Chinese, Japanese, Thai: every two neighbours are a word.
    fn script_without_spaces(&mut self, text: &str) {
        let mut before = None;
        let mut number = String::new();
        for c in text.chars().chain(std::iter::once(' ')) {
            if c.is_ascii_digit() {
                number.push(c);
            } else if !number.is_empty() {
                self.sketch.add_strict(xxh3_64(number.as_bytes()));
                number.clear();
            }
            self.sketch.negations += u32::from(matches!(c, '不' | '没' | '沒' | '無' | '无' | '非'));
            if let Some(before) = before.replace(c)
                && c != ' '
            {
                self.sketch.add_word(mix(u64::from(u32::from(before)) << 32 | u64::from(u32::from(c))));
            }
        }
    }
}

/// The two ends of a long text, the second empty if the text is short enough.
fn ends(text: &str) -> (&str, &str) {
    if text.len() <= 2 * READ_END_BYTES {
        return (text, "");
    }
    let (mut head, mut tail) = (READ_END_BYTES, text.len() - READ_END_BYTES);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    (text.get(..head).unwrap_or(text), text.get(tail..).unwrap_or_default())
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, ';' | '—' | '(' | ')' | '[' | ']' | '{' | '}' | '|')
    })
    .filter(|token| !token.is_empty())
}

fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '-' | '+' | '/' | '$' | '%' | '#' | '@' | '_')
        || matches!(c, '—' | '–')
}

fn is_without_spaces(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether a text is read as words: several of them, hardly anything else.
fn is_prose(text: &str) -> bool {
    if text.chars().any(is_without_spaces) {
        return true;
    }
    if text.contains(['{', '}', '<', '>', '=', '|', '\\', '$']) || text.contains("--") {
        return false;
    }
    let (mut words, mut others) = (0_u32, 0_u32);
    for token in text.split_whitespace().take(200) {
        let bare = token.trim_matches(is_punctuation);
        let is_word = bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
        if is_word && !bare.is_empty() {
            words += 1;
        } else {
            others += 1;
        }
    }
    words >= 1 && others * 4 <= words
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

/// Digits with signs, units and separators around them, written one way; `None` for what is no number.
fn as_number(lower: &str) -> Option<String> {
    let bare = lower.trim_start_matches(['$', '€', '£', '~', '+', '#']).trim_end_matches(['%', '.']);
    let digits = bare.strip_prefix('-').unwrap_or(bare);
    let is_number = digits.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'_' | b'-' | b':' | b'/'));
    is_number.then(|| canonical_number(bare))
}

fn canonical_number(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    match plain.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{whole}.{}", fraction.trim_end_matches('0'))
        }
        _ => plain,
    }
}

fn number_word(lower: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 12] = [
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("eleven", "11"),
        ("twelve", "12"),
        ("zero", "0"),
    ];
    WORDS.iter().find(|(word, _)| *word == lower).map(|(_, digits)| *digits)
}

fn is_negation(lower: &str) -> bool {
    matches!(
        lower,
        "no" | "not"
            | "never"
            | "none"
            | "nor"
            | "neither"
            | "cannot"
            | "without"
            | "nothing"
            | "nobody"
            | "false"
            | "nein"
            | "nicht"
            | "kein"
            | "keine"
            | "non"
            | "ne"
            | "ningún"
    ) || lower.ends_with("n't")
        || lower.ends_with("n’t")
}

/// A word without the endings of English grammar.
fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    if word.len() <= 4 || !word.is_ascii() {
        return word;
    }
    let shorter = ["ing", "ed", "es", "ly", "s"].iter().find_map(|ending| word.strip_suffix(ending));
    shorter.filter(|stem| stem.len() >= 3).map_or(word, |stem| stem.strip_suffix('e').unwrap_or(stem))
}

/// Words of grammar, and those with which assistants are polite.
fn is_filler(lower: &str) -> bool {
    matches!(
        lower,
        "a" | "about"
            | "absolutely"
            | "actually"
            | "additionally"
            | "also"
            | "am"
            | "an"
            | "and"
            | "answer"
            | "any"
            | "are"
            | "as"
            | "assist"
            | "at"
            | "be"
            | "been"
            | "but"
            | "by"
            | "can"
            | "certainly"
            | "could"
            | "course"
            | "currently"
            | "did"
            | "do"
            | "does"
            | "feel"
            | "final"
            | "for"
            | "free"
            | "from"
            | "further"
            | "furthermore"
            | "glad"
            | "great"
            | "had"
            | "happy"
            | "has"
            | "have"
            | "hello"
            | "help"
            | "her"
            | "here"
            | "here's"
            | "here’s"
            | "hi"
            | "his"
            | "hope"
            | "how"
            | "however"
            | "i"
            | "i'd"
            | "i'll"
            | "i'm"
            | "i've"
            | "if"
            | "in"
            | "indeed"
            | "into"
            | "is"
            | "it"
            | "it's"
            | "its"
            | "it’s"
            | "i’d"
            | "i’ll"
            | "i’m"
            | "i’ve"
            | "just"
            | "kindly"
            | "know"
            | "let"
            | "like"
            | "may"
            | "me"
            | "might"
            | "moreover"
            | "my"
            | "now"
            | "of"
            | "ok"
            | "okay"
            | "on"
            | "or"
            | "our"
            | "please"
            | "pleasure"
            | "question"
            | "questions"
            | "quite"
            | "really"
            | "result"
            | "shall"
            | "should"
            | "simply"
            | "so"
            | "sorry"
            | "sure"
            | "thank"
            | "thanks"
            | "that"
            | "that's"
            | "the"
            | "their"
            | "them"
            | "then"
            | "there"
            | "therefore"
            | "these"
            | "they"
            | "this"
            | "those"
            | "thus"
            | "to"
            | "very"
            | "was"
            | "we"
            | "welcome"
            | "well"
            | "were"
            | "what"
            | "which"
            | "will"
            | "with"
            | "would"
            | "you"
            | "you'd"
            | "your"
            | "you’d"
            | "it'll"
    )
}
