//! Zipkin v2: a list of spans, or a list of traces, which are such lists.
//!
//! A client and the server that answered it may share one span id. Whichever half comes first keeps the id; the other is put
//! under it, with its kind behind the id.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::draft::Draft;
use super::super::otlp::id;
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, json, time};
use crate::model::{PayloadEvent, Problem, SpanKind, SpanRecord, SpanStatus};

/// Spans of Zipkin.
#[derive(Clone, Copy, Debug)]
pub struct Zipkin;

impl Format for Zipkin {
    fn id(&self) -> &'static str {
        "zipkin"
    }

    fn label(&self) -> &'static str {
        "Zipkin"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let confidence = |value: &Value| {
            let first = value.get(0).unwrap_or(value);
            let Value::Object(span) = first else { return 0 };
            let has_ids = json::str(span, &["traceId"]).is_some() && json::str(span, &["id"]).is_some();
            let endpoint = ["localEndpoint", "remoteEndpoint"].iter().any(|key| span.contains_key(*key));
            let in_microseconds =
                span.get("timestamp").and_then(Value::as_u64).is_some_and(|us| us > 100_000_000_000_000);
            let annotated = span.contains_key("annotations") && span.contains_key("binaryAnnotations");
            match (has_ids, endpoint, in_microseconds || annotated) {
                (true, true, _) => 93,
                (true, false, true) if !span.contains_key("messages") => 75,
                _ => 0,
            }
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(SpanReader::default())
    }
}

#[derive(Default)]
struct SpanReader {
    /// Hashes of the ids met.
    seen: HashSet<u64>,
}

impl Reader for SpanReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(value) = json::value(frame, "a span of Zipkin", out) else { return };
        let spans = match value {
            Value::Array(spans) => spans,
            other => vec![other],
        };
        for span in spans {
            let read = match span {
                Value::Object(members) => self.span(members),
                _ => Err("This is not a span: it is not an object."),
            };
            match read {
                Ok(span) => out.span(span),
                Err(reason) => out.problem(Problem::new(frame.at, reason)),
            }
        }
    }
}

impl SpanReader {
    fn span(&mut self, mut members: Map<String, Value>) -> Result<SpanRecord, &'static str> {
        let mut own =
            |key, bytes| json::take_text(&mut members, &[key]).and_then(|text| id::from_text(&text, bytes));
        let trace = own("traceId", 16).ok_or("A span without a trace id was left out.")?;
        let span_id = own("id", 8).ok_or("A span without an id was left out.")?;
        let parent = own("parentId", 8);
        let name = json::take_text(&mut members, &["name"]);
        let kind = json::str(&members, &["kind"]).unwrap_or_default().to_ascii_lowercase();
        let is_shared = members.get("shared").and_then(json::truth) == Some(true);
        let service = endpoint_name(members.get("localEndpoint"));

        let is_first = self.seen.insert(xxhash_rust::xxh3::xxh3_64(format!("{trace} {span_id}").as_bytes()));
        let (span_id, parent) = if is_first {
            (span_id, parent)
        } else {
            let half = if kind.is_empty() { "again" } else { &kind };
            let under = if is_shared || kind == "server" || kind == "consumer" {
                Some(span_id.clone())
            } else {
                parent
            };
            (format!("{span_id}.{half}"), under)
        };
        let name = name.or_else(|| service.clone()).unwrap_or_default();
        let mut draft = Draft::new(trace, span_id, name, SpanKind::Other);
        draft.span.parent = parent;

        let start_ns =
            members.get("timestamp").and_then(Value::as_f64).and_then(time::ns_from_us).filter(|ns| *ns > 0);
        let duration_ns =
            members.get("duration").and_then(Value::as_f64).and_then(time::ns_from_us).filter(|ns| *ns >= 0);
        draft.times(start_ns, start_ns.zip(duration_ns).map(|(start, long)| start.saturating_add(long)));
        if let Some(service) = service {
            draft.payload.resource.insert("service.name".to_owned(), Value::String(service));
        }
        for annotation in json::take_list(&mut members, &["annotations"]) {
            let us = annotation.get("timestamp").and_then(Value::as_f64);
            let name = annotation.get("value").and_then(Value::as_str).unwrap_or_default().to_owned();
            draft.payload.events.push(PayloadEvent {
                time_ns: us.and_then(time::ns_from_us),
                name,
                attributes: Map::new(),
            });
        }
        let tags = json::take_object(&mut members, &["tags"]).unwrap_or_default();
        let error = tags.get("error").cloned();
        let failed_http = json::str(&tags, &["otel.status_code"]) == Some("ERROR");
        draft.attributes(tags);
        if let Some(error) = error.filter(|error| error.as_str() != Some("false")) {
            draft.span.status = SpanStatus::Error;
            // The tag being there says that it failed; its text may be empty or no more than "true".
            let told = error.as_str().filter(|text| !matches!(*text, "" | "true"));
            draft.span.error = told.and_then(SpanRecord::preview_of).or(draft.span.error.take());
        } else if failed_http {
            draft.span.status = SpanStatus::Error;
        }
        for key in ["timestamp", "duration", "name"] {
            members.shift_remove(key);
        }
        draft.payload.other = members;
        Ok(draft.finish())
    }
}

fn endpoint_name(endpoint: Option<&Value>) -> Option<String> {
    endpoint?.get("serviceName")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}
