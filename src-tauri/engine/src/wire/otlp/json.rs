//! OTLP/JSON: camelCase or snake_case, numbers or strings or names, whatever wraps the export.
//!
//! A frame is parsed once, strictly, with strings left as they stand. Only if that fails is it parsed again span by span,
//! so that a bad span costs itself alone.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::log_record::{self, LogRecord};
use super::span::{Id, Shared, Span};
use super::value::{AttributeList, Attributes, text_of};
use super::{ARRAYS, WRAPPERS};
use crate::model::{Position, Problem};
use crate::semantics::Text;
use crate::wire::{Frame, Reader, Shape, Sink};

/// Reads frames of OTLP/JSON.
#[derive(Clone)]
pub(super) struct JsonReader;

impl Reader for JsonReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Ok(text) = std::str::from_utf8(frame.bytes) else {
            out.problem(Problem::new(frame.at, "This value is not text in UTF-8."));
            return;
        };
        let frame = TextFrame { text, at: frame.at, shape: frame.shape };
        match frame.parse::<Span<'_>>() {
            Ok(export) => frame.deliver(export, out, Ok),
            Err(error) => match frame.parse::<&RawValue>() {
                Ok(export) => frame.deliver(export, out, |raw| serde_json::from_str(raw.get())),
                Err(_) => out.problem(Problem::new(frame.at, format!("This is not OTLP JSON: {error}."))),
            },
        }
    }
}

struct TextFrame<'a> {
    text: &'a str,
    at: Position,
    shape: Shape,
}

impl<'a> TextFrame<'a> {
    fn parse<S: Deserialize<'a>>(&self) -> serde_json::Result<Export<'a, S>> {
        let mut export = Export::default();
        match self.shape {
            Shape::Element("resourceSpans" | "resource_spans" | "batches") => {
                export.known = true;
                export.resources.extend(serde_json::from_str::<Option<ResourceSpans<'a, S>>>(self.text)?);
            }
            Shape::Element("resourceLogs" | "resource_logs") => {
                export.known = true;
                export.logs.extend(serde_json::from_str::<Option<ResourceLogs<'a>>>(self.text)?);
            }
            Shape::Element(_) => {
                export.known = true;
                export.metric_payloads = 1;
            }
            // The arrays of an envelope are empty, and what else stands in it belongs to no trace.
            Shape::Envelope => export.known = true,
            Shape::Document | Shape::Header | Shape::Row | Shape::Member(_) => {
                export = serde_json::from_str(self.text)?
            }
        }
        Ok(export)
    }

    /// Hands on what the export has; `span_of` makes a span of what stands for one.
    fn deliver<S: Place<'a>>(
        &self,
        export: Export<'a, S>,
        out: &mut dyn Sink,
        span_of: impl Fn(S) -> serde_json::Result<Span<'a>>,
    ) {
        if !export.known {
            let reason = "There is no resourceSpans in this object; it was left out.";
            out.problem(Problem::new(self.at, reason));
        }
        for resource in export.resources {
            let attributes = resource.resource.and_then(|resource| resource.attributes).unwrap_or_default().0;
            let mut shared = Shared::of_resource(&attributes);
            let scopes = [resource.scope_spans, resource.library_spans];
            for scope in scopes.into_iter().flatten().flatten().flatten() {
                let about = scope.scope.or(scope.library).unwrap_or_default();
                shared.set_scope(
                    about.name.map(text_of),
                    about.version.map(text_of),
                    &about.attributes.unwrap_or_default().0,
                    scope.schema_url.map(text_of),
                );
                for item in scope.spans.into_iter().flatten().flatten() {
                    let place = item.place();
                    let read = match span_of(item) {
                        Ok(span) => {
                            if let Some(remark) = &span.remark {
                                out.problem(Problem::new(self.position(place), remark.as_str()));
                            }
                            span.record(&shared).map_err(str::to_owned)
                        }
                        Err(error) => Err(format!("This span could not be read: {error}.")),
                    };
                    match read {
                        Ok(record) => out.span(record),
                        Err(reason) => out.lost(Problem::new(self.position(place), reason)),
                    }
                }
            }
        }
        for logs in export.logs {
            self.deliver_logs(&logs, out);
        }
        if export.metric_payloads > 0 {
            out.skipped("metric payloads", export.metric_payloads);
        }
    }

    /// Hands on the log records that tell of a model's messages; the others are counted.
    fn deliver_logs(&self, logs: &ResourceLogs<'a>, out: &mut dyn Sink) {
        let mut shared = None;
        let mut skipped = 0;
        for raw in logs.records() {
            if !log_record::may_be_event(raw.get().as_bytes()) {
                skipped += 1;
                continue;
            }
            let shared = shared.get_or_insert_with(|| Shared::of_resource(&logs.resource_attributes()));
            match serde_json::from_str::<LogRecord<'a>>(raw.get()).map(|record| record.part(shared)) {
                Ok(Some(part)) => out.span(part),
                Ok(None) => skipped += 1,
                Err(error) => {
                    let reason = format!("This log record could not be read: {error}.");
                    out.lost(Problem::new(self.position(Some(raw.get())), reason));
                }
            }
        }
        if skipped > 0 {
            out.skipped("log records", skipped);
        }
    }

    /// The position of a piece of the frame's text; the frame's own where there is none.
    fn position(&self, piece: Option<&str>) -> Position {
        let offset =
            piece.map_or(0, |piece| (piece.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize));
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        Position { byte: self.at.byte + offset as u64, line: self.at.line.map(|line| line + lines) }
    }
}

/// Where in its frame something was read from, if it knows.
trait Place<'a> {
    fn place(&self) -> Option<&'a str>;
}

impl<'a> Place<'a> for Span<'a> {
    fn place(&self) -> Option<&'a str> {
        // The trace id lies within the span, which is near enough.
        match self.trace_id {
            Id::Text(text) => Some(text.as_written()),
            Id::Missing | Id::Bytes(_) => self.name.map(Text::as_written),
        }
    }
}

impl<'a> Place<'a> for &'a RawValue {
    fn place(&self) -> Option<&'a str> {
        Some(self.get())
    }
}

/// What a document has in it, under whatever wrappers.
struct Export<'a, S> {
    resources: Vec<ResourceSpans<'a, S>>,
    logs: Vec<ResourceLogs<'a>>,
    metric_payloads: u64,
    known: bool,
}

impl<S> Default for Export<'_, S> {
    fn default() -> Self {
        Self { resources: Vec::new(), logs: Vec::new(), metric_payloads: 0, known: false }
    }
}

impl<S> Export<'_, S> {
    fn add(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.logs.extend(other.logs);
        self.metric_payloads += other.metric_payloads;
        self.known |= other.known;
    }
}

impl<'de: 'a, 'a, S: Deserialize<'de>> Deserialize<'de> for Export<'a, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExportVisitor(PhantomData))
    }
}

struct ExportVisitor<'a, S>(PhantomData<(&'a (), S)>);

/// A value under a wrapper's key that is no export after all.
macro_rules! nothing {
    ($($visit:ident: $type:ty),+) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> { Ok(Export::default()) })+
    };
}

impl<'de: 'a, 'a, S: Deserialize<'de>> Visitor<'de> for ExportVisitor<'a, S> {
    type Value = Export<'a, S>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with resourceSpans")
    }

    nothing! { visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Export::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut export = Export::default();
        while let Some(inner) = list.next_element()? {
            export.add(inner);
        }
        Ok(export)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut export = Export::default();
        let mut is_empty = true;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            is_empty = false;
            export.known |= ARRAYS.contains(&key.as_ref());
            match key.as_ref() {
                "resourceSpans" | "resource_spans" | "batches" => {
                    let list: Option<Vec<Option<ResourceSpans<'a, S>>>> = map.next_value()?;
                    export.resources.extend(list.into_iter().flatten().flatten());
                }
                "resourceLogs" | "resource_logs" => {
                    let list: Option<Vec<Option<ResourceLogs<'a>>>> = map.next_value()?;
                    export.logs.extend(list.into_iter().flatten().flatten());
                }
                "resourceMetrics" | "resource_metrics" => {
                    let list: Option<Vec<IgnoredAny>> = map.next_value()?;
                    export.metric_payloads += list.map_or(0, |list| list.len() as u64);
                }
                wrapper if WRAPPERS.contains(&wrapper) => export.add(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        // An export of nothing.
        export.known |= is_empty;
        Ok(export)
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, S: Deserialize<'de>"))]
struct ResourceSpans<'a, S> {
    #[serde(default)]
    resource: Option<Resource<'a>>,
    #[serde(default, rename = "scopeSpans", alias = "scope_spans")]
    scope_spans: Option<Vec<Option<ScopeSpans<'a, S>>>>,
    #[serde(default, rename = "instrumentationLibrarySpans", alias = "instrumentation_library_spans")]
    library_spans: Option<Vec<Option<ScopeSpans<'a, S>>>>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    attributes: Option<AttributeList<'a>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a, S: Deserialize<'de>"))]
struct ScopeSpans<'a, S> {
    #[serde(default)]
    scope: Option<Scope<'a>>,
    #[serde(default, rename = "instrumentationLibrary", alias = "instrumentation_library")]
    library: Option<Scope<'a>>,
    #[serde(default)]
    spans: Option<Vec<Option<S>>>,
    #[serde(default, rename = "schemaUrl", alias = "schema_url")]
    schema_url: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Scope<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attributes: Option<AttributeList<'a>>,
}

/// Log records are taken apart only where they are wanted: what is odd about the others is nobody's problem.
#[derive(Deserialize)]
struct ResourceLogs<'a> {
    #[serde(borrow, default)]
    resource: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        rename = "scopeLogs",
        alias = "scope_logs",
        alias = "instrumentationLibraryLogs"
    )]
    scope_logs: Option<Vec<ScopeLogs<'a>>>,
}

#[derive(Deserialize)]
struct ScopeLogs<'a> {
    #[serde(borrow, default, rename = "logRecords", alias = "log_records", alias = "logs")]
    log_records: Option<Vec<&'a RawValue>>,
}

impl<'a> ResourceLogs<'a> {
    fn records(&self) -> impl Iterator<Item = &'a RawValue> {
        self.scope_logs.iter().flatten().flat_map(|scope| scope.log_records.iter().flatten().copied())
    }

    fn resource_attributes(&self) -> Attributes<'a> {
        let resource = self.resource.and_then(|raw| serde_json::from_str::<Resource<'a>>(raw.get()).ok());
        resource.and_then(|resource| resource.attributes).unwrap_or_default().0
    }
}
