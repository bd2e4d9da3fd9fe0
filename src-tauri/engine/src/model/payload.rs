//! What a span carries beside its columns.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// All that a source said of one span (or of a trace as a whole), with nothing lost and nothing said twice.
///
/// `attributes` is verbatim: the flat, dotted keys of OpenTelemetry with plain JSON values, or the source's own fields.
/// `input` and `output` are set only by formats whose own schema has such fields; for attribute conventions (GenAI,
/// OpenInference, …) they are read out of `attributes` when shown (`semantics::content`), not stored a second time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payload {
    /// What went in, where the format has such a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// What came out, where the format has such a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The span's attributes, verbatim.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// Its events, in the order of the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<PayloadEvent>,
    /// Its links to other spans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<PayloadLink>,
    /// The status message as the source has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// Attributes of the resource that sent the span.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub resource: Map<String, Value>,
    /// Instrumentation scope: `name`, `version`, attributes.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub scope: Map<String, Value>,
    /// Other fields of the source's record (OTLP: span kind, trace state, dropped counts), verbatim.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub other: Map<String, Value>,
}

/// A point in time inside a span.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PayloadEvent {
    /// When, in nanoseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ns: Option<i64>,
    /// Its name (`exception`, `gen_ai.choice`, …).
    pub name: String,
    /// Its attributes, verbatim.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
}

/// A reference to a span, perhaps of another trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PayloadLink {
    /// The other trace's id in the source.
    pub trace: String,
    /// The other span's id in the source.
    pub span: String,
    /// Its attributes, verbatim.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
}
