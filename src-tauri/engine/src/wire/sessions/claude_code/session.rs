//! A session: its main conversation, and those of the sub-agents that it started.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::line::{Line, bytes, words};
use super::thread::{Called, Thread};
use crate::model::{Payload, Position, Problem, SpanFlags, SpanKind, SpanStatus};
use crate::wire::draft::Draft;
use crate::wire::sessions::branches::Branches;
use crate::wire::sessions::recent::Recent;
use crate::wire::transcript::{Transcript, When, short_name};
use crate::wire::{Sink, json};

/// How much a name is worth, from the least: what the trace is called is the last of the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TitleRank {
    /// A summary of some session, perhaps the one before this.
    Related,
    /// A summary of this session.
    Summary,
    /// Named by a model.
    Generated,
    /// Named by a person.
    Given,
}

/// One session on its way into spans.
#[derive(Clone)]
pub struct Session {
    trace: String,
    main: Thread,
    /// Whether the main conversation says anything here: files of sub-agents have only theirs.
    has_main: bool,
    agents: BTreeMap<String, Agent>,
    /// Which sub-agent a line is of, where lines do not say.
    agent_lines: Recent<String>,
    /// Lines that were read, with their times and sizes, to leave out repeats.
    seen: Recent<(Option<i64>, usize)>,
    branches: Branches,
    /// Calls that may start a sub-agent, and have not ended.
    tasks: Vec<Task>,
    /// Sub-agents that progress tells of and that have not ended, with the call that started each.
    running: BTreeMap<String, String>,
    /// Sub-agents whose span was handed on.
    linked: HashSet<String>,
    title: Option<(TitleRank, String)>,
    /// Lines read.
    told: u64,
    about: Map<String, Value>,
}

/// A sub-agent's conversation.
#[derive(Clone)]
struct Agent {
    thread: Thread,
    /// The call that started it, as far as its prompt tells.
    task: Option<Task>,
    has_id: bool,
}

/// A tool call that starts a sub-agent.
#[derive(Clone)]
struct Task {
    id: String,
    kind: Option<String>,
    prompt: String,
    at_ns: Option<i64>,
    is_taken: bool,
}

impl Session {
    /// A session of which nothing has been read.
    pub fn new(trace: String) -> Self {
        Self {
            main: Thread::new(Transcript::new(&*trace)),
            trace,
            has_main: false,
            agents: BTreeMap::new(),
            agent_lines: Recent::default(),
            seen: Recent::default(),
            branches: Branches::default(),
            tasks: Vec::new(),
            running: BTreeMap::new(),
            linked: HashSet::new(),
            title: None,
            told: 0,
            about: Map::new(),
        }
    }

    /// Whether a line of this id was read.
    pub fn knows(&self, line: &str) -> bool {
        self.seen.contains(line)
    }

    /// What the session is called.
    pub fn title(&mut self, rank: TitleRank, title: &str) {
        self.told += 1;
        if self.title.as_ref().is_none_or(|(known, _)| *known <= rank) {
            self.title = Some((rank, title.to_owned()));
        }
    }

    /// Reads a line of the types user, assistant, system, attachment and progress.
    pub fn read(&mut self, mut line: Line, at: Position, out: &mut dyn Sink) {
        let message = match (line.kind.as_str(), line.rest.shift_remove("message")) {
            ("user" | "assistant", Some(Value::Object(message))) => message,
            ("user" | "assistant", told) => {
                let found = told.as_ref().map_or("nothing", json::noun);
                let reason =
                    format!("{found} stands under `message`, where what was said (an object) is expected");
                return out.problem(Problem::new(at, reason));
            }
            _ => Map::new(),
        };
        self.told += 1;
        let size = (line.at_ns, line.bytes() + bytes(&message));
        if let Some(id) = line.id.take() {
            match self.seen.get(&id) {
                Some(known) if *known == size => return out.skipped("repeated lines", 1),
                // Another line under the same id: it goes without.
                Some(_) => {}
                None => {
                    self.seen.insert(&id, size);
                    line.id = Some(id);
                }
            }
        }
        let agent = self.agent_of(&line, &message);
        if agent.is_none() && !matches!(line.kind.as_str(), "progress") {
            self.has_main = true;
            if self.about.is_empty() {
                self.about = line.take_session_fields();
            }
        }
        let (id, parent) = (line.id.clone(), line.parent.clone());
        let at_ns = line.at_ns;
        match line.kind.as_str() {
            "user" => self.user(agent.as_deref(), line, message, out),
            "assistant" => {
                let called =
                    self.on_thread(agent.as_deref(), out, |thread, out| thread.assistant(line, message, out));
                self.started(called, at_ns);
            }
            "attachment" => {
                let told = line.rest.shift_remove("attachment").unwrap_or(Value::Null);
                let part = serde_json::json!([{"type": "attachment", "attachment": told}]);
                self.on_thread(agent.as_deref(), out, |thread, _| thread.note(part, at_ns));
            }
            "progress" => {
                if let (Some(task), Some(agent)) = (&line.started_by, told_agent(line.rest.get("data"))) {
                    self.link(&agent, &task.clone(), None, out);
                }
                return out.skipped("lines of progress", 1);
            }
            _ => self.system(agent.as_deref(), line, out),
        }
        if let (Some(id), None) = (id, agent) {
            self.branches.line(&id, parent.as_deref());
        }
    }

    fn on_thread<T>(
        &mut self,
        agent: Option<&str>,
        out: &mut dyn Sink,
        work: impl FnOnce(&mut Thread, &mut dyn Sink) -> T,
    ) -> T {
        match agent.and_then(|agent| self.agents.get_mut(agent)) {
            Some(agent) => work(&mut agent.thread, out),
            None => work(&mut self.main, &mut self.branches.holding(out)),
        }
    }

    fn user(&mut self, agent: Option<&str>, line: Line, message: Map<String, Value>, out: &mut dyn Sink) {
        let at_ns = line.at_ns;
        let told = line.rest.get("toolUseResult").filter(|told| told.is_object()).cloned();
        let results: Vec<(String, bool)> = message
            .get("content")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|part| {
                let failed = part.get("is_error") == Some(&Value::Bool(true));
                Some((part.get("tool_use_id")?.as_str()?.to_owned(), failed))
            })
            .collect();
        let line_id = line.id.clone();
        let begun = self.on_thread(agent, out, |thread, out| thread.user(line, message, out));
        if let (Some(begun), None) = (begun, agent) {
            self.branches.turn(begun.id, begun.parent.as_deref());
            if let Some(id) = line_id {
                self.branches.first_line(&id);
            }
        }
        for (id, _) in results {
            if let Some(agent) = told_agent(told.as_ref()) {
                self.link(&agent, &id, Some((told.as_ref(), at_ns)), out);
            }
            self.tasks.retain(|task| task.id != id);
        }
    }

    fn system(&mut self, agent: Option<&str>, mut line: Line, out: &mut dyn Sink) {
        match line.rest.get("subtype").and_then(Value::as_str).unwrap_or_default() {
            "api_error" => self.on_thread(agent, out, |thread, out| thread.api_error(line, out)),
            "compact_boundary" | "microcompact_boundary" => {
                self.on_thread(agent, out, |thread, out| thread.compacted(line, out));
            }
            "turn_duration" => {
                if let Some(ms) = line.rest.shift_remove("durationMs") {
                    self.on_thread(agent, out, |thread, _| {
                        if let Some(turn) = thread.transcript.current_turn() {
                            turn.payload.attributes.insert("durationMs".to_owned(), ms);
                        }
                    });
                }
            }
            "init" => {
                line.rest.shift_remove("subtype");
                self.about.extend(line.rest);
            }
            _ => out.skipped("notes of the program", 1),
        }
    }

    /// The key of the sub-agent that wrote the line, which is begun if it is new; `None` for the main conversation.
    fn agent_of(&mut self, line: &Line, message: &Map<String, Value>) -> Option<String> {
        let is_progress = line.kind == "progress";
        let inherited = || line.parent.as_deref().and_then(|parent| self.agent_lines.get(parent).cloned());
        let key = if let Some(agent) = &line.agent {
            agent.clone()
        } else if let Some(task) = line.started_by.as_ref().filter(|_| !is_progress) {
            format!("task:{task}")
        } else if line.is_sidechain {
            inherited().or_else(|| line.id.clone()).unwrap_or_else(|| "sidechain".to_owned())
        } else {
            return None;
        };
        if is_progress {
            return Some(key);
        }
        if let (Some(id), None) = (&line.id, &line.agent) {
            self.agent_lines.insert(id, key.clone());
        }
        if !self.agents.contains_key(&key) {
            let prompt = message.get("content").map(words).unwrap_or_default();
            let task = self.task_of(line, &prompt);
            let span = format!("agent-{}", key.strip_prefix("task:").unwrap_or(&key));
            let transcript = if line.agent.is_some() {
                Transcript::under(&self.trace, span)
            } else {
                let name = task.as_ref().and_then(|task| task.kind.as_deref()).unwrap_or("sub-agent");
                let parent = line.started_by.clone().or_else(|| task.as_ref().map(|task| task.id.clone()));
                Transcript::within(&self.trace, span, parent, name)
            };
            let agent = Agent { thread: Thread::new(transcript), task, has_id: line.agent.is_some() };
            self.agents.insert(key.clone(), agent);
        }
        Some(key)
    }

    /// The call that started a sub-agent with this prompt.
    fn task_of(&mut self, line: &Line, prompt: &str) -> Option<Task> {
        let fits = |task: &&mut Task| match &line.started_by {
            Some(id) => task.id == *id,
            None => !task.is_taken && !prompt.is_empty() && task.prompt == prompt,
        };
        let task = self.tasks.iter_mut().find(fits)?;
        task.is_taken = true;
        Some(task.clone())
    }

    fn started(&mut self, called: Vec<Called>, at_ns: Option<i64>) {
        for Called { id, name, mut input } in called {
            let text = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
            let kind = text("subagent_type");
            if kind.is_some() || matches!(name.as_str(), "Task" | "Agent") {
                let prompt = match input.get_mut("prompt").map(Value::take) {
                    Some(Value::String(prompt)) => prompt,
                    _ => String::new(),
                };
                self.tasks.push(Task { id, kind, prompt, at_ns, is_taken: false });
            }
        }
    }

    /// Hands on the span of a sub-agent, under the call that started it; `ended` is what is told of it at its end.
    fn link(
        &mut self,
        agent: &str,
        task_id: &str,
        ended: Option<(Option<&Value>, Option<i64>)>,
        out: &mut dyn Sink,
    ) {
        let Some((told, end_ns)) = ended else {
            if !self.linked.contains(agent) && self.tasks.iter().any(|task| task.id == task_id) {
                self.running.insert(agent.to_owned(), task_id.to_owned());
            }
            return;
        };
        self.running.remove(agent);
        if !self.linked.insert(agent.to_owned()) {
            return;
        }
        let task = self.tasks.iter().find(|task| task.id == task_id);
        let name = task.and_then(|task| task.kind.clone()).unwrap_or_else(|| "sub-agent".to_owned());
        let start_ns = task.and_then(|task| task.at_ns);
        let mut draft = Draft::new(&*self.trace, format!("agent-{agent}"), name, SpanKind::Agent);
        draft.span.parent = Some(task_id.to_owned());
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        if let Some(Value::Object(told)) = told {
            let facts = told.iter().filter(|(key, _)| !matches!(key.as_str(), "content" | "prompt"));
            draft.payload.attributes = facts.map(|(key, value)| (key.clone(), value.clone())).collect();
        }
        if end_ns.is_none() && start_ns.is_some() {
            draft.span.status = SpanStatus::Open;
        }
        let when = When { start_ns: start_ns.or(end_ns), end_ns, ..When::default() };
        self.on_thread(None, out, |thread, out| thread.transcript.step(draft, when, out));
    }

    /// Hands on what is open. Says of the trace as a whole only what the main conversation says.
    pub fn finish(mut self, out: &mut dyn Sink) {
        let unlinked: Vec<(String, Task)> = self
            .agents
            .iter()
            .filter(|(key, agent)| agent.has_id && !self.linked.contains(*key))
            .filter_map(|(key, agent)| Some((key.clone(), agent.task.clone()?)))
            .collect();
        for (agent, task) in unlinked {
            let end_ns = self.agents.get(&agent).and_then(|agent| agent.thread.transcript.last_ns());
            self.tasks.push(task.clone());
            self.link(&agent, &task.id, Some((None, end_ns)), out);
        }
        // What still runs where the file ends: a later telling of it brings its end.
        for (agent, task) in std::mem::take(&mut self.running) {
            self.link(&agent, &task, Some((None, None)), out);
        }
        for (_, mut agent) in std::mem::take(&mut self.agents) {
            agent.thread.end(out);
            agent.thread.transcript.finish(out);
        }
        if !self.has_main {
            return;
        }
        let mut held = self.branches.holding(out);
        self.main.end(&mut held);
        let about = self.main.transcript.about();
        about.conversation = Some(self.trace.clone());
        about.told = self.told;
        if let Some((_, title)) = self.title.take() {
            about.name = Some(short_name(title.trim()));
        }
        let folder = self.about.get("cwd").and_then(Value::as_str).unwrap_or_default();
        about.project = folder.rsplit(['/', '\\']).find(|name| !name.is_empty()).map(str::to_owned);
        let payload: &mut Payload = self.main.transcript.payload();
        payload.attributes.extend(self.about);
        self.main.transcript.finish(&mut held);
        self.branches.finish(out);
    }

    /// What else is said of the session.
    pub fn main(&mut self) -> &mut Transcript {
        self.has_main = true;
        self.told += 1;
        &mut self.main.transcript
    }
}

/// The id of the sub-agent that a result or a note of progress names.
fn told_agent(told: Option<&Value>) -> Option<String> {
    let told = told?;
    let id = ["agentId", "agent_id"].iter().find_map(|key| told.get(*key))?.as_str()?;
    Some(id.to_owned()).filter(|id| !id.is_empty())
}
