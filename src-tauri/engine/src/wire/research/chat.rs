//! What runs kept as chats have in common: a model's message with its calls of tools, and the answers to these.

use serde_json::{Map, Value};

use crate::semantics;
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When};
use crate::wire::{Sink, error_line, json, time};

/// The role of a message.
pub fn role(message: &Value) -> &str {
    message.get("role").and_then(Value::as_str).unwrap_or_default()
}

/// A model's message: the model call, and the tool calls in it. What it used and cost is read from the message where `call`
/// does not say it. Gives the number of tool calls.
pub fn answer(transcript: &mut Transcript, message: Value, mut call: ModelCall, out: &mut dyn Sink) -> usize {
    let members = message.as_object();
    let field = |key: &str| members.and_then(|members| members.get(key));
    let usage = field("usage").or_else(|| field("extra")?.get("response")?.get("usage"));
    if let Some(usage) = usage.filter(|_| call.tokens == Default::default()) {
        call.tokens = semantics::usage_tokens(usage);
    }
    call.cost_usd = call.cost_usd.or_else(|| field("cost").and_then(json::number)).filter(|cost| *cost > 0.0);
    call.model = call.model.or_else(|| field("model").and_then(json::text));
    let calls = match field("tool_calls") {
        Some(Value::Array(calls)) => calls.clone(),
        _ => Vec::new(),
    };
    let at_ns = call.when.end_ns;
    call.answer = Some(message);
    transcript.model_call(call, out);
    let count = calls.len();
    for (number, wanted) in calls.into_iter().enumerate() {
        tool_call(transcript, wanted, number, at_ns);
    }
    count
}

/// A call of a tool as OpenAI writes it, or without the `function` around name and arguments.
pub fn tool_call(transcript: &mut Transcript, wanted: Value, number: usize, at_ns: Option<i64>) {
    let Value::Object(mut wanted) = wanted else { return };
    let mut function = json::take_object(&mut wanted, &["function"]).unwrap_or_default();
    let mut take = |keys: &[&str]| json::take(&mut function, keys).or_else(|| json::take(&mut wanted, keys));
    let name = take(&["name"]).as_ref().and_then(json::text).unwrap_or_else(|| "tool".to_owned());
    let arguments = take(&["arguments", "args", "parameters"]).map_or(Value::Null, json::unfolded);
    let id = take(&["id", "tool_call_id"]).as_ref().and_then(json::text);
    let id = id.unwrap_or_else(|| format!("{name}-{number}"));
    wanted.retain(|key, value| !value.is_null() && (key != "type" || value != "function"));
    let draft = transcript.tool_call(&id, &name, arguments, at_ns);
    draft.payload.attributes.extend(wanted);
}

/// A message that answers a tool call. `error` says why it failed, where the caller knows better than the message.
pub fn tool_answer(
    transcript: &mut Transcript,
    message: Value,
    error: Option<String>,
    when: When,
    out: &mut dyn Sink,
) {
    let Value::Object(mut message) = message else { return };
    let content = json::take(&mut message, &["content", "output"]);
    let error = error.or_else(|| {
        let marked = ["error", "is_error"].iter().find_map(|key| message.get(*key))?;
        match marked {
            Value::Bool(true) => {
                content.as_ref().and_then(error_line::of).or_else(|| Some("the tool failed".to_owned()))
            }
            other => error_line::of(other),
        }
    });
    let id = json::take(&mut message, &["tool_call_id", "call_id", "id"]).as_ref().and_then(json::text);
    let id = id.or_else(|| {
        let Value::Array(ids) = json::take(&mut message, &["tool_call_ids"])? else { return None };
        ids.first().and_then(json::text)
    });
    message.retain(|key, value| !value.is_null() && !matches!(key.as_str(), "role" | "name" | "tool_calls"));
    let result = ToolResult { content, error, when, attributes: message };
    transcript.tool_result(id.as_deref().unwrap_or_default(), result, out);
}

/// When a message was written down.
pub fn written_ns(message: &Value) -> Option<i64> {
    let at = message.get("timestamp").or_else(|| message.get("extra")?.get("timestamp"));
    at.and_then(time::unix_ns)
}

/// What is left of a run's record, for the payload of the trace.
pub fn keep(transcript: &mut Transcript, mut rest: Map<String, Value>) {
    rest.retain(|_, value| !value.is_null());
    transcript.payload().attributes.extend(rest);
}

/// The output of a program as AutoGen and others report it to the model: `exitcode: 1 (execution failed)\nCode output: …`.
/// `None` for any other text; the error is what failed, if it did.
pub fn program_output(text: &str) -> Option<Option<String>> {
    let rest = text.trim_start().strip_prefix("exitcode:")?.trim_start();
    let digits = rest.split(|sign: char| !sign.is_ascii_digit() && sign != '-').next()?;
    let code: i64 = digits.parse().ok()?;
    let output = rest.split_once("output:").map_or(rest, |(_, output)| output);
    Some((code != 0).then(|| error_line::of_traceback(output).unwrap_or_else(|| format!("exit code {code}"))))
}
