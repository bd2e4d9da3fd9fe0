//! The cases written as the formats write them.

use serde_json::{Value, json};

use super::cases::Step;

/// Writes the steps of a case as a file; `None` where the format has no way to say them. The ids of the steps in the store, in order;
/// empty for a step that the format has no record of.
pub type Writer = fn(&[Step]) -> Option<(String, Vec<String>)>;

/// Every format that the cases are written in.
pub const WRITERS: &[(&str, Writer)] = &[
    ("OTLP, GenAI", otlp_gen_ai),
    ("OTLP, OpenInference", otlp_openinference),
    ("OTLP, OpenLLMetry", otlp_traceloop),
    ("Langfuse", langfuse),
    ("LangSmith", langsmith),
    ("Phoenix", phoenix),
    ("Jaeger", jaeger),
    ("Zipkin", zipkin),
    ("MLflow", mlflow),
    ("OpenAI Agents", openai_agents),
    ("feed", feed),
    ("records", records),
    ("TraceLLM", tracellm),
    ("Claude Code", claude_code),
    ("Codex", codex),
    ("pi", pi),
];

/// Stands for the id of the trace, which differs from case to case.
pub const TRACE: &str = "00000000000000000000000000000000";

/// 2026-03-01T12:00:00Z.
const START_MS: i64 = 1_772_366_400_000;

fn ns(ms: i64) -> i64 {
    (START_MS + ms) * 1_000_000
}

fn iso(ms: i64) -> String {
    format!("2026-03-01T12:00:{:02}.{:03}Z", ms / 1000, ms % 1000)
}

fn id(index: usize) -> String {
    format!("{:016x}", index + 1)
}

fn parent_id(step: &Step) -> Option<String> {
    step.parent.map(id)
}

fn ids(steps: &[Step]) -> Vec<String> {
    (0..steps.len())
        .map(|index| if steps[index].kind == "wait" { String::new() } else { id(index) })
        .collect()
}

/// Steps that are no waits, which few formats have.
fn works(steps: &[Step]) -> impl Iterator<Item = (usize, &Step)> {
    steps.iter().enumerate().filter(|(_, step)| step.kind != "wait")
}

/// A tool's input as JSON, else the text.
fn value(step: &Step) -> Value {
    serde_json::from_str(&step.input).unwrap_or_else(|_| Value::String(step.input.clone()))
}

fn messages(step: &Step) -> Value {
    json!([{"role": "user", "content": step.input}])
}

fn gen_ai_attributes(step: &Step) -> Vec<(&'static str, String)> {
    let mut attributes = match step.kind.as_str() {
        "llm" => vec![
            ("gen_ai.operation.name", "chat".to_owned()),
            ("gen_ai.request.model", step.model.clone().unwrap_or_default()),
            (
                "gen_ai.input.messages",
                json!([{"role": "user", "parts": [{"type": "text", "content": step.input}]}]).to_string(),
            ),
        ],
        "tool" => vec![
            ("gen_ai.operation.name", "execute_tool".to_owned()),
            ("gen_ai.tool.name", step.name.clone()),
            ("gen_ai.tool.call.arguments", step.input.clone()),
        ],
        "retrieval" => vec![
            ("gen_ai.operation.name", "retrieval".to_owned()),
            ("gen_ai.retrieval.query.text", step.input.clone()),
        ],
        "agent" => vec![("gen_ai.operation.name", "invoke_agent".to_owned())],
        _ => Vec::new(),
    };
    // The convention has no input of a chain.
    if step.kind == "chain" {
        attributes.push(("traceloop.span.kind", "workflow".to_owned()));
        attributes.push(("traceloop.entity.input", step.input.clone()));
    }
    attributes
}

fn openinference_attributes(step: &Step) -> Vec<(&'static str, String)> {
    let kind = match step.kind.as_str() {
        "retrieval" => "RETRIEVER".to_owned(),
        kind => kind.to_uppercase(),
    };
    let mut attributes = vec![("openinference.span.kind", kind), ("input.value", step.input.clone())];
    if let Some(model) = &step.model {
        attributes.push(("llm.model_name", model.clone()));
        attributes.push(("llm.input_messages.0.message.role", "user".to_owned()));
        attributes.push(("llm.input_messages.0.message.content", step.input.clone()));
    }
    if step.kind == "tool" {
        attributes.push(("tool.name", step.name.clone()));
    }
    attributes
}

fn traceloop_attributes(step: &Step) -> Vec<(&'static str, String)> {
    if step.kind == "llm" {
        return vec![
            ("llm.request.type", "chat".to_owned()),
            ("gen_ai.request.model", step.model.clone().unwrap_or_default()),
            ("gen_ai.prompt.0.role", "user".to_owned()),
            ("gen_ai.prompt.0.content", step.input.clone()),
        ];
    }
    let kind = if step.kind == "chain" { "workflow" } else { &step.kind };
    vec![
        ("traceloop.span.kind", kind.to_owned()),
        ("traceloop.entity.name", step.name.clone()),
        ("traceloop.entity.input", step.input.clone()),
    ]
}

fn otlp(
    steps: &[Step],
    attributes: fn(&Step) -> Vec<(&'static str, String)>,
) -> Option<(String, Vec<String>)> {
    let spans: Vec<Value> = works(steps)
        .map(|(index, step)| {
            let mut list: Vec<Value> = attributes(step)
                .into_iter()
                .map(|(key, text)| json!({"key": key, "value": {"stringValue": text}}))
                .collect();
            if let Some(attempt) = step.attempt {
                list.push(json!({"key": "retry.attempt", "value": {"intValue": attempt.to_string()}}));
            }
            json!({
                "traceId": TRACE,
                "spanId": id(index),
                "parentSpanId": parent_id(step).unwrap_or_default(),
                "name": step.name,
                "startTimeUnixNano": ns(step.start_ms).to_string(),
                "endTimeUnixNano": ns(step.end_ms).to_string(),
                "attributes": list,
                "status": match &step.error {
                    Some(error) => json!({"code": 2, "message": error}),
                    None => json!({"code": 1}),
                },
            })
        })
        .collect();
    Some((json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string(), ids(steps)))
}

fn otlp_gen_ai(steps: &[Step]) -> Option<(String, Vec<String>)> {
    otlp(steps, gen_ai_attributes)
}

fn otlp_openinference(steps: &[Step]) -> Option<(String, Vec<String>)> {
    otlp(steps, openinference_attributes)
}

fn otlp_traceloop(steps: &[Step]) -> Option<(String, Vec<String>)> {
    // It has no kind for looking up documents.
    if steps.iter().any(|step| step.kind == "retrieval") {
        return None;
    }
    otlp(steps, traceloop_attributes)
}

fn langfuse(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let observations: Vec<Value> = works(steps)
        .map(|(index, step)| {
            let kind = match step.kind.as_str() {
                "llm" => "GENERATION".to_owned(),
                "retrieval" => "RETRIEVER".to_owned(),
                kind => kind.to_uppercase(),
            };
            json!({
                "id": id(index),
                "traceId": TRACE,
                "type": kind,
                "name": step.name,
                "parentObservationId": parent_id(step),
                "startTime": iso(step.start_ms),
                "endTime": iso(step.end_ms),
                "model": step.model,
                "input": if step.kind == "llm" { messages(step) } else { value(step) },
                "level": if step.error.is_some() { "ERROR" } else { "DEFAULT" },
                "statusMessage": step.error,
            })
        })
        .collect();
    let trace = json!({"id": TRACE, "timestamp": iso(0), "name": "run", "observations": observations, "scores": [],
        "htmlPath": format!("/project/p/traces/{TRACE}"), "public": false});
    Some((trace.to_string(), ids(steps)))
}

fn langsmith(steps: &[Step]) -> Option<(String, Vec<String>)> {
    // The first run names the trace.
    let run = |index: usize| if index == 0 { TRACE.to_owned() } else { id(index) };
    let lines = works(steps).map(|(index, step)| {
        let kind = match step.kind.as_str() {
            "retrieval" => "retriever",
            "agent" => "chain",
            kind => kind,
        };
        let tags: Vec<String> = step.attempt.map(|number| format!("retry:attempt:{number}")).into_iter().collect();
        json!({
            "id": run(index),
            "trace_id": TRACE,
            "parent_run_id": step.parent.map(run),
            "name": step.name,
            "run_type": kind,
            "start_time": iso(step.start_ms),
            "end_time": iso(step.end_ms),
            "inputs": if step.kind == "llm" { json!({"messages": messages(step)}) } else { json!({"input": value(step)}) },
            "outputs": if step.error.is_some() { Value::Null } else { json!({"output": "done"}) },
            "error": step.error,
            "tags": tags,
            "extra": {"metadata": {"ls_model_name": step.model}},
        })
        .to_string()
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut ids = ids(steps);
    ids[0] = TRACE.to_owned();
    Some((text, ids))
}

fn phoenix(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let lines = works(steps).map(|(index, step)| {
        let attributes: serde_json::Map<String, Value> = openinference_attributes(step)
            .into_iter()
            .map(|(key, text)| (key.to_owned(), Value::String(text)))
            .collect();
        json!({
            "id": format!("U3Bhbjo{index}"),
            "name": step.name,
            "context": {"trace_id": TRACE, "span_id": id(index)},
            "span_kind": attributes["openinference.span.kind"],
            "parent_id": parent_id(step),
            "start_time": iso(step.start_ms),
            "end_time": iso(step.end_ms),
            "status_code": if step.error.is_some() { "ERROR" } else { "OK" },
            "status_message": step.error.clone().unwrap_or_default(),
            "attributes": attributes,
            "events": [],
        })
        .to_string()
    });
    Some((lines.collect::<Vec<_>>().join("\n"), ids(steps)))
}

fn jaeger(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let spans: Vec<Value> = works(steps)
        .map(|(index, step)| {
            let mut tags: Vec<Value> = openinference_attributes(step)
                .into_iter()
                .map(|(key, text)| json!({"key": key, "type": "string", "value": text}))
                .collect();
            if let Some(error) = &step.error {
                tags.push(json!({"key": "error", "type": "bool", "value": true}));
                tags.push(json!({"key": "otel.status_description", "type": "string", "value": error}));
            }
            let references: Vec<Value> = parent_id(step)
                .map(|parent| json!({"refType": "CHILD_OF", "traceID": TRACE, "spanID": parent}))
                .into_iter()
                .collect();
            json!({
                "traceID": TRACE,
                "spanID": id(index),
                "operationName": step.name,
                "references": references,
                "startTime": ns(step.start_ms) / 1000,
                "duration": (step.end_ms - step.start_ms) * 1000,
                "tags": tags,
                "logs": [],
                "processID": "p1",
                "warnings": null,
            })
        })
        .collect();
    let trace = json!({"data": [{"traceID": TRACE, "spans": spans,
        "processes": {"p1": {"serviceName": "agent", "tags": []}}, "warnings": null}]});
    Some((trace.to_string(), ids(steps)))
}

fn zipkin(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let spans: Vec<Value> = works(steps)
        .map(|(index, step)| {
            let mut tags: serde_json::Map<String, Value> = openinference_attributes(step)
                .into_iter()
                .map(|(key, text)| (key.to_owned(), Value::String(text)))
                .collect();
            if let Some(error) = &step.error {
                tags.insert("error".into(), error.clone().into());
            }
            let mut span = json!({
                "traceId": TRACE,
                "id": id(index),
                "name": step.name,
                "timestamp": ns(step.start_ms) / 1000,
                "duration": (step.end_ms - step.start_ms) * 1000,
                "localEndpoint": {"serviceName": "agent"},
                "tags": tags,
            });
            if let Some(parent) = parent_id(step) {
                span["parentId"] = parent.into();
            }
            span
        })
        .collect();
    Some((Value::Array(spans).to_string(), ids(steps)))
}

fn mlflow(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let spans: Vec<Value> = works(steps)
        .map(|(index, step)| {
            let kind = match step.kind.as_str() {
                "llm" => "CHAT_MODEL".to_owned(),
                "retrieval" => "RETRIEVER".to_owned(),
                kind => kind.to_uppercase(),
            };
            let input = if step.kind == "llm" { json!({"messages": messages(step)}) } else { value(step) };
            let mut attributes = json!({
                "mlflow.traceRequestId": json!(TRACE).to_string(),
                "mlflow.spanType": Value::String(kind).to_string(),
                "mlflow.spanInputs": input.to_string(),
            });
            if let Some(model) = &step.model {
                attributes["mlflow.llm.model"] = json!(model).to_string().into();
            }
            json!({
                "trace_id": TRACE,
                "span_id": id(index),
                "parent_span_id": parent_id(step),
                "name": step.name,
                "start_time_unix_nano": ns(step.start_ms),
                "end_time_unix_nano": ns(step.end_ms),
                "status": match &step.error {
                    Some(error) => json!({"code": "STATUS_CODE_ERROR", "message": error}),
                    None => json!({"code": "STATUS_CODE_OK", "message": ""}),
                },
                "events": [],
                "attributes": attributes,
            })
        })
        .collect();
    let line = json!({"trace_id": TRACE, "state": "OK", "request_time": START_MS, "tags": {"mlflow.traceName": "run"},
        "trace_metadata": {}, "spans": spans});
    Some((line.to_string(), ids(steps)))
}

fn openai_agents(steps: &[Step]) -> Option<(String, Vec<String>)> {
    // It has agents, models and functions, and no input of anything else.
    let is_said =
        |step: &Step| matches!(step.kind.as_str(), "llm" | "tool" | "wait") || step.groups.is_empty();
    if !steps.iter().all(is_said) || steps.iter().any(|step| step.kind == "retrieval") {
        return None;
    }
    let mut lines = vec![json!({"object": "trace", "id": TRACE, "workflow_name": "run"}).to_string()];
    for (index, step) in works(steps) {
        let data = match step.kind.as_str() {
            "llm" => {
                json!({"type": "generation", "input": messages(step), "model": step.model, "usage": null})
            }
            "tool" => json!({"type": "function", "name": step.name, "input": step.input, "output": "done"}),
            "agent" => json!({"type": "agent", "name": step.name, "handoffs": [], "tools": []}),
            _ => json!({"type": "custom", "name": step.name, "data": {}}),
        };
        let line = json!({
            "object": "trace.span",
            "id": id(index),
            "trace_id": TRACE,
            "parent_id": parent_id(step),
            "started_at": iso(step.start_ms),
            "ended_at": iso(step.end_ms),
            "span_data": data,
            "error": step.error.as_ref().map(|error| json!({"message": error, "data": null})),
        });
        lines.push(line.to_string());
    }
    Some((lines.join("\n"), ids(steps)))
}

fn feed(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let mut lines =
        vec![json!({"type": "trace.start", "trace_id": TRACE, "name": "run", "created_at": iso(0)})];
    for (index, step) in steps.iter().enumerate() {
        lines.push(json!({
            "type": "step",
            "trace_id": TRACE,
            "step_id": id(index),
            "parent_id": parent_id(step),
            "tool_name": step.name,
            "kind": step.kind,
            "model": step.model,
            "input": if step.kind == "llm" { json!({"messages": messages(step)}) } else { value(step) },
            "timestamp": iso(step.start_ms),
            "duration": step.end_ms - step.start_ms,
            "success": step.error.is_none(),
            "error": step.error,
            "attempt": step.attempt,
        }));
    }
    lines.push(
        json!({"type": "trace.complete", "trace_id": TRACE, "status": "success", "updated_at": iso(100)}),
    );
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    Some((text.join("\n"), (0..steps.len()).map(id).collect()))
}

/// Records of no known format, as an agent's own log might have them.
fn records(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let lines = works(steps).map(|(index, step)| {
        json!({
            "run_id": TRACE,
            "step_id": id(index),
            "parent_id": parent_id(step),
            "kind": step.kind,
            "tool": step.name,
            "started_at": iso(step.start_ms),
            "latency_ms": step.end_ms - step.start_ms,
            "status": if step.error.is_some() { "error" } else { "ok" },
            "error": step.error,
            "input": value(step),
            "model": step.model,
        })
        .to_string()
    });
    Some((lines.collect::<Vec<_>>().join("\n"), ids(steps)))
}

/// TraceLLM's own export has tools alone, and no parents.
fn tracellm(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let flat = steps.iter().skip(1).all(|step| step.kind == "tool" && step.parent == Some(0));
    let side_by_side = steps.iter().skip(1).zip(steps.iter().skip(2)).any(|(a, b)| b.start_ms < a.end_ms);
    if !flat || side_by_side {
        return None;
    }
    let list: Vec<Value> = steps
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, step)| {
            let mut input = value(step);
            if let (Some(attempt), Some(members)) = (step.attempt, input.as_object_mut()) {
                members.insert("attempt".into(), attempt.into());
            }
            json!({
                "step_id": id(index),
                "tool_name": step.name,
                "input": input,
                "output": step.error.as_ref().map_or_else(|| json!({"value": "done"}), |error| json!({"error": error})),
                "duration": (step.end_ms - step.start_ms) as f64,
                "success": step.error.is_none(),
                // The end.
                "timestamp": iso(step.end_ms),
            })
        })
        .collect();
    let trace = json!([{"trace_id": TRACE, "prompt": "go", "response": "done", "latency": 100.0,
        "token_count": 10, "model_name": "gpt-4o", "project_id": "p", "project_name": "p", "environment": "test",
        "status": "success", "retry_count": 0, "slow_request": false, "failure_reason": null, "created_at": iso(0),
        "updated_at": iso(100), "steps": list}]);
    let mut ids = ids(steps);
    ids[0] = String::new();
    Some((trace.to_string(), ids))
}

/// Model calls and the tools they ask for, as a coding agent has them: each model call with the tools after it. `None` for other
/// shapes, for models that fail, and for tools that nobody asked for.
fn turns(steps: &[Step]) -> Option<Vec<(usize, Vec<usize>)>> {
    let is_session = steps
        .iter()
        .skip(1)
        .all(|step| step.parent == Some(0) && matches!(step.kind.as_str(), "llm" | "tool"));
    let models_fail = steps.iter().any(|step| step.kind == "llm" && step.error.is_some());
    if !is_session || models_fail || steps.get(1)?.kind != "llm" {
        return None;
    }
    let mut turns: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, step) in steps.iter().enumerate().skip(1) {
        match (step.kind.as_str(), turns.last_mut()) {
            ("llm", _) => turns.push((index, Vec::new())),
            (_, Some((_, tools))) => tools.push(index),
            _ => return None,
        }
    }
    // Two model calls in a row, and nothing between, are not said apart.
    let silent = turns.iter().rev().skip(1).any(|(_, tools)| tools.is_empty());
    (!silent).then_some(turns)
}

/// The ids of the tools' steps; models have none of their own.
fn tool_ids(steps: &[Step]) -> Vec<String> {
    let id = |(index, step): (usize, &Step)| {
        if step.kind == "tool" { format!("call_{index}") } else { String::new() }
    };
    steps.iter().enumerate().map(id).collect()
}

fn claude_code(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let turns = turns(steps)?;
    let mut lines: Vec<Value> = Vec::new();
    let mut parent = Value::Null;
    let mut say = |uuid: String, ms: i64, kind: &str, message: Value| {
        lines.push(json!({"parentUuid": parent, "isSidechain": false, "userType": "external", "cwd": "/home/mira/shop",
            "sessionId": TRACE, "version": "2.1.3", "gitBranch": "main", "uuid": uuid,
            "timestamp": iso(ms), "type": kind, "requestId": format!("req_{uuid}"), "message": message}));
        parent = uuid.into();
    };
    say("u-0".into(), 0, "user", json!({"role": "user", "content": "go"}));
    for (model, tools) in &turns {
        let mut content: Vec<Value> = tools
            .iter()
            .map(|tool| json!({"type": "tool_use", "id": format!("call_{tool}"), "name": steps[*tool].name, "input": value(&steps[*tool])}))
            .collect();
        if content.is_empty() {
            content.push(json!({"type": "text", "text": "Done."}));
        }
        let stop = if tools.is_empty() { "end_turn" } else { "tool_use" };
        say(
            format!("m-{model}"),
            steps[*model].end_ms,
            "assistant",
            json!({"id": format!("msg_{model}"), "type": "message",
            "role": "assistant", "model": "claude-opus-4-5", "content": content, "stop_reason": stop, "stop_sequence": null,
            "usage": {"input_tokens": 12, "output_tokens": 8, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}}),
        );
        for tool in tools {
            let step = &steps[*tool];
            let answer = json!({"type": "tool_result", "tool_use_id": format!("call_{tool}"),
                "content": step.error.clone().unwrap_or_else(|| "done".into()), "is_error": step.error.is_some()});
            say(format!("r-{tool}"), step.end_ms, "user", json!({"role": "user", "content": [answer]}));
        }
    }
    Some((lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"), tool_ids(steps)))
}

fn codex(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let turns = turns(steps)?;
    let mut lines = vec![
        json!({"timestamp": iso(0), "type": "session_meta", "payload": {"id": TRACE,
            "timestamp": iso(0), "cwd": "/home/me/shop", "originator": "codex_cli_rs", "cli_version": "0.94.0"}}),
        json!({"timestamp": iso(0), "type": "turn_context", "payload": {"cwd": "/home/me/shop", "model": "gpt-5.1-codex"}}),
        json!({"timestamp": iso(0), "type": "response_item", "payload": {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "go"}]}}),
        json!({"timestamp": iso(0), "type": "event_msg", "payload": {"type": "user_message", "message": "go"}}),
    ];
    let item =
        |ms: i64, payload: Value| json!({"timestamp": iso(ms), "type": "response_item", "payload": payload});
    for (model, tools) in &turns {
        let end_ms = steps[*model].end_ms;
        for tool in tools {
            let step = &steps[*tool];
            lines.push(item(
                end_ms,
                json!({"type": "function_call", "name": step.name, "arguments": step.input,
                "call_id": format!("call_{tool}")}),
            ));
        }
        if tools.is_empty() {
            lines.push(item(end_ms, json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]})));
        }
        for tool in tools {
            let step = &steps[*tool];
            let output = json!({"output": step.error.clone().unwrap_or_else(|| "done".into()),
                "metadata": {"exit_code": i32::from(step.error.is_some()), "duration_seconds": 0.0}});
            lines.push(item(step.end_ms, json!({"type": "function_call_output", "call_id": format!("call_{tool}"), "output": output.to_string()})));
        }
    }
    Some((lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"), tool_ids(steps)))
}

fn pi(steps: &[Step]) -> Option<(String, Vec<String>)> {
    let turns = turns(steps)?;
    let mut lines = vec![json!({"type": "session", "version": 3, "id": TRACE,
        "timestamp": iso(0), "cwd": "/home/me/shop"})];
    let mut parent = Value::Null;
    let mut say = |id: String, ms: i64, message: Value| {
        lines.push(json!({"type": "message", "id": id, "parentId": parent, "timestamp": iso(ms), "message": message}));
        parent = id.into();
    };
    say(
        "u0".into(),
        0,
        json!({"role": "user", "content": [{"type": "text", "text": "go"}], "timestamp": START_MS}),
    );
    for (model, tools) in &turns {
        let mut content: Vec<Value> = tools
            .iter()
            .map(|tool| json!({"type": "toolCall", "id": format!("call_{tool}"), "name": steps[*tool].name, "arguments": value(&steps[*tool])}))
            .collect();
        if content.is_empty() {
            content.push(json!({"type": "text", "text": "Done."}));
        }
        say(
            format!("m{model}"),
            steps[*model].end_ms,
            json!({"role": "assistant", "content": content, "api": "anthropic-messages",
            "provider": "anthropic", "model": "claude-sonnet-4-5", "stopReason": if tools.is_empty() { "stop" } else { "toolUse" },
            "timestamp": START_MS + steps[*model].start_ms,
            "usage": {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2}}),
        );
        for tool in tools {
            let step = &steps[*tool];
            say(
                format!("r{tool}"),
                step.end_ms,
                json!({"role": "toolResult", "toolCallId": format!("call_{tool}"), "toolName": step.name,
                "content": [{"type": "text", "text": step.error.clone().unwrap_or_else(|| "done".into())}],
                "isError": step.error.is_some(), "timestamp": START_MS + step.end_ms}),
            );
        }
    }
    Some((lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"), tool_ids(steps)))
}
