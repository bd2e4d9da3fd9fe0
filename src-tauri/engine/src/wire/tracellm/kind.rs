//! What a step is, from the words of its name. TraceLLM stores no kind.

use crate::model::SpanKind;

/// The kind that a step's name (or `step_type`) tells; a tool if it tells none.
pub fn kind_of(name: &str) -> SpanKind {
    let words = words(name);
    let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let starts = |prefix: &str| words.iter().any(|word| word.starts_with(prefix));
    if any(&["backoff", "wait", "sleep"])
        || (any(&["retry"]) && any(&["guard"]))
        || (any(&["back"]) && any(&["off"]))
    {
        SpanKind::Wait
    } else if starts("embed") {
        SpanKind::Embedding
    } else if starts("rerank") {
        SpanKind::Rerank
    } else if starts("guardrail") || any(&["guard", "moderation"]) {
        SpanKind::Guardrail
    } else if starts("evaluat") || any(&["eval", "judge"]) {
        SpanKind::Evaluator
    } else if starts("retriev") || any(&["search", "vector"]) {
        SpanKind::Retrieval
    } else if any(&["agent"]) {
        SpanKind::Agent
    } else if starts("plan") || any(&["chain", "workflow", "pipeline", "graph", "sequence"]) {
        SpanKind::Chain
    } else if starts("generat") || starts("completion") || any(&LLM_WORDS) {
        SpanKind::Llm
    } else {
        SpanKind::Tool
    }
}

const LLM_WORDS: [&str; 11] = [
    "llm",
    "openai",
    "anthropic",
    "claude",
    "gpt",
    "gemini",
    "mistral",
    "ollama",
    "chat",
    "chatgpt",
    "llama",
];

/// `ChatOpenAI` → chat, openai; `tool_schema_lookup` → tool, schema, lookup. In lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous_is_lower = false;
    for letter in name.chars() {
        let breaks = !letter.is_alphanumeric() || (previous_is_lower && letter.is_uppercase());
        if breaks && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        previous_is_lower = letter.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    // `OpenAI` falls apart above.
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(last) if last == "open" && word == "ai" => last.push_str("ai"),
            _ => joined.push(word),
        }
    }
    joined
}
