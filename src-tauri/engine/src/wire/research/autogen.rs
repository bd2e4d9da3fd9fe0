//! AutoGen: recorded model calls (`ChatCompletionCache`-like lists of requests and responses), structured log lines, and
//! chats between agents, alone or with the problem that they solved. None of them has times but the log's reader's own.

use serde_json::{Map, Value, json};

use super::chat;
use crate::model::{Position, SpanKind};
use crate::semantics;
use crate::wire::draft::Draft;
use crate::wire::transcript::{ModelCall, Transcript, When};
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, identity, json, time,
};

/// AutoGen logs and chats.
#[derive(Clone, Copy, Debug)]
pub struct AutoGen;

impl Format for AutoGen {
    fn id(&self) -> &'static str {
        "autogen"
    }

    fn label(&self) -> &'static str {
        "AutoGen"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(AutoGenReader::default())
    }
}

fn confidence(value: &Value) -> Confidence {
    let Some(members) = value.as_object() else { return 0 };
    if is_recorded(members) {
        return 90;
    }
    if is_log_line(members) {
        return 85;
    }
    if is_solved(members) {
        return 75;
    }
    match chats(members) {
        Some(said) if said.iter().any(|text| chat::program_output(text).is_some()) => 75,
        Some(_) => 40,
        None => 0,
    }
}

fn is_recorded(members: &Map<String, Value>) -> bool {
    members.get("mode").and_then(Value::as_str).is_some_and(|mode| mode.starts_with("create"))
        && members.get("messages").is_some_and(Value::is_array)
        && members.contains_key("response")
}

fn is_log_line(members: &Map<String, Value>) -> bool {
    let kind = members.get("type").and_then(Value::as_str);
    match kind {
        Some("LLMCall" | "LLMStreamEnd") => members.contains_key("response"),
        Some("ToolCall") => members.contains_key("tool_name") && members.contains_key("agent_id"),
        Some(
            "Message"
            | "MessageDropped"
            | "MessageHandlerException"
            | "AgentConstructionException"
            | "LLMStreamStart",
        ) => {
            members.contains_key("agent_id")
                || members.contains_key("sender")
                || members.contains_key("messages")
        }
        _ => false,
    }
}

fn is_solved(members: &Map<String, Value>) -> bool {
    members.contains_key("problem")
        && members.contains_key("messages")
        && ["response_with_ans", "is_correct", "correct_ans"]
            .iter()
            .filter(|key| members.contains_key(**key))
            .count()
            >= 2
}

/// What is said in an object that has nothing but lists of messages, each under an agent's name.
fn chats(members: &Map<String, Value>) -> Option<Vec<&str>> {
    let mut said = Vec::new();
    for list in members.values() {
        for message in list.as_array().filter(|list| !list.is_empty())? {
            let is_role =
                matches!(chat::role(message), "user" | "assistant" | "system" | "function" | "tool");
            said.push(message.get("content").and_then(Value::as_str).filter(|_| is_role)?);
        }
    }
    (!said.is_empty()).then_some(said)
}

#[derive(Clone, Default)]
struct AutoGenReader {
    /// The calls recorded so far.
    calls: Option<Transcript>,
}

impl Reader for AutoGenReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(members) = json::object(frame, "a record of AutoGen", out) else { return };
        if is_recorded(&members) || is_log_line(&members) {
            let session = self
                .calls
                .get_or_insert_with(|| Transcript::new(identity::derived([&Value::Object(members.clone())])));
            if is_log_line(&members) {
                read_line(members, session, out);
            } else {
                read_call(members, session, out);
            }
        } else if members.get("messages").is_some_and(Value::is_array) {
            read_solved(members, out);
        } else {
            read_chats(members, frame.at, out);
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if let Some(session) = self.calls.take() {
            session.finish(out);
        }
    }
}

/// A recorded call: a request of its own, no conversation with those before it.
fn read_call(mut record: Map<String, Value>, session: &mut Transcript, out: &mut dyn Sink) {
    let messages = json::take(&mut record, &["messages"]).unwrap_or_default();
    let mut response = json::take(&mut record, &["response"]).unwrap_or_default();
    let usage = response.as_object_mut().and_then(|response| json::take(response, &["usage"]));
    let tokens = usage.as_ref().map(semantics::usage_tokens).unwrap_or_default();
    record.extend(usage.map(|usage| ("usage".to_owned(), usage)));
    let answer = match response {
        Value::Object(mut response) => {
            response.shift_insert(0, "role".to_owned(), Value::from("assistant"));
            response.retain(|_, value| !value.is_null());
            Value::Object(response)
        }
        text => json!({"role": "assistant", "content": text}),
    };
    if let Some(prompt) =
        messages.as_array().and_then(|said| said.iter().find(|said| said.get("source").is_some()))
    {
        session.asked(prompt.get("content").cloned().unwrap_or_default());
    }
    record.retain(|_, value| !matches!(value, Value::Array(list) if list.is_empty()) && !value.is_null());
    let call = ModelCall {
        answer: Some(answer),
        request: Some(messages),
        tokens,
        attributes: record,
        ..ModelCall::default()
    };
    session.model_call(call, out);
}

/// A line of AutoGen's structured log.
fn read_line(mut line: Map<String, Value>, session: &mut Transcript, out: &mut dyn Sink) {
    let kind = json::take_text(&mut line, &["type"]).unwrap_or_default();
    let at_ns = json::take(&mut line, &["timestamp", "time"]).as_ref().and_then(time::unix_ns);
    match kind.as_str() {
        "LLMCall" | "LLMStreamEnd" => {
            let response = json::take(&mut line, &["response"]).unwrap_or_default();
            let tokens = semantics::usage_tokens(&Value::Object(line.clone()));
            let said = line.get("messages").and_then(Value::as_array);
            if let Some(prompt) =
                said.and_then(|said| said.iter().find(|message| chat::role(message) == "user"))
            {
                session.asked(prompt.get("content").cloned().unwrap_or_default());
            }
            let call = ModelCall {
                model: response.get("model").and_then(json::text),
                answer: Some(response),
                request: json::take(&mut line, &["messages"]),
                when: When::at(at_ns),
                tokens,
                attributes: line,
                ..ModelCall::default()
            };
            session.model_call(call, out);
        }
        "ToolCall" => {
            let name = json::take_text(&mut line, &["tool_name"]).unwrap_or_else(|| "tool".to_owned());
            let id = session.own_id("tool", session.next_number());
            let mut draft = Draft::new(&*session.about().trace, id, name, SpanKind::Tool);
            draft.input(json::take(&mut line, &["arguments"]));
            draft.output(json::take(&mut line, &["result"]));
            draft.attributes(line);
            session.step(draft, When::at(at_ns), out);
        }
        "MessageHandlerException" | "AgentConstructionException" => {
            let id = session.own_id("exception", session.next_number());
            let mut draft = Draft::new(&*session.about().trace, id, &*kind, SpanKind::Agent);
            draft.input(json::take(&mut line, &["payload"]));
            draft.fail(line.get("exception").unwrap_or(&Value::Bool(true)));
            draft.payload.status_message = draft.span.error.clone();
            line.shift_remove("exception");
            draft.attributes(line);
            session.step(draft, When::at(at_ns), out);
        }
        _ => out.skipped("messages between agents", 1),
    }
}

/// A problem with the chat that solved it, and how long that took.
fn read_solved(mut record: Map<String, Value>, out: &mut dyn Sink) {
    let messages = json::take_list(&mut record, &["messages"]);
    let answers = messages.iter().filter(|message| chat::role(message) == "assistant").count();
    let duration_ns = record.get("time").and_then(json::number).and_then(time::ns_from_seconds);
    let duration_ns = duration_ns.filter(|_| answers == 1);
    let id = record.get("problem_id").into_iter().chain(record.get("problem"));
    let mut session = Transcript::new(identity::derived(id.chain(messages.get(..2).unwrap_or(&messages))));
    if duration_ns.is_some() {
        session = session.laid_out();
    }
    session.about().name = record.get("problem_id").and_then(json::text).map(|id| format!("problem {id}"));
    read_chat(messages, duration_ns, &mut session, out);
    for repeated in ["problem", "response_with_ans"] {
        record.shift_remove(repeated);
    }
    chat::keep(&mut session, record);
    session.finish(out);
}

/// Chats, each under the name of the agent that keeps it.
fn read_chats(members: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let mut lists: Vec<(String, Vec<Value>)> = Vec::new();
    let mut rest = Map::new();
    for (name, value) in members {
        match value {
            Value::Array(list) if list.iter().any(|message| !chat::role(message).is_empty()) => {
                lists.push((name, list))
            }
            other => drop(rest.insert(name, other)),
        }
    }
    let Some(begin) = lists.first().map(|(name, list)| {
        let name = Value::from(name.clone());
        identity::derived(std::iter::once(&name).chain(list.iter().take(2)))
    }) else {
        out.problem(crate::model::Problem::new(at, "a record of AutoGen without messages"));
        return;
    };
    let mut session = Transcript::new(&*begin);
    let is_one = lists.len() == 1;
    for (name, list) in lists {
        if is_one {
            rest.insert("agent".to_owned(), Value::from(name));
            read_chat(list, None, &mut session, out);
        } else {
            let mut inner = Transcript::within(&begin, format!("chat of {name}"), None, &name);
            read_chat(list, None, &mut inner, out);
            inner.finish(out);
        }
    }
    chat::keep(&mut session, rest);
    session.finish(out);
}

fn read_chat(messages: Vec<Value>, duration_ns: Option<i64>, session: &mut Transcript, out: &mut dyn Sink) {
    for message in messages {
        let text = message.get("content").and_then(Value::as_str).unwrap_or_default();
        if let Some(error) = chat::program_output(text).filter(|_| chat::role(&message) != "assistant") {
            let id = session.own_id("run", session.next_number());
            let content = message.get("content").cloned();
            session.tool_call(&id, "code execution", Value::Null, None);
            let result = crate::wire::transcript::ToolResult { content, error, ..Default::default() };
            session.tool_result(&id, result, out);
            continue;
        }
        match chat::role(&message) {
            "assistant" => {
                let name = message.get("name").and_then(json::text);
                let when = When { duration_ns, ..When::default() };
                chat::answer(session, message, ModelCall { name, when, ..ModelCall::default() }, out);
            }
            "tool" | "function" => {
                let error = message.get("error").and_then(error_line::of);
                chat::tool_answer(session, message, error, When::default(), out);
            }
            _ => {
                if chat::role(&message) == "user" {
                    session.asked(message.get("content").cloned().unwrap_or_default());
                }
                session.said_message(message, None);
            }
        }
    }
}
