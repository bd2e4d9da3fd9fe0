//! What a word says: numbers in one spelling, negations, stems, and words that say nothing.

/// Digits with signs, units and separators around them, written one way; `None` for what is no number.
pub(super) fn as_number(lower: &str) -> Option<String> {
    let bare = lower.trim_start_matches(['$', '€', '£', '~', '+', '#']).trim_end_matches(['%', '.']);
    let digits = bare.strip_prefix('-').unwrap_or(bare);
    let is_number = digits.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'_' | b'-' | b':' | b'/'));
    is_number.then(|| canonical_number(bare))
}

/// A number without separators of thousands and zeros at its end.
pub(super) fn canonical_number(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    match plain.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{whole}.{}", fraction.trim_end_matches('0'))
        }
        _ => plain,
    }
}

/// The digits of a number that is written out.
pub(super) fn number_word(lower: &str) -> Option<&'static str> {
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

/// Words that turn what is said around.
pub(super) fn is_negation(lower: &str) -> bool {
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
pub(super) fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    if word.len() <= 4 || !word.is_ascii() {
        return word;
    }
    let shorter = ["ing", "ed", "es", "ly", "s"].iter().find_map(|ending| word.strip_suffix(ending));
    shorter.filter(|stem| stem.len() >= 3).map_or(word, |stem| stem.strip_suffix('e').unwrap_or(stem))
}

/// Words of grammar, and those with which assistants are polite.
pub(super) fn is_filler(lower: &str) -> bool {
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
