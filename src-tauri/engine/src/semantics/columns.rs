//! Fills a span's columns from its attributes, whatever convention they are written in.

use serde_json::{Map, Value};

use super::input::{first_words, input_hash};
use super::value::AttributeValue;
use super::{gen_ai, general, openinference, traceloop, trulens, vercel};
use crate::model::{SpanKind, SpanRecord, SpanStatus, Tokens};

/// How deep nested attributes are followed.
const NESTED_DEPTH: usize = 16;

/// Which column an attribute fills. Where several attributes fill one, the higher rank wins, then the first.
#[derive(Clone, Copy)]
pub(super) enum Field {
    Kind(u8, fn(&str) -> Option<SpanKind>),
    /// Being there says what the span is.
    Means(u8, SpanKind),
    Model(u8),
    InputTokens,
    OutputTokens,
    CacheRead,
    CacheWrite,
    Reasoning,
    TotalTokens,
    Cost,
    Conversation(u8),
    Project(u8),
    Environment(u8),
    /// The number of the try, from 1.
    Attempt,
    /// How often it was sent again, so the number of the try less one.
    Resends,
    /// Tags, of which one may be `retry:attempt:N`.
    Tags,
    BackoffMs,
    BackoffSeconds,
    ErrorType,
    ErrorMessage,
    /// The whole input.
    Input(u8),
    /// One of several attributes that are the input together.
    InputPart,
    ToolName,
    LogfireSpanType,
    LogfirePendingParent,
}

/// A value and the rank of the attribute it came from.
#[derive(Clone, Debug)]
struct Ranked<T> {
    rank: u8,
    value: Option<T>,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { rank: 0, value: None }
    }
}

impl<T> Ranked<T> {
    fn offer(&mut self, rank: u8, value: impl FnOnce() -> Option<T>) {
        if (self.value.is_none() || rank > self.rank)
            && let Some(value) = value()
        {
            *self = Self { rank, value: Some(value) };
        }
    }
}

/// Collects what a span's attributes and events say of its columns.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    kind: Ranked<SpanKind>,
    model: Ranked<String>,
    conversation: Ranked<String>,
    project: Ranked<String>,
    environment: Ranked<String>,
    tokens: Tokens,
    cost_usd: Option<f64>,
    attempt: Option<u32>,
    backoff_ns: Option<i64>,
    error_type: Option<String>,
    error_message: Option<String>,
    exception: Option<String>,
    input_rank: u8,
    input_hash: Option<i64>,
    preview: Option<String>,
    parts_hash: Option<i64>,
    parts_preview: Option<String>,
    has_tool_name: bool,
    pending: bool,
    pending_parent: Option<String>,
}

impl Columns {
    /// Takes an attribute of the span.
    pub fn attribute(&mut self, key: &str, value: AttributeValue<'_>) {
        if let Some(field) = field_of(key) {
            self.take(field, value);
        }
    }

    /// Takes all attributes of the span, those inside objects under their dotted keys too.
    pub fn attributes(&mut self, attributes: &Map<String, Value>) {
        self.attributes_under("", attributes, NESTED_DEPTH);
    }

    fn attributes_under(&mut self, prefix: &str, attributes: &Map<String, Value>, depth: usize) {
        for (key, value) in attributes {
            let dotted = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            self.attribute(&dotted, value.into());
            match value {
                Value::Object(inner) if depth > 0 => self.attributes_under(&dotted, inner, depth - 1),
                // Phoenix keeps lists of messages as lists.
                Value::Array(list) if depth > 0 && dotted.ends_with("llm.input_messages") => {
                    for (number, item) in list.iter().enumerate() {
                        if let Value::Object(inner) = item {
                            self.attributes_under(&format!("{dotted}.{number}"), inner, depth - 1);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes an attribute of the span's resource.
    pub fn resource_attribute(&mut self, key: &str, value: AttributeValue<'_>) {
        if let Some(field) = general::resource_field(key) {
            self.take(field, value);
        }
    }

    /// Takes an event with its attributes: exceptions and retries.
    pub fn event<'a>(&mut self, name: &str, attributes: impl Iterator<Item = (&'a str, AttributeValue<'a>)>) {
        if name == "exception" {
            let (mut kind, mut message) = (None, None);
            for (key, value) in attributes {
                match key {
                    "exception.type" => kind = value.text(),
                    "exception.message" => message = value.text(),
                    _ => {}
                }
            }
            let text = match (kind, message) {
                (Some(kind), Some(message)) => format!("{kind}: {message}"),
                (Some(one), None) | (None, Some(one)) => one.into_owned(),
                (None, None) => "exception".to_owned(),
            };
            self.exception.get_or_insert(text);
        } else if general::is_retry_event(name) {
            for (key, value) in attributes {
                if let Some(field) = general::retry_event_field(key) {
                    self.take(field, value);
                }
            }
        }
    }

    /// Whether the span is a placeholder sent at the start of a real one.
    pub fn is_pending(&self) -> bool {
        self.pending
    }

    /// The parent that the real span of a placeholder will have, as its source writes it.
    pub fn pending_parent(&self) -> Option<&str> {
        self.pending_parent.as_deref()
    }

    fn take(&mut self, field: Field, value: AttributeValue<'_>) {
        let owned = || value.text().map(std::borrow::Cow::into_owned);
        let count_into = |slot: &mut Option<u64>| {
            if slot.is_none() {
                *slot = value.count();
            }
        };
        match field {
            Field::Kind(rank, kind_of) => self.kind.offer(rank, || kind_of(&value.text()?)),
            Field::Means(rank, kind) => self.kind.offer(rank, || Some(kind)),
            Field::Model(rank) => self.model.offer(rank, owned),
            Field::Conversation(rank) => self.conversation.offer(rank, owned),
            Field::Project(rank) => self.project.offer(rank, owned),
            Field::Environment(rank) => self.environment.offer(rank, owned),
            Field::InputTokens => count_into(&mut self.tokens.input),
            Field::OutputTokens => count_into(&mut self.tokens.output),
            Field::CacheRead => count_into(&mut self.tokens.cache_read),
            Field::CacheWrite => count_into(&mut self.tokens.cache_write),
            Field::Reasoning => count_into(&mut self.tokens.reasoning),
            Field::TotalTokens => count_into(&mut self.tokens.total),
            Field::Cost => {
                self.cost_usd = self.cost_usd.or_else(|| value.number().filter(|cost| *cost >= 0.0))
            }
            Field::Attempt => self.tried(value.count()),
            Field::Resends => self.tried(value.count().and_then(|again| again.checked_add(1))),
            Field::Tags => value.each_text(|tag| {
                self.tried(tag.strip_prefix("retry:attempt:").and_then(|attempt| attempt.parse().ok()));
            }),
            Field::BackoffMs => self.waited(value.number().map(|ms| ms * 1e6)),
            Field::BackoffSeconds => self.waited(value.number().map(|seconds| seconds * 1e9)),
            Field::ErrorType => self.error_type = self.error_type.take().or_else(owned),
            Field::ErrorMessage => self.error_message = self.error_message.take().or_else(owned),
            Field::Input(rank) => self.input(rank, value),
            Field::InputPart => self.input_part(value),
            Field::ToolName => self.has_tool_name = true,
            Field::LogfireSpanType => self.pending = value.text().is_some_and(|kind| kind == "pending_span"),
            Field::LogfirePendingParent => self.pending_parent = owned(),
        }
    }

    fn tried(&mut self, attempt: Option<u64>) {
        let attempt = attempt.filter(|attempt| *attempt > 0).and_then(|attempt| u32::try_from(attempt).ok());
        self.attempt = self.attempt.max(attempt);
    }

    fn waited(&mut self, ns: Option<f64>) {
        if let Some(ns) = ns.filter(|ns| (0.0..9.0e18).contains(ns)) {
            self.backoff_ns = Some(self.backoff_ns.unwrap_or(0).saturating_add(ns as i64));
        }
    }

    fn input(&mut self, rank: u8, value: AttributeValue<'_>) {
        if rank <= self.input_rank {
            return;
        }
        let (written, start) = match value {
            AttributeValue::Text(text) => (text.as_written().into(), text.start(4 * 1024)),
            AttributeValue::Json(json) => (json.into(), json.into()),
            AttributeValue::Value(value) => {
                let json = value.to_string();
                (std::borrow::Cow::Owned(json.clone()), json.into())
            }
            other => match other.text() {
                Some(text) => (text.clone(), text),
                None => return,
            },
        };
        if written.is_empty() {
            return;
        }
        self.input_rank = rank;
        self.input_hash = Some(input_hash(&written));
        self.preview = SpanRecord::preview_of(&first_words(&start));
    }

    fn input_part(&mut self, value: AttributeValue<'_>) {
        if self.input_rank > 0 {
            return;
        }
        if let AttributeValue::Text(text) = value {
            let hash = input_hash(text.as_written());
            self.parts_hash = Some(self.parts_hash.unwrap_or(0).rotate_left(7) ^ hash);
            // The last part said is the newest, and the system prompt comes first.
            self.parts_preview =
                SpanRecord::preview_of(&first_words(&text.start(4096))).or(self.parts_preview.take());
        }
    }

    /// Fills `record`'s columns; `says_error` and `says_ok` are the source's own status, `status_message` what it adds.
    pub fn fill(
        self,
        record: &mut SpanRecord,
        says_error: bool,
        says_ok: bool,
        status_message: Option<&str>,
    ) {
        record.kind = self.kind.value.unwrap_or_else(|| self.guessed_kind(&record.name));
        record.model = self.model.value;
        record.tokens = self.tokens;
        let sum = Tokens { total: None, ..self.tokens }.sum();
        if self.tokens.input.is_some() && self.tokens.output.is_some() && sum == self.tokens.total {
            record.tokens.total = None;
        }
        record.cost_usd = self.cost_usd;
        record.attempt = self.attempt;
        record.backoff_ns = self.backoff_ns;
        record.input_hash = self.input_hash.or(self.parts_hash);
        record.preview = self.preview.or(self.parts_preview);
        record.project = self.project.value;
        record.environment = self.environment.value;
        record.conversation = self.conversation.value;

        let failed = says_error || (!says_ok && (self.exception.is_some() || self.error_type.is_some()));
        if failed {
            record.status = SpanStatus::Error;
            let status_message = status_message.map(str::trim).filter(|message| !message.is_empty());
            let text = status_message.map(str::to_owned).or(self.exception).or(
                match (self.error_type, self.error_message) {
                    (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
                    (kind, message) => kind.or(message),
                },
            );
            record.error = text.as_deref().and_then(SpanRecord::preview_of);
        } else if says_ok {
            record.status = SpanStatus::Ok;
        }
    }

    /// Fills those of `record`'s columns that are still empty, and adds that it failed if the attributes say so.
    pub fn fill_gaps(self, record: &mut SpanRecord) {
        let mut told = SpanRecord::new("", "", record.name.as_str());
        let says_ok = record.status == SpanStatus::Ok;
        self.fill(&mut told, false, says_ok, None);
        if record.kind == SpanKind::Other {
            record.kind = told.kind;
        }
        if record.tokens == Tokens::default() {
            record.tokens = told.tokens;
        }
        if record.status == SpanStatus::Unset && told.status == SpanStatus::Error {
            record.status = told.status;
            record.error = record.error.take().or(told.error);
        }
        record.model = record.model.take().or(told.model);
        record.cost_usd = record.cost_usd.or(told.cost_usd);
        record.attempt = record.attempt.or(told.attempt);
        record.backoff_ns = record.backoff_ns.or(told.backoff_ns);
        record.input_hash = record.input_hash.or(told.input_hash);
        record.preview = record.preview.take().or(told.preview);
        record.project = record.project.take().or(told.project);
        record.environment = record.environment.take().or(told.environment);
        record.conversation = record.conversation.take().or(told.conversation);
    }

    fn guessed_kind(&self, name: &str) -> SpanKind {
        if self.tokens != Tokens::default() && self.model.value.is_some() {
            return if name.contains("mbedding") { SpanKind::Embedding } else { SpanKind::Llm };
        }
        if self.has_tool_name {
            return SpanKind::Tool;
        }
        gen_ai::kind(name.split(' ').next().unwrap_or_default())
            .filter(|_| name.contains([' ', '_']))
            .unwrap_or(SpanKind::Other)
    }
}

/// The column that `key` fills, if any: by the key's first word to its convention, there by the rest.
fn field_of(key: &str) -> Option<Field> {
    let (family, rest) = key.split_once('.').unwrap_or((key, ""));
    match family {
        "gen_ai" => gen_ai::field(rest),
        "llm" => openinference::llm_field(rest).or_else(|| traceloop::llm_field(rest)),
        "ai" => trulens::field(rest).or_else(|| vercel::field(rest)),
        "traceloop" => traceloop::field(rest),
        "openinference" | "input" | "session" | "tool" | "tag" | "embedding" | "retrieval" | "reranker" => {
            openinference::field(key)
        }
        _ => general::field(key),
    }
}
