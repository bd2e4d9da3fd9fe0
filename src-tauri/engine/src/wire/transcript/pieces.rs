//! Model calls whose answer is told in pieces, a text here and a tool call there, perhaps with results of tools in between.

use serde_json::{Map, Value, json};

use super::{ModelCall, Sink, Transcript};
use crate::model::SpanRecord;
use crate::wire::draft::Draft;

/// A model call whose answer is not whole yet.
#[derive(Clone)]
pub(super) struct Answering {
    call: ModelCall,
    parts: Vec<Value>,
    /// What ended while it was told; it comes after the call.
    behind: Vec<SpanRecord>,
}

impl Transcript {
    /// The model begins to answer what was said so far; the answer before it is whole. The call's answer, if it is not
    /// given, is what [`Transcript::piece`] adds until [`Transcript::end_answer`], the next answer or the next turn. It
    /// began, unless `call` says when, at the last event before `at_ns`, the time of its first piece.
    pub fn begin_answer(&mut self, mut call: ModelCall, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.end_answer(out);
        if call.id.is_none() {
            // Numbered where it begins, so that it keeps its number when more of it is told.
            self.steps += 1;
            call.id = Some(self.own_id("call", self.steps));
        }
        let said = std::mem::take(&mut self.said);
        call.request = call.request.or(Some(Value::Array(said)));
        if call.when.start_ns.is_none() && call.when.duration_ns.is_none() {
            let before = self.last_ns.filter(|last| at_ns.is_some_and(|at| *last <= at));
            call.when.start_ns = before.or(at_ns);
            call.has_derived_start = true;
        }
        self.answering = Some(Answering { call, parts: Vec::new(), behind: Vec::new() });
        self.pause(at_ns);
    }

    /// The call that is being answered, to change what is known of it.
    pub fn answering(&mut self) -> Option<&mut ModelCall> {
        self.answering.as_mut().map(|answering| &mut answering.call)
    }

    /// A part of the answer under way, told at `at_ns`.
    pub fn piece(&mut self, part: Value, at_ns: Option<i64>) {
        if let Some(answering) = &mut self.answering {
            answering.parts.push(part);
        }
        self.pause(at_ns);
    }

    /// The answer under way lasted until `at_ns` at least.
    pub fn pause(&mut self, at_ns: Option<i64>) {
        if let Some(answering) = &mut self.answering {
            answering.call.when.end_ns = answering.call.when.end_ns.max(at_ns);
        }
        self.saw(at_ns);
    }

    /// The answer under way is whole.
    pub fn end_answer(&mut self, out: &mut dyn Sink) {
        let Some(Answering { mut call, parts, behind }) = self.answering.take() else { return };
        if call.answer.is_none() && (!parts.is_empty() || call.finish_reason.is_some()) {
            let mut message = Map::new();
            message.insert("role".to_owned(), json!("assistant"));
            message.insert("content".to_owned(), Value::Array(parts));
            if let Some(reason) = call.finish_reason.take() {
                message.insert("finish_reason".to_owned(), Value::String(reason));
            }
            call.answer = Some(Value::Object(message));
        }
        // What was said meanwhile is for the next call.
        let said = std::mem::take(&mut self.said);
        self.model_call(call, out);
        self.said = said;
        behind.into_iter().for_each(|span| out.span(span));
    }

    /// A try that failed, of a call that has not been answered yet: what was said goes into the next try too.
    pub fn failed_try(&mut self, mut call: ModelCall, out: &mut dyn Sink) {
        let said = self.said.clone();
        call.request = call.request.or(Some(Value::Array(said.clone())));
        self.model_call(call, out);
        self.said = said;
    }

    /// Hands on a step that is over: at once, or after the call whose answer is being told.
    pub(super) fn hand(&mut self, draft: Draft, out: &mut dyn Sink) {
        match &mut self.answering {
            Some(answering) => answering.behind.push(draft.finish()),
            None => out.span(draft.finish()),
        }
    }
}
