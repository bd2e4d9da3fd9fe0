//! Zipkin v2: a list of spans, or a list of traces, which are such lists.
//!
//! A client and the server that answered it may share one span id. The client keeps the id; the server is put under it, with its
//! kind behind the id, and under the server what the server did. Which halves there are may show only later in the file, so
//! spans are held back until the end, or until there are too many.

use std::collections::HashMap;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

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

/// How much is held back.
const HELD_BYTES: usize = 32 << 20;

#[derive(Clone, Default)]
struct SpanReader {
    held: Vec<Held>,
    held_bytes: usize,
    /// Who shares each id, by the hash of it and its trace's.
    halves: HashMap<u64, Halves>,
}

/// A span whose place in the tree is not known yet.
#[derive(Clone)]
struct Held {
    span: SpanRecord,
    teller: Teller,
    /// It answered, perhaps under the id of who asked.
    is_server: bool,
}

/// Who tells of a span: several servers may have answered under one id.
#[derive(Clone, Copy)]
struct Teller {
    /// Hash of the service's name.
    service: u64,
    start_ns: Option<i64>,
}

impl Teller {
    /// Whether both may tell of the same span; one of them may not know when it began.
    fn is(self, other: Self) -> bool {
        self.service == other.service
            && self.start_ns.zip(other.start_ns).is_none_or(|(start, other)| start == other)
    }
}

/// The spans under one id.
#[derive(Clone, Default)]
struct Halves {
    client: Option<Teller>,
    servers: Vec<Teller>,
}

impl Halves {
    /// The id of the server's half `number`, where it is not the `shared` one.
    fn server_id(&self, shared: &str, number: usize) -> Option<String> {
        match (number, self.client) {
            (0, None) => None,
            (0, Some(_)) => Some(format!("{shared}.server")),
            (more, _) => {
                let Teller { service, start_ns } = *self.servers.get(more)?;
                let own = xxh3_64(format!("{service:x} {start_ns:?}").as_bytes());
                Some(format!("{shared}.server.{:08x}", own as u32))
            }
        }
    }

    /// The id of the half that a child told of by `service` belongs to, where it is not the `shared` one.
    fn parent_id(&self, shared: &str, service: u64) -> Option<String> {
        let same = self.servers.iter().position(|server| server.service == service);
        let in_client = same.is_none() && self.client.is_some_and(|client| client.service == service);
        if in_client || self.servers.is_empty() { None } else { self.server_id(shared, same.unwrap_or(0)) }
    }
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
                Value::Object(members) => held(members),
                _ => Err("This is not a span: it is not an object."),
            };
            match read {
                Ok(held) => self.hold(held),
                Err(reason) => out.problem(Problem::new(frame.at, reason)),
            }
        }
        if self.held_bytes > HELD_BYTES {
            self.release(out);
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.release(out);
    }
}

impl SpanReader {
    fn hold(&mut self, held: Held) {
        let halves = self.halves.entry(key(&held.span.trace, &held.span.id)).or_default();
        if !held.is_server {
            halves.client.get_or_insert(held.teller);
        } else if !halves.servers.iter().any(|server| server.is(held.teller)) {
            halves.servers.push(held.teller);
        }
        self.held_bytes += held.span.payload.len() + size_of::<Held>();
        self.held.push(held);
    }

    /// Hands on what is held, each span in its place as far as that shows by now.
    fn release(&mut self, out: &mut dyn Sink) {
        self.held_bytes = 0;
        for Held { mut span, teller, is_server } in std::mem::take(&mut self.held) {
            let own = self.halves.get(&key(&span.trace, &span.id)).filter(|_| is_server);
            let inner = own.and_then(|own| {
                let number = own.servers.iter().position(|server| server.is(teller))?;
                Some((own.server_id(&span.id, number)?, own.client.is_some()))
            });
            if let Some((inner, is_under_client)) = inner {
                let shared = std::mem::replace(&mut span.id, inner);
                if is_under_client {
                    span.parent = Some(shared);
                    out.span(span);
                    continue;
                }
            }
            let parent = span.parent.as_deref().and_then(|parent| {
                self.halves.get(&key(&span.trace, parent))?.parent_id(parent, teller.service)
            });
            span.parent = parent.or(span.parent);
            out.span(span);
        }
    }
}

fn key(trace: &str, span: &str) -> u64 {
    xxh3_64(format!("{trace} {span}").as_bytes())
}

fn held(mut members: Map<String, Value>) -> Result<Held, &'static str> {
    let mut own =
        |key, bytes| json::take_text(&mut members, &[key]).and_then(|text| id::from_text(&text, bytes));
    let trace = own("traceId", 16).ok_or("A span without a trace id was left out.")?;
    let span_id = own("id", 8).ok_or("A span without an id was left out.")?;
    let parent = own("parentId", 8);
    let name = json::take_text(&mut members, &["name"]);
    let kind = json::str(&members, &["kind"]).unwrap_or_default().to_ascii_lowercase();
    let is_shared = members.get("shared").and_then(json::truth) == Some(true);
    let is_server = is_shared || matches!(&*kind, "server" | "consumer");
    let service = endpoint_name(members.get("localEndpoint"));
    let service_hash = xxh3_64(service.as_deref().unwrap_or_default().as_bytes());
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
    Ok(Held { span: draft.finish(), teller: Teller { service: service_hash, start_ns }, is_server })
}

fn endpoint_name(endpoint: Option<&Value>) -> Option<String> {
    endpoint?.get("serviceName")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}
