//! What a step does, by its kind and name, without what formats, counters and ids put into names.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::ids::is_volatile;
use crate::model::SpanKind;

/// Kinds as far as formats agree on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// A call of a language model.
    Model,
    /// A tool, a search, a check: work that has a name.
    Tool,
    /// An agent, a chain, anything that groups others or is of no kind.
    Holder,
    /// A pause.
    Wait,
}

impl Class {
    fn of(kind: SpanKind) -> Self {
        match kind {
            SpanKind::Llm => Self::Model,
            SpanKind::Tool
            | SpanKind::Retrieval
            | SpanKind::Embedding
            | SpanKind::Rerank
            | SpanKind::Guardrail
            | SpanKind::Evaluator => Self::Tool,
            SpanKind::Agent | SpanKind::Chain | SpanKind::Other => Self::Holder,
            SpanKind::Wait => Self::Wait,
        }
    }
}

/// An operation: equal for steps that do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) class: Class,
    /// Hash of its name; of one that says nothing beyond the class, 0.
    pub(super) name: u64,
    /// Hashes of the words of its name.
    words: Box<[u32]>,
}

impl Operation {
    /// One value for equal operations.
    pub(super) fn key(&self) -> u64 {
        self.name.rotate_left(2) ^ self.class as u64
    }

    /// How far two may be the same, 0 to 1; 0 where they can't be.
    pub(super) fn affinity(&self, other: &Self) -> f32 {
        let is_loose = |class| matches!(class, Class::Holder | Class::Tool);
        let same_class = self.class == other.class;
        let may_be_one = same_class || (is_loose(self.class) && is_loose(other.class));
        if !may_be_one {
            return 0.0;
        }
        let names = if self.name == other.name {
            1.0
        } else if self.words.is_empty() || other.words.is_empty() {
            0.5
        } else {
            let shared = self.words.iter().filter(|word| other.words.contains(word)).count();
            2.0 * shared as f32 / (self.words.len() + other.words.len()) as f32
        };
        match (self.class, same_class) {
            // A call of a model is one whatever the format calls it.
            (Class::Model, _) => 0.6 + 0.4 * names,
            (Class::Wait, _) => 1.0,
            (_, true) if names >= 0.5 => names,
            // One format knows of a tool what another takes for a step of no kind.
            (_, false) if names == 1.0 && self.name != 0 => 0.8,
            _ => 0.0,
        }
    }
}

/// The operations of a run, one for each kind and name.
pub(super) struct Operations<'a> {
    strings: &'a [Box<str>],
    index_of: HashMap<(SpanKind, u32), u32>,
    list: Vec<Operation>,
}

impl<'a> Operations<'a> {
    pub(super) fn new(strings: &'a [Box<str>]) -> Self {
        Self { strings, index_of: HashMap::new(), list: Vec::new() }
    }

    /// The index of the operation of a span of this kind and name.
    pub(super) fn index(&mut self, kind: SpanKind, name: u32) -> u32 {
        let Self { strings, index_of, list } = self;
        *index_of.entry((kind, name)).or_insert_with(|| {
            let text = strings.get(name as usize).map_or("", |text| text);
            list.push(operation(Class::of(kind), text));
            list.len() as u32 - 1
        })
    }

    pub(super) fn into_list(self) -> Vec<Operation> {
        self.list
    }
}

fn operation(class: Class, name: &str) -> Operation {
    let mut words: Vec<u32> = Vec::new();
    let mut whole = 0_u64;
    for part in
        name.split(|c: char| c.is_whitespace() || matches!(c, '/' | ':' | '.' | '(' | ')' | '[' | ']'))
    {
        if is_volatile(part) {
            continue;
        }
        for word in words_of(part) {
            if is_generic(class, &word) || is_id(&word) {
                continue;
            }
            let hash = xxh3_64(word.as_bytes());
            words.push(hash as u32);
            whole = whole.rotate_left(11) ^ hash;
        }
    }
    Operation { class, name: whole, words: words.into() }
}

/// The words of a name: `WebSearch_v2` is `web`, `search`, `v2`.
fn words_of(part: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in part.split(|c: char| !c.is_alphanumeric()) {
        let mut word = String::new();
        let mut before_is_lower = false;
        for c in piece.chars() {
            if c.is_uppercase() && before_is_lower {
                words.push(std::mem::take(&mut word));
            }
            before_is_lower = c.is_lowercase() || c.is_ascii_digit();
            word.extend(c.to_lowercase());
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// A counter, or a piece of an id.
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits == word.len()
        || (digits >= 2 && word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || (word.starts_with("0x") && digits > 1)
}

/// Words that formats put into the names of all steps of a class.
fn is_generic(class: Class, word: &str) -> bool {
    match class {
        Class::Model => {
            matches!(
                word,
                "chat"
                    | "completion"
                    | "completions"
                    | "llm"
                    | "model"
                    | "call"
                    | "generation"
                    | "generate"
                    | "create"
                    | "messages"
                    | "message"
                    | "response"
                    | "responses"
                    | "request"
                    | "text"
                    | "stream"
                    | "do"
                    | "ai"
                    | "invoke"
                    | "inference"
                    | "api"
                    | "v1"
                    | "beta"
                    | "content"
                    | "assistant"
                    | "turn"
                    | "async"
                    | "openai"
                    | "anthropic"
                    | "claude"
                    | "gemini"
                    | "google"
                    | "gpt"
                    | "azure"
                    | "bedrock"
                    | "mistral"
                    | "ollama"
                    | "groq"
                    | "cohere"
                    | "litellm"
                    | "vertex"
                    | "genai"
                    | "langchain"
                    | "mini"
                    | "turbo"
                    | "sonnet"
                    | "opus"
                    | "haiku"
                    | "flash"
                    | "pro"
                    | "latest"
                    | "instruct"
                    | "preview"
                    | "llama"
                    | "qwen"
                    | "deepseek"
                    | "acompletion"
            ) || word.starts_with("chatopen")
                || word.starts_with("chatanthropic")
                || word.bytes().any(|byte| byte.is_ascii_digit())
                || matches!(
                    word,
                    "chatgoogle" | "chatbedrock" | "chatollama" | "nano" | "o" | "k" | "b" | "open"
                )
        }
        Class::Tool => {
            matches!(word, "execute" | "tool" | "call" | "running" | "function" | "retrieval" | "invoke")
        }
        Class::Holder => {
            matches!(word, "invoke" | "agent" | "workflow" | "chain" | "task" | "step" | "run" | "execute")
        }
        Class::Wait => true,
    }
}

/// A model's name without the date of its version, in lower case, without its provider.
pub(super) fn model_name(model: &str) -> String {
    let mut name = model.rsplit('/').next().unwrap_or(model).to_lowercase();
    // `-2024-08-06`, `-20240806`, `-0613`, `-latest`
    for length in [11, 9, 7, 5] {
        let Some((base, ending)) = name.len().checked_sub(length).and_then(|at| name.split_at_checked(at))
        else {
            continue;
        };
        let digits: usize = ending.bytes().filter(u8::is_ascii_digit).count();
        let is_version = match length {
            7 => ending == "-latest",
            5 => digits == 4 && ending.starts_with(['-', '@']),
            _ => digits == 8 && ending.starts_with(['-', '@']),
        };
        if is_version && !base.is_empty() {
            name = base.to_owned();
            break;
        }
    }
    name
}
