//! browser-use: the history of an agent in a browser. Each step has what the page looked like (with a screenshot), what the
//! model thought and wanted done, and what came of each action.

use serde_json::{Map, Value, json};

use crate::model::{
    Payload, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens, TraceRecord, TraceStatus,
};
use crate::wire::draft::Draft;
use crate::wire::transcript::short_name;
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, identity, json, time,
};

/// Histories of browser-use.
#[derive(Clone, Copy, Debug)]
pub struct BrowserUse;

impl Format for BrowserUse {
    fn id(&self) -> &'static str {
        "browser-use"
    }

    fn label(&self) -> &'static str {
        "browser-use"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_step = |step: &Value| {
            step.as_object()
                .is_some_and(|step| step.contains_key("model_output") && step.contains_key("result"))
                && step
                    .get("state")
                    .is_some_and(|state| state.get("url").is_some() || state.get("tabs").is_some())
        };
        if sample.any(|run| run.get("history").and_then(|list| list.get(0)).is_some_and(is_step)) {
            95
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["history"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(History::default())
    }
}

/// What is known of the run so far; steps go out as they come, since their screenshots are large.
#[derive(Clone, Default)]
struct History {
    trace: Option<TraceRecord>,
    steps: u32,
    answer: Option<Value>,
    rest: Map<String, Value>,
}

impl Reader for History {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(record) = json::object(frame, "a step of browser-use", out) else { return };
        if frame.shape == Shape::Envelope {
            self.rest = record;
            self.rest.shift_remove("history");
        } else if matches!(frame.shape, Shape::Element(_)) {
            self.step(record, out);
        } else {
            let mut record = record;
            for step in json::take_list(&mut record, &["history"]) {
                if let Value::Object(step) = step {
                    self.step(step, out);
                }
            }
            self.rest = record;
            self.end(out);
        }
        if frame.shape == Shape::Envelope {
            self.end(out);
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.end(out);
    }
}

impl History {
    fn step(&mut self, mut step: Map<String, Value>, out: &mut dyn Sink) {
        let about = self
            .trace
            .get_or_insert_with(|| TraceRecord::new(identity::derived([&Value::Object(step.clone())])));
        self.steps += 1;
        let id = format!("step-{}", self.steps);
        let metadata = json::take_object(&mut step, &["metadata"]).unwrap_or_default();
        let time_of = |key: &str| metadata.get(key).and_then(time::unix_ns);
        let (start_ns, end_ns) = (time_of("step_start_time"), time_of("step_end_time"));
        about.start_ns = about.start_ns.or(start_ns);
        about.end_ns = end_ns.or(about.end_ns);
        let state = json::take(&mut step, &["state"]).unwrap_or_default();
        let mut thought = json::take_object(&mut step, &["model_output"]);
        let actions = match thought.as_mut().and_then(|thought| json::take(thought, &["action"])) {
            Some(Value::Array(actions)) => actions,
            Some(action @ Value::Object(_)) => vec![action],
            _ => Vec::new(),
        };
        let mut results = match json::take(&mut step, &["result"]) {
            Some(Value::Array(results)) => results,
            Some(result @ Value::Object(_)) => vec![result],
            _ => Vec::new(),
        };
        let goal = thought.as_ref().and_then(|thought| {
            thought
                .get("next_goal")
                .or_else(|| thought.get("current_state")?.get("next_goal"))
                .and_then(json::text)
        });
        let page = ["title", "url"]
            .iter()
            .filter_map(|key| state.get(*key).and_then(json::text))
            .collect::<Vec<_>>()
            .join(" ");

        let mut whole =
            Draft::new(&*about.trace, id.clone(), step_name(self.steps, goal.as_deref()), SpanKind::Chain);
        whole.times(start_ns, end_ns);
        whole.span.status = SpanStatus::Ok;
        // Where there were no actions, what went wrong did so in the model's answer.
        let failed = results
            .first()
            .filter(|_| actions.is_empty())
            .and_then(|result| result.get("error"))
            .and_then(error_line::of);
        if let Some(error) = &failed {
            whole.fail(&Value::String(error.clone()));
        }
        whole.attributes(metadata.clone());
        whole.payload.attributes.extend(step);

        let mut model = Draft::new(&*about.trace, format!("{id}/model"), "model", SpanKind::Llm);
        model.span.parent = Some(id.clone());
        model.span.status = SpanStatus::Ok;
        model.input(Some(state));
        // Not the page's source or a picture.
        model.span.preview = SpanRecord::preview_of(&page);
        model.output(thought.map(|mut thought| {
            if !actions.is_empty() {
                thought.insert("action".to_owned(), Value::Array(actions.clone()));
            }
            Value::Object(thought)
        }));
        model.span.tokens = Tokens {
            input: metadata.get("input_tokens").and_then(json::count).filter(|count| *count > 0),
            ..Tokens::default()
        };
        if let Some(error) = failed {
            model.fail(&Value::String(error.clone()));
            model.payload.status_message = Some(error);
            model.payload.other.insert("result".to_owned(), Value::Array(std::mem::take(&mut results)));
        }
        out.span(model.finish());

        if about.preview.is_none() {
            about.preview = goal.as_deref().and_then(SpanRecord::preview_of);
            about.name = about.preview.as_deref().map(short_name);
        }
        let count = actions.len();
        let mut results = results.into_iter();
        for (index, action) in actions.into_iter().enumerate() {
            let (name, arguments) = match action {
                Value::Object(action) => action
                    .into_iter()
                    .find(|(key, value)| key != "interacted_element" && !value.is_null())
                    .unwrap_or_else(|| ("action".to_owned(), Value::Null)),
                other => ("action".to_owned(), other),
            };
            let mut tool =
                Draft::new(&*about.trace, format!("{id}/action-{}", index + 1), &*name, SpanKind::Tool);
            tool.span.parent = Some(id.clone());
            tool.input(Some(arguments));
            // The last action's rest: actions after one that failed were not carried out.
            match results.next() {
                Some(Value::Object(mut result)) => {
                    tool.span.status = SpanStatus::Ok;
                    if let Some(error) = result.get("error").and_then(error_line::of) {
                        tool.fail(&Value::String(error));
                    }
                    if result.get("is_done") == Some(&Value::Bool(true)) {
                        self.answer = result.get("extracted_content").cloned();
                        let success = result.get("success").and_then(Value::as_bool);
                        about.status = Some(match success {
                            Some(false) => TraceStatus::Failed,
                            _ => TraceStatus::Success,
                        });
                        about.failure_reason =
                            self.answer.as_ref().filter(|_| success == Some(false)).and_then(error_line::of);
                    }
                    result.retain(|_, value| !value.is_null());
                    tool.output(Some(Value::Object(result)));
                }
                Some(other) => tool.output(Some(other)),
                None => drop(tool.payload.other.insert("carried_out".to_owned(), json!(false))),
            }
            out.span(tool.finish());
        }
        for result in results.skip(count) {
            whole.payload.other.insert("result".to_owned(), result);
        }
        let mut whole = whole.finish();
        whole.flags.insert(SpanFlags::default());
        out.span(whole);
    }

    fn end(&mut self, out: &mut dyn Sink) {
        let Some(mut about) = self.trace.take() else { return };
        about.time_provenance = Provenance::Measured;
        if let Some(usage) = self.rest.get("usage") {
            let count = |keys: &[&str]| keys.iter().find_map(|key| usage.get(*key)).and_then(json::count);
            about.tokens = Tokens {
                input: count(&["total_prompt_tokens"]),
                output: count(&["total_completion_tokens"]),
                cache_read: count(&["total_prompt_cached_tokens"]),
                total: count(&["total_tokens"]),
                ..Tokens::default()
            };
            about.cost_usd = usage.get("total_cost").and_then(json::number).filter(|cost| *cost > 0.0);
        }
        let payload = Payload {
            output: self.answer.take(),
            attributes: std::mem::take(&mut self.rest),
            ..Payload::default()
        };
        about.payload = serde_json::to_vec(&payload).ok();
        out.trace(about);
        self.steps = 0;
    }
}

fn step_name(number: u32, goal: Option<&str>) -> String {
    match goal.and_then(SpanRecord::preview_of) {
        Some(goal) => short_name(&goal),
        None => format!("step {number}"),
    }
}
