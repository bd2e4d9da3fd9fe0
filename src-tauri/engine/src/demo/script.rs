//! The lines of a run before it is told: what is said, and when in the run.

use serde_json::{Map, Value, json};

const NS_PER_MS: f64 = 1e6;

/// A line, and when in the run it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Nanoseconds since the run began.
    pub at_ns: i64,
    /// The line but for its `timestamp`, which follows from when the run is told.
    pub line: Map<String, Value>,
}

/// A step that has begun.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) id: String,
    begun_ns: i64,
}

/// Lines in the making.
pub(super) struct Script {
    trace_id: String,
    at_ns: i64,
    steps: u32,
    cues: Vec<Cue>,
}

impl Script {
    pub(super) fn new(trace_id: String) -> Self {
        Self { trace_id, at_ns: 0, steps: 0, cues: Vec::new() }
    }

    /// When it is.
    pub(super) fn at_ns(&self) -> i64 {
        self.at_ns
    }

    /// Lets time pass.
    pub(super) fn pass_ms(&mut self, ms: f64) {
        self.at_ns += (ms * NS_PER_MS) as i64;
    }

    /// Goes to another moment: what happens beside each other is written one after another.
    pub(super) fn go_to(&mut self, at_ns: i64) {
        self.at_ns = at_ns;
    }

    /// Says something of the run.
    pub(super) fn trace(&mut self, kind: &str, members: Value) {
        self.say(kind, None, members);
    }

    /// A step begins.
    pub(super) fn start(&mut self, parent: Option<&Step>, name: &str, kind: &str, members: Value) -> Step {
        self.steps += 1;
        let step = Step { id: format!("{}-{:02}", self.trace_id, self.steps), begun_ns: self.at_ns };
        let mut all =
            json!({ "parent_id": parent.map(|parent| &parent.id), "tool_name": name, "kind": kind });
        extend(&mut all, members);
        self.say("step.start", Some(&step.id), all);
        step
    }

    /// Something happens inside a step.
    pub(super) fn event(&mut self, step: &Step, name: &str, attributes: Value) {
        self.say("step.event", Some(&step.id), json!({ "name": name, "attributes": attributes }));
    }

    /// A step ends.
    pub(super) fn end(&mut self, step: &Step, members: Value) {
        let duration_ms = (self.at_ns - step.begun_ns) as f64 / NS_PER_MS;
        let mut all = json!({ "duration": (duration_ms * 1e3).round() / 1e3 });
        extend(&mut all, members);
        self.say("step.end", Some(&step.id), all);
    }

    fn say(&mut self, kind: &str, step_id: Option<&str>, members: Value) {
        let mut line = json!({ "type": kind, "trace_id": self.trace_id });
        if let Some(step_id) = step_id {
            extend(&mut line, json!({ "step_id": step_id }));
        }
        extend(&mut line, members);
        if let Value::Object(line) = line {
            self.cues.push(Cue { at_ns: self.at_ns, line });
        }
    }

    /// The lines in the order in which they are told.
    pub(super) fn finish(mut self) -> Vec<Cue> {
        self.cues.sort_by_key(|cue| cue.at_ns);
        self.cues
    }
}

fn extend(object: &mut Value, members: Value) {
    if let (Value::Object(object), Value::Object(members)) = (object, members) {
        object.extend(members);
    }
}
