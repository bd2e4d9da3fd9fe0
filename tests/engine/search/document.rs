//! The document of a trace: what of a payload can be found.

use engine::search::document::Document;

fn document(payload: &str) -> Vec<String> {
    let mut document = Document::default();
    document.add_payload(payload.as_bytes());
    let text = String::from_utf8(document.folded).expect("folded text is UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn values_can_be_found_and_names_of_fields_cannot() {
    let payload = r#"{
        "input": { "city": "Paris", "days": [3, 4.5, true, null] },
        "attributes": {
            "gen_ai.input.messages": "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Say \\\"hi\\\" \\u4f60\\n\\nNow\"}]}]",
            "error.type": "TimeoutError", "http.status_code": 503
        },
        "events": [{ "time_ns": 17, "name": "exception", "attributes": { "exception.message": "boom" } }],
        "status_message": "It failed",
        "resource": { "service.name": "shop" }, "scope": { "name": "sdk" }, "links": [{ "trace": "t", "span": "s" }],
        "other": { "kind": "SPAN_KIND_CLIENT" }
    }"#;
    let expected =
        ["paris", "3", "4.5", "say \"hi\" 你 now", "timeouterror", "503", "exception", "boom", "it failed"];
    assert_eq!(document(payload), expected);
}

#[test]
fn what_only_looks_like_json_is_text() {
    for text in ["[1] one [2]", "{not: json}", "[\\\"cut in the mid", "{}{}", "[1,]"] {
        let payload = format!(r#"{{"input":"{text}"}}"#);
        assert_eq!(document(&payload).len(), 1, "{payload}");
    }
    assert_eq!(document("no JSON at all").len(), 1);
    assert_eq!(document(r#"{"input":"#), ["{\"input\":"]);
    let deep = format!("{{\"input\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(document(&deep).len(), 1, "what is nested too deep is text");
}
