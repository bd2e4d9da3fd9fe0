//! AG-UI.

use engine::model::{SpanKind, SpanStatus, TraceStatus};
use engine::semantics::{self, MessagePart};

use crate::wire::collected::{payload, read, read_text, real_file};

#[test]
fn each_run_is_a_trace_with_its_messages_tools_and_steps() {
    let Some(bytes) = real_file("ag-ui-json/ag-ui-protocol__ag-ui/events.json") else { return };
    let text = String::from_utf8(bytes.clone()).unwrap();
    let read = read(&bytes).unwrap();
    assert_eq!(read.format, "ag-ui");
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!(read.traces.len(), text.matches("\"RUN_STARTED\"").count());
    let tools = read.spans.iter().filter(|span| span.kind == SpanKind::Tool).count();
    assert_eq!(tools, text.matches("\"TOOL_CALL_START\"").count());
    let failed = read.traces.iter().filter(|trace| trace.status == Some(TraceStatus::Failed)).count();
    assert_eq!(failed, text.matches("\"RUN_ERROR\"").count());
    assert!(read.traces.iter().all(|trace| trace.conversation.is_some()));
}

#[test]
fn pieces_are_put_together_from_server_sent_events() {
    let read = read_text(
        "data: {\"type\":\"RUN_STARTED\",\"threadId\":\"t\",\"runId\":\"r\",\"timestamp\":1767225600000}\n\n\
         data: {\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"m\",\"role\":\"assistant\"}\n\n\
         data: {\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"Let \"}\n\n\
         data: {\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"m\",\"delta\":\"me.\"}\n\n\
         data: {\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"m\"}\n\n\
         data: {\"type\":\"TOOL_CALL_START\",\"toolCallId\":\"c\",\"toolCallName\":\"search\"}\n\n\
         data: {\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":\"c\",\"delta\":\"{\\\"q\\\":\"}\n\n\
         data: {\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":\"c\",\"delta\":\"1}\"}\n\n\
         data: {\"type\":\"TOOL_CALL_END\",\"toolCallId\":\"c\",\"timestamp\":1767225601000}\n\n\
         data: {\"type\":\"TOOL_CALL_RESULT\",\"toolCallId\":\"c\",\"messageId\":\"n\",\"content\":\"found\",\"timestamp\":1767225603000}\n\n\
         data: {\"type\":\"RUN_FINISHED\",\"threadId\":\"t\",\"runId\":\"r\"}\n\n",
    );
    assert_eq!((read.format, read.spans.len()), ("ag-ui", 2), "{:?}", read.problems);
    let call = read.spans.iter().find(|span| span.kind == SpanKind::Llm).unwrap();
    let parts = semantics::content(&payload(call)).output_messages[0].parts.clone();
    assert_eq!(parts[0], MessagePart::Text { text: "Let me.".into() });
    assert!(
        matches!(&parts[1], MessagePart::ToolCall { name, arguments, .. } if name == "search" && arguments["q"] == 1)
    );
    let tool = read.named("search");
    assert_eq!(tool.status, SpanStatus::Ok);
    assert_eq!(tool.end_ns.unwrap() - tool.start_ns.unwrap(), 2_000_000_000);
}
