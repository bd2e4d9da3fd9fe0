//! OpenAI's Responses API as it came over the wire: the events of a stream (one after another with nothing between, as
//! lines, or as server-sent events), and whole answers (`"object": "response"`). Each answer is a model call; tools that
//! the service ran itself are steps under it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::{Problem, SpanKind, SpanStatus};
use crate::semantics::usage_tokens;
use crate::wire::draft::{Draft, is_nothing};
use crate::wire::json::{self, str as text, take, take_list, take_object, take_text};
use crate::wire::time::unix_ns;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line};

/// OpenAI's Responses API.
#[derive(Clone, Copy, Debug)]
pub struct OpenAiResponses;

impl Format for OpenAiResponses {
    fn id(&self) -> &'static str {
        "openai-responses"
    }

    fn label(&self) -> &'static str {
        "OpenAI Responses stream"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_event = |value: &Value| {
            let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
            kind.starts_with("response.")
                && ["response", "item", "item_id", "output_index"].iter().any(|key| value.get(*key).is_some())
        };
        let is_answer = |value: &Value| {
            value.get("object").and_then(Value::as_str) == Some("response")
                && value.get("output").is_some_and(Value::is_array)
        };
        if sample.any(is_event) {
            93
        } else if sample.any(is_answer) {
            80
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<ResponsesReader>::default()
    }
}

#[derive(Clone, Default)]
struct ResponsesReader {
    open: Option<Open>,
}

/// An answer under way.
#[derive(Clone, Default)]
struct Open {
    response: Map<String, Value>,
    /// What it consists of so far, by place.
    items: BTreeMap<u64, Value>,
    /// What was said so far in each of them, for a stream that breaks off.
    said: BTreeMap<u64, String>,
    error: Option<Value>,
}

impl Reader for ResponsesReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut event) = json::object(frame, "an event of OpenAI's Responses API", out) else { return };
        if text(&event, &["object"]) == Some("response") {
            self.end(out);
            return tell(Open { response: event, ..Open::default() }, out);
        }
        let kind = take_text(&mut event, &["type"]).unwrap_or_default();
        if let Some(response) = take_object(&mut event, &["response"]) {
            let other = self.open.as_ref().is_some_and(|open| {
                open.response.contains_key("id") && open.response.get("id") != response.get("id")
            });
            if other {
                self.end(out);
            }
            let open = self.open.get_or_insert_default();
            open.response = response;
            if let Some(mut gateway) = take_object(&mut event, &["extra_fields"]) {
                // The event once more, as a text.
                gateway.shift_remove("raw_response");
                open.response.insert("extra_fields".to_owned(), Value::Object(gateway));
            }
            if matches!(
                &*kind,
                "response.completed" | "response.failed" | "response.incomplete" | "response.cancelled"
            ) {
                self.end(out);
            }
            return;
        }
        let place = event.get("output_index").and_then(Value::as_u64).unwrap_or(0);
        match &*kind {
            "response.output_item.added" | "response.output_item.done" => {
                if let Some(item) = take(&mut event, &["item"]) {
                    self.open.get_or_insert_default().items.insert(place, item);
                }
            }
            "error" => {
                let error = take(&mut event, &["error"]).unwrap_or(Value::Object(event));
                self.open.get_or_insert_default().error = Some(error);
            }
            _ if kind.ends_with(".delta") => {
                if let (Some(part), Some(open)) = (text(&event, &["delta"]), &mut self.open) {
                    open.said.entry(place).or_default().push_str(part);
                }
            }
            _ if kind.starts_with("response.") => {}
            _ if kind.is_empty() => {
                out.problem(Problem::new(
                    frame.at,
                    "an object that is no event of OpenAI's Responses API: it has no type",
                ));
            }
            _ => out.skipped("events of other kinds", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.end(out);
    }
}

impl ResponsesReader {
    fn end(&mut self, out: &mut dyn Sink) {
        if let Some(open) = self.open.take() {
            tell(open, out);
        }
    }
}

fn tell(open: Open, out: &mut dyn Sink) {
    let Open { mut response, items, said, error } = open;
    // Without its beginning a stream does not say which answer it is.
    let id = take_text(&mut response, &["id"]).or_else(|| {
        let first = items.values().next()?;
        first.get("id").and_then(json::text)
    });
    let Some(id) = id else {
        if !items.is_empty() || !said.is_empty() || error.is_some() {
            out.skipped("events of an answer that has no id", 1);
        }
        return;
    };
    let mut output = take_list(&mut response, &["output"]);
    // An answer that is cut short, or has not ended, has less than was told of it before.
    if output.len() < items.len() {
        output = items.into_iter().map(|(place, item)| with_text(item, said.get(&place))).collect();
    }
    let model = take_text(&mut response, &["model"]);
    let name = model.clone().unwrap_or_else(|| "response".to_owned());
    let mut draft = Draft::new(id.clone(), id.clone(), name, SpanKind::Llm);
    draft.span.model = model;
    draft.span.conversation = response
        .get("conversation")
        .and_then(|conversation| conversation.get("id").unwrap_or(conversation).as_str())
        .map(str::to_owned);
    draft.input(take(&mut response, &["input"]));
    let mut time = |key| take(&mut response, &[key]).as_ref().and_then(unix_ns);
    let (start_ns, end_ns) = (time("created_at"), time("completed_at"));
    draft.times(start_ns, end_ns);
    draft.span.tokens = response.get("usage").map(usage_tokens).unwrap_or_default();
    let told = take(&mut response, &["error"]).or(error);
    match text(&response, &["status"]) {
        Some("failed") => draft.span.status = SpanStatus::Error,
        Some("cancelled") => {
            draft.span.status = SpanStatus::Error;
            draft.span.error = Some("cancelled".to_owned());
        }
        Some("completed" | "incomplete") => draft.span.status = SpanStatus::Ok,
        _ => {}
    }
    if let Some(told) = told {
        draft.fail(&told);
        draft.payload.attributes.insert("error".to_owned(), told);
    }
    for item in &output {
        if let Some(step) = tool(item, &id) {
            out.span(step.finish());
        }
    }
    draft.output(Some(Value::Array(output)));
    response.retain(|_, value| !is_nothing(value));
    let tokens = draft.span.tokens;
    draft.attributes(response);
    draft.span.tokens = tokens;
    out.span(draft.finish());
}

/// An item with what was said of it until the stream broke off.
fn with_text(mut item: Value, said: Option<&String>) -> Value {
    let Some(said) = said else { return item };
    if let Value::Object(members) = &mut item {
        let key = match text(members, &["type"]) {
            Some("message") => "content",
            Some("reasoning") => "summary",
            _ => "arguments",
        };
        if members.get(key).is_none_or(is_nothing) {
            let value = match key {
                "content" => json!([{"type": "output_text", "text": said}]),
                "summary" => json!([{"type": "summary_text", "text": said}]),
                _ => json!(said),
            };
            members.insert(key.to_owned(), value);
        }
    }
    item
}

/// A tool that the service ran itself, as a step under the answer `id`. The source gives it no times.
fn tool(item: &Value, id: &str) -> Option<Draft> {
    let members = item.as_object()?;
    let kind = text(members, &["type"])?;
    let name = match kind {
        "web_search_call" | "file_search_call" | "code_interpreter_call" | "image_generation_call" => {
            kind.trim_end_matches("_call").to_owned()
        }
        "mcp_call" => text(members, &["name"]).unwrap_or("mcp").to_owned(),
        _ => return None,
    };
    let mut members = members.clone();
    members.shift_remove("type");
    let own = take_text(&mut members, &["id"])?;
    let mut draft = Draft::new(id, own, name, SpanKind::Tool);
    draft.span.parent = Some(id.to_owned());
    draft.input(take(&mut members, &["action", "queries", "code", "arguments", "revised_prompt"]));
    draft.output(take(&mut members, &["results", "outputs", "output", "result"]));
    let error = take(&mut members, &["error"]);
    match text(&members, &["status"]) {
        Some("failed") => draft.span.status = SpanStatus::Error,
        Some("completed") => draft.span.status = SpanStatus::Ok,
        _ => {}
    }
    if let Some(line) = error.as_ref().and_then(error_line::of) {
        draft.span.status = SpanStatus::Error;
        draft.span.error = Some(line);
        draft.payload.attributes.extend(error.map(|error| ("error".to_owned(), error)));
    }
    members.retain(|_, value| !is_nothing(value));
    draft.payload.attributes.extend(members);
    Some(draft)
}
