//! OpenInference: `openinference.span.kind`, lists flattened with zero-based dots.

use serde_json::{Map, Value};

use super::columns::Field;
use super::content::Content;
use super::general::word_kind;
use super::messages::{self, unfolded};
use super::tree::Node;

/// The column that `llm.<rest>` fills.
pub(super) fn llm_field(rest: &str) -> Option<Field> {
    Some(match rest {
        "response.model_name" => Field::Model(55),
        "model_name" => Field::Model(50),
        "request.model_name" => Field::Model(35),
        "token_count.prompt" => Field::InputTokens,
        "token_count.completion" => Field::OutputTokens,
        "token_count.total" => Field::TotalTokens,
        "token_count.prompt_details.cache_read" => Field::CacheRead,
        "token_count.prompt_details.cache_write" => Field::CacheWrite,
        "token_count.completion_details.reasoning" => Field::Reasoning,
        "cost.total" => Field::Cost,
        "attempt" | "retry.attempt" => Field::Attempt,
        _ if rest.starts_with("input_messages.")
            && (rest.ends_with(".message.content")
                || rest.ends_with(".message_content.text")
                || rest.ends_with(".arguments")) =>
        {
            Field::InputPart
        }
        _ => return None,
    })
}

/// The column that another key of the convention fills.
pub(super) fn field(key: &str) -> Option<Field> {
    Some(match key {
        "openinference.span.kind" => Field::Kind(60, word_kind),
        "input.value" => Field::Input(40),
        "session.id" => Field::Conversation(40),
        "tool.name" => Field::ToolName,
        "tool.parameters" => Field::Input(10),
        "tag.tags" => Field::Tags,
        "embedding.model_name" | "reranker.model_name" => Field::Model(45),
        "reranker.query" | "embedding.text" => Field::Input(15),
        _ => return None,
    })
}

/// Reads what the attributes say.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    if let Some(llm) = tree.at("llm") {
        for (path, role, list) in [
            ("input_messages", "user", &mut out.input_messages),
            ("output_messages", "assistant", &mut out.output_messages),
        ] {
            if list.is_empty()
                && let Some(node) = llm.at(path)
            {
                list.extend(node.list().iter().filter_map(|value| messages::one(value, role)));
            }
        }
        for (path, role, list) in
            [("prompts", "user", &mut out.input_messages), ("choices", "assistant", &mut out.output_messages)]
        {
            if list.is_empty()
                && let Some(node) = llm.at(path)
            {
                list.extend(node.list().iter().filter_map(|value| {
                    let inner = value.get("prompt").or_else(|| value.get("completion"));
                    messages::one(inner.unwrap_or(value), role)
                }));
            }
        }
        if out.tools.is_empty()
            && let Some(node) = llm.at("tools")
        {
            out.tools = messages::tools(&Value::Array(node.list()));
        }
        if let Some(Value::Object(parameters)) = llm.get("invocation_parameters").map(unfolded) {
            for (name, value) in &parameters {
                if name == "tools" {
                    if out.tools.is_empty() {
                        out.tools = messages::tools(value);
                    }
                } else {
                    messages::parameter(out, name, value);
                }
            }
        }
        for name in
            ["provider", "system", "finish_reason", "prompt_template.template", "prompt_template.variables"]
        {
            if let Some(value) = llm.get(name) {
                messages::parameter(out, name, &unfolded(value));
            }
        }
    }
    for (family, slot) in [("input", &mut out.input), ("output", &mut out.output)] {
        let Some(node) = tree.at(family) else { continue };
        if node.text("mime_type") == Some("text/plain") {
            // Said to be plain text: shown as it is, even where it looks like JSON.
            slot.get_or_insert_with(|| node.get("value").cloned().unwrap_or(Value::Null));
        } else {
            messages::fill(slot, node.get("value"));
        }
    }
    messages::fill(&mut out.input, tree.get("tool.parameters"));
    for path in ["retrieval.documents", "reranker.output_documents"] {
        if let Some(documents) =
            tree.at(path).map(|node| documents(node)).filter(|documents| !documents.is_empty())
        {
            match &mut out.output {
                // The documents are what was found; an output of the same span is their plain form.
                Some(Value::Object(members)) if !members.contains_key("documents") => {
                    members.insert("documents".to_owned(), Value::Array(documents));
                }
                slot => *slot = Some(Value::Array(documents)),
            }
        }
    }
    if let Some(documents) =
        tree.at("reranker.input_documents").map(documents).filter(|list| !list.is_empty())
    {
        let mut input = Map::new();
        if let Some(query) = tree.get("reranker.query") {
            input.insert("query".to_owned(), query.clone());
        }
        input.insert("documents".to_owned(), Value::Array(documents));
        out.input.get_or_insert(Value::Object(input));
    }
    if let Some(Value::String(text)) = tree.get("embedding.text") {
        out.input.get_or_insert(Value::String(text.clone()));
    }
}

/// A list of documents without the prefix each of them carries.
fn documents(node: &Node<'_>) -> Vec<Value> {
    node.list()
        .into_iter()
        .map(|item| match item {
            Value::Object(mut members) => match members.remove("document") {
                Some(document) => unfolded(&document),
                None => {
                    let plain = members.into_iter().map(|(key, value)| {
                        (key.strip_prefix("document.").map(str::to_owned).unwrap_or(key), unfolded(&value))
                    });
                    Value::Object(plain.collect())
                }
            },
            other => other,
        })
        .collect()
}
