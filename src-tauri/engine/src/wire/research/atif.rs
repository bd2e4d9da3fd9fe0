//! ATIF, the Agent Trajectory Interchange Format (1.0 to 1.7): steps of a user, a system and an agent, an agent's with its
//! calls of tools and what was observed; sub-agents' trajectories are in the same file or named by their path.
//!
//! A step with an answer has the time at which it was written. What was observed has none: a tool's end is not known.

use serde_json::{Map, Value, json};

use super::chat;
use super::document::Documents;
use crate::model::{Position, Problem, SpanKind, Tokens};
use crate::semantics;
use crate::wire::draft::Draft;
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When};
use crate::wire::{Confidence, Format, Framing, Reader, Sample, Sink, error_line, identity, json, time};

/// How deep sub-agents are followed.
const DEPTH: u8 = 16;

/// ATIF trajectories.
#[derive(Clone, Copy, Debug)]
pub struct Atif;

impl Format for Atif {
    fn id(&self) -> &'static str {
        "atif"
    }

    fn label(&self) -> &'static str {
        "ATIF"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_step = |step: &Value| {
            step.get("step_id").is_some()
                && step.get("source").is_some_and(Value::is_string)
                && step.get("message").is_some()
        };
        let by_steps = |run: &Value| {
            run.get("agent").is_some_and(Value::is_object)
                && run.get("steps").and_then(|steps| steps.get(0)).is_some_and(is_step)
        };
        let within = |run: &Value| run.as_object().is_some_and(|members| members.values().any(is_trajectory));
        if sample.any(|run| is_trajectory(run) || within(run)) {
            97
        } else if sample.any(by_steps) {
            80
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["steps"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Documents::reader("an ATIF trajectory", read)
    }
}

fn is_trajectory(run: &Value) -> bool {
    run.get("schema_version").and_then(Value::as_str).is_some_and(|version| version.starts_with("ATIF"))
}

/// Reads a document: a trajectory, or an object of several under names of their own.
fn read(run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    if run.contains_key("steps") {
        return read_whole(run, Vec::new(), at, out);
    }
    let (mut found, rest): (Vec<_>, Vec<_>) = run.into_iter().partition(|(_, value)| is_trajectory(value));
    if found.is_empty() {
        out.problem(Problem::new(at, "an ATIF trajectory without steps"));
        return;
    }
    if !rest.is_empty() {
        out.skipped("fields beside trajectories", rest.len() as u64);
    }
    // Those that another one refers to are its sub-agents.
    let texts: Vec<String> =
        found.iter().map(|(_, run)| run.get("steps").map(Value::to_string).unwrap_or_default()).collect();
    let is_referred_to = |index: usize, run: &Value| {
        let id = json!(run.get("trajectory_id").or_else(|| run.get("session_id"))).to_string();
        texts.iter().enumerate().any(|(other, text)| other != index && text.contains(&id))
    };
    let referred: Vec<bool> =
        found.iter().enumerate().map(|(index, (_, run))| is_referred_to(index, run)).collect();
    let mut inner = Vec::new();
    let mut outer = Vec::new();
    for ((_, run), referred) in found.drain(..).zip(referred) {
        if referred { inner.push(run) } else { outer.push(run) }
    }
    let first = outer.into_iter();
    for (index, run) in first.enumerate() {
        if let Value::Object(run) = run {
            read_whole(run, if index == 0 { std::mem::take(&mut inner) } else { Vec::new() }, at, out);
        }
    }
}

fn read_whole(mut run: Map<String, Value>, mut others: Vec<Value>, at: Position, out: &mut dyn Sink) {
    others.extend(json::take_list(&mut run, &["subagent_trajectories"]));
    let id = json::str(&run, &["trajectory_id", "session_id"]).map(str::to_owned);
    let trace = id.unwrap_or_else(|| {
        identity::derived(run.get("agent").into_iter().chain(run.get("steps").and_then(|steps| steps.get(0))))
    });
    let mut trajectory =
        Trajectory { trace: trace.clone(), prefix: String::new(), others, at, depth: 0, has_tokens: false };
    let mut session = Transcript::new(&*trace);
    trajectory.steps(&mut run, &mut session, out);
    // Those that no step refers to.
    for other in std::mem::take(&mut trajectory.others) {
        trajectory.within(other, None, out);
    }
    let about = session.about();
    let agent = run.get("agent").and_then(Value::as_object);
    about.model = agent.and_then(|agent| json::str(agent, &["model_name"])).map(str::to_owned);
    about.project = agent.and_then(|agent| json::str(agent, &["name"])).map(str::to_owned);
    about.conversation = run.get("session_id").and_then(json::text);
    if let Some(totals) = run.get("final_metrics").filter(|_| !trajectory.has_tokens) {
        // A continuation's totals count what came before it again: they stand in only where steps say nothing.
        let count = |key: &str| totals.get(key).and_then(json::count);
        about.tokens = Tokens {
            input: count("total_prompt_tokens"),
            output: count("total_completion_tokens"),
            cache_read: count("total_cached_tokens"),
            ..Tokens::default()
        };
        about.cost_usd = totals.get("total_cost_usd").and_then(json::number);
    }
    chat::keep(&mut session, run);
    session.finish(out);
}

/// What the trajectories of a file have in common.
struct Trajectory {
    trace: String,
    /// What stands before the ids of a sub-agent's spans.
    prefix: String,
    /// Sub-agents' trajectories that no step has referred to yet.
    others: Vec<Value>,
    at: Position,
    depth: u8,
    has_tokens: bool,
}

impl Trajectory {
    fn steps(&mut self, run: &mut Map<String, Value>, session: &mut Transcript, out: &mut dyn Sink) {
        let agent = run.get_mut("agent").and_then(Value::as_object_mut);
        let model = agent.as_ref().and_then(|agent| json::str(agent, &["model_name"])).map(str::to_owned);
        let mut tools = agent.and_then(|agent| json::take(agent, &["tool_definitions"]));
        for (index, step) in json::take_list(run, &["steps"]).into_iter().enumerate() {
            let Value::Object(mut step) = step else {
                let reason =
                    format!("{} stands where a step of ATIF (an object) is expected", json::noun(&step));
                out.problem(Problem::new(self.at, reason));
                continue;
            };
            let number = json::take(&mut step, &["step_id"]).as_ref().and_then(json::text);
            let id = format!("{}step-{}", self.prefix, number.unwrap_or_else(|| (index + 1).to_string()));
            let at_ns = json::take(&mut step, &["timestamp"]).as_ref().and_then(time::unix_ns);
            let source = json::take_text(&mut step, &["source"]).unwrap_or_default();
            let message = json::take(&mut step, &["message"]).unwrap_or_default();
            // Said before, in the trajectory that this one goes on from or belongs to.
            if step.get("is_copied_context") == Some(&Value::Bool(true)) {
                let role = if source == "agent" { "assistant" } else { &source };
                session.said(role, message, at_ns);
                continue;
            }
            match source.as_str() {
                "user" => {
                    session.turn(Some(id), message, at_ns, out);
                    if let Some(turn) = session.current_turn() {
                        turn.payload.attributes.extend(step);
                    }
                }
                "agent" => {
                    if let Some(tools) = tools.take() {
                        step.insert("gen_ai.tool.definitions".to_owned(), tools);
                    }
                    self.agent_step(id, message, step, model.as_deref(), at_ns, session, out);
                }
                _ => self.system_step(id, source, message, step, at_ns, session, out),
            }
        }
    }

    /// Something said by the system; with an observation it is something done, such as a summary of the context.
    #[expect(clippy::too_many_arguments, reason = "the fields of a step")]
    fn system_step(
        &mut self,
        id: String,
        source: String,
        message: Value,
        mut step: Map<String, Value>,
        at_ns: Option<i64>,
        session: &mut Transcript,
        out: &mut dyn Sink,
    ) {
        let Some(mut observation) = json::take_object(&mut step, &["observation"]) else {
            return session.said(&source, message, at_ns);
        };
        let mut results = json::take_list(&mut observation, &["results"]);
        let name = message.as_str().and_then(error_line::one_line).unwrap_or_else(|| "system".to_owned());
        let mut draft =
            Draft::new(&*self.trace, id.clone(), crate::wire::transcript::short_name(&name), SpanKind::Chain);
        draft.input(Some(message));
        let refs: Vec<Value> =
            results.iter_mut().filter_map(Value::as_object_mut).flat_map(refs_of).collect();
        draft.output(Some(Value::Array(results)));
        draft.attributes(step);
        self.refer(&refs, Some(&id), &mut draft, out);
        session.step(draft, When::at(at_ns), out);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a step")]
    fn agent_step(
        &mut self,
        id: String,
        message: Value,
        mut step: Map<String, Value>,
        model: Option<&str>,
        at_ns: Option<i64>,
        session: &mut Transcript,
        out: &mut dyn Sink,
    ) {
        let mut metrics = json::take_object(&mut step, &["metrics"]).unwrap_or_default();
        let calls = json::take_list(&mut step, &["tool_calls"]);
        let mut results = json::take_object(&mut step, &["observation"])
            .map(|mut observation| json::take_list(&mut observation, &["results"]))
            .unwrap_or_default();
        let parse_failure = results
            .iter()
            .filter_map(|result| result.get("content")?.as_str())
            .find(|text| calls.is_empty() && text.starts_with("Previous response had parsing errors"))
            .and_then(error_line::one_line);
        // Version 1.7: a step may say that it is the agent's without a model being called.
        let is_call = step.get("llm_call_count").and_then(json::count) != Some(0);
        if is_call {
            let mut answer = json!({"role": "assistant", "content": message});
            if let Some(members) = answer.as_object_mut() {
                if let Some(reasoning) = json::take(&mut step, &["reasoning_content"]) {
                    members.insert("reasoning_content".to_owned(), reasoning);
                }
                if !calls.is_empty() {
                    members.insert("tool_calls".to_owned(), calls.iter().map(as_call).collect());
                }
            }
            let tokens = semantics::usage_tokens(&Value::Object(metrics.clone()));
            self.has_tokens |= tokens.sum().is_some();
            let extra = metrics.get("extra").and_then(Value::as_object);
            let latency = extra.and_then(|extra| json::first(extra, &["latency_ms"])).and_then(json::number);
            let cost_usd = json::take(&mut metrics, &["cost_usd"]).as_ref().and_then(json::number);
            for counted in ["prompt_tokens", "completion_tokens", "cached_tokens"] {
                metrics.shift_remove(counted);
            }
            step.extend(metrics.into_iter().map(|(key, value)| (format!("metrics.{key}"), value)));
            let call = ModelCall {
                id: Some(id.clone()),
                model: json::take_text(&mut step, &["model_name"]).or_else(|| model.map(str::to_owned)),
                answer: Some(answer),
                when: When { end_ns: at_ns, duration_ns: latency.and_then(time::ns_from_ms), start_ns: None },
                tokens,
                cost_usd,
                error: parse_failure.clone(),
                attributes: step,
                ..ModelCall::default()
            };
            session.model_call(call, out);
        } else {
            let mut draft = Draft::new(&*self.trace, id.clone(), "step", SpanKind::Chain);
            draft.output(Some(message));
            draft.attributes(step);
            session.step(draft, When::at(at_ns), out);
        }
        if parse_failure.is_some() {
            for result in results {
                session.said("user", result.get("content").cloned().unwrap_or_default(), None);
            }
            return;
        }
        for (index, call) in calls.into_iter().enumerate() {
            let Value::Object(mut call) = call else { continue };
            let call_id = json::take_text(&mut call, &["tool_call_id"])
                .unwrap_or_else(|| format!("{id}/call-{}", index + 1));
            let name = json::take_text(&mut call, &["function_name"]).unwrap_or_else(|| "tool".to_owned());
            let arguments = json::take(&mut call, &["arguments"]).unwrap_or_default();
            let draft = session.tool_call(&call_id, &name, arguments, at_ns);
            draft.span.id.insert_str(0, &self.prefix);
            draft.payload.attributes.extend(call);
            let (tool_span, parent) = (draft.span.id.clone(), draft.span.parent.clone());
            let place = results
                .iter()
                .position(|result| result.get("source_call_id").and_then(Value::as_str) == Some(&call_id));
            // A lone result without an id belongs to the lone call.
            let place = place.or_else(|| {
                (index == 0
                    && results.len() == 1
                    && results
                        .first()
                        .is_some_and(|result| result.get("source_call_id").is_none_or(Value::is_null)))
                .then_some(0)
            });
            let Some(Value::Object(mut result)) = place.map(|place| results.remove(place)) else {
                // The end of the task, or a call whose result was not kept.
                session.tool_result(&call_id, ToolResult::default(), out);
                continue;
            };
            result.shift_remove("source_call_id");
            let refs = refs_of(&mut result);
            let mut holder = Draft::new("", "", "", SpanKind::Other);
            holder.span.parent = parent;
            self.refer(&refs, Some(&tool_span), &mut holder, out);
            let content = json::take(&mut result, &["content"]);
            result.extend(holder.payload.attributes);
            let error =
                result.get("is_error").filter(|marked| **marked == Value::Bool(true)).and(content.as_ref());
            let error = error.and_then(error_line::of);
            session.tool_result(
                &call_id,
                ToolResult { content, error, attributes: result, ..ToolResult::default() },
                out,
            );
        }
        // What a terminal showed, where the commands are in the answer itself.
        for (index, result) in results.into_iter().enumerate() {
            let Value::Object(mut result) = result else { continue };
            let refs = refs_of(&mut result);
            let observed = format!("{id}/observation-{}", index + 1);
            let mut draft = Draft::new(&*self.trace, observed.clone(), "observation", SpanKind::Tool);
            let content = json::take(&mut result, &["content"]);
            if let Some(content) = &content {
                session.said("user", content.clone(), None);
            }
            draft.output(content);
            draft.span.start_ns = at_ns;
            self.refer(&refs, Some(&observed), &mut draft, out);
            draft.attributes(result);
            session.step(draft, When { start_ns: at_ns, ..When::default() }, out);
        }
    }

    /// Reads the sub-agents that `refs` name under the span `parent`; those that are in other files stay named on `draft`.
    fn refer(&mut self, refs: &[Value], parent: Option<&str>, draft: &mut Draft, out: &mut dyn Sink) {
        let mut elsewhere = Vec::new();
        for reference in refs {
            let named = |run: &Value| {
                ["trajectory_id", "session_id"].iter().any(|key| {
                    reference.get(*key).is_some_and(|id| id.is_string() && run.get(*key) == Some(id))
                })
            };
            match self.others.iter().position(named) {
                Some(place) => {
                    let other = self.others.remove(place);
                    self.within(other, parent.map(str::to_owned), out);
                }
                None => elsewhere.push(reference.clone()),
            }
        }
        if !elsewhere.is_empty() {
            draft.payload.attributes.insert("subagent_trajectory_ref".to_owned(), Value::Array(elsewhere));
        }
    }

    /// Reads a sub-agent.
    fn within(&mut self, run: Value, parent: Option<String>, out: &mut dyn Sink) {
        let Value::Object(mut run) = run else { return };
        if self.depth >= DEPTH {
            out.problem(Problem::new(self.at, format!("sub-agents more than {DEPTH} deep were left out")));
            return;
        }
        let id = json::str(&run, &["trajectory_id", "session_id"]).unwrap_or("sub-agent").to_owned();
        let id = format!("{}{id}", self.prefix);
        let name = run.get("agent").and_then(|agent| agent.get("name")).and_then(json::text);
        let mut session =
            Transcript::within(&self.trace, id.clone(), parent, name.as_deref().unwrap_or("sub-agent"));
        let outer = std::mem::replace(&mut self.prefix, format!("{id}/"));
        self.others.extend(json::take_list(&mut run, &["subagent_trajectories"]));
        self.depth += 1;
        self.steps(&mut run, &mut session, out);
        self.depth -= 1;
        self.prefix = outer;
        chat::keep(&mut session, run);
        session.finish(out);
    }
}

fn refs_of(result: &mut Map<String, Value>) -> Vec<Value> {
    match json::take(result, &["subagent_trajectory_ref"]) {
        Some(Value::Array(refs)) => refs,
        Some(reference @ Value::Object(_)) => vec![reference],
        _ => Vec::new(),
    }
}

/// A call as chat messages have it.
fn as_call(call: &Value) -> Value {
    json!({
        "id": call.get("tool_call_id"),
        "name": call.get("function_name"),
        "arguments": call.get("arguments"),
    })
}
