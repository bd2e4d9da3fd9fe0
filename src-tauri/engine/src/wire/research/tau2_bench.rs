//! tau2-bench: a file of results with its simulations, or one simulation. A simulation is a chat of a simulated user with an
//! agent, either of whom may call tools; or, where both speak at once, ticks of a fraction of a second each.

use serde_json::{Map, Value};

use super::chat;
use crate::model::{Position, SpanFlags, SpanKind, TraceStatus};
use crate::wire::draft::Draft;
use crate::wire::transcript::{ModelCall, Transcript, When};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, identity, json, time};

/// Results and simulations of tau2-bench.
#[derive(Clone, Copy, Debug)]
pub struct Tau2Bench;

impl Format for Tau2Bench {
    fn id(&self) -> &'static str {
        "tau2-bench"
    }

    fn label(&self) -> &'static str {
        "tau2-bench"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_simulation = |run: &Value| {
            run.get("task_id").is_some()
                && (run.get("ticks").is_some_and(Value::is_array)
                    || run.get("messages").is_some_and(Value::is_array))
                && (run.get("termination_reason").is_some() || run.get("start_time").is_some())
        };
        let is_results = |run: &Value| {
            run.get("info").is_some_and(|info| {
                info.get("environment_info").is_some() && info.get("agent_info").is_some()
            }) || run.get("simulations").and_then(|list| list.get(0)).is_some_and(is_simulation)
        };
        if sample.any(|run| is_simulation(run) || is_results(run)) { 93 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["simulations"] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(SimulationReader)
    }
}

#[derive(Clone)]
struct SimulationReader;

impl Reader for SimulationReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(run) = json::object(frame, "a simulation of tau2-bench", out) else { return };
        if frame.shape == Shape::Envelope || !(run.contains_key("messages") || run.contains_key("ticks")) {
            // What the simulations have in common: settings and the tasks.
            out.skipped("settings of an evaluation", 1);
        } else {
            read(run, frame.at, out);
        }
    }
}

fn read(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let messages = json::take_list(&mut run, &["messages"]);
    let ticks = json::take_list(&mut run, &["ticks"]);
    let id = json::str(&run, &["id"]).map(str::to_owned).unwrap_or_else(|| {
        let known = ["task_id", "trial", "seed", "start_time"].iter().filter_map(|key| run.get(*key));
        identity::derived(known)
    });
    let mut session = Transcript::new(&*id);
    session.began(run.get("start_time").and_then(time::unix_ns));
    for message in messages {
        read_message(message, &mut session, out);
    }
    read_ticks(ticks, &id, at, &mut session, out);
    let text = |key: &str| run.get(key).and_then(json::text);
    let number = |key: &str| run.get(key).and_then(json::number).filter(|number| *number > 0.0);
    match text("termination_reason").as_deref() {
        Some("user_stop" | "agent_stop") => session.ended(TraceStatus::Success, None),
        Some(reason) => session.ended(TraceStatus::Failed, Some(reason.to_owned())),
        None => {}
    }
    let (task, trial) = (text("task_id"), text("trial"));
    let time_of = |key: &str| run.get(key).and_then(time::unix_ns);
    let (start_ns, end_ns, cost_usd) = (time_of("start_time"), time_of("end_time"), number("agent_cost"));
    let about = session.about();
    (about.start_ns, about.end_ns, about.cost_usd) = (start_ns, end_ns, cost_usd);
    about.name = task.map(|task| match trial {
        Some(trial) => format!("task {task}, trial {trial}"),
        None => format!("task {task}"),
    });
    chat::keep(&mut session, run);
    session.finish(out);
}

fn read_message(message: Value, session: &mut Transcript, out: &mut dyn Sink) {
    let at_ns = chat::written_ns(&message);
    match chat::role(&message) {
        "assistant" => {
            let duration_ns =
                message.get("generation_time_seconds").and_then(json::number).and_then(time::ns_from_seconds);
            let when = When { end_ns: at_ns, duration_ns, start_ns: None };
            chat::answer(session, message, ModelCall { when, ..ModelCall::default() }, out);
        }
        "user" => {
            let calls = message.get("tool_calls").and_then(Value::as_array).cloned().unwrap_or_default();
            match message {
                // The user works on a device of their own.
                message if !calls.is_empty() => {
                    session.said_message(message, at_ns);
                    for call in calls {
                        chat::tool_call(session, call, 0, at_ns);
                    }
                }
                Value::Object(mut message) => {
                    let content = json::take(&mut message, &["content"]).unwrap_or_default();
                    session.turn(None, content, at_ns, out);
                    message.retain(|key, value| !value.is_null() && key != "role");
                    if let Some(turn) = session.current_turn() {
                        turn.payload.attributes.extend(message);
                    }
                }
                _ => {}
            }
        }
        "tool" => {
            if let Some(Value::Array(inner)) = message.get("tool_messages") {
                for message in inner.clone() {
                    read_message(message, session, out);
                }
                return;
            }
            chat::tool_answer(session, message, None, When::at(at_ns), out);
        }
        _ => session.said_message(message, at_ns),
    }
}

/// One speaker's words over the ticks in which they go on.
struct Utterance {
    draft: Draft,
    start_ns: Option<i64>,
    end_ns: Option<i64>,
    words: String,
    last_tick: u64,
    first_tick: u64,
}

fn read_ticks(ticks: Vec<Value>, trace: &str, at: Position, session: &mut Transcript, out: &mut dyn Sink) {
    let mut open: [Option<Utterance>; 2] = [None, None];
    let mut silent = 0u64;
    for (index, tick) in ticks.into_iter().enumerate() {
        let Value::Object(mut tick) = tick else {
            let reason = format!("{} stands where a tick (an object) is expected", json::noun(&tick));
            out.problem(crate::model::Problem::new(at, reason));
            continue;
        };
        let number = tick.get("tick_id").and_then(json::count).unwrap_or(index as u64);
        let at_ns = tick.get("timestamp").and_then(time::unix_ns);
        let mut any = false;
        for (slot, (key, name, kind)) in open.iter_mut().zip([
            ("agent_chunk", "agent speaks", SpanKind::Llm),
            ("user_chunk", "user speaks", SpanKind::Other),
        ]) {
            let chunk = json::take_object(&mut tick, &[key]).unwrap_or_default();
            let words = chunk.get("content").and_then(Value::as_str).unwrap_or_default();
            let speaks = chunk.get("contains_speech") == Some(&Value::Bool(true)) || !words.is_empty();
            if !speaks {
                if let Some(utterance) = slot.take() {
                    end(utterance, at_ns, session, out);
                }
                continue;
            }
            any = true;
            let utterance = slot.get_or_insert_with(|| {
                let draft = Draft::new(trace, format!("tick-{number}/{key}"), name, kind);
                Utterance {
                    draft,
                    start_ns: at_ns,
                    end_ns: at_ns,
                    words: String::new(),
                    last_tick: number,
                    first_tick: number,
                }
            });
            utterance.words.push_str(words);
            (utterance.end_ns, utterance.last_tick) = (at_ns, number);
        }
        for key in ["agent_tool_calls", "user_tool_calls"] {
            for (place, call) in json::take_list(&mut tick, &[key]).into_iter().enumerate() {
                any = true;
                chat::tool_call(session, call, place, at_ns);
            }
        }
        for key in ["agent_tool_results", "user_tool_results"] {
            for result in json::take_list(&mut tick, &[key]) {
                any = true;
                chat::tool_answer(session, result, None, When::at(at_ns), out);
            }
        }
        silent += u64::from(!any);
    }
    for utterance in open.into_iter().flatten() {
        let end_ns = utterance.end_ns;
        end(utterance, end_ns, session, out);
    }
    if silent > 0 {
        out.skipped("ticks in which nothing happens", silent);
    }
}

/// The end of an utterance: the tick after its last one.
fn end(utterance: Utterance, end_ns: Option<i64>, session: &mut Transcript, out: &mut dyn Sink) {
    let Utterance { mut draft, start_ns, words, first_tick, last_tick, .. } = utterance;
    draft.span.flags.insert(SpanFlags::TIME_DERIVED);
    if !words.is_empty() {
        draft.output(Some(Value::String(words)));
    }
    draft.payload.attributes.insert("first_tick".to_owned(), Value::from(first_tick));
    draft.payload.attributes.insert("last_tick".to_owned(), Value::from(last_tick));
    session.step(draft, When { start_ns, end_ns, duration_ns: None }, out);
}
