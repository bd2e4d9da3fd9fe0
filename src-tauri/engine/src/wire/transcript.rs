//! A session told message by message (a user, a model, its tools), as spans: in the run a turn from each request of the user
//! to the next, in a turn the model calls and tool calls side by side, in order.
//!
//! Sources give a message at most a point in time. A model call without a start of its own runs from what came before it
//! to its answer (marked derived), a tool call from the call to its result. Where a source gives no times at all, none are
//! set, and the steps keep their order; where it gives durations alone, [`Transcript::laid_out`] puts them end to end.
//!
//! Spans are handed on as they are complete; held are the calls without a result and what was said since the last model
//! call, which is that call's input: what it added to the conversation, not the whole of it again.

mod pieces;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Sink;
use super::draft::Draft;
use crate::model::{
    Payload, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens, TraceRecord, TraceStatus,
};

/// A session on its way into spans.
#[derive(Clone)]
pub struct Transcript {
    about: TraceRecord,
    /// The span that everything hangs under, where the session is part of a larger one.
    root: Option<Draft>,
    /// Whether that span is told elsewhere, and not to be handed on here.
    root_is_told: bool,
    /// The model call whose answer is being told piece by piece.
    answering: Option<pieces::Answering>,
    turn: Option<Draft>,
    turns: u32,
    steps: u32,
    /// Calls without a result, by their number, so that they come out in order.
    calls: BTreeMap<u32, OpenCall>,
    /// Hashes of the ids that calls came under: some sources begin their count anew with every answer.
    used: BTreeSet<u64>,
    /// What was said since the last model call.
    said: Vec<Value>,
    prompt: Option<Value>,
    answer: Option<Value>,
    /// The last answer of the turn under way.
    turn_answer: Option<Value>,
    /// What else the source says of the run.
    payload: Payload,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    /// Where the next step is put, if steps are laid out end to end.
    cursor_ns: Option<i64>,
}

/// A tool call without a result.
#[derive(Clone)]
struct OpenCall {
    /// The id under which the result will come.
    id: String,
    draft: Draft,
}

/// When something happened, as far as a source says.
#[derive(Clone, Copy, Debug, Default)]
pub struct When {
    /// When it began.
    pub start_ns: Option<i64>,
    /// When it was over, or when it was written down.
    pub end_ns: Option<i64>,
    /// How long it took, where the source says that itself.
    pub duration_ns: Option<i64>,
}

impl When {
    /// At this point in time.
    pub fn at(end_ns: Option<i64>) -> Self {
        Self { end_ns, ..Self::default() }
    }
}

/// A call of a model with its answer.
#[derive(Clone, Default)]
pub struct ModelCall {
    /// The source's id for it; made up from its number where there is none.
    pub id: Option<String>,
    /// Its name; the model's, else "model", where there is none.
    pub name: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// The answer as the source has it: a message with a role and content, a text, or parts.
    pub answer: Option<Value>,
    /// The whole request, where the source has it; otherwise what was said since the call before.
    pub request: Option<Value>,
    /// When.
    pub when: When,
    /// Whether its start was worked out by the reader.
    pub has_derived_start: bool,
    /// Why the model stopped, where the answer is told piece by piece.
    pub finish_reason: Option<String>,
    /// What it used.
    pub tokens: Tokens,
    /// What it cost, as reported.
    pub cost_usd: Option<f64>,
    /// Why it failed.
    pub error: Option<String>,
    /// Which try it was, from 1, where the source says so.
    pub attempt: Option<u32>,
    /// The pause before the next try.
    pub backoff_ns: Option<i64>,
    /// What else the source says, verbatim.
    pub attributes: Map<String, Value>,
}

/// What came of a tool call.
#[derive(Default)]
pub struct ToolResult {
    /// The result as the source has it.
    pub content: Option<Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// When.
    pub when: When,
    /// What else the source says, verbatim.
    pub attributes: Map<String, Value>,
}

impl Transcript {
    /// A session that is a trace of its own. One whose source gives it no id is called "session".
    pub fn new(trace: impl Into<String>) -> Self {
        let trace = Some(trace.into()).filter(|trace| !trace.is_empty());
        Self {
            about: TraceRecord::new(trace.unwrap_or_else(|| "session".to_owned())),
            root: None,
            root_is_told: false,
            answering: None,
            turn: None,
            turns: 0,
            steps: 0,
            calls: BTreeMap::new(),
            used: BTreeSet::new(),
            said: Vec::new(),
            prompt: None,
            answer: None,
            turn_answer: None,
            payload: Payload::default(),
            first_ns: None,
            last_ns: None,
            cursor_ns: None,
        }
    }

    /// A session within another (a sub-agent's): its steps hang under a span of kind agent with the id `root`, and that
    /// under `parent`. Nothing is said of the trace as a whole.
    pub fn within(trace: &str, root: impl Into<String>, parent: Option<String>, name: &str) -> Self {
        let mut draft = Draft::new(trace, root, name, SpanKind::Agent);
        draft.span.parent = parent;
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        Self { root: Some(draft), ..Self::new(trace) }
    }

    /// As [`Transcript::within`], where another source (or another part of this one) tells of the span `root`.
    pub fn under(trace: &str, root: impl Into<String>) -> Self {
        Self { root_is_told: true, ..Self::within(trace, root, None, "") }
    }

    /// Puts the steps end to end by their durations, from 0: for sources with durations but no times.
    pub fn laid_out(self) -> Self {
        self.laid_out_from(0)
    }

    /// As [`Transcript::laid_out`], for a session within another that begins after `start_ns` of it.
    pub fn laid_out_from(mut self, start_ns: i64) -> Self {
        self.cursor_ns = Some(start_ns);
        if let Some(root) = &mut self.root {
            root.span.start_ns = Some(start_ns);
        }
        self
    }

    /// Where the next step is put, if steps are laid out.
    pub fn cursor_ns(&self) -> Option<i64> {
        self.cursor_ns
    }

    /// What is said of the trace as a whole. Name, prompt and answer are filled in at the end where they are empty.
    pub fn about(&mut self) -> &mut TraceRecord {
        &mut self.about
    }

    /// Whether the session was asked for something already.
    pub fn was_asked(&self) -> bool {
        self.prompt.is_some()
    }

    /// What the source says of the session as a whole, beside prompt and answer, which are filled in at the end where
    /// they are empty.
    pub fn payload(&mut self) -> &mut Payload {
        self.root.as_mut().map_or(&mut self.payload, |root| &mut root.payload)
    }

    /// What the session was asked for, where no turn says so. The first to say it wins.
    pub fn asked(&mut self, prompt: Value) {
        self.prompt.get_or_insert(prompt);
    }

    /// The span of a session within another.
    pub fn root(&mut self) -> Option<&mut Draft> {
        self.root.as_mut()
    }

    /// When the last event was.
    pub fn last_ns(&self) -> Option<i64> {
        self.last_ns
    }

    /// When the session began, where that is known before anything is said in it.
    pub fn began(&mut self, at_ns: Option<i64>) {
        self.saw(at_ns);
    }

    /// Calls that still wait for a result will get none, and are over: the run ended in them.
    pub fn end_calls(&mut self, out: &mut dyn Sink) {
        for (_, OpenCall { mut draft, .. }) in std::mem::take(&mut self.calls) {
            let start_ns = draft.span.start_ns;
            self.place(&mut draft, When { start_ns, ..When::default() });
            draft.span.status = SpanStatus::Ok;
            self.hand(draft, out);
        }
    }

    /// Something said to the model by the system, the user or another agent, that begins no turn.
    pub fn said(&mut self, role: &str, content: Value, at_ns: Option<i64>) {
        if role == "user" && self.prompt.is_none() {
            self.prompt = Some(content.clone());
        }
        self.said.push(json!({"role": role, "content": content}));
        self.saw(at_ns);
    }

    /// A message with all that the source says of it, that begins no turn.
    pub fn said_message(&mut self, message: Value, at_ns: Option<i64>) {
        self.said.push(message);
        self.saw(at_ns);
    }

    /// A request of the user: ends the turn before it and begins one.
    pub fn turn(&mut self, id: Option<String>, prompt: Value, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.begin_turn(id, prompt.clone(), at_ns, out);
        self.said("user", prompt, at_ns);
    }

    /// As [`Transcript::turn`], where what the user said is told apart, as a message.
    pub fn begin_turn(&mut self, id: Option<String>, prompt: Value, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.end_turn(out);
        self.turns += 1;
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| self.own_id("turn", self.turns));
        let mut turn = Draft::new(&*self.about.trace, id, format!("turn {}", self.turns), SpanKind::Chain);
        turn.span.parent = self.root_id();
        turn.span.start_ns = self.cursor_ns.or(at_ns);
        turn.span.flags.insert(self.time_flag());
        turn.input(Some(prompt.clone()));
        self.turn = Some(turn);
        self.saw(at_ns);
        self.prompt.get_or_insert(prompt);
    }

    /// The turn under way is over, whatever is written before the next one begins.
    pub fn turn_is_over(&mut self, at_ns: Option<i64>) {
        self.saw(at_ns);
        let last_ns = self.cursor_ns.or(at_ns).or(self.last_ns);
        if let Some(turn) = &mut self.turn {
            turn.span.end_ns = last_ns;
        }
    }

    /// The turn under way, to add to it what else the source says.
    pub fn current_turn(&mut self) -> Option<&mut Draft> {
        self.turn.as_mut()
    }

    /// A model call. Gives its span's id.
    pub fn model_call(&mut self, call: ModelCall, out: &mut dyn Sink) -> String {
        self.steps += 1;
        let name = call.name.or_else(|| call.model.clone()).unwrap_or_else(|| "model".to_owned());
        let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| self.own_id("call", self.steps));
        let mut draft = Draft::new(&*self.about.trace, id.clone(), name, SpanKind::Llm);
        draft.span.parent = self.parent();
        // What was said to a try that failed is said to the next one again.
        let said = if call.error.is_some() && call.answer.is_none() {
            self.said.clone()
        } else {
            std::mem::take(&mut self.said)
        };
        draft.input(call.request.or_else(|| (!said.is_empty()).then_some(Value::Array(said))));
        if let Some(answer) = &call.answer {
            self.answer = Some(answer.clone());
            self.turn_answer = self.turn.as_ref().map(|_| answer.clone());
        }
        draft.output(call.answer);
        draft.span.model = call.model;
        draft.span.tokens = call.tokens;
        draft.span.cost_usd = call.cost_usd;
        draft.span.attempt = call.attempt;
        draft.span.backoff_ns = call.backoff_ns;
        self.place(&mut draft, call.when);
        if call.has_derived_start {
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        }
        draft.span.status = SpanStatus::Ok;
        if let Some(error) = call.error {
            draft.fail(&Value::String(error.clone()));
            draft.payload.status_message = Some(error);
        }
        draft.attributes(call.attributes);
        self.hand(draft, out);
        id
    }

    /// The model asks for a tool, under the id by which the result will name the call. A second call of the same id is kept
    /// beside the first.
    pub fn tool_call(&mut self, id: &str, name: &str, arguments: Value, at_ns: Option<i64>) -> &mut Draft {
        self.steps += 1;
        let id = if id.is_empty() { self.own_id("tool", self.steps) } else { id.to_owned() };
        let span_id = self.unused(&id);
        let mut draft = Draft::new(&*self.about.trace, span_id, name, SpanKind::Tool);
        draft.span.parent = self.parent();
        draft.input(Some(arguments));
        draft.span.start_ns = at_ns;
        self.saw(at_ns);
        let call = OpenCall { id, draft };
        &mut self.calls.entry(self.steps).or_insert(call).draft
    }

    /// `id`, with a number behind it if a call had it before.
    fn unused(&mut self, id: &str) -> String {
        let hash = |id: &str| xxhash_rust::xxh3::xxh3_64(id.as_bytes());
        if self.used.insert(hash(id)) {
            return id.to_owned();
        }
        (2u32..)
            .map(|number| format!("{id}#{number}"))
            .find(|id| self.used.insert(hash(id)))
            .unwrap_or_else(|| id.to_owned())
    }

    /// What came of the tool call `id`. A result without a call is a step of its own.
    pub fn tool_result(&mut self, id: &str, result: ToolResult, out: &mut dyn Sink) {
        let number = self.calls.iter().find(|(_, call)| call.id == id).map(|(number, _)| *number);
        let OpenCall { id, mut draft } =
            number.and_then(|number| self.calls.remove(&number)).unwrap_or_else(|| {
                self.steps += 1;
                let id = if id.is_empty() { self.own_id("result", self.steps) } else { id.to_owned() };
                let span_id = self.unused(&id);
                let mut draft = Draft::new(&*self.about.trace, span_id, "tool", SpanKind::Tool);
                draft.span.parent = self.parent();
                OpenCall { id, draft }
            });
        let start_ns = draft.span.start_ns;
        self.place(&mut draft, When { start_ns: result.when.start_ns.or(start_ns), ..result.when });
        draft.span.status = SpanStatus::Ok;
        if let Some(error) = result.error {
            draft.fail(&Value::String(error.clone()));
            draft.payload.status_message = Some(error);
        }
        if let Some(content) = &result.content {
            self.said.push(json!({"role": "tool", "tool_call_id": id, "content": content}));
        }
        draft.output(result.content);
        draft.attributes(result.attributes);
        self.hand(draft, out);
    }

    /// Whether a call of this id waits for its result.
    pub fn is_open(&self, id: &str) -> bool {
        self.calls.values().any(|call| call.id == id)
    }

    /// A step that is neither: its draft needs an id, a name and a kind; the rest is put in place.
    pub fn step(&mut self, mut draft: Draft, when: When, out: &mut dyn Sink) {
        self.steps += 1;
        draft.span.parent = draft.span.parent.take().or_else(|| self.parent());
        self.place(&mut draft, when);
        if draft.span.status == SpanStatus::Unset {
            draft.span.status = SpanStatus::Ok;
        }
        self.hand(draft, out);
    }

    /// The number that the next step gets, unique in its session.
    pub fn next_number(&self) -> u32 {
        self.steps + 1
    }

    /// An id for a step that has none, unique in its session: `kind` and a number.
    pub fn own_id(&self, kind: &str, number: u32) -> String {
        match &self.root {
            Some(root) => format!("{}/{kind}-{number}", root.span.id),
            None => format!("{kind}-{number}"),
        }
    }

    /// The session is over, as far as its source goes. Calls without a result are left open if the source has times, else
    /// they are steps whose end is not known.
    pub fn finish(mut self, out: &mut dyn Sink) {
        self.end_answer(out);
        for (_, OpenCall { draft: mut call, .. }) in std::mem::take(&mut self.calls) {
            if self.cursor_ns.is_some() {
                self.place(&mut call, When::default());
            }
            if call.span.start_ns.is_some() {
                call.span.status = SpanStatus::Open;
            }
            out.span(call.finish());
        }
        if out.is_growing() && !self.is_answered() {
            self.leave_turn_open();
        }
        self.end_turn(out);
        let last_ns = self.cursor_ns.or(self.last_ns);
        if self.root_is_told {
            return;
        }
        if let Some(mut root) = self.root.take() {
            root.span.flags.insert(self.time_flag());
            root.times(root.span.start_ns.or(self.first_ns), root.span.end_ns.or(last_ns));
            root.input(root.payload.input.clone().or(self.prompt));
            root.output(root.payload.output.clone().or(self.answer));
            if root.span.status == SpanStatus::Unset {
                root.span.status = SpanStatus::Ok;
            }
            out.span(root.finish());
            return;
        }
        let prompt = self.prompt.take();
        let about = &mut self.about;
        if let Some(prompt) = &prompt {
            let mut draft = Draft::new("", "", "", SpanKind::Other);
            draft.input(Some(prompt.clone()));
            about.preview = about.preview.take().or(draft.span.preview);
        }
        about.name = about.name.take().or_else(|| about.preview.as_deref().map(short_name));
        if about.told == 0 {
            about.told = u64::from(self.turns) + u64::from(self.steps);
        }
        // Times follow from the steps, as far as the source does not give them: a session may be in several files.
        about.time_provenance = Provenance::Derived;
        if about.payload.is_none() {
            let mut payload = self.payload;
            payload.input = payload.input.or(prompt);
            payload.output = payload.output.or(self.answer);
            about.payload = serde_json::to_vec(&payload).ok();
        }
        out.trace(self.about);
    }

    /// Says how the session ended, and why.
    pub fn ended(&mut self, status: TraceStatus, reason: Option<String>) {
        if let Some(root) = &mut self.root {
            if status == TraceStatus::Failed {
                root.span.status = SpanStatus::Error;
                root.span.error = reason;
            }
        } else {
            self.about.status = Some(status);
            self.about.failure_reason = reason;
        }
    }

    /// Whether the model has said what it had to say in the turn under way, as far as the source tells.
    fn is_answered(&self) -> bool {
        let reason = self.turn_answer.as_ref().and_then(|answer| answer.get("finish_reason")?.as_str());
        self.said.is_empty()
            && reason
                .is_some_and(|reason| matches!(reason, "end_turn" | "stop" | "stop_sequence" | "refusal"))
    }

    /// The turn goes on where the source stands, unless it was said to be over.
    fn leave_turn_open(&mut self) {
        let times = self.cursor_ns.is_none();
        if let Some(turn) = self.turn.as_mut().filter(|turn| {
            times
                && turn.span.end_ns.is_none()
                && turn.span.start_ns.is_some()
                && turn.span.status == SpanStatus::Unset
        }) {
            turn.span.status = SpanStatus::Open;
        }
    }

    fn end_turn(&mut self, out: &mut dyn Sink) {
        self.end_answer(out);
        if let Some(mut turn) = self.turn.take() {
            if turn.span.status != SpanStatus::Open {
                turn.times(
                    turn.span.start_ns,
                    turn.span
                        .end_ns
                        .or(self.cursor_ns)
                        .or(self.last_ns)
                        .filter(|_| turn.span.start_ns.is_some()),
                );
            }
            turn.output(self.turn_answer.take());
            if turn.span.status == SpanStatus::Unset {
                turn.span.status = SpanStatus::Ok;
            }
            out.span(turn.finish());
        }
    }

    fn root_id(&self) -> Option<String> {
        self.root.as_ref().map(|root| root.span.id.clone())
    }

    fn parent(&self) -> Option<String> {
        self.turn.as_ref().map(|turn| turn.span.id.clone()).or_else(|| self.root_id())
    }

    fn time_flag(&self) -> SpanFlags {
        if self.cursor_ns.is_some() { SpanFlags::LAID_OUT } else { SpanFlags::TIME_DERIVED }
    }

    fn saw(&mut self, at_ns: Option<i64>) {
        self.first_ns = [self.first_ns, at_ns].into_iter().flatten().min();
        self.last_ns = self.last_ns.max(at_ns);
    }

    /// Puts a step in its place in time.
    fn place(&mut self, draft: &mut Draft, when: When) {
        if let Some(cursor_ns) = self.cursor_ns {
            let end_ns = when.duration_ns.map(|duration| cursor_ns.saturating_add(duration));
            draft.times(Some(cursor_ns), end_ns);
            draft.span.flags.insert(SpanFlags::LAID_OUT);
            self.cursor_ns = end_ns.or(Some(cursor_ns));
            return;
        }
        let by_duration = |end: i64| when.duration_ns.map(|duration| end.saturating_sub(duration));
        let told = when.start_ns.or_else(|| when.end_ns.and_then(by_duration));
        let before = || self.last_ns.filter(|last| when.end_ns.is_some_and(|end| *last <= end));
        if told.is_none() && when.end_ns.is_some() {
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        }
        let start_ns = told.or_else(before).or(when.end_ns);
        let by_length = start_ns.zip(when.duration_ns).map(|(start, long)| start.saturating_add(long));
        // Lines written in a burst have one time: a longer duration that the source gives says more.
        let end_ns = when.end_ns.map(|end| end.max(by_length.unwrap_or(end))).or(by_length);
        draft.times(start_ns, end_ns);
        self.saw(draft.span.start_ns);
        self.saw(draft.span.end_ns);
    }
}

/// A run's name from the start of its prompt.
pub fn short_name(preview: &str) -> String {
    const NAME_CHARS: usize = 80;
    match preview.char_indices().nth(NAME_CHARS) {
        Some((cut, _)) => format!("{}…", SpanRecord::cut_at(preview, cut).trim_end()),
        None => preview.to_owned(),
    }
}
