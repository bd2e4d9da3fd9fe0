//! TraceLLM's traces in every shape, real files first.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are outside the functions that clippy knows as tests"
)]

use engine::model::{
    Payload, Problem, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, TraceRecord, TraceStatus,
};
use engine::wire::{Framer, Sample, Sink, detect, format_by_id};
use serde_json::{Value, json};

use crate::shared;

#[derive(Default)]
pub struct Found {
    pub traces: Vec<TraceRecord>,
    pub spans: Vec<SpanRecord>,
    pub problems: Vec<Problem>,
    pub skipped: Vec<(&'static str, u64)>,
}

impl Sink for Found {
    fn span(&mut self, span: SpanRecord) {
        self.spans.push(span);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.traces.push(trace);
    }
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
    fn skipped(&mut self, what: &'static str, count: u64) {
        self.skipped.push((what, count));
    }
}

impl Found {
    fn only(&self) -> &TraceRecord {
        assert_eq!(self.traces.len(), 1, "one trace is expected; problems: {:?}", self.problems);
        &self.traces[0]
    }
    fn reasons(&self) -> String {
        self.problems.iter().map(|problem| problem.reason.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Reads a whole source as the format it is said to be in.
fn read_as(id: &str, bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let format = format_by_id(id).unwrap();
    let sample = Sample::new(bytes, true);
    Framer::new(bytes, format.framing(), &sample).read_all(&mut *format.reader(), &mut found).unwrap();
    found
}

pub fn read(bytes: &[u8]) -> Found {
    read_as("tracellm", bytes)
}

fn read_value(value: &Value) -> Found {
    read(value.to_string().as_bytes())
}

fn payload(bytes: &[u8]) -> Payload {
    serde_json::from_slice(bytes).unwrap()
}

fn sample_of(bytes: &[u8]) -> Sample<'_> {
    Sample::new(bytes, bytes.len() <= Sample::BYTES)
}

/// A trace with one step, to be changed.
fn trace() -> Value {
    json!({
        "trace_id": "t", "prompt": "why?", "response": "because", "latency": 100.0, "token_count": 12,
        "model_name": "gpt-4.1", "project_id": "p", "project_name": "Project", "api_key": "tl-secret",
        "environment": "staging", "status": "success", "retry_count": 0, "slow_request": false,
        "failure_reason": null, "created_at": "2026-01-01T00:00:00+00:00", "updated_at": "2026-01-01T00:00:00.400+00:00",
        "steps": [step("a", 40.0, "2026-01-01T00:00:00.050+00:00")],
    })
}

fn step(id: &str, duration: f64, timestamp: &str) -> Value {
    json!({ "step_id": id, "tool_name": "fetch", "input": {"q": 1}, "output": {"r": 2}, "duration": duration,
        "success": true, "timestamp": timestamp })
}

const EPOCH_2026_NS: i64 = 1_767_225_600_000_000_000;
const MS: i64 = 1_000_000;

#[test]
fn real_exports_give_every_trace_and_step_without_a_key() {
    let files = [
        ("avikcodes__traceLLM/traces-20260524-050209.json", 14, 34),
        ("avikcodes__traceLLM/traces-20260526-121415.json", 15, 46),
        ("avikcodes__traceLLM/traces-20260527-050823.json", 19, 86),
        ("avikcodes__traceLLM/traces-20260529-010803.json", 5, 48),
        ("avikcodes__traceLLM/traces-20260529-014218.json", 24, 132),
        ("generated/D-failed.json", 19, 24),
        ("generated/D-full200.json", 200, 1540),
        ("generated/D-retries.json", 14, 67),
        ("generated/D-single.json", 1, 10),
    ];
    for (file, traces, spans) in files {
        let Some(bytes) = shared::read(&format!("tracellm-json/{file}")) else { return };
        let (format, confidence) = detect(&sample_of(&bytes)).expect("detected");
        assert_eq!((format.id(), confidence >= 95), ("tracellm", true), "{file} is TraceLLM's");
        let found = read(&bytes);
        assert_eq!((found.traces.len(), found.spans.len()), (traces, spans), "{file} is read whole");
        let source: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
        for (trace, source) in found.traces.iter().zip(&source) {
            assert_eq!(trace.trace, source["trace_id"].as_str().unwrap());
            assert_eq!(
                trace.status.map(TraceStatus::word),
                source["status"].as_str(),
                "the source's own status"
            );
            assert_eq!(
                trace.retries.map(u64::from),
                source["retry_count"].as_u64(),
                "the source's own count"
            );
            let (start, end) = (trace.start_ns.unwrap(), trace.end_ns.unwrap());
            let latency_ms = source["latency"].as_f64().unwrap();
            assert!(
                ((end - start) as f64 / 1e6 - latency_ms).abs() < 0.001,
                "latency {latency_ms} of {}",
                trace.trace
            );
            assert!(trace.parents_unknown, "exports have no parents");
            let payload = String::from_utf8(trace.payload.clone().unwrap()).unwrap();
            assert!(!payload.contains("\"api_key\""), "the key stays behind");
        }
        eprintln!(
            "{file}: {} problems: {}",
            found.problems.len(),
            found.problems.first().map_or("", |p| &p.reason)
        );
    }
}

#[test]
fn steps_lie_inside_their_run_whoever_wrote_it() {
    let Some(bytes) = shared::read("tracellm-json/generated/D-full200.json") else { return };
    let found = read(&bytes);
    let mut by_producer = std::collections::BTreeMap::new();
    for trace in &found.traces {
        let steps: Vec<&SpanRecord> = found.spans.iter().filter(|span| span.trace == trace.trace).collect();
        let (start, end) = (trace.start_ns.unwrap() - 2 * MS, trace.end_ns.unwrap() + 2 * MS);
        for step in &steps {
            assert!(
                step.flags.contains(SpanFlags::TIME_DERIVED),
                "one of a step's times is always worked out"
            );
            assert!(
                step.start_ns.unwrap() >= start && step.end_ns.unwrap() <= end,
                "{} of {}",
                step.name,
                trace.trace
            );
        }
        if let Some(first) = steps.first() {
            let producer = match (trace.model.as_deref(), first.name.starts_with("openai_chat")) {
                (Some("langchain"), _) => "langchain",
                (_, true) => "openai",
                _ => "decorator",
            };
            *by_producer.entry((producer, trace.time_provenance.word())).or_insert(0) += 1;
        }
    }
    let expected =
        [(("decorator", "reported"), 164), (("langchain", "reported"), 5), (("openai", "derived"), 15)];
    assert_eq!(
        by_producer.into_iter().collect::<Vec<_>>(),
        expected,
        "created_at is an end in the OpenAI wrapper's traces alone"
    );
}

#[test]
fn every_shape_of_one_run_gives_the_same_records() {
    let Some(export) = shared::read("tracellm-json/generated/D-retries.json") else { return };
    let Some(api) = shared::read("tracellm-api-json/generated/D-api-traces.json") else { return };
    let Some(mongo) = shared::read("tracellm-mongoexport-jsonl/generated/D-mongoexport.jsonl") else {
        return;
    };
    // The shapes list the same traces in different orders.
    let sorted = |mut found: Found| {
        found.traces.sort_by(|a, b| a.trace.cmp(&b.trace));
        found.spans.sort_by(|a, b| a.trace.cmp(&b.trace));
        found
    };
    let export = sorted(read(&export));
    for (name, bytes) in [("api", api), ("mongoexport", mongo)] {
        assert_eq!(detect(&sample_of(&bytes)).map(|(format, _)| format.id()), Some("tracellm"), "{name}");
        let found = sorted(read(&bytes));
        assert_eq!(found.problems, [], "{name} has no problems");
        assert_eq!((found.traces.len(), found.spans.len()), (14, 67), "{name} is read whole");
        for (a, b) in found.spans.iter().zip(&export.spans) {
            let facts = |span: &SpanRecord| {
                let content = payload(&span.payload);
                let times = (span.start_ns, span.end_ns);
                (
                    span.id.clone(),
                    span.name.clone(),
                    span.kind,
                    span.status,
                    span.attempt,
                    times,
                    content.input,
                    content.output,
                )
            };
            assert_eq!(facts(a), facts(b), "{name}");
        }
        for (a, b) in found.traces.iter().zip(&export.traces) {
            let facts = |trace: &TraceRecord| {
                (trace.trace.clone(), trace.start_ns, trace.end_ns, trace.tokens, trace.name.clone())
            };
            assert_eq!(facts(a), facts(b), "{name}");
        }
    }
}

#[test]
fn a_message_a_row_and_a_single_trace_give_the_same_trace() {
    let plain = read_value(&trace());
    let message = format!(
        "{}\n{}\n{}\n",
        json!({"type": "system.connected", "message": "hello"}),
        json!({"type": "trace.created", "trace": trace()}),
        json!({"type": "system.pong", "timestamp": 1})
    );
    let message = read(message.as_bytes());
    assert_eq!(message.skipped, [("connection messages", 1), ("connection messages", 1)]);
    let mut row = trace();
    row["steps"] = Value::String(row["steps"].to_string());
    row["slow_request"] = json!(0);
    let row = read_value(&row);
    for found in [&message, &row] {
        assert_eq!(found.problems, []);
        assert_eq!(found.only().start_ns, plain.only().start_ns);
        assert_eq!(found.spans[0].payload, plain.spans[0].payload);
        assert_eq!(found.spans[0].end_ns, Some(EPOCH_2026_NS + 50 * MS));
        assert_eq!(found.spans[0].start_ns, Some(EPOCH_2026_NS + 10 * MS));
    }
    let trace = plain.only();
    assert_eq!(trace.project.as_deref(), Some("Project"));
    assert_eq!(trace.environment.as_deref(), Some("staging"));
    assert_eq!(
        (trace.tokens.total, trace.tokens_provenance),
        (Some(12), Provenance::Estimated),
        "TraceLLM guesses tokens"
    );
    let content = payload(trace.payload.as_ref().unwrap());
    assert_eq!((content.input, content.output), (Some(json!("why?")), Some(json!("because"))));
    assert_eq!(content.attributes["latency"], json!(100.0));
    let keys: Vec<&String> = content.attributes.keys().collect();
    assert!(
        !keys.iter().any(|key| matches!(key.as_str(), "api_key" | "steps" | "prompt" | "response")),
        "{keys:?}"
    );
}

#[test]
fn csv_gives_the_traces_and_says_that_steps_are_missing() {
    let Some(bytes) = shared::read("tracellm-csv/generated/D-full200.csv") else { return };
    let (format, _) = detect(&sample_of(&bytes)).expect("detected");
    assert_eq!((format.id(), format.identity()), ("tracellm-csv", "tracellm"));
    let found = read_as("tracellm-csv", &bytes);
    assert_eq!((found.traces.len(), found.spans.len()), (200, 0));
    let left_out: u64 = found.skipped.iter().map(|(_, count)| count).sum();
    assert_eq!(left_out, 1540, "the steps that are not there are counted");
    let Some(json) = shared::read("tracellm-json/generated/D-full200.json") else { return };
    let json = read(&json);
    for (row, trace) in found.traces.iter().zip(&json.traces) {
        assert_eq!((&row.trace, row.status, row.retries), (&trace.trace, trace.status, trace.retries));
        assert_eq!((row.tokens, &row.project, &row.name), (trace.tokens, &trace.project, &trace.name));
    }
}

#[test]
fn a_last_failure_that_is_stored_as_success_is_an_error() {
    let Some(bytes) = shared::read("tracellm-json/generated/D-failed.json") else { return };
    let found = read(&bytes);
    let hidden: Vec<&SpanRecord> = found
        .spans
        .iter()
        .filter(|span| {
            payload(&span.payload).other.get("success") == Some(&json!(true))
                && span.status == SpanStatus::Error
        })
        .collect();
    assert_eq!(hidden.len(), 4, "the catalogue counts four steps with success and an error");
    assert!(hidden.iter().all(|span| span.error.as_deref().is_some_and(|error| !error.is_empty())));
    let failed_call =
        found.spans.iter().find(|span| span.name == "openai_chat_retry_2").expect("there is one");
    assert_eq!((failed_call.kind, failed_call.attempt), (SpanKind::Llm, Some(2)));
}

#[test]
fn kinds_come_from_the_words_of_the_names() {
    let kinds = [
        ("query_embedding", SpanKind::Embedding),
        ("vector_retrieval", SpanKind::Retrieval),
        ("rerank_context", SpanKind::Rerank),
        ("agent_planner", SpanKind::Agent),
        ("planner", SpanKind::Chain),
        ("context_window_allocator", SpanKind::Tool),
        ("tool_schema_lookup", SpanKind::Tool),
        ("retry_guard", SpanKind::Wait),
        ("response_generation", SpanKind::Llm),
        ("openai_chat_retry_2", SpanKind::Llm),
        ("ChatOpenAI", SpanKind::Llm),
        ("web_search", SpanKind::Retrieval),
        ("payments_api.charge", SpanKind::Tool),
        ("backoff", SpanKind::Wait),
        ("fetch_retry_1", SpanKind::Tool),
    ];
    for (name, kind) in kinds {
        let mut value = trace();
        value["steps"][0]["tool_name"] = json!(name);
        assert_eq!(read_value(&value).spans[0].kind, kind, "{name}");
    }
}

#[test]
fn attempts_and_pauses_are_read_from_where_the_source_has_them() {
    let mut value = trace();
    let at = "2026-01-01T00:00:00.050+00:00";
    let mut steps = vec![step("a", 1.0, at), step("b", 1.0, at), step("c", 1.0, at), step("d", 1.0, at)];
    steps[0]["input"] = json!({"q": 1, "attempt": 1});
    steps[1]["input"] = json!({"q": 1, "attempt": 2});
    steps[1]["output"] = json!({"replay": {"attempt": 2}});
    steps[2]["tool_name"] = json!("fetch_retry_3");
    steps[3]["tool_name"] = json!("retry_guard");
    steps[3]["output"] = json!({"backoff_ms": 247, "replay": {"attempt": 3}});
    value["steps"] = json!(steps);
    let found = read_value(&value);
    let attempts: Vec<_> = found.spans.iter().map(|span| (span.attempt, span.backoff_ns)).collect();
    assert_eq!(attempts, [(Some(1), None), (Some(2), None), (Some(3), None), (None, Some(247 * MS))]);
    assert_eq!(
        found.spans[0].input_hash, found.spans[1].input_hash,
        "the number of the attempt is not part of the input"
    );
}

#[test]
fn parents_are_kept_where_a_file_has_them() {
    let mut value = trace();
    let at = "2026-01-01T00:00:00.050+00:00";
    let mut outer = step("outer", 40.0, at);
    let mut inner = step("inner", 20.0, at);
    inner["children"] = json!([step("innermost", 5.0, at)]);
    outer["children"] = json!([inner]);
    let mut named = step("named", 5.0, at);
    named["parent_id"] = json!("outer");
    value["steps"] = json!([outer, named]);
    let found = read_value(&value);
    let parents: Vec<_> = found.spans.iter().map(|span| (span.id.as_str(), span.parent.as_deref())).collect();
    assert_eq!(
        parents,
        [("outer", None), ("inner", Some("outer")), ("innermost", Some("inner")), ("named", Some("outer"))]
    );
    assert!(!found.only().parents_unknown);
}

#[test]
fn names_of_old_and_values_that_are_no_objects_are_understood() {
    let mut value = trace();
    value["steps"] = json!([{ "step_type": "retrieval", "input_data": "text", "output_data": [1, 2], "duration": "5.5",
        "created_at": "2026-01-01T00:00:00.050" }]);
    let found = read_value(&value);
    let span = &found.spans[0];
    assert_eq!(
        (span.id.as_str(), span.name.as_str(), span.kind),
        ("step_1", "retrieval", SpanKind::Retrieval)
    );
    assert_eq!((span.status, span.end_ns), (SpanStatus::Unset, Some(EPOCH_2026_NS + 50 * MS)));
    let content = payload(&span.payload);
    assert_eq!(
        (content.input, content.output),
        (Some(json!({"value": "text"})), Some(json!({"value": [1, 2]})))
    );
    assert_eq!(found.problems, []);
}

#[test]
fn what_is_cut_at_the_source_says_so() {
    let mut value = trace();
    for (output, cut) in [("x".repeat(500), true), ("x".repeat(499), false), ("é".repeat(500), true)] {
        value["steps"][0]["output"] = json!({ "result": output });
        assert_eq!(read_value(&value).spans[0].flags.contains(SpanFlags::TRUNCATED), cut);
    }
    value["model_name"] = json!("langchain");
    value["steps"][0]["output"] = json!({"documents": ["short", "y".repeat(200)], "count": 2});
    assert!(read_value(&value).spans[0].flags.contains(SpanFlags::TRUNCATED));
}

#[test]
fn bad_pieces_become_problems_and_the_rest_is_kept() {
    let mut value = trace();
    value["steps"] = json!([null, step("a", 1.0, "2026-01-01T00:00:00.050Z"), "step", step("a", -4.0, "yesterday"),
        {"step_id": 7}]);
    value["latency"] = json!(null);
    value["status"] = json!("exploded");
    let found = read_value(&value);
    let reasons = found.reasons();
    let ids: Vec<_> = found.spans.iter().map(|span| span.id.as_str()).collect();
    assert_eq!(ids, ["a", "a#2", "7"], "{reasons}");
    for part in [
        "step 1 is null",
        "step 3 is a text",
        "kept as \"a#2\"",
        "duration -4.0",
        "\"yesterday\"",
        "no tool_name",
        "no latency",
        "\"exploded\"",
    ] {
        assert!(reasons.contains(part), "{part:?} is said in:\n{reasons}");
    }
    assert!(found.problems.iter().all(|problem| problem.at.line == Some(1)));
    assert_eq!(found.only().status, None);

    for (steps, said) in [
        (json!(null), "steps is null"),
        (json!("{"), "steps is not whole JSON"),
        (json!({}), "steps is an object"),
    ] {
        value["steps"] = steps;
        let found = read_value(&value);
        assert!(found.reasons().contains(said), "{said:?} is said in:\n{}", found.reasons());
        assert_eq!(found.only().trace, "t");
    }
}

#[test]
fn a_trace_without_an_id_gets_the_same_one_each_time() {
    let mut value = trace();
    value.as_object_mut().unwrap().remove("trace_id");
    let (once, again) = (read_value(&value), read_value(&value));
    assert_eq!(once.only().trace, again.only().trace);
    assert!(once.reasons().contains("without trace_id"));
    value["api_key"] = json!("another");
    assert_eq!(read_value(&value).only().trace, once.only().trace, "the key has no part in it");
    value["prompt"] = json!("something else");
    assert_ne!(read_value(&value).only().trace, once.only().trace);
}

#[test]
fn what_python_writes_and_json_does_not_know_is_repaired() {
    let text = trace()
        .to_string()
        .replace("{\"r\":2}", "{\"score\":NaN,\"low\":-Infinity,\"text\":\"NaN \\ud83d x \\ud83d\\ude00\"}");
    let found = read(text.as_bytes());
    assert!(found.reasons().contains("2 values that JSON does not know"), "{}", found.reasons());
    assert!(found.reasons().contains("half a character"), "{}", found.reasons());
    let output = payload(&found.spans[0].payload).output.unwrap();
    assert_eq!(output, json!({"score": null, "low": null, "text": "NaN \u{fffd} x \u{1f600}"}));
}

#[test]
fn what_is_no_trace_is_said_with_its_place() {
    let found = read(b"{\"a\":1}\n{\"type\":\"trace.updated\"}\n{\"trace_id\": \"t\", \"prompt\": \"why");
    let lines: Vec<_> = found.problems.iter().map(|problem| problem.at.line).collect();
    assert!(
        lines.contains(&Some(1)) && lines.contains(&Some(2)) && lines.contains(&Some(3)),
        "{lines:?} {}",
        found.reasons()
    );
    assert_eq!(
        found.only().preview.as_deref(),
        Some("why"),
        "what is there of a trace that is cut off is kept"
    );
    for not_ours in [
        json!({"resourceSpans": []}),
        json!({"traceId": "x", "spans": []}),
        json!({"trace_id": "x", "span_id": "y"}),
        json!({"steps": [{"action": "a"}], "trace_id": "x"}),
        json!({"total": 1, "items": [{"id": 1}]}),
        json!({"prompt": "x", "model_name": "y", "latency": 1}),
        json!({"type": "trace.deleted", "trace_id": "x"}),
    ] {
        assert!(
            detect(&sample_of(not_ours.to_string().as_bytes()))
                .is_none_or(|(format, _)| format.identity() != "tracellm"),
            "{not_ours}"
        );
    }
}

#[test]
fn no_file_of_another_format_is_claimed() {
    let Some(folder) = shared::folder() else { return };
    let mut seen = 0;
    let mut pending = vec![folder];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let of_ours =
            path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tracellm-"));
        if of_ours {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let sample = sample_of(&bytes);
        for id in ["tracellm", "tracellm-csv"] {
            assert_eq!(format_by_id(id).unwrap().detect(&sample), 0, "{} is not TraceLLM's", path.display());
        }
        seen += 1;
    }
    assert!(seen > 100, "the folder has files of other formats");
}

#[test]
fn a_run_is_called_by_what_the_person_said_last() {
    let python = "[{'role': 'system', 'content': 'Be brief'}, {'role': 'user', 'content': \"it's\\nnew\"}]";
    let conversation = json!([{"role": "user", "content": "first"}, {"role": "assistant", "content": "x"},
        {"role": "user", "content": [{"type": "text", "text": "second"}]}]);
    let long = "long ".repeat(40);
    for (prompt, name) in [
        (json!(python), "it's new"),
        (json!(conversation.to_string()), "second"),
        (json!({"messages": conversation}), "second"),
        (json!("{\"task\": 3}"), "{\"task\": 3}"),
        (json!("[{'role': 'user', 'content': ['x']}]"), "[{'role': 'user', 'content': ['x']}]"),
        (json!(long), format!("{}…", long[..80].trim_end()).as_str()),
    ] {
        let mut value = trace();
        value["prompt"] = prompt.clone();
        let found = read_value(&value);
        assert_eq!(found.only().name.as_deref(), Some(name));
        let kept = payload(found.only().payload.as_ref().unwrap()).input.unwrap();
        let parsed = prompt.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        assert_eq!(kept, parsed.unwrap_or(prompt), "the prompt itself is whole");
    }
}
