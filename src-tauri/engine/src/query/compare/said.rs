//! What a step was given and what it gave, as alignment compares it.

use serde_json::Value;

use crate::analysis::alignment::{Said, Sketch};
use crate::model::SpanKind;
use crate::semantics::{Content, Message, MessagePart, alone};

/// The sketches of a step with this content.
///
/// What a model is sent is a long history of which all but the end was compared with the calls before: its input is what has
/// come since its own last answer. Its output is the tool calls it asks for; what it says beside them is not what it decided.
pub fn said(kind: SpanKind, content: &Content) -> Said {
    let input = match kind {
        SpanKind::Llm if !content.input_messages.is_empty() => {
            Some(messages(since_answer(&content.input_messages)))
        }
        _ => value(content.input.as_ref())
            .or_else(|| some(&content.input_messages).map(|list| messages(since_answer(list)))),
    };
    let output = match some(&content.output_messages) {
        Some(answer) => Some(decision(answer)),
        None => value(content.output.as_ref()),
    };
    let errors: Vec<&str> = content.errors.iter().map(|error| error.message.as_str()).collect();
    let error = (!errors.is_empty()).then(|| Box::new(Sketch::of_text(&errors.join("\n"))));
    Said { input, output, error }
}

fn some(list: &[Message]) -> Option<&[Message]> {
    (!list.is_empty()).then_some(list)
}

fn value(value: Option<&Value>) -> Option<Sketch> {
    value.filter(|value| !value.is_null()).map(Sketch::of_value)
}

/// The messages after the last one of the model; all of them where it has said nothing yet.
pub(super) fn since_answer(list: &[Message]) -> &[Message] {
    let last = list.iter().rposition(|message| matches!(&*message.role, "assistant" | "ai" | "model"));
    last.and_then(|last| list.get(last + 1..)).filter(|new| !new.is_empty()).unwrap_or(list)
}

fn messages(list: &[Message]) -> Sketch {
    Sketch::of_parts(list.iter().flat_map(|message| &message.parts).filter_map(part))
}

/// The tool calls of an answer, else what it says.
fn decision(answer: &[Message]) -> Sketch {
    let parts = || answer.iter().flat_map(|message| &message.parts);
    let is_call = |part: &&MessagePart| matches!(part, MessagePart::ToolCall { .. });
    if parts().any(|part| is_call(&part)) {
        Sketch::of_parts(parts().filter(is_call).filter_map(part))
    } else {
        Sketch::of_parts(parts().filter_map(part))
    }
}

/// `None` for reasoning, which is no decision and which histories leave out.
fn part(part: &MessagePart) -> Option<Sketch> {
    Some(match part {
        MessagePart::Text { text } => Sketch::of_text(text),
        MessagePart::Reasoning { .. } => return None,
        MessagePart::ToolCall { name, arguments, .. } => Sketch::of_parts([
            Sketch::of_value(&Value::Array(vec![Value::String(name.clone())])),
            Sketch::of_value(arguments),
        ]),
        MessagePart::ToolResult { result, .. } => Sketch::of_value(alone(result)),
        MessagePart::Media { modality, reference, .. } => {
            Sketch::of_parts([Sketch::of_text(modality), Sketch::of_text(reference)])
        }
        MessagePart::Other { value } => Sketch::of_value(value),
    })
}
