//! Spans and log records of OTLP/JSON: camelCase or snake_case, numbers as numbers or strings, enums as numbers or names.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::log_record::LogRecord;
use super::span::{Event, Id, Link, Span, StatusCode};
use super::value::{AnyValue, AttributeList, text_of};
use crate::semantics::Text;

impl<'de: 'a, 'a> Deserialize<'de> for Span<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SpanVisitor)
    }
}

struct SpanVisitor;

impl<'de> Visitor<'de> for SpanVisitor {
    type Value = Span<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a span: an object with traceId, spanId and name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut span = Span::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "traceId" | "trace_id" => span.trace_id = id(map.next_value()?),
                "spanId" | "span_id" => span.span_id = id(map.next_value()?),
                "parentSpanId" | "parent_span_id" => span.parent_id = id(map.next_value()?),
                "name" => span.name = text(map.next_value()?),
                "kind" => span.kind = text(map.next_value()?),
                "startTimeUnixNano" | "start_time_unix_nano" => {
                    span.start_ns = time(map.next_value()?, "start", &mut span.remark);
                }
                "endTimeUnixNano" | "end_time_unix_nano" => {
                    span.end_ns = time(map.next_value()?, "end", &mut span.remark);
                }
                "attributes" => {
                    span.attributes = map.next_value::<Option<AttributeList<'de>>>()?.unwrap_or_default().0
                }
                "events" => {
                    let events: Option<Vec<Option<EventJson<'de>>>> = map.next_value()?;
                    span.events = events
                        .into_iter()
                        .flatten()
                        .flatten()
                        .map(|event| event.read(&mut span.remark))
                        .collect();
                }
                "links" => {
                    let links: Option<Vec<Option<LinkJson<'de>>>> = map.next_value()?;
                    span.links = links.into_iter().flatten().flatten().map(LinkJson::read).collect();
                }
                "status" => {
                    let status: Option<StatusJson<'de>> = map.next_value()?;
                    if let Some(status) = status {
                        span.status = status
                            .code
                            .map(text_of)
                            .map_or(StatusCode::Unset, |code| status_code(&code.decoded()));
                        span.status_message = text(status.message);
                    }
                }
                "traceState" | "trace_state" => span.trace_state = text(map.next_value()?),
                "flags" => span.flags = whole(map.next_value()?),
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    span.dropped[0] = ("droppedAttributesCount", whole(map.next_value()?));
                }
                "droppedEventsCount" | "dropped_events_count" => {
                    span.dropped[1] = ("droppedEventsCount", whole(map.next_value()?));
                }
                "droppedLinksCount" | "dropped_links_count" => {
                    span.dropped[2] = ("droppedLinksCount", whole(map.next_value()?));
                }
                _ => {
                    if let Some(raw) = map.next_value::<Option<&RawValue>>()? {
                        span.unknown.push((key.into_owned(), raw.get()));
                    }
                }
            }
        }
        Ok(span)
    }
}

fn text(raw: Option<&RawValue>) -> Option<Text<'_>> {
    raw.map(text_of)
}

fn id(raw: Option<&RawValue>) -> Id<'_> {
    raw.map_or(Id::Missing, |raw| Id::Text(text_of(raw)))
}

/// A count as number or string; 0 if it is none.
fn whole(raw: Option<&RawValue>) -> u64 {
    raw.and_then(|raw| Text::Json(raw.get()).as_written().parse().ok()).unwrap_or(0)
}

/// Nanoseconds as number or string, exact beyond 2^53; what is no number is remarked upon.
fn time(raw: Option<&RawValue>, which: &str, remark: &mut Option<String>) -> u64 {
    let Some(raw) = raw else { return 0 };
    let written = Text::Json(raw.get()).as_written().trim();
    if written.is_empty() {
        return 0;
    }
    if let Ok(ns) = written.parse::<u64>() {
        return ns;
    }
    match written.parse::<f64>() {
        Ok(ns) if (0.0..1.8e19).contains(&ns) => ns as u64,
        _ => {
            *remark =
                Some(format!("The {which} time of a span is not a number of nanoseconds: {}.", raw.get()));
            0
        }
    }
}

fn status_code(code: &str) -> StatusCode {
    match code.strip_prefix("STATUS_CODE_").unwrap_or(code) {
        "1" | "OK" | "Ok" | "ok" => StatusCode::Ok,
        "2" | "ERROR" | "Error" | "error" => StatusCode::Error,
        _ => StatusCode::Unset,
    }
}

#[derive(Deserialize)]
struct StatusJson<'a> {
    #[serde(borrow, default)]
    code: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct EventJson<'a> {
    #[serde(borrow, default, rename = "timeUnixNano", alias = "time_unix_nano")]
    time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attributes: Option<AttributeList<'a>>,
}

impl<'a> EventJson<'a> {
    fn read(self, remark: &mut Option<String>) -> Event<'a> {
        Event {
            time_ns: time(self.time, "event's", remark),
            name: text(self.name),
            attributes: self.attributes.unwrap_or_default().0,
        }
    }
}

#[derive(Deserialize)]
struct LinkJson<'a> {
    #[serde(borrow, default, rename = "traceId", alias = "trace_id")]
    trace_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "spanId", alias = "span_id")]
    span_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attributes: Option<AttributeList<'a>>,
}

impl<'a> LinkJson<'a> {
    fn read(self) -> Link<'a> {
        Link {
            trace_id: id(self.trace_id),
            span_id: id(self.span_id),
            attributes: self.attributes.unwrap_or_default().0,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LogRecord<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = LogRecordJson::deserialize(deserializer)?;
        let time_of = |raw| time(raw, "log record's", &mut None);
        Ok(Self {
            trace_id: id(json.trace_id),
            span_id: id(json.span_id),
            time_ns: time_of(json.time),
            observed_ns: time_of(json.observed),
            event_name: text(json.event_name),
            body: json.body.unwrap_or_default(),
            attributes: json.attributes.unwrap_or_default().0,
        })
    }
}

#[derive(Deserialize)]
struct LogRecordJson<'a> {
    #[serde(borrow, default, rename = "traceId", alias = "trace_id")]
    trace_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "spanId", alias = "span_id")]
    span_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "timeUnixNano", alias = "time_unix_nano")]
    time: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "observedTimeUnixNano", alias = "observed_time_unix_nano")]
    observed: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventName", alias = "event_name")]
    event_name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    body: Option<AnyValue<'a>>,
    #[serde(borrow, default)]
    attributes: Option<AttributeList<'a>>,
}
