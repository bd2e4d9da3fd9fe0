//! What happened in a sample: spans that begin and end, model calls, tool calls, scores.
//!
//! A model or tool event carries when it began and, in newer logs, when it was completed; older logs have how long the model
//! took. Spans that a tool call opens for itself are that tool call.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::attachments::Attachments;
use crate::model::{SpanFlags, SpanKind, SpanStatus};
use crate::semantics::usage_tokens;
use crate::wire::draft::Draft;
use crate::wire::{Sink, error_line, json, time};

/// Whether events of this kind are Inspect's.
pub fn is_known(kind: &str) -> bool {
    matches!(
        kind,
        "span_begin"
            | "span_end"
            | "step"
            | "model"
            | "tool"
            | "sample_init"
            | "state"
            | "store"
            | "score"
            | "subtask"
            | "sandbox"
    )
}

/// How deep events within events are followed.
const DEPTH: usize = 16;

/// The steps of one sample.
pub struct Events<'a> {
    trace: &'a str,
    attachments: &'a Attachments,
    ids: HashSet<String>,
    count: usize,
    /// Model calls that failed since the last one that did not.
    failed_tries: Vec<FailedTry>,
}

/// A model call that failed.
struct FailedTry {
    parent: Option<String>,
    name: String,
    at_ns: Option<i64>,
}

/// When the neighbours of an event were written.
#[derive(Clone, Copy)]
struct Around {
    before_ns: Option<i64>,
    after_ns: Option<i64>,
}

impl Around {
    /// Logs of 2024 wrote a model event when the answer came: what follows it follows at once. Gives when it began then: by how
    /// long it took, else when what came before it was written.
    fn start_of_written_at_end(self, at_ns: Option<i64>, took_ns: Option<i64>) -> Option<i64> {
        let at_ns = at_ns?;
        let until_next_ns = self.after_ns?.saturating_sub(at_ns);
        let took_ns = took_ns.or_else(|| Some(at_ns.saturating_sub(self.before_ns?)))?;
        (0..took_ns / 2).contains(&until_next_ns).then(|| at_ns.saturating_sub(took_ns))
    }
}

/// A span under way.
struct Open {
    draft: Draft,
    /// It was opened by a tool for itself, and no tool call has been found to be that.
    is_unclaimed_tool: bool,
}

impl<'a> Events<'a> {
    pub fn new(trace: &'a str, attachments: &'a Attachments) -> Self {
        Self { trace, attachments, ids: HashSet::new(), count: 0, failed_tries: Vec::new() }
    }

    /// A step of this sample; an id that is taken gets a number.
    pub fn draft(&mut self, id: String, name: &str, kind: SpanKind) -> Draft {
        self.count += 1;
        let id =
            if id.is_empty() || !self.ids.insert(id.clone()) { format!("{id}#{}", self.count) } else { id };
        Draft::new(self.trace, id, name, kind)
    }

    /// Makes steps of `events`, those without a place of their own under `root`. Gives how many steps there are.
    pub fn read(&mut self, events: Vec<Value>, root: Option<String>, out: &mut dyn Sink) -> usize {
        let before = self.count;
        self.read_within(events, root, DEPTH, out);
        self.count - before
    }

    fn read_within(&mut self, events: Vec<Value>, root: Option<String>, depth: usize, out: &mut dyn Sink) {
        let mut open: Vec<Open> = Vec::new();
        // When its neighbours were written tells what an event's own time means.
        let times: Vec<Option<i64>> =
            events.iter().map(|event| event.get("timestamp").and_then(time::unix_ns)).collect();
        for (index, event) in events.into_iter().enumerate() {
            let Value::Object(mut event) = event else {
                out.skipped("entries that are no events", 1);
                continue;
            };
            let at_ns = times.get(index).copied().flatten();
            let around = Around {
                before_ns: index.checked_sub(1).and_then(|before| times.get(before).copied().flatten()),
                after_ns: times.get(index + 1).copied().flatten(),
            };
            let kind = json::take_text(&mut event, &["event", "type"]).unwrap_or_default();
            let parent =
                json::str(&event, &["span_id"]).filter(|id| self.ids.contains(*id)).map(str::to_owned);
            let parent = parent
                .or_else(|| open.last().map(|open| open.draft.span.id.clone()))
                .or_else(|| root.clone());
            match kind.as_str() {
                "span_begin" => {
                    let id = json::take_text(&mut event, &["id"]).unwrap_or_default();
                    let named_parent = json::take_text(&mut event, &["parent_id"]).or_else(|| root.clone());
                    let name = json::take_text(&mut event, &["name"]).unwrap_or_default();
                    let what = json::str(&event, &["type"]).unwrap_or_default().to_owned();
                    let mut draft = self.draft(id, &name, span_kind(&what));
                    draft.span.parent = named_parent;
                    draft.span.start_ns = at_ns;
                    keep(&mut draft, event);
                    open.push(Open { draft, is_unclaimed_tool: what == "tool" });
                }
                "span_end" => {
                    let id = json::str(&event, &["id"]).unwrap_or_default();
                    match open.iter().rposition(|open| open.draft.span.id == id) {
                        Some(at) => end(open.remove(at).draft, at_ns, out),
                        None => out.skipped("ends of spans that did not begin", 1),
                    }
                }
                "step" => {
                    let name = json::take_text(&mut event, &["name"]).unwrap_or_default();
                    if json::str(&event, &["action"]) == Some("begin") {
                        let what = json::str(&event, &["type"]).unwrap_or_default().to_owned();
                        let mut draft =
                            self.draft(format!("step-{}", self.count + 1), &name, span_kind(&what));
                        draft.span.parent = parent;
                        draft.span.start_ns = at_ns;
                        open.push(Open { draft, is_unclaimed_tool: false });
                    } else if let Some(at) = open.iter().rposition(|open| open.draft.span.name == name) {
                        end(open.remove(at).draft, at_ns, out);
                    }
                }
                "model" => self.model(event, parent, at_ns, around, out),
                "tool" => self.tool(event, parent, at_ns, &mut open, depth, out),
                "subtask" | "agent" => {
                    let name = json::take_text(&mut event, &["name"]).unwrap_or_else(|| kind.clone());
                    let inner = json::take_list(&mut event, &["events"]);
                    let mut draft =
                        self.draft(own_id(&mut event, "subtask", self.count), &name, SpanKind::Chain);
                    draft.span.parent = parent;
                    let id = draft.span.id.clone();
                    draft.input(
                        json::take(&mut event, &["input"]).map(|input| self.attachments.resolve(input)),
                    );
                    draft.output(
                        json::take(&mut event, &["result"]).map(|result| self.attachments.resolve(result)),
                    );
                    finish(draft, event, at_ns, None, out);
                    if depth > 0 {
                        self.read_within(inner, Some(id), depth - 1, out);
                    }
                }
                "sandbox" => {
                    let action = json::str(&event, &["action"]).unwrap_or("exec").to_owned();
                    let mut draft = self.draft(
                        own_id(&mut event, "sandbox", self.count),
                        &format!("sandbox {action}"),
                        SpanKind::Other,
                    );
                    draft.span.parent = parent;
                    draft.input(
                        json::take(&mut event, &["cmd", "file", "input"])
                            .map(|value| self.attachments.resolve(value)),
                    );
                    draft.output(
                        json::take(&mut event, &["output"]).map(|value| self.attachments.resolve(value)),
                    );
                    finish(draft, event, at_ns, None, out);
                }
                "score" => {
                    let score =
                        json::take(&mut event, &["score"]).map(|score| self.attachments.resolve(score));
                    let name = json::take_text(&mut event, &["scorer"]).unwrap_or_else(|| "score".to_owned());
                    let mut draft =
                        self.draft(own_id(&mut event, "score", self.count), &name, SpanKind::Evaluator);
                    draft.span.parent = parent;
                    draft.output(score);
                    draft.times(at_ns, at_ns);
                    keep(&mut draft, event);
                    draft.span.status = SpanStatus::Ok;
                    out.span(draft.finish());
                }
                "error" | "compaction" | "interrupt" | "sample_limit" | "approval" => {
                    let mut draft = self.draft(own_id(&mut event, &kind, self.count), &kind, SpanKind::Other);
                    draft.span.parent = parent;
                    draft.times(at_ns, at_ns);
                    draft.span.status = SpanStatus::Ok;
                    if kind == "error" {
                        draft.fail(event.get("error").unwrap_or(&Value::Null));
                    }
                    keep(&mut draft, event);
                    out.span(draft.finish());
                }
                "sample_init" | "state" | "store" => out.skipped("changes of state", 1),
                "" => out.skipped("entries that are no events", 1),
                _ => out.skipped("notes", 1),
            }
        }
        for open in open {
            out.span(open.draft.finish());
        }
    }

    fn model(
        &mut self,
        mut event: Map<String, Value>,
        parent: Option<String>,
        at_ns: Option<i64>,
        around: Around,
        out: &mut dyn Sink,
    ) {
        let asked = json::take_text(&mut event, &["model"]);
        let mut output = json::take_object(&mut event, &["output"]).unwrap_or_default();
        let answered = json::str(&output, &["model"]).map(str::to_owned);
        let model = answered.or_else(|| asked.clone()).unwrap_or_else(|| "model".to_owned());
        let mut draft = self.draft(
            own_id(&mut event, "model", self.count),
            asked.as_deref().unwrap_or(&model),
            SpanKind::Llm,
        );
        draft.span.parent = parent;
        draft.span.model = Some(model);
        // The messages may be in the pool that all calls of the sample share.
        let mut messages =
            event.get("input_refs").map(|ranges| self.attachments.messages(ranges)).unwrap_or_default();
        messages.extend(json::take_list(&mut event, &["input"]));
        draft.input(Some(self.attachments.resolve(Value::Array(messages))));
        if let Some(usage) = json::take(&mut output, &["usage"]) {
            draft.span.tokens = usage_tokens(&usage);
            draft.span.cost_usd = usage.get("total_cost").and_then(Value::as_f64);
        }
        let took_ns = output.get("time").and_then(json::number).and_then(time::ns_from_seconds);
        let error = json::take(&mut event, &["error"]).or_else(|| json::take(&mut output, &["error"]));
        // Tries that failed are events of their own, before the call that they belong to: that one says when the first began.
        let failed_before = self.failed_tries.iter().rev().take_while(|tried| {
            tried.parent == draft.span.parent
                && tried.name == draft.span.name
                && (error.is_some() || at_ns <= tried.at_ns)
        });
        let failed_before = failed_before.count();
        // Tries that Inspect made within this call; the last one is what is told of.
        let retries = event.get("retries").and_then(Value::as_u64).filter(|count| *count > 0);
        draft.span.attempt = retries.and_then(|count| u32::try_from(count.saturating_add(1)).ok());
        if error.is_some() || failed_before > 0 {
            draft.span.attempt = u32::try_from(failed_before + 1).ok();
        }
        draft.output(Some(self.attachments.resolve(Value::Object(output))));
        if let Some(error) = &error {
            draft.fail(error);
            let (parent, name) = (draft.span.parent.clone(), draft.span.name.clone());
            self.failed_tries.push(FailedTry { parent, name, at_ns });
        } else {
            self.failed_tries.clear();
        }
        for key in ["input_refs", "call", "call_refs"] {
            event.shift_remove(key);
        }
        let completed_ns = event.get("completed").and_then(time::unix_ns);
        if failed_before > 0
            && let (Some(end_ns), Some(took_ns)) = (completed_ns, took_ns)
        {
            draft.times(Some(end_ns.saturating_sub(took_ns)), Some(end_ns));
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
            return close(draft, event, out);
        }
        if completed_ns.is_none()
            && error.is_none()
            && let Some(start_ns) = around.start_of_written_at_end(at_ns, took_ns)
        {
            draft.times(Some(start_ns), at_ns);
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
            return close(draft, event, out);
        }
        finish(draft, event, at_ns, took_ns, out);
    }

    fn tool(
        &mut self,
        mut event: Map<String, Value>,
        parent: Option<String>,
        at_ns: Option<i64>,
        open: &mut [Open],
        depth: usize,
        out: &mut dyn Sink,
    ) {
        let name = json::take_text(&mut event, &["function"]).unwrap_or_else(|| "tool".to_owned());
        let inner = json::take_list(&mut event, &["events"]);
        let arguments = json::take(&mut event, &["arguments"]).map(|value| self.attachments.resolve(value));
        let result = json::take(&mut event, &["result"]).map(|value| self.attachments.resolve(value));
        let error = json::take(&mut event, &["error"]);
        let has_failed = event.get("failed") == Some(&Value::Bool(true));
        event.shift_remove("view");
        let tell = |draft: &mut Draft, event: Map<String, Value>| {
            draft.span.kind = SpanKind::Tool;
            draft.input(arguments);
            draft.output(result);
            if let Some(error) = &error {
                draft.fail(error);
            }
            if has_failed && draft.span.status != SpanStatus::Error {
                draft.span.status = SpanStatus::Error;
                draft.span.error = draft.payload.output.as_ref().and_then(error_line::of);
            }
            keep(draft, event);
        };
        // The span that the tool has opened for itself is this call.
        let own = open.iter_mut().rev().find(|open| open.is_unclaimed_tool && open.draft.span.name == name);
        if let Some(own) = own {
            own.is_unclaimed_tool = false;
            own.draft.span.parent =
                parent.filter(|parent| *parent != own.draft.span.id).or(own.draft.span.parent.take());
            let id = own.draft.span.id.clone();
            tell(&mut own.draft, event);
            self.read_inner(inner, id, depth, out);
            return;
        }
        let id = json::str(&event, &["id"]).map(str::to_owned);
        let mut draft =
            self.draft(id.unwrap_or_else(|| format!("tool-{}", self.count)), &name, SpanKind::Tool);
        draft.span.parent = parent;
        let id = draft.span.id.clone();
        let times = event.clone();
        tell(&mut draft, event);
        place(&mut draft, &times, at_ns, None);
        if draft.span.end_ns.is_none()
            && draft.span.status == SpanStatus::Unset
            && times.get("pending") != Some(&Value::Bool(true))
        {
            // Without an end of its own it lasted at least as long as what it did.
            draft.span.status = SpanStatus::Ok;
        }
        out.span(draft.finish());
        self.read_inner(inner, id, depth, out);
    }

    fn read_inner(&mut self, inner: Vec<Value>, id: String, depth: usize, out: &mut dyn Sink) {
        if depth > 0 && !inner.is_empty() {
            self.read_within(inner, Some(id), depth - 1, out);
        }
    }
}

/// The event's own id, else one of its number.
fn own_id(event: &mut Map<String, Value>, kind: &str, count: usize) -> String {
    json::take_text(event, &["uuid"]).unwrap_or_else(|| format!("{kind}-{}", count + 1))
}

fn span_kind(kind: &str) -> SpanKind {
    match kind {
        "agent" | "subagent" | "handoff" => SpanKind::Agent,
        "tool" => SpanKind::Tool,
        "scorer" => SpanKind::Evaluator,
        _ => SpanKind::Chain,
    }
}

/// Keeps what is left of an event.
fn keep(draft: &mut Draft, mut event: Map<String, Value>) {
    for key in ["timestamp", "span_id", "uuid", "working_start", "pending"] {
        event.shift_remove(key);
    }
    draft.attributes(event);
}

/// Start and end of an event that was written when it began.
fn place(draft: &mut Draft, event: &Map<String, Value>, at_ns: Option<i64>, took_ns: Option<i64>) {
    let completed_ns = event.get("completed").and_then(time::unix_ns);
    let worked_ns = event.get("working_time").and_then(json::number).and_then(time::ns_from_seconds);
    let length = took_ns.or(worked_ns);
    if completed_ns.is_none() && length.is_some() {
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
    }
    let end_ns = completed_ns.or_else(|| at_ns.zip(length).map(|(at, length)| at.saturating_add(length)));
    draft.times(at_ns, end_ns);
}

/// Hands on a step that was written when it began.
fn finish(
    mut draft: Draft,
    event: Map<String, Value>,
    at_ns: Option<i64>,
    took_ns: Option<i64>,
    out: &mut dyn Sink,
) {
    place(&mut draft, &event, at_ns, took_ns);
    close(draft, event, out);
}

fn close(mut draft: Draft, event: Map<String, Value>, out: &mut dyn Sink) {
    let is_pending = event.get("pending") == Some(&Value::Bool(true));
    if draft.span.status == SpanStatus::Unset && !is_pending {
        draft.span.status = SpanStatus::Ok;
    }
    keep(&mut draft, event);
    out.span(draft.finish());
}

/// A span ends.
fn end(mut draft: Draft, at_ns: Option<i64>, out: &mut dyn Sink) {
    draft.times(draft.span.start_ns, at_ns);
    if draft.span.status == SpanStatus::Unset {
        draft.span.status = SpanStatus::Ok;
    }
    out.span(draft.finish());
}
