//! What platforms and SDKs keep beside a call in fields of their own: the request's parameters, the tools offered
//! (Langfuse, LangSmith, LiteLLM, OpenAI Agents SDK, MLflow), and the answer of OpenAI's Responses API itself.

use serde_json::Value;

use super::content::{Content, Message};
use super::messages::{self, unfolded};
use super::tree::Node;

/// Where the parameters of a request stand.
const PARAMETERS: &[&str] =
    &["modelParameters", "model_parameters", "invocation_params", "model_config", "optional_params"];

/// Parameters and facts of an answer of the Responses API.
const OF_RESPONSE: &[&str] = &[
    "status",
    "temperature",
    "top_p",
    "max_output_tokens",
    "reasoning",
    "tool_choice",
    "service_tier",
    "previous_response_id",
    "incomplete_details",
];

/// Reads what the fields say.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    for path in PARAMETERS {
        if let Some(Value::Object(members)) = tree.get(path).map(unfolded) {
            request(members, out);
        }
    }
    // LiteLLM logs what the completion was called with.
    if tree.get("latency_sec").is_some()
        && let Some(Value::Object(members)) = tree.get("kwargs").map(unfolded)
    {
        request(members, out);
    }
    for path in ["toolDefinitions", "tools", "mlflow.chat.tools", "model_request_parameters.function_tools"] {
        if let Some(told) = tree.get(path).filter(|_| out.tools.is_empty()) {
            out.tools = match unfolded(told) {
                // Langfuse: by their names.
                Value::Object(named) => {
                    messages::tools(&Value::Array(named.into_iter().map(|(_, tool)| tool).collect()))
                }
                list => messages::tools(&list),
            };
        }
    }
    for (name, path) in [("provider", "metadata.ls_provider"), ("provider", "custom_llm_provider")] {
        if let Some(value) = tree.get(path) {
            messages::parameter(out, name, value);
        }
    }
    if tree.text("object") == Some("response") {
        for name in OF_RESPONSE {
            if let Some(value) = tree.get(name) {
                messages::parameter(out, name, value);
            }
        }
        if let Some(instructions) = tree.get("instructions").filter(|_| out.input_messages.is_empty()) {
            let parts = messages::parts(instructions);
            out.input_messages.push(Message { role: "system".to_owned(), parts, ..Message::default() });
        }
    }
}

fn request(members: serde_json::Map<String, Value>, out: &mut Content) {
    for (name, value) in members {
        if matches!(name.as_str(), "tools" | "functions") {
            if out.tools.is_empty() {
                out.tools = messages::tools(&value);
            }
        } else if name != "messages" {
            messages::parameter(out, &name, &value);
        }
    }
}
