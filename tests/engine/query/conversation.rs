//! A run as messages, through the commands, on made-up and on real runs.

use engine::dto::{
    AnswerBefore, ConversationOutline, ConversationTurn, MessageOrigin, RunConversation,
    RunConversationRequest, TraceList, TraceListRequest, TraceRef, TraceSort, TurnRelation,
};
use engine::model::SpanStatus;
use engine::semantics::MessagePart;
use engine::testing::Harness;
use serde_json::{Value, json};

use crate::shared;

struct Run {
    harness: Harness,
    _folder: tempfile::TempDir,
}

impl Run {
    fn of(import: impl FnOnce(&Harness)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        import(&harness);
        Self { harness, _folder: folder }
    }

    fn real(file: &str) -> Option<Self> {
        let path = shared::file(file)?;
        Some(Self::of(|harness| drop(harness.import(&[&path]))))
    }

    fn trace_ids(&self) -> Vec<i64> {
        let list: TraceList = self.harness.call(
            "trace_list",
            &TraceListRequest {
                filter: String::new(),
                sort: TraceSort::Started,
                descending: false,
                offset: 0,
                limit: 100,
            },
        );
        list.items.iter().map(|item| item.trace_id).collect()
    }

    fn outline(&self) -> ConversationOutline {
        self.harness.call("conversation_outline", &TraceRef { trace_id: self.trace_ids()[0] })
    }

    fn page(&self, thread: u32, offset: u32, limit: u32) -> RunConversation {
        let trace_id = self.trace_ids()[0];
        self.harness.call("run_conversation", &RunConversationRequest { trace_id, thread, offset, limit })
    }

    fn turns(&self, thread: u32) -> Vec<ConversationTurn> {
        self.page(thread, 0, 50).turns
    }
}

/// A run of GenAI spans: each call with its request and answer, as JSON messages.
fn genai(calls: &[(Value, Value)]) -> String {
    let mut spans = vec![span(
        "f0",
        None,
        "invoke_agent helper",
        0,
        calls.len() as u64 * 10 + 10,
        json!({
            "gen_ai.operation.name": "invoke_agent"
        }),
    )];
    for (number, (request, answer)) in calls.iter().enumerate() {
        let start = number as u64 * 10 + 1;
        spans.push(span(
            &format!("{:02x}", number + 1),
            Some("f0"),
            "chat gpt-4o",
            start,
            start + 5,
            json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.request.temperature": 0.5,
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.server.time_to_first_token": 0.25,
                "gen_ai.input.messages": request.to_string(),
                "gen_ai.output.messages": answer.to_string(),
            }),
        ));
    }
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string()
}

fn span(id: &str, parent: Option<&str>, name: &str, start_s: u64, end_s: u64, attributes: Value) -> Value {
    let attributes: Vec<Value> = attributes
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| {
            let value = match value {
                Value::String(text) => json!({"stringValue": text}),
                number => json!({"doubleValue": number}),
            };
            json!({"key": key, "value": value})
        })
        .collect();
    let epoch_s = 1_760_000_000;
    let mut span = json!({
        "traceId": "0af7651916cd43dd8448eb211c80319c",
        "spanId": format!("{id:0>16}"),
        "name": name,
        "startTimeUnixNano": format!("{}", (epoch_s + start_s) * 1_000_000_000),
        "endTimeUnixNano": format!("{}", (epoch_s + end_s) * 1_000_000_000),
        "attributes": attributes,
    });
    if let Some(parent) = parent {
        span["parentSpanId"] = json!(format!("{parent:0>16}"));
    }
    span
}

fn said(role: &str, text: &str) -> Value {
    json!({"role": role, "parts": [{"type": "text", "content": text}]})
}

fn texts(messages: &[engine::dto::TurnMessage]) -> Vec<&str> {
    let parts = messages.iter().flat_map(|message| &message.message.parts);
    parts
        .filter_map(|part| match part {
            MessagePart::Text { text } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn each_call_says_what_it_added_and_the_tools_that_answered() {
    let call = json!({"role": "assistant", "finish_reason": "tool_calls", "parts": [
        {"type": "tool_call", "id": "call_1", "name": "search", "arguments": {"b": 1, "a": 2}}]});
    // The same call under another id, with its fields in another order.
    let again = json!({"role": "assistant", "parts": [
        {"type": "tool_call", "id": "call_9", "name": "search", "arguments": {"a": 2, "b": 1}}]});
    let result = json!({"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_9", "response": "none"}]});
    let (system, user) = (said("system", "Be brief."), said("user", "Where?"));
    let mut text: Value = serde_json::from_str(&genai(&[
        (json!([system, user]), json!([call])),
        (json!([system, user, again, result]), json!([said("assistant", "Nowhere.")])),
    ]))
    .unwrap();
    let mut tool =
        span("aa", Some("f0"), "execute_tool search", 7, 9, json!({"gen_ai.operation.name": "execute_tool"}));
    tool["status"] = json!({"code": 2, "message": "no index"});
    text["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().unwrap().push(tool);
    let run = Run::of(|harness| drop(harness.import_text(text.to_string())));

    let outline = run.outline();
    let [thread] = outline.threads.as_slice() else { panic!("one conversation: {outline:?}") };
    assert_eq!((thread.name.as_str(), thread.span_ids.len()), ("helper", 2));
    assert_eq!(thread.failed, [0], "the tool after the first call failed");
    let turns = run.turns(0);
    let [first, second] = turns.as_slice() else { panic!("two turns") };
    assert_eq!((texts(&first.system), texts(&first.added)), (vec!["Be brief."], vec!["Where?"]));
    assert_eq!(first.first_token_ns, Some(0.25e9));
    assert!(first.parameters.iter().any(|parameter| parameter.name == "temperature"));
    assert_eq!(first.finish_reason.as_deref(), Some("tool_calls"));
    let tool = first.answer[0].tools[0].as_ref().expect("the step of the tool is known");
    assert_eq!(
        (tool.status, tool.error.as_deref(), tool.duration_ns),
        (SpanStatus::Error, Some("no index"), Some(2e9))
    );
    assert_eq!(second.history.relation, TurnRelation::Continues);
    assert_eq!((second.history.kept, second.history.answer), (1, AnswerBefore::Kept));
    assert_eq!(second.system_messages, 1);
    assert!(second.system.is_empty(), "the instructions are the same");
    let [result] = second.added.as_slice() else { panic!("the result alone is new: {:?}", second.added) };
    assert_eq!((result.place, result.origin), (3, MessageOrigin::Added));
    assert_eq!(result.tools[0].as_ref().map(|tool| tool.name.as_str()), Some("search"));
    assert_eq!(texts(&second.answer), ["Nowhere."]);
}

#[test]
fn a_long_text_ends_early_and_says_how_long_it_is() {
    let long = "ä".repeat(40_000);
    let run = Run::of(|harness| {
        drop(harness.import_text(genai(&[(json!([said("user", &long)]), json!([said("assistant", "ok")]))])))
    });
    let turns = run.turns(0);
    assert_eq!(turns[0].added[0].whole_bytes, [80_000]);
    assert_eq!(texts(&turns[0].added)[0].len(), 20_000);
}

#[test]
fn a_run_without_model_calls_says_so() {
    let text =
        json!({"resourceSpans": [{"scopeSpans": [{"spans": [span("01", None, "work", 0, 1, json!({}))]}]}]});
    let run = Run::of(|harness| drop(harness.import_text(text.to_string())));
    let outline = run.outline();
    assert!(outline.threads.is_empty() && outline.empty_reason.is_some());
    assert_eq!(run.page(0, 0, 50).total, 0);
}

#[test]
fn calls_are_compared_once_and_pages_read_their_own_turns() {
    let mut history = vec![said("user", "start")];
    let mut calls = Vec::new();
    for number in 0..120 {
        let answer = said("assistant", &format!("answer {number}"));
        calls.push((json!(history), json!([answer])));
        history.extend([answer, said("user", &format!("more {number}"))]);
    }
    let run = Run::of(|harness| drop(harness.import_text(genai(&calls))));
    assert_eq!(run.outline().threads[0].span_ids.len(), 120);
    let once = run.harness.compared_bytes();
    let stored: usize =
        calls.iter().map(|(request, answer)| request.to_string().len() + answer.to_string().len()).sum();
    assert!(once as usize <= 2 * stored + 120 * 2_000, "each call is read once: {once} of {stored} bytes");
    let page = run.page(0, 60, 50);
    assert_eq!((page.total, page.turns.len()), (120, 50));
    assert!(page.turns.iter().all(|turn| turn.added.len() == 1 && turn.history.answer == AnswerBefore::Kept));
    assert_eq!(texts(&page.turns[0].added), ["more 59"]);
    assert_eq!(run.harness.compared_bytes(), once, "nothing is compared again");

    // One more call comes: it alone is read.
    let more: Value = serde_json::from_str(&genai(
        &[calls, vec![(json!(history), json!([said("assistant", "end")]))]].concat(),
    ))
    .unwrap();
    let last = more["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().last().unwrap().clone();
    let text = json!({"resourceSpans": [{"scopeSpans": [{"spans": [last]}]}]}).to_string();
    run.harness.import_text(text);
    assert_eq!(run.outline().threads[0].span_ids.len(), 121);
    let longest = json!(history).to_string().len() as u64;
    assert!(run.harness.compared_bytes() - once < 2 * longest + 2_000);
    assert_eq!(texts(&run.page(0, 120, 1).turns[0].added), ["more 119"]);
}

#[test]
fn a_session_of_claude_code_with_sub_agents() {
    let file = "claude-code-jsonl/d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl";
    let Some(run) = Run::real(file) else { return };
    let outline = run.outline();
    assert_eq!(outline.threads.len(), 3, "the session and two sub-agents: {:?}", outline.threads);
    assert_eq!(outline.threads.iter().map(|thread| thread.span_ids.len()).sum::<usize>(), 20);
    assert_eq!(outline.threads.iter().map(|thread| thread.depth).collect::<Vec<_>>(), [0, 1, 1]);
    for thread in 0..3 {
        let turns = run.turns(thread);
        assert!(turns.iter().all(|turn| turn.history.removed.is_empty() && turn.history.edited == 0));
        assert!(turns[1..].iter().all(|turn| turn.history.relation != TurnRelation::Begins));
        let parts = turns.iter().flat_map(|turn| turn.answer.iter().chain(&turn.added));
        for message in parts {
            for (part, tool) in message.message.parts.iter().zip(&message.tools) {
                let wants_tool =
                    matches!(part, MessagePart::ToolCall { .. } | MessagePart::ToolResult { .. });
                assert_eq!(wants_tool, tool.is_some(), "each call and result has its step: {part:?}");
            }
        }
    }
}

#[test]
fn real_runs_repeat_no_history() {
    for (file, threads, calls) in [
        (
            "codex-rollout-jsonl/jnarowski__agentcmd/rollout-2025-09-25T15-12-14-019982b8-3422-79e0-8b3b-05abaf4f3c3e.jsonl",
            1,
            35,
        ),
        ("otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json", 0, 0),
        ("otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json", 0, 0),
    ] {
        let Some(run) = Run::real(file) else { return };
        let outline = run.outline();
        if threads > 0 {
            assert_eq!(outline.threads.len(), threads, "{file}");
        }
        let all: usize = outline.threads.iter().map(|thread| thread.span_ids.len()).sum();
        assert!(all > 0 && (calls == 0 || all == calls), "{file}: {all}");
        for thread in 0..outline.threads.len() as u32 {
            for turn in run.turns(thread) {
                if turn.history.relation == TurnRelation::Continues {
                    assert!(turn.history.kept > 0, "{file}: {turn:?}");
                }
            }
        }
    }
}
