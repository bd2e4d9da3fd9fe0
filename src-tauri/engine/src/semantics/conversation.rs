//! Finds conversations in plain inputs and outputs: the request and the answer of a provider, as a framework recorded them.

use serde_json::Value;

use super::content::{Content, Message};
use super::messages;

/// Moves a conversation that stands in `input` or `output` to the messages; where the messages are known already, what
/// only repeats them goes.
pub(super) fn lift(out: &mut Content) {
    if let Some(input) = &out.input
        && let Some((found, rest)) = request(input)
    {
        // Instructions may stand apart from what was said after them.
        let known = out.input_messages.iter().any(|message| message.role != "system");
        if !known {
            out.input_messages.extend(found);
        }
        out.input = rest.filter(|_| !known);
        offered(out);
    }
    if let Some(found) = out.output.as_ref().and_then(answer) {
        if out.output_messages.is_empty() {
            out.output_messages = found;
        } else if out.output_messages.len() == found.len() {
            for (known, found) in out.output_messages.iter_mut().zip(found) {
                known.finish_reason = known.finish_reason.take().or(found.finish_reason);
            }
        }
        out.output = None;
    } else if out.output_messages.is_empty()
        && let Some((found, rest)) = out.output.as_ref().and_then(state)
    {
        out.output_messages = found;
        out.output = rest;
    }
}

/// The messages in the state that a node of a graph puts out, and what else is in it.
fn state(output: &Value) -> Option<(Vec<Message>, Option<Value>)> {
    let members = output.as_object()?;
    let listed = members.get("messages").and_then(Value::as_array).filter(|items| are_messages(items))?;
    let found = messages::list(&Value::Array(listed.clone()), "assistant");
    let mut rest = members.clone();
    rest.shift_remove("messages");
    Some((found, (!rest.is_empty()).then_some(Value::Object(rest))))
}

/// Tools offered beside the messages of a request.
fn offered(out: &mut Content) {
    if let Some(Value::Object(rest)) = &mut out.input
        && let Some(offered) = rest.get("tools").filter(|_| out.tools.is_empty())
    {
        out.tools = messages::tools(offered);
        if !out.tools.is_empty() {
            rest.shift_remove("tools");
        }
    }
}

/// The messages of a request, and what else stands beside them.
fn request(input: &Value) -> Option<(Vec<Message>, Option<Value>)> {
    match input {
        Value::Array(items) if are_messages(items) => Some((messages::list(input, "user"), None)),
        Value::Object(members) if is_message(input) && members.contains_key("role") => {
            Some((messages::list(input, "user"), None))
        }
        Value::Object(members) => {
            let key = ["messages", "contents", "input"].into_iter().find(|key| {
                members.get(*key).and_then(Value::as_array).is_some_and(|items| are_messages(items))
            })?;
            let mut found = Vec::new();
            if let Some(system) =
                members.get("system").filter(|system| system.is_string() || system.is_array())
            {
                found.extend(messages::one(system, "system"));
            }
            found.extend(messages::list(members.get(key)?, "user"));
            let mut rest = members.clone();
            rest.shift_remove(key);
            Some((found, (!rest.is_empty()).then_some(Value::Object(rest))))
        }
        _ => None,
    }
}

/// The messages of an answer.
fn answer(output: &Value) -> Option<Vec<Message>> {
    let list = match output {
        Value::Array(items) if are_messages(items) => return Some(messages::list(output, "assistant")),
        // Vercel: the calls alone.
        Value::Array(items)
            if !items.is_empty() && items.iter().all(|item| item.get("toolCallId").is_some()) =>
        {
            let parts = items.iter().map(messages::part).collect();
            return Some(vec![Message { role: "assistant".to_owned(), parts, ..Message::default() }]);
        }
        Value::Object(members) if is_message(output) && members.contains_key("role") => {
            return Some(messages::list(output, "assistant"));
        }
        Value::Object(members) if members.get("output").is_some_and(|inner| is_answer(members, inner)) => {
            return Some(messages::list(members.get("output")?, "assistant"));
        }
        // OpenAI, LangChain, Gemini.
        Value::Object(members) => ["choices", "generations", "candidates"]
            .iter()
            .find_map(|key| members.get(*key).and_then(Value::as_array)),
        _ => None,
    }?;
    let mut found = Vec::new();
    for item in list {
        let inner = item.as_array().map_or(std::slice::from_ref(item), Vec::as_slice);
        for choice in inner {
            let body = choice.get("message").or_else(|| choice.get("content")).unwrap_or(choice);
            let mut message = messages::one(body, "assistant")?;
            if message.finish_reason.is_none() {
                let reason = ["finish_reason", "finishReason"].iter().find_map(|key| {
                    choice.get(*key).or_else(|| choice.get("generation_info").and_then(|info| info.get(*key)))
                });
                message.finish_reason = reason.and_then(Value::as_str).map(str::to_owned);
            }
            found.push(message);
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Whether `inner` is the output of an answer of OpenAI's Responses API.
fn is_answer(members: &serde_json::Map<String, Value>, inner: &Value) -> bool {
    members.get("object").and_then(Value::as_str) == Some("response")
        && inner.as_array().is_some_and(|items| are_messages(items))
}

fn are_messages(items: &[Value]) -> bool {
    !items.is_empty()
        && items.iter().all(|item| match item {
            item if messages::pair(item).is_some() => true,
            Value::Array(inner) => !inner.is_empty() && inner.iter().all(is_message),
            _ => is_message(item),
        })
}

/// Something said: it has a role and a content, or it is a dump of LangChain's.
fn is_message(item: &Value) -> bool {
    let told = item.get("role").is_some_and(Value::is_string)
        && ["content", "parts", "tool_calls"].iter().any(|key| item.get(*key).is_some());
    let dumped = item.get("lc").is_some() && item.get("kwargs").is_some();
    let typed = item.get("content").is_some()
        && matches!(
            item.get("type").and_then(Value::as_str),
            Some(
                "human"
                    | "ai"
                    | "system"
                    | "tool"
                    | "SystemMessage"
                    | "UserMessage"
                    | "AssistantMessage"
                    | "FunctionExecutionResultMessage"
            )
        );
    told || dumped || typed || messages::is_response_item(item)
}
