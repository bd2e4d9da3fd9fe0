//! OTLP, OpenTelemetry's own format: as JSON (one export, one a line, Tempo's and collectors' wrappers) and as protobuf.
//!
//! Both encodings are read into the same borrowed [`span::Span`], from which one builder writes the payload and fills the
//! columns, so they can't come to mean different things.

pub(super) mod id;
mod json;
mod json_span;
mod log_record;
mod protobuf;
pub(super) mod span;
mod value;

use serde_json::Value;

pub use self::id::to_base64;
use super::{Confidence, Format, Framing, Reader, Sample};

/// OTLP as JSON.
pub(super) struct OtlpJson;
/// OTLP as protobuf.
pub(super) struct OtlpProtobuf;

/// Keys under which OTLP/JSON has its arrays.
const ARRAYS: &[&str] = &[
    "resourceSpans",
    "resource_spans",
    "batches",
    "resourceLogs",
    "resource_logs",
    "resourceMetrics",
    "resource_metrics",
];

/// Keys of objects that have an export inside.
const WRAPPERS: &[&str] = &["data", "result", "trace", "traces"];

impl Format for OtlpJson {
    fn id(&self) -> &'static str {
        "otlp-json"
    }

    fn label(&self) -> &'static str {
        "OpenTelemetry (OTLP JSON)"
    }

    fn identity(&self) -> &'static str {
        "otlp"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        // In files of several signals a line of metrics may come first: the surest of the leading values counts.
        sample.values.iter().map(|value| confidence(value, 3)).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: ARRAYS }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(json::JsonReader)
    }
}

fn confidence(value: &Value, depth: usize) -> Confidence {
    match value {
        Value::Object(members) => {
            let has = |keys: &[&str]| keys.iter().any(|key| members.get(*key).is_some_and(Value::is_array));
            if has(&["resourceSpans", "resource_spans"]) {
                return 95;
            }
            if has(&["resourceLogs", "resource_logs", "resourceMetrics", "resource_metrics"]) {
                return 90;
            }
            if let Some(Value::Array(batches)) = members.get("batches")
                && batches.iter().any(|batch| {
                    ["scopeSpans", "scope_spans", "instrumentationLibrarySpans", "resource"]
                        .iter()
                        .any(|key| batch.get(key).is_some())
                })
            {
                return 95;
            }
            let inner = WRAPPERS.iter().filter_map(|key| members.get(*key));
            if depth == 0 { 0 } else { inner.map(|inner| confidence(inner, depth - 1)).max().unwrap_or(0) }
        }
        Value::Array(items) if depth > 0 => {
            items.iter().take(Sample::VALUES).map(|item| confidence(item, depth - 1)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

impl Format for OtlpProtobuf {
    fn id(&self) -> &'static str {
        "otlp-protobuf"
    }

    fn label(&self) -> &'static str {
        "OpenTelemetry (OTLP protobuf)"
    }

    fn identity(&self) -> &'static str {
        "otlp"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        if protobuf::is_export(&sample.bytes) { 90 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::OtlpProtobuf
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(protobuf::ProtobufReader)
    }
}
