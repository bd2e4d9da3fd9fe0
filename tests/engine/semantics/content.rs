//! What a person sees of a step, on real spans of each convention and on the shapes they come in.

use engine::model::{Payload, PayloadEvent, SpanRecord};
use engine::semantics::{Content, ErrorDetail, MessagePart, content};
use serde_json::{Value, json};

use crate::wire::collected::{payload, read, real_file};

/// The contents of the spans of a real file for which `wanted` holds.
fn real(file: &str, wanted: impl Fn(&SpanRecord) -> bool) -> Vec<Content> {
    let Some(bytes) = real_file(file) else { return Vec::new() };
    let read = read(&bytes).unwrap();
    let found: Vec<_> =
        read.spans.iter().filter(|span| wanted(span)).map(|span| content(&payload(span))).collect();
    assert!(!found.is_empty(), "{file} has such a span");
    found
}

fn of(attributes: Value) -> Content {
    let attributes = attributes.as_object().unwrap().clone();
    content(&Payload { attributes, ..Payload::default() })
}

fn text_of(part: &MessagePart) -> &str {
    match part {
        MessagePart::Text { text } => text,
        other => panic!("this is no text: {other:?}"),
    }
}

#[test]
fn openinference_messages_tools_and_parameters() {
    let calls = real("otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json", |span| {
        span.name == "ChatCompletion"
    });
    for content in &calls {
        assert!(!content.input_messages.is_empty() && content.output_messages.len() == 1);
        assert_eq!(
            (&content.input, &content.output),
            (&None, &None),
            "the raw request and answer say it twice"
        );
        assert!(
            content.parameters.iter().any(|parameter| parameter.name == "model" && parameter.value == "o1")
        );
    }
    if let Some(content) = calls.iter().find(|content| !content.tools.is_empty()) {
        assert!(content.tools.iter().any(|tool| tool.name == "web_search" && tool.parameters.is_some()));
        let call =
            calls.iter().flat_map(|content| &content.output_messages).flat_map(|message| &message.parts);
        assert!(
            call.into_iter()
                .any(|part| matches!(part, MessagePart::ToolCall { name, arguments, id: Some(_) }
            if name == "web_search" && arguments["query"].is_string()))
        );
    }
}

#[test]
fn openinference_retrieval_and_langchain() {
    for content in real("otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json", |span| {
        span.name == "VectorStoreRetriever"
    }) {
        assert_eq!(content.input, Some(json!("what was meta's revenue in Q4 2023")));
        let documents = content.output.unwrap();
        assert_eq!(documents.as_array().unwrap().len(), 3);
        assert_eq!(documents[0]["metadata"]["source"], "data/meta_q4_2023.txt");
    }
    for content in real("otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json", |span| {
        span.name == "ChatOpenAI"
    }) {
        assert_eq!(
            text_of(&content.output_messages[0].parts[0]),
            "Meta Platforms Inc.'s revenue in Q4 2023 was $40.1 billion."
        );
        assert_eq!(content.output_messages[0].finish_reason.as_deref(), Some("stop"));
        assert!(
            content
                .parameters
                .iter()
                .any(|parameter| parameter.name == "temperature" && parameter.value == 0.1)
        );
    }
}

#[test]
fn gen_ai_text_and_tools() {
    for content in
        real("otlp-json/jaegertracing__jaeger-ui/agent-trace.json", |span| span.name.starts_with("chat "))
    {
        assert!(text_of(&content.input_messages[0].parts[0]).len() > 20);
        assert_eq!(content.output_messages[0].role, "assistant");
    }
    for content in real("otlp-json/jaegertracing__jaeger-ui/agent-trace.json", |span| {
        span.name == "execute_tool get_pod_metrics"
    }) {
        assert_eq!(content.input.unwrap()["pod"], "api-deployment-7f9d8b");
        assert_eq!(content.output.unwrap()["cpu_p95"], 0.98);
    }
}

#[test]
fn gen_ai_structured_messages_in_gemini_shape() {
    for content in real("otel-span-json/langwatch__langwatch/gemini-B.llm_call.json", |_| true) {
        let roles: Vec<_> = content.input_messages.iter().map(|message| message.role.as_str()).collect();
        assert_eq!(roles, ["system", "user", "user"]);
        let parts = &content.output_messages[0].parts;
        assert!(
            matches!(parts[0], MessagePart::Reasoning { .. }) && matches!(parts[1], MessagePart::Text { .. })
        );
    }
}

#[test]
fn traceloop_functions_and_exceptions_with_stacks() {
    for content in real("otel-flattened-json/sideseat__sideseat/raw_otel_langchain_spans.json", |span| {
        span.name == "ChatBedrockConverse.chat"
    }) {
        assert_eq!(content.tools[0].name, "calculator");
        assert_eq!(content.tools[0].parameters.as_ref().unwrap()["type"], "object");
    }
    for content in real("otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_spans.json", |span| {
        span.error.is_some()
    }) {
        assert_eq!(content.errors.len(), 1, "status and exception are one error: {:?}", content.errors);
        assert!(content.errors[0].kind.as_deref().unwrap().ends_with("AccessDeniedException"));
        assert!(content.errors[0].stack.as_deref().unwrap().starts_with("Traceback"));
    }
}

#[test]
fn vercel_prompts_and_answers() {
    let texts = real("otel-js-readablespan/Arize-ai__openinference/all-spans.json", |span| {
        span.name.starts_with("ai.generateText")
    });
    let haikus = texts
        .iter()
        .filter(|content| text_of(&content.input_messages[0].parts[0]) == "Write a haiku about programming.");
    for (seen, content) in haikus.enumerate() {
        assert!(seen < 2, "one outer and one inner span");
        assert!(text_of(&content.output_messages[0].parts[0]).starts_with("Lines of code align"));
        assert_eq!(content.output_messages[0].finish_reason.as_deref(), Some("stop"));
    }
    for content in texts.iter().filter(|content| content.input_messages.len() > 1) {
        assert_eq!(content.input_messages[0].role, "system");
    }
    for content in real("otel-js-readablespan/Arize-ai__openinference/all-spans.json", |span| {
        span.name == "ai.embed.doEmbed"
    }) {
        assert_eq!(content.input, Some(json!(["The quick brown fox jumps over the lazy dog."])));
        assert!(content.output.unwrap()[0].is_array());
    }
}

#[test]
fn nested_and_flattened_attributes_are_one() {
    let flat = of(json!({
        "llm.input_messages.10.message.role": "user", "llm.input_messages.10.message.content": "third",
        "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "first",
        "llm.input_messages.2.message.role": "tool", "llm.input_messages.2.message.content": "{\"t\": 20}",
        "llm.input_messages.2.message.tool_call_id": "c1",
    }));
    let nested = of(json!({"llm": {"input_messages": [
        {"message": {"role": "system", "content": "first"}},
        {"message": {"role": "tool", "content": "{\"t\": 20}", "tool_call_id": "c1"}},
        {"message": {"role": "user", "content": "third"}},
    ]}}));
    assert_eq!(flat, nested);
    assert_eq!(
        flat.input_messages[1].parts,
        [MessagePart::ToolResult { id: Some("c1".into()), result: json!({"t": 20}), is_error: false }]
    );
}

#[test]
fn structured_messages_with_every_kind_of_part() {
    let messages = json!([
        {"role": "user", "parts": [
            {"type": "text", "content": "look"},
            {"type": "blob", "modality": "image", "mime_type": "image/png", "content": "AAEC"},
            {"type": "uri", "modality": "audio", "uri": "https://example.org/a.mp3"},
        ]},
        {"role": "assistant", "parts": [
            {"type": "reasoning", "content": "hm"},
            {"type": "tool_call", "id": "c1", "name": "search", "arguments": "{\"q\": \"x\"}"},
        ], "finish_reason": "tool_call"},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "[1, 2]"}]},
        {"role": "assistant", "parts": [{"type": "hologram", "beam": 1}]},
    ]);
    let as_string = of(
        json!({"gen_ai.input.messages": messages.to_string(), "gen_ai.system_instructions": "[{\"type\":\"text\",\"content\":\"Be kind\"}]"}),
    );
    let structured = of(
        json!({"gen_ai.input.messages": messages, "gen_ai.system_instructions": [{"type": "text", "content": "Be kind"}]}),
    );
    assert_eq!(as_string, structured);
    let said = &structured.input_messages;
    assert_eq!((said[0].role.as_str(), text_of(&said[0].parts[0])), ("system", "Be kind"));
    assert_eq!(
        said[1].parts[1],
        MessagePart::Media {
            modality: "image".into(),
            mime_type: Some("image/png".into()),
            reference: "AAEC".into()
        }
    );
    assert_eq!(
        said[1].parts[2],
        MessagePart::Media {
            modality: "audio".into(),
            mime_type: None,
            reference: "https://example.org/a.mp3".into()
        }
    );
    assert_eq!(
        said[2].parts[1],
        MessagePart::ToolCall { id: Some("c1".into()), name: "search".into(), arguments: json!({"q": "x"}) }
    );
    assert_eq!(
        said[3].parts,
        [MessagePart::ToolResult { id: Some("c1".into()), result: json!([1, 2]), is_error: false }]
    );
    assert_eq!(said[4].parts, [MessagePart::Other { value: json!({"type": "hologram", "beam": 1}) }]);
}

#[test]
fn messages_told_as_events() {
    let event = |name: &str, attributes: Value| PayloadEvent {
        name: name.into(),
        attributes: attributes.as_object().unwrap().clone(),
        time_ns: None,
    };
    let read = content(&Payload {
        events: vec![
            event("gen_ai.system.message", json!({"content": "Be kind"})),
            event("gen_ai.user.message", json!({"content": "[{\"type\":\"text\",\"text\":\"Hello\"}]"})),
            event(
                "gen_ai.choice",
                json!({"index": 0, "finish_reason": "stop", "message": "{\"role\":\"assistant\",\"content\":\"Hi\"}"}),
            ),
        ],
        ..Payload::default()
    });
    let roles: Vec<_> = read.input_messages.iter().map(|message| message.role.as_str()).collect();
    assert_eq!(roles, ["system", "user"]);
    assert_eq!(text_of(&read.input_messages[1].parts[0]), "Hello");
    assert_eq!(text_of(&read.output_messages[0].parts[0]), "Hi");
    assert_eq!(read.output_messages[0].finish_reason.as_deref(), Some("stop"));
    let old = content(&Payload {
        events: vec![
            event(
                "gen_ai.content.prompt",
                json!({"gen_ai.prompt": "[{\"role\":\"user\",\"content\":\"Hello\"}]"}),
            ),
            event("gen_ai.content.completion", json!({"gen_ai.completion": "Hi"})),
        ],
        ..Payload::default()
    });
    assert_eq!(text_of(&old.input_messages[0].parts[0]), "Hello");
    assert_eq!(text_of(&old.output_messages[0].parts[0]), "Hi");
}

#[test]
fn indexed_prompts_with_tool_calls() {
    let read = of(json!({
        "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hello",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls",
        "gen_ai.completion.0.tool_calls.0.id": "c1", "gen_ai.completion.0.tool_calls.0.name": "search",
        "gen_ai.completion.0.tool_calls.0.arguments": "{\"q\":\"x\"}",
    }));
    assert_eq!(text_of(&read.input_messages[0].parts[0]), "Hello");
    let answer = &read.output_messages[0];
    assert_eq!(answer.finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(
        answer.parts,
        [MessagePart::ToolCall {
            id: Some("c1".into()),
            name: "search".into(),
            arguments: json!({"q": "x"})
        }]
    );
}

#[test]
fn vercel_tool_calls_and_results() {
    let read = of(json!({
        "ai.prompt.messages": [{"role": "tool", "content": [{"type": "tool-result", "toolCallId": "c1", "toolName": "search", "output": {"type": "json", "value": 3}}]}],
        "ai.prompt.tools": ["{\"type\":\"function\",\"name\":\"search\",\"inputSchema\":{\"type\":\"object\"}}"],
        "ai.response.toolCalls": "[{\"type\":\"tool-call\",\"toolCallId\":\"c2\",\"toolName\":\"search\",\"input\":{\"q\":\"y\"}}]",
        "ai.response.finishReason": "tool-calls",
    }));
    assert_eq!(
        read.input_messages[0].parts,
        [MessagePart::ToolResult {
            id: Some("c1".into()),
            result: json!({"type": "json", "value": 3}),
            is_error: false
        }]
    );
    assert_eq!(
        read.output_messages[0].parts,
        [MessagePart::ToolCall {
            id: Some("c2".into()),
            name: "search".into(),
            arguments: json!({"q": "y"})
        }]
    );
    assert_eq!(
        (read.tools[0].name.as_str(), &read.tools[0].parameters),
        ("search", &Some(json!({"type": "object"})))
    );
}

#[test]
fn explicit_fields_are_used_and_conversations_in_them_found() {
    let read = content(&Payload {
        input: Some(json!({"messages": [{"role": "user", "content": "Hello"}], "model": "m"})),
        output: Some(
            json!({"choices": [{"message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]}),
        ),
        ..Payload::default()
    });
    assert_eq!(text_of(&read.input_messages[0].parts[0]), "Hello");
    assert_eq!(read.input, Some(json!({"model": "m"})));
    assert_eq!((text_of(&read.output_messages[0].parts[0]), &read.output), ("Hi", &None));
    let plain = content(&Payload {
        input: Some(json!({"query": "{\"a\": \"[1, 2]\"}"})),
        output: Some(json!({"error": "boom", "retryable": true})),
        ..Payload::default()
    });
    assert_eq!(plain.input, Some(json!({"query": {"a": [1, 2]}})), "JSON in strings is unfolded");
    assert_eq!(plain.errors, [ErrorDetail { message: "boom".into(), ..ErrorDetail::default() }]);
    assert_eq!(plain.output, Some(json!({"error": "boom", "retryable": true})));
}

#[test]
fn plain_text_stays_text() {
    let read = of(
        json!({"input.value": "{\"a\": 1}", "input.mime_type": "text/plain", "output.value": "{\"a\": 1}", "output.mime_type": "application/json"}),
    );
    assert_eq!((read.input, read.output), (Some(json!("{\"a\": 1}")), Some(json!({"a": 1}))));
}

#[test]
fn hostile_attributes_are_read_in_reasonable_time_and_space() {
    let mut attributes = serde_json::Map::new();
    for index in 0..20_000 {
        attributes.insert(format!("llm.input_messages.{index}.message.content"), json!("x"));
    }
    attributes.insert("llm.".repeat(5_000), json!("deep"));
    attributes.insert("gen_ai.input.messages".into(), json!("[".repeat(50_000)));
    attributes.insert("input.value".into(), json!(format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))));
    let read = content(&Payload { attributes, ..Payload::default() });
    assert_eq!(text_of(&read.input_messages[0].parts[0]).len(), 50_000, "what is no JSON is text");
    assert!(read.input.is_some());
}

#[test]
fn messages_as_pairs_and_states_of_graphs() {
    let payload = Payload {
        input: Some(
            json!({"messages": [["user", "question"], ["assistant", "plan"], ["tool", "{\"rows\": 3}"]], "n": 1}),
        ),
        output: Some(json!({"messages": [["assistant", "answer"]], "n": 2})),
        ..Payload::default()
    };
    let content = content(&payload);
    let roles: Vec<&str> = content.input_messages.iter().map(|message| &*message.role).collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
    assert_eq!(text_of(&content.input_messages[0].parts[0]), "question");
    assert!(
        matches!(&content.input_messages[2].parts[0], MessagePart::ToolResult { result, .. } if result["rows"] == 3)
    );
    assert_eq!(text_of(&content.output_messages[0].parts[0]), "answer");
    assert_eq!(
        (content.input, content.output),
        (Some(json!({"n": 1})), Some(json!({"n": 2}))),
        "the rest stays"
    );
}

#[test]
fn autogen_messages_with_calls_and_results_in_their_content() {
    let payload = Payload {
        input: Some(json!([
            {"content": "Be brief.", "type": "SystemMessage"},
            {"content": ["Add", "two numbers"], "source": "user", "type": "UserMessage"},
            {"content": [{"id": "c1", "name": "add", "arguments": "{\"a\": 1}"}], "source": "math", "type": "AssistantMessage"},
            {"content": [{"content": "no", "call_id": "c1", "is_error": true}], "type": "FunctionExecutionResultMessage"},
        ])),
        ..Payload::default()
    };
    let content = content(&payload);
    let roles: Vec<&str> = content.input_messages.iter().map(|message| &*message.role).collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool"]);
    assert_eq!(content.input_messages[1].parts.len(), 2);
    assert!(matches!(&content.input_messages[2].parts[0], MessagePart::ToolCall { name, arguments, .. }
        if name == "add" && arguments["a"] == 1));
    assert!(
        matches!(&content.input_messages[3].parts[0], MessagePart::ToolResult { id: Some(id), is_error: true, .. }
        if id == "c1")
    );
}

#[test]
fn items_of_the_responses_api_are_messages() {
    let read = content(&Payload {
        input: Some(json!([
            {"role": "user", "content": "weather?"},
            {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{\"city\":\"Bern\"}"},
            {"type": "function_call_output", "call_id": "c1", "output": "{\"sky\":\"blue\"}"},
        ])),
        output: Some(json!({"object": "response", "output": [
            {"type": "reasoning", "summary": []},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "easy"}]},
            {"type": "web_search_call", "id": "w1", "action": {"query": "Bern"}},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "blue"}]},
        ]})),
        ..Payload::default()
    });
    let roles: Vec<&str> = read.input_messages.iter().map(|message| message.role.as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "tool"]);
    let id = Some("c1".to_owned());
    assert_eq!(
        (&read.input_messages[1].parts[0], &read.input_messages[2].parts[0]),
        (
            &MessagePart::ToolCall {
                id: id.clone(),
                name: "weather".into(),
                arguments: json!({"city": "Bern"})
            },
            &MessagePart::ToolResult { id, result: json!({"sky": "blue"}), is_error: false }
        )
    );
    let said: Vec<_> = read.output_messages.iter().flat_map(|message| &message.parts).collect();
    assert_eq!(
        said[0],
        &MessagePart::Reasoning { text: "easy".into() },
        "empty reasoning is nothing to show"
    );
    assert!(matches!(said[1], MessagePart::ToolCall { name, .. } if name == "web_search"));
    assert_eq!((text_of(said[2]), &read.output), ("blue", &None));
}

#[test]
fn what_frameworks_keep_beside_a_message() {
    let read = content(&Payload {
        output: Some(json!({"role": "assistant", "content": "", "additional_kwargs": {"tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, "tool_calls": []})),
        ..Payload::default()
    });
    assert!(
        matches!(&read.output_messages[0].parts[..], [MessagePart::ToolCall { name, .. }] if name == "f")
    );
    let vercel = content(&Payload {
        output: Some(json!([{"toolCallId": "c", "toolName": "f", "input": {"a": 1}}])),
        ..Payload::default()
    });
    assert!(
        matches!(&vercel.output_messages[0].parts[..], [MessagePart::ToolCall { name, .. }] if name == "f")
    );
}

#[test]
fn parameters_and_tools_that_platforms_keep_in_fields_of_their_own() {
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
    for attributes in [
        json!({"modelParameters": {"temperature": 0.5}, "toolDefinitions": {"f": "{\"name\":\"f\"}"}}),
        json!({"invocation_params": {"temperature": 0.5, "tools": [tool]}}),
        json!({"model_config": {"temperature": 0.5}, "tools": [tool]}),
        json!({"latency_sec": 1, "kwargs": {"temperature": 0.5, "messages": []}, "tools": [tool]}),
    ] {
        let read = of(attributes.clone());
        assert_eq!(read.tools[0].name, "f", "{attributes}");
        assert_eq!(
            (read.parameters.len(), read.parameters[0].name.as_str()),
            (1, "temperature"),
            "{attributes}"
        );
    }
    let plain = content(&Payload {
        input: Some(json!({"messages": [{"role": "user", "content": "x"}], "tools": [tool], "model": "m"})),
        ..Payload::default()
    });
    assert_eq!((plain.tools.len(), plain.input), (1, Some(json!({"model": "m"}))));
}

#[test]
fn attributes_of_trulens() {
    let read = of(json!({
        "ai.observability.span_type": "retrieval",
        "ai.observability.retrieval.query_text": "why?",
        "ai.observability.retrieval.retrieved_contexts": ["because"],
    }));
    assert_eq!((read.input, read.output), (Some(json!("why?")), Some(json!(["because"]))));
}
