//! Messages in whatever shape a provider or framework writes them: GenAI parts, OpenAI, Anthropic, Gemini, Vercel,
//! OpenInference, LangChain.

use serde_json::{Map, Value};

use super::content::{Content, Message, MessagePart, Parameter, ToolDefinition};

/// How many strings inside strings are unfolded.
const UNFOLD_DEPTH: usize = 6;

/// `value` with JSON objects and arrays inside strings turned into what they stand for.
pub(super) fn unfolded(value: &Value) -> Value {
    unfold(value, UNFOLD_DEPTH)
}

fn unfold(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) if depth > 0 => match parsed(text) {
            Some(inner) => unfold(&inner, depth - 1),
            None => value.clone(),
        },
        Value::Array(list) => Value::Array(list.iter().map(|item| unfold(item, depth)).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, item)| (key.clone(), unfold(item, depth))).collect())
        }
        _ => value.clone(),
    }
}

/// The object, array or string that `text` is the JSON of.
fn parsed(text: &str) -> Option<Value> {
    let trimmed = text.trim();
    let closes = match trimmed.as_bytes().first()? {
        b'{' => '}',
        b'[' => ']',
        b'"' => '"',
        _ => return None,
    };
    (trimmed.len() > 1 && trimmed.ends_with(closes)).then(|| serde_json::from_str(trimmed).ok()).flatten()
}

/// Fills `slot` with `value`, unfolded, if it is still empty.
pub(super) fn fill(slot: &mut Option<Value>, value: Option<&Value>) {
    if slot.is_none() {
        *slot = value.map(unfolded);
    }
}

/// Adds a parameter unless one of that name is there.
pub(super) fn parameter(out: &mut Content, name: &str, value: &Value) {
    if !value.is_null() && out.parameters.iter().all(|known| known.name != name) {
        out.parameters.push(Parameter { name: name.to_owned(), value: value.clone() });
    }
}

/// The messages in `value`: a list of them (perhaps as JSON in a string), an object with such a list, one message, or a
/// text said by `role`.
pub(super) fn list(value: &Value, role: &str) -> Vec<Message> {
    let outer = match value {
        Value::String(text) => {
            parsed(text).filter(|inner| !inner.is_string()).unwrap_or_else(|| value.clone())
        }
        _ => value.clone(),
    };
    match &outer {
        Value::Array(items) if items.iter().all(is_part) && !items.is_empty() => {
            let parts = items.iter().map(part).collect();
            vec![Message { role: role.to_owned(), parts, ..Message::default() }]
        }
        // LangChain: one list a prompt.
        Value::Array(items) => items
            .iter()
            .flat_map(|item| {
                if item.is_array() && pair(item).is_none() {
                    list(item, role)
                } else {
                    one(item, role).into_iter().collect()
                }
            })
            .collect(),
        Value::Object(members) => match members.get("messages").filter(|messages| messages.is_array()) {
            Some(messages) => list(messages, role),
            None => one(&outer, role).into_iter().collect(),
        },
        _ => one(&outer, role).into_iter().collect(),
    }
}

/// Whether an element of a list is a part rather than a message.
fn is_part(item: &Value) -> bool {
    item.get("role").is_none()
        && item.get("type").and_then(Value::as_str).is_some_and(|kind| {
            matches!(
                kind,
                "text"
                    | "reasoning"
                    | "thinking"
                    | "tool_call"
                    | "tool_use"
                    | "tool_call_response"
                    | "tool_result"
                    | "image"
                    | "image_url"
                    | "blob"
                    | "uri"
                    | "file"
            )
        })
}

/// A message as LangChain takes it in short: a role and what is said.
pub(super) fn pair(value: &Value) -> Option<(&'static str, &Value)> {
    // What is said may be JSON in a string, unfolded by now.
    let [Value::String(role), said] = value.as_array()?.as_slice() else { return None };
    let role = match role.as_str() {
        "user" | "human" => "user",
        "assistant" | "ai" => "assistant",
        "system" => "system",
        "tool" => "tool",
        _ => return None,
    };
    Some((role, said))
}

/// One message, or `None` if there is nothing in it.
pub(super) fn one(value: &Value, role: &str) -> Option<Message> {
    if let Some((role, said)) = pair(value) {
        let parts = if role == "tool" {
            vec![MessagePart::ToolResult { id: None, result: said.clone(), is_error: false }]
        } else {
            parts(said)
        };
        return Some(Message { role: role.to_owned(), parts, ..Message::default() });
    }
    let Value::Object(outer) = value else {
        let parts = parts(value);
        return (!parts.is_empty()).then(|| Message { role: role.to_owned(), parts, ..Message::default() });
    };
    if let Some(message) = response_item(outer) {
        return message;
    }
    // OpenInference puts each under `message`; LangChain dumps put fields under `kwargs` or `data`; choices have `message`.
    let members = ["message", "kwargs", "data", "delta"]
        .iter()
        .find_map(|key| outer.get(*key).and_then(Value::as_object))
        .unwrap_or(outer);
    let text = |key: &str| {
        members.get(key).or_else(|| outer.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty())
    };
    let mut parts = Vec::new();
    for key in ["reasoning_content", "reasoning", "thinking"] {
        if let Some(reasoning) = text(key) {
            parts.push(MessagePart::Reasoning { text: reasoning.to_owned() });
            break;
        }
    }
    let told_role = text("role").map(str::to_owned).or_else(|| langchain_role(outer, members));
    let role = match told_role.as_deref() {
        Some("human") => "user".to_owned(),
        Some("ai" | "model") => "assistant".to_owned(),
        Some(known) => known.to_owned(),
        None => role.to_owned(),
    };
    let call_id = text("tool_call_id").or_else(|| text("call_id"));
    let body = ["content", "parts", "contents"]
        .iter()
        .filter_map(|key| members.get(*key))
        .find(|body| !is_empty(body));
    if let Some(body) = body {
        if role == "tool" && !holds_tool_result(body) {
            let is_error = text("status") == Some("error");
            parts.push(MessagePart::ToolResult {
                id: call_id.or_else(|| text("id")).map(str::to_owned),
                result: unfolded(body),
                is_error,
            });
        } else {
            parts.extend(self::parts(body));
        }
    }
    // LangChain keeps the provider's own calls too, and some dumps have only those.
    let calls = [members.get("tool_calls"), members.get("toolCalls"), members.get("additional_kwargs")]
        .into_iter()
        .flatten()
        .map(|calls| unfolded_calls(calls.get("tool_calls").unwrap_or(calls)))
        .find(|calls| calls.iter().any(is_call));
    parts.extend(calls.iter().flatten().map(call));
    if let Some(Value::Object(call)) = members.get("function_call") {
        parts.push(tool_call(call));
    }
    if parts.is_empty() && !["role", "content", "parts", "type"].iter().any(|key| members.contains_key(*key))
    {
        parts.push(MessagePart::Other { value: value.clone() });
    }
    let finish_reason = ["finish_reason", "finishReason", "stop_reason"].iter().find_map(|key| text(key));
    if parts.is_empty() && finish_reason.is_none() && told_role.is_none() {
        return None;
    }
    Some(Message {
        role,
        name: text("name").map(str::to_owned),
        parts,
        finish_reason: finish_reason.map(str::to_owned),
    })
}

/// Whether `item` is something other than a message in the input or output of OpenAI's Responses API.
pub(super) fn is_response_item(item: &Value) -> bool {
    item.as_object().is_some_and(|members| response_item(members).is_some())
}

/// An item of OpenAI's Responses API that is no message: a call, its result, reasoning. `Some(None)` if there is nothing in
/// it to show.
fn response_item(members: &Map<String, Value>) -> Option<Option<Message>> {
    let kind = members.get("type")?.as_str().filter(|_| !members.contains_key("role"))?;
    let text = |keys: &[&str]| keys.iter().find_map(|key| members.get(*key)?.as_str());
    let field = |keys: &[&str]| keys.iter().find_map(|key| members.get(*key)).map_or(Value::Null, unfolded);
    let (role, part) = match kind {
        "reasoning" if members.contains_key("summary") => {
            let texts = ["content", "summary"].iter().filter_map(|key| members.get(*key)?.as_array());
            let thoughts: Vec<&str> = texts.flatten().filter_map(|part| part.get("text")?.as_str()).collect();
            if thoughts.is_empty() {
                return Some(None);
            }
            ("assistant", MessagePart::Reasoning { text: thoughts.join("\n\n") })
        }
        "function_call_output"
        | "custom_tool_call_output"
        | "local_shell_call_output"
        | "computer_call_output" => {
            let id = text(&["call_id"]).map(str::to_owned);
            ("tool", MessagePart::ToolResult { id, result: field(&["output"]), is_error: false })
        }
        _ if kind == "function_call" || (kind.ends_with("_call") && kind != "tool_call") => {
            let name = text(&["name"]).unwrap_or_else(|| kind.trim_end_matches("_call")).to_owned();
            let id = text(&["call_id", "id"]).map(str::to_owned);
            let arguments = field(&["arguments", "input", "action", "queries", "code"]);
            ("assistant", MessagePart::ToolCall { id, name, arguments })
        }
        _ => return None,
    };
    Some(Some(Message { role: role.to_owned(), parts: vec![part], ..Message::default() }))
}

fn langchain_role(outer: &Map<String, Value>, members: &Map<String, Value>) -> Option<String> {
    let class =
        outer.get("id").and_then(Value::as_array).and_then(|path| path.last()).and_then(Value::as_str);
    let kind = members.get("type").or_else(|| outer.get("type")).and_then(Value::as_str);
    match class.or(kind)? {
        "HumanMessage" | "HumanMessageChunk" | "human" | "UserMessage" => Some("user".to_owned()),
        "AIMessage" | "AIMessageChunk" | "ai" | "AssistantMessage" => Some("assistant".to_owned()),
        "SystemMessage" | "system" => Some("system".to_owned()),
        "ToolMessage" | "tool" | "FunctionExecutionResultMessage" => Some("tool".to_owned()),
        _ => None,
    }
}

fn is_empty(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn holds_tool_result(body: &Value) -> bool {
    body.as_array().is_some_and(|items| {
        items.iter().any(|item| {
            matches!(
                item.get("type").and_then(Value::as_str),
                Some("tool_call_response" | "tool_result" | "tool-result" | "server_tool_call_response")
            ) || item.get("call_id").is_some()
                || item.get("functionResponse").is_some()
                || item.get("function_response").is_some()
        })
    })
}

/// Whether an object may be a tool call: it names what is called.
fn is_call(call: &Value) -> bool {
    let call = call.get("tool_call").unwrap_or(call);
    ["function", "name", "toolName", "function.name", "type"].iter().any(|key| call.get(*key).is_some())
}

fn unfolded_calls(calls: &Value) -> Vec<Value> {
    match calls {
        Value::Array(list) => list.clone(),
        Value::String(text) => parsed(text).and_then(|inner| inner.as_array().cloned()).unwrap_or_default(),
        Value::Object(_) => vec![calls.clone()],
        _ => Vec::new(),
    }
}

/// The parts of a message's content: a text, a list of parts (perhaps as JSON in a string), or anything else.
pub(super) fn parts(body: &Value) -> Vec<MessagePart> {
    match body {
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => match parsed(text) {
            Some(Value::Array(items)) if items.iter().all(is_part) && !items.is_empty() => {
                items.iter().map(part).collect()
            }
            _ => vec![MessagePart::Text { text: text.clone() }],
        },
        Value::Array(items) => items.iter().map(part).collect(),
        other => vec![part(other)],
    }
}

/// One part.
pub(super) fn part(value: &Value) -> MessagePart {
    let other = || MessagePart::Other { value: value.clone() };
    let outer = match value {
        Value::String(text) => return MessagePart::Text { text: text.clone() },
        Value::Object(members) => members,
        _ => return other(),
    };
    // OpenInference nests: `message_content` {type, text, image}, `tool_call` {id, function}.
    let members = ["message_content", "tool_call"]
        .iter()
        .find_map(|key| outer.get(*key).and_then(Value::as_object))
        .unwrap_or(outer);
    let text = |keys: &[&str]| keys.iter().find_map(|key| members.get(*key)).and_then(Value::as_str);
    let kind = text(&["type"]).unwrap_or_default();
    match kind {
        "text" | "input_text" | "output_text" | "refusal" => match text(&["text", "content", "refusal"]) {
            Some(said) => MessagePart::Text { text: said.to_owned() },
            None => other(),
        },
        "reasoning" | "thinking" => match text(&["content", "text", "thinking", "reasoning"]) {
            Some(thought) => MessagePart::Reasoning { text: thought.to_owned() },
            None => summarised(members).unwrap_or_else(other),
        },
        "tool_call" | "tool_use" | "tool-call" | "toolCall" | "function" | "function_call"
        | "custom_tool_call" | "server_tool_use" | "mcp_tool_use" | "server_tool_call" => tool_call(members),
        "tool_call_response"
        | "tool_result"
        | "tool-result"
        | "server_tool_call_response"
        | "function_call_output" => MessagePart::ToolResult {
            id: text(&["id", "tool_use_id", "toolCallId", "call_id"]).map(str::to_owned),
            result: ["response", "result", "content", "output", "server_tool_call_response"]
                .iter()
                .find_map(|key| members.get(*key))
                .map_or(Value::Null, unfolded),
            is_error: ["is_error", "isError"].iter().any(|key| members.get(*key) == Some(&Value::Bool(true))),
        },
        "image" | "image_url" | "input_image" | "audio" | "input_audio" | "video" | "file" | "blob"
        | "uri" | "media" | "document" => media(kind, members).unwrap_or_else(other),
        _ => untyped(members).unwrap_or_else(other),
    }
}

/// Reasoning of which only summaries are told: OpenAI's `summary`, a list of texts.
fn summarised(members: &Map<String, Value>) -> Option<MessagePart> {
    let summaries = members.get("summary")?.as_array()?.iter();
    let texts: Vec<&str> = summaries.filter_map(|summary| summary.get("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| MessagePart::Reasoning { text: texts.join("\n\n") })
}

/// Gemini's parts have no type; calls of OpenAI and OpenInference have a `function`.
fn untyped(members: &Map<String, Value>) -> Option<MessagePart> {
    if let Some(call) =
        ["functionCall", "function_call"].iter().find_map(|key| members.get(*key)?.as_object())
    {
        return Some(tool_call(call));
    }
    if members.contains_key("function") || members.contains_key("toolName") {
        return Some(tool_call(members));
    }
    if let Some(answer) = ["functionResponse", "function_response"].iter().find_map(|key| members.get(*key)) {
        let id = answer.get("id").or_else(|| answer.get("name")).and_then(Value::as_str).map(str::to_owned);
        let result = answer.get("response").map_or(Value::Null, unfolded);
        return Some(MessagePart::ToolResult { id, result, is_error: false });
    }
    if let Some(data) =
        ["inlineData", "inline_data", "fileData"].iter().find_map(|key| members.get(*key)?.as_object())
    {
        return media("file", data);
    }
    if let Some(result) = members.get("toolResult").or_else(|| members.get("tool_result")) {
        let id = result.get("toolUseId").and_then(Value::as_str).map(str::to_owned);
        let is_error = result.get("status").and_then(Value::as_str) == Some("error");
        return Some(MessagePart::ToolResult { id, result: unfolded(result.get("content")?), is_error });
    }
    if let Some(call) = members.get("toolUse").and_then(Value::as_object) {
        return Some(tool_call(call));
    }
    // AutoGen's calls and results stand in the content without a type.
    if let Some(id) = members.get("call_id").and_then(Value::as_str) {
        return Some(MessagePart::ToolResult {
            id: Some(id.to_owned()),
            result: unfolded(members.get("content")?),
            is_error: members.get("is_error") == Some(&Value::Bool(true)),
        });
    }
    if ["id", "name", "arguments"].iter().all(|key| members.contains_key(*key)) {
        return Some(tool_call(members));
    }
    let text = members.get("text").or_else(|| members.get("content"))?.as_str()?.to_owned();
    Some(if members.get("thought") == Some(&Value::Bool(true)) {
        MessagePart::Reasoning { text }
    } else {
        MessagePart::Text { text }
    })
}

/// An element of a list of tool calls, which may say nothing of its type.
fn call(value: &Value) -> MessagePart {
    match value.get("tool_call").unwrap_or(value) {
        Value::Object(members) => tool_call(members),
        _ => part(value),
    }
}

fn tool_call(members: &Map<String, Value>) -> MessagePart {
    let function = members.get("function").and_then(Value::as_object);
    let field = |keys: &[&str]| {
        keys.iter().find_map(|key| function.and_then(|inner| inner.get(*key)).or_else(|| members.get(*key)))
    };
    let id =
        ["id", "toolCallId", "tool_call_id", "call_id", "toolUseId"].iter().find_map(|key| members.get(*key));
    MessagePart::ToolCall {
        id: id.and_then(Value::as_str).map(str::to_owned),
        name: field(&["name", "toolName", "function.name"])
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        arguments: field(&["arguments", "args", "input", "parameters", "server_tool_call"])
            .map_or(Value::Null, unfolded),
    }
}

fn media(kind: &str, members: &Map<String, Value>) -> Option<MessagePart> {
    let source = ["source", "image_url", "image", "input_audio", "audio", "file"]
        .iter()
        .find_map(|key| members.get(*key));
    let inner = source.and_then(Value::as_object).unwrap_or(members);
    let inner = inner.get("image").and_then(Value::as_object).unwrap_or(inner);
    let text = |keys: &[&str]| {
        keys.iter().find_map(|key| inner.get(*key).or_else(|| members.get(*key))).and_then(Value::as_str)
    };
    let mime_type = text(&["mime_type", "mimeType", "media_type", "mediaType"]).map(str::to_owned);
    let reference = match source {
        Some(Value::String(reference)) => reference.clone(),
        _ => {
            text(&["url", "uri", "fileUri", "file_id", "data", "content", "path", "image.url", "audio.url"])?
                .to_owned()
        }
    };
    let modality = match text(&["modality"]) {
        Some(told) => told.to_owned(),
        None => match kind {
            "image_url" | "input_image" => "image".to_owned(),
            "input_audio" => "audio".to_owned(),
            "blob" | "uri" | "media" | "document" => "file".to_owned(),
            other => other.to_owned(),
        },
    };
    Some(MessagePart::Media { modality, mime_type, reference })
}

/// Tool definitions in whatever shape: OpenAI's `{type, function}`, OpenInference's `tool.json_schema`, plain
/// `{name, description, parameters}`, JSON strings of any, or names alone.
pub(super) fn tools(value: &Value) -> Vec<ToolDefinition> {
    let Value::Array(items) = unfolded(value) else { return Vec::new() };
    items.iter().flat_map(tool).collect()
}

fn tool(value: &Value) -> Vec<ToolDefinition> {
    let outer = match value {
        Value::String(name) => {
            return vec![ToolDefinition { name: name.clone(), description: None, parameters: None }];
        }
        Value::Object(members) => members,
        _ => return Vec::new(),
    };
    // Gemini: one object with a list of declarations.
    if let Some(Value::Array(list)) =
        outer.get("functionDeclarations").or_else(|| outer.get("function_declarations"))
    {
        return list.iter().flat_map(tool).collect();
    }
    let schema =
        outer.get("tool").and_then(|tool| tool.get("json_schema")).or_else(|| outer.get("tool.json_schema"));
    let members = schema.and_then(Value::as_object).unwrap_or(outer);
    let members = members.get("function").and_then(Value::as_object).unwrap_or(members);
    let name =
        members.get("name").or_else(|| members.get("type")).and_then(Value::as_str).unwrap_or_default();
    vec![ToolDefinition {
        name: name.to_owned(),
        description: members.get("description").and_then(Value::as_str).map(str::to_owned),
        parameters: [
            "parameters",
            "input_schema",
            "inputSchema",
            "json_schema",
            "parametersJsonSchema",
            "parameters_json_schema",
        ]
        .iter()
        .find_map(|key| members.get(*key))
        .cloned(),
    }]
}
