//! A span put together field by field, for formats whose records have fields of their own.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{error_line, json};
use crate::model::{Payload, SpanFlags, SpanKind, SpanRecord, SpanStatus, TraceRecord};
use crate::semantics::{self, Columns};

/// A span under construction: the columns as they are known so far, and the payload that they do not repeat.
#[derive(Clone)]
pub struct Draft {
    /// The columns; the payload in it is filled by [`Draft::finish`].
    pub span: SpanRecord,
    /// What the source said beside them.
    pub payload: Payload,
}

impl Draft {
    /// A span with these ids, name and kind.
    pub fn new(
        trace: impl Into<String>,
        id: impl Into<String>,
        name: impl Into<String>,
        kind: SpanKind,
    ) -> Self {
        let mut span = SpanRecord::new(trace, id, name);
        span.kind = kind;
        Self { span, payload: Payload::default() }
    }

    /// Sets the input, if there is any; with it the preview and the hash by which a retry is recognised.
    pub fn input(&mut self, input: Option<Value>) {
        let Some(input) = input.filter(|input| !is_nothing(input)) else { return };
        self.span.input_hash = Some(semantics::input_hash(&written(&input)));
        self.span.preview = preview(&input);
        self.payload.input = Some(input);
    }

    /// Sets the output, if there is any.
    pub fn output(&mut self, output: Option<Value>) {
        self.payload.output = output.filter(|output| !is_nothing(output)).or(self.payload.output.take());
    }

    /// Sets start and end. An end before the start is kept as no duration, and marked.
    pub fn times(&mut self, start_ns: Option<i64>, end_ns: Option<i64>) {
        (self.span.start_ns, self.span.end_ns) = (start_ns, end_ns);
        if let (Some(start), Some(end)) = (start_ns, end_ns)
            && end < start
        {
            self.span.end_ns = Some(start);
            self.span.flags.insert(SpanFlags::NEGATIVE_DURATION);
        }
    }

    /// Marks the span as failed for the reason that `error` gives, if it gives one.
    pub fn fail(&mut self, error: &Value) {
        if let Some(line) = error_line::of(error) {
            self.span.status = SpanStatus::Error;
            self.span.error = Some(line);
        }
    }

    /// Keeps `attributes` verbatim, and fills what is still empty among the columns from those that follow a convention of
    /// OpenTelemetry (GenAI, OpenInference, OpenLLMetry, Vercel), and from the events and the resource that the payload has.
    pub fn attributes(&mut self, attributes: Map<String, Value>) {
        let mut columns = Columns::default();
        for (key, value) in &self.payload.resource {
            columns.resource_attribute(key, value.into());
        }
        columns.attributes(&attributes);
        for event in &self.payload.events {
            let attributes = event.attributes.iter().map(|(key, value)| (key.as_str(), value.into()));
            columns.event(&event.name, attributes);
        }
        columns.fill_gaps(&mut self.span);
        self.payload.attributes.extend(attributes);
    }

    /// Keeps `resource`, the attributes of what sent the span, and fills what is still empty among the columns from it.
    pub fn resource(&mut self, resource: Map<String, Value>) {
        let mut columns = Columns::default();
        for (key, value) in &resource {
            columns.resource_attribute(key, value.into());
        }
        columns.fill_gaps(&mut self.span);
        // What SDKs write where nobody named the service.
        self.span.project =
            self.span.project.take().filter(|project| !project.starts_with("unknown_service"));
        self.payload.resource.extend(resource);
    }

    /// The span. One that never ended, by its times, and says nothing of its status is open.
    pub fn finish(mut self) -> SpanRecord {
        let span = &mut self.span;
        if span.status == SpanStatus::Unset && span.start_ns.is_some() && span.end_ns.is_none() {
            span.status = SpanStatus::Open;
        }
        self.payload.attributes.retain(|_, value| !value.is_null());
        self.payload.other.retain(|_, value| !value.is_null());
        self.span.payload = serde_json::to_vec(&self.payload).unwrap_or_else(|_| b"{}".to_vec());
        self.span
    }
}

/// What a source says of the run `trace` as a whole, with the start of its input as the preview.
pub fn run(trace: impl Into<String>, mut payload: Payload) -> TraceRecord {
    let mut record = TraceRecord::new(trace);
    payload.input = payload.input.filter(|input| !is_nothing(input));
    payload.output = payload.output.filter(|output| !is_nothing(output));
    record.preview = payload.input.as_ref().and_then(preview);
    for members in [&mut payload.attributes, &mut payload.other] {
        members.retain(|_, value| !value.is_null());
    }
    record.payload = serde_json::to_vec(&payload).ok();
    record
}

/// The start of an input: of a conversation what the user said first, which may come after a long system prompt.
fn preview(input: &Value) -> Option<String> {
    /// Longer ones are not parsed for their sake.
    const PARSED_BYTES: usize = 64 * 1024;
    let unfolded = match input {
        Value::String(text) if text.len() <= PARSED_BYTES => Cow::Owned(json::unfolded(input.clone())),
        other => Cow::Borrowed(other),
    };
    let words = |value: &Value| SpanRecord::preview_of(&semantics::first_words(&written(value)));
    first_request(&unfolded).and_then(words).or_else(|| words(input))
}

fn first_request(input: &Value) -> Option<&Value> {
    let messages = input.get("messages").unwrap_or(input).as_array()?;
    // LangChain has a list a prompt.
    let messages = messages.first().and_then(Value::as_array).unwrap_or(messages);
    let by_user = |message: &&Value| {
        let told = message
            .get("role")
            .or_else(|| message.get("id")?.as_array()?.last())
            .or_else(|| message.get("type"));
        matches!(told.and_then(Value::as_str), Some("user" | "human" | "HumanMessage"))
    };
    let message = messages.iter().find(by_user)?;
    message.get("kwargs").unwrap_or(message).get("content").filter(|content| !is_nothing(content))
}

fn written(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Null, or an empty text, list or object.
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
