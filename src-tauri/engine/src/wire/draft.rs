//! A span put together field by field, for formats whose records have fields of their own.

use serde_json::{Map, Value};

use super::error_line;
use crate::model::{Payload, SpanFlags, SpanKind, SpanRecord, SpanStatus};
use crate::semantics::{self, Columns};

/// A span under construction: the columns as they are known so far, and the payload that they do not repeat.
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
        let text = match &input {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.span.input_hash = Some(semantics::input_hash(&text));
        self.span.preview = SpanRecord::preview_of(&semantics::first_words(&text));
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
    /// OpenTelemetry (GenAI, OpenInference, OpenLLMetry, Vercel).
    pub fn attributes(&mut self, attributes: Map<String, Value>) {
        let mut columns = Columns::default();
        columns.attributes(&attributes);
        columns.fill_gaps(&mut self.span);
        self.payload.attributes.extend(attributes);
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

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
