//! What differs between two steps, part by part: what they were given, what came out, how they were asked.

use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::Connection;
use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::diff;
use super::said::said;
use super::written::written;
use crate::analysis::alignment::SketchDifference;
use crate::dto::{Ignored, PartDifference, StepDetail, StepDifference, StepDifferenceRequest, StepRef};
use crate::error::Result;
use crate::model::SpanKind;
use crate::query::step::step;
use crate::query::texts::Texts;
use crate::query::trace::run_said;
use crate::semantics::{self, Content, ErrorDetail, Message, MessagePart};

/// What differs between a step of A and one of B, or all of a step that only one of them has. An empty id is the run itself, as
/// the source describes it. Error `NotFound` if one is not there.
pub fn step_difference(
    connection: &Connection,
    texts: &Texts,
    request: &StepDifferenceRequest,
) -> Result<StepDifference> {
    let read = |trace_id: i64, span_id: &Option<String>| -> Result<Option<Step>> {
        span_id.as_deref().map(|id| Step::read(connection, texts, trace_id, id)).transpose()
    };
    let a = read(request.a, &request.a_span_id)?;
    let b = read(request.b, &request.b_span_id)?;
    let is_cut = [&a, &b].into_iter().flatten().any(|step| step.is_cut);
    let mut parts = parts(a.as_ref(), b.as_ref(), request.ignore);
    if is_cut {
        for part in parts.iter_mut().filter(|part| part.remark.is_none() && part.lines.iter().any(has_mark)) {
            part.remark = Some("A text in it is so long that only its beginning was compared.".to_owned());
        }
    }
    Ok(StepDifference { parts })
}

/// Texts that were cut end with this mark (`query::bounded`).
fn has_mark(line: &crate::dto::DiffLine) -> bool {
    let sides = [&line.a, &line.b];
    sides.into_iter().flatten().flatten().any(|piece| piece.text.contains('⟧'))
}

struct Step {
    kind: SpanKind,
    facts: Map<String, Value>,
    content: Content,
    is_cut: bool,
}

impl Step {
    fn read(connection: &Connection, texts: &Texts, trace_id: i64, span_id: &str) -> Result<Self> {
        if span_id.is_empty() {
            let (content, is_cut) = run_said(connection, texts, trace_id)?;
            let content = content.unwrap_or_default();
            return Ok(Self { kind: SpanKind::Agent, facts: Map::new(), content, is_cut });
        }
        let request = StepRef { trace_id, span_id: span_id.to_owned() };
        let StepDetail { name, kind, status, model, content, long_texts, .. } =
            step(connection, texts, &request)?;
        let mut facts = Map::new();
        facts.insert("name".into(), name.into());
        facts.insert("kind".into(), kind.word().into());
        facts.insert("status".into(), status.word().into());
        if let Some(model) = model {
            facts.insert("model".into(), model.into());
        }
        Ok(Self { kind, facts, content, is_cut: !long_texts.is_empty() })
    }
}

fn parts(a: Option<&Step>, b: Option<&Step>, ignored: Ignored) -> Vec<PartDifference> {
    let mut parts = Parts { ignored, parts: Vec::new() };
    let content = |step: Option<&Step>| step.map(|step| step.content.clone()).unwrap_or_default();
    let (of_a, of_b) = (content(a), content(b));
    let facts = |step: Option<&Step>| {
        step.map(|step| Value::Object(step.facts.clone()))
            .filter(|facts| facts.as_object().is_some_and(|facts| !facts.is_empty()))
    };
    parts.values("Step", facts(a).as_ref(), facts(b).as_ref());
    parts.texts("Error", errors(&of_a.errors), errors(&of_b.errors));
    let [is_input, is_output] = a.zip(b).map_or([false; 2], |(a, b)| counts(a, b));
    parts.shown_if(is_input, |parts| {
        parts.values("Input", of_a.input.as_ref(), of_b.input.as_ref());
        parts.messages("Message", &of_a.input_messages, &of_b.input_messages);
    });
    parts.shown_if(is_output, |parts| {
        parts.values("Output", of_a.output.as_ref(), of_b.output.as_ref());
        parts.messages("Answer", &of_a.output_messages, &of_b.output_messages);
    });
    parts.values("Parameters", parameters(&of_a).as_ref(), parameters(&of_b).as_ref());
    parts.values("Tools", tools(&of_a).as_ref(), tools(&of_b).as_ref());
    parts.parts
}

/// Whether the input and the output of two steps count as differences.
fn counts(a: &Step, b: &Step) -> [bool; 2] {
    let (a, b) = (said(a.kind, &a.content), said(b.kind, &b.content));
    [(a.input, b.input), (a.output, b.output)]
        .map(|(a, b)| a.zip(b).is_some_and(|(a, b)| a.compare(&b) == SketchDifference::Substance))
}

struct Parts {
    ignored: Ignored,
    parts: Vec<PartDifference>,
}

impl Parts {
    /// Adds parts. Where they count as a difference, and nothing is left of it without what is ignored, they are shown whole:
    /// what is ignored is never what decides.
    fn shown_if(&mut self, counts: bool, add: impl Fn(&mut Self)) {
        let from = self.parts.len();
        add(self);
        if counts && self.parts.iter().skip(from).all(|part| part.is_same) {
            self.parts.truncate(from);
            let ignored = std::mem::take(&mut self.ignored);
            add(self);
            self.ignored = ignored;
        }
    }

    fn values(&mut self, title: &str, a: Option<&Value>, b: Option<&Value>) {
        if a.is_some() || b.is_some() {
            self.push(title.to_owned(), diff::values(a, b, self.ignored));
        }
    }

    fn texts(&mut self, title: &str, a: Option<String>, b: Option<String>) {
        if a.is_some() || b.is_some() {
            self.push(title.to_owned(), diff::texts(a.as_deref(), b.as_deref(), self.ignored));
        }
    }

    /// Messages are matched first, as lines are, then those between them one by one.
    fn messages(&mut self, title: &str, a: &[Message], b: &[Message]) {
        let keys = |messages: &[Message]| messages.iter().map(said_hash).collect::<Vec<_>>();
        let is_many = a.len().max(b.len()) > 1;
        let titled = |at: usize, message: &Message| match is_many {
            true => format!("{title} {}, {}", at + 1, message.role),
            false => format!("{title}, {}", message.role),
        };
        for op in capture_diff_slices(Algorithm::Patience, &keys(a), &keys(b)) {
            let (_, range_a, range_b) = op.as_tag_tuple();
            let is_equal = matches!(op, DiffOp::Equal { .. });
            for offset in 0..range_a.len().max(range_b.len()) {
                let at =
                    |range: &std::ops::Range<usize>| (offset < range.len()).then(|| range.start + offset);
                let (at_a, at_b) = (at(&range_a), at(&range_b));
                let one = at_a.and_then(|at| a.get(at));
                let other = at_b.and_then(|at| b.get(at));
                let Some((at, message)) = at_b.zip(other).or(at_a.zip(one)) else { continue };
                let title = titled(at, message);
                if is_equal {
                    self.parts.push(PartDifference { title, is_same: true, lines: Vec::new(), remark: None });
                } else {
                    let (text_a, text_b) = (one.map(message_text), other.map(message_text));
                    self.texts(&title, text_a, text_b);
                }
            }
        }
    }

    fn push(&mut self, title: String, difference: diff::Difference) {
        let diff::Difference { is_same, lines, remark } = difference;
        self.parts.push(PartDifference { title, is_same, lines, remark });
    }
}

fn said_hash(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    semantics::likeness(message).hash.hash(&mut hasher);
    message.finish_reason.hash(&mut hasher);
    hasher.finish()
}

/// A message as text.
fn message_text(message: &Message) -> String {
    let mut texts: Vec<String> = message.parts.iter().map(part).collect();
    if let Some(reason) = &message.finish_reason {
        texts.push(format!("Stopped: {reason}"));
    }
    texts.join("\n")
}

/// A part of a message as text.
fn part(part: &MessagePart) -> String {
    match part {
        MessagePart::Text { text } => text.clone(),
        MessagePart::Reasoning { text } => format!("Reasoning:\n{text}"),
        MessagePart::ToolCall { name, arguments, .. } => {
            format!("Calls {name}\n{}", written(arguments))
        }
        MessagePart::ToolResult { result, is_error, .. } => {
            format!("{}\n{}", if *is_error { "Tool failed:" } else { "Tool answered:" }, written(result))
        }
        MessagePart::Media { modality, mime_type, reference } => {
            const SHOWN_CHARACTERS: usize = 200;
            let start: String = reference.chars().take(SHOWN_CHARACTERS).collect();
            format!("{modality} {} {start}", mime_type.as_deref().unwrap_or_default())
        }
        MessagePart::Other { value } => written(value),
    }
}

fn errors(errors: &[ErrorDetail]) -> Option<String> {
    let said: Vec<String> = errors
        .iter()
        .map(|error| {
            let kind = error.kind.as_ref().map(|kind| format!("{kind}: ")).unwrap_or_default();
            let stack = error.stack.as_ref().map(|stack| format!("\n{stack}")).unwrap_or_default();
            format!("{kind}{}{stack}", error.message)
        })
        .collect();
    (!said.is_empty()).then(|| said.join("\n"))
}

fn parameters(content: &Content) -> Option<Value> {
    let named: Map<String, Value> = content
        .parameters
        .iter()
        .map(|parameter| (parameter.name.clone(), parameter.value.clone()))
        .collect();
    (!named.is_empty()).then_some(Value::Object(named))
}

fn tools(content: &Content) -> Option<Value> {
    let named: Map<String, Value> = content
        .tools
        .iter()
        .map(|tool| {
            let about = serde_json::json!({ "description": tool.description, "parameters": tool.parameters });
            (tool.name.clone(), about)
        })
        .collect();
    (!named.is_empty()).then_some(Value::Object(named))
}
