//! What a step waits for, from the words of its name; and which errors say that a provider takes no more calls for now.

use crate::model::{SpanKind, TimePart};

/// The part of the run's time that a step's name tells, where that is more than its kind does: a tool that asks the person
/// (`AskUserQuestion`), a wait for an approval, a wait for a rate limit. `None` where the name tells no such thing.
///
/// Names are taken apart into words. What calls a model or runs an agent is never a wait, and of what is no wait by kind only a
/// name that says outright that the person is asked is taken for one: a tool `check_permissions` works.
pub fn part_named(kind: SpanKind, name: &str) -> Option<TimePart> {
    match kind {
        SpanKind::Agent
        | SpanKind::Llm
        | SpanKind::Retrieval
        | SpanKind::Embedding
        | SpanKind::Rerank
        | SpanKind::Evaluator => None,
        SpanKind::Wait => {
            let words = words(name);
            let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
            if asks_person(&words) || any(&WAITS_FOR_PERSON) {
                Some(TimePart::Human)
            } else if any(&[
                "ratelimit",
                "ratelimited",
                "throttle",
                "throttled",
                "throttling",
                "quota",
                "429",
            ]) || has(&words, &["rate"], &["limit", "limited", "limiter", "limiting"])
            {
                Some(TimePart::Throttled)
            } else if any(&["backoff", "retry", "retries", "retrying"]) || has(&words, &["back"], &["off"]) {
                Some(TimePart::Backoff)
            } else {
                None
            }
        }
        SpanKind::Other | SpanKind::Tool | SpanKind::Chain | SpanKind::Guardrail => {
            asks_person(&words(name)).then_some(TimePart::Human)
        }
    }
}

/// Words that in the name of a wait say that it waits for a person.
const WAITS_FOR_PERSON: [&str; 11] = [
    "human",
    "user",
    "person",
    "approval",
    "approve",
    "permission",
    "permissions",
    "confirmation",
    "confirm",
    "interrupt",
    "elicitation",
];

/// Whether a name says that a person is asked: `AskUserQuestion`, `request_user_input`, `human_approval`,
/// `claude_code.tool.blocked_on_user`, `ExitPlanMode`.
fn asks_person(words: &[String]) -> bool {
    const PERSON: [&str; 2] = ["user", "human"];
    has(words, &["ask", "prompt", "await", "awaiting", "request", "on", "for"], &PERSON)
        || has(words, &PERSON, &["input", "approval", "confirmation", "feedback", "interrupt"])
        || has(words, &["await", "awaiting", "request"], &["approval", "permission", "confirmation"])
        || has(words, &["approval", "permission"], &["request", "prompt"])
        || has(words, &["followup"], &["question"])
        || has(words, &["plan"], &["mode"]) && words.first().is_some_and(|first| first == "exit")
}

/// Whether one of `first` stands right before one of `second`.
fn has(words: &[String], first: &[&str], second: &[&str]) -> bool {
    words.windows(2).any(|pair| match pair {
        [a, b] => first.contains(&a.as_str()) && second.contains(&b.as_str()),
        _ => false,
    })
}

/// `AskUserQuestion`, `ask_user_question` → ask, user, question. In lower case.
fn words(name: &str) -> Vec<String> {
    // No name that tells anything is longer.
    const MOST_CHARS: usize = 120;
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars().take(MOST_CHARS) {
        let breaks = !letter.is_alphanumeric() || (was_lower && letter.is_uppercase());
        if breaks && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether an error says that the provider takes no more calls for now: HTTP 429 and what providers call it.
pub fn is_rate_limit(error: &str) -> bool {
    // What an error is stands at its beginning.
    const MOST_CHARS: usize = 400;
    let text: String = error.chars().take(MOST_CHARS).flat_map(char::to_lowercase).collect();
    const SAYS: [&str; 8] = [
        "rate limit",
        "rate_limit",
        "ratelimit",
        "rate-limit",
        "too many requests",
        "toomanyrequests",
        "throttl",
        "resource_exhausted",
    ];
    SAYS.iter().any(|says| text.contains(says))
        || text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "429")
}
