//! What is seen of a source's first bytes.

use engine::wire::Sample;
use serde_json::json;

#[test]
fn a_single_document_is_one_value_and_not_lines() {
    let sample = Sample::new(b"\xef\xbb\xbf{\"a\": 1}\n", true);
    assert_eq!(sample.values, [json!({"a": 1})]);
    assert!(!sample.lines && !sample.in_array && sample.complete);
    assert_eq!(&*sample.bytes, b"{\"a\": 1}\n");
}

#[test]
fn json_lines_are_told_from_pretty_printing() {
    assert!(Sample::new(b"{\"a\":1}\r\n\r\n{\"b\":2}\r\n", true).lines);
    assert!(Sample::new(b"no json\n{\"a\":1}\n{\"b\":2}\n", true).lines, "one damaged line changes nothing");
    assert!(
        Sample::new(b"{\"a\":1}\n{\"b\": [1, 2, ", false).lines,
        "the second line is larger than the sample"
    );
    assert!(!Sample::new(b"{\n\"a\":\n{}\n}", true).lines);
    assert!(!Sample::new(b"[\n{\"a\":1},\n{\"b\":2},\n{\"c\":2}\n]", true).lines);
}

#[test]
fn leading_values_come_from_arrays_and_concatenated_documents() {
    let array = Sample::new(b"[{\"a\":1}, {\"b\":2}, {\"c\"", false);
    assert!(array.in_array);
    assert_eq!(array.values, [json!({"a": 1}), json!({"b": 2})]);
    let concatenated = Sample::new(b"{\"a\":1}{\"b\":2}", true);
    assert!(!concatenated.in_array);
    assert_eq!(concatenated.values, [json!({"a": 1}), json!({"b": 2})]);
}

#[test]
fn a_first_value_larger_than_the_sample_is_closed() {
    let text = br#"{"spans": [{"id": "a", "n": 12}, {"id": "b\u00e4", "tags": ["x", "half \u00"#;
    let sample = Sample::new(text, false);
    assert_eq!(
        sample.values,
        [json!({"spans": [{"id": "a", "n": 12}, {"id": "bä", "tags": ["x", "half "]}]})]
    );
    assert_eq!(Sample::new(br#"[{"a": {"b": 1, "c"#, false).values, [json!({"a": {"b": 1}})]);
    assert_eq!(Sample::new(br#"{"a": 1, "b": tru"#, false).values, [json!({"a": 1})]);
}

#[test]
fn utf_16_and_a_document_in_a_string_are_seen_through() {
    let text = "{\"a\": \"ä😀\"}";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(Sample::new(&bytes, true).values, [json!({"a": "ä😀"})]);
    let without_mark: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(Sample::new(&without_mark, true).values, [json!({"a": "ä😀"})]);
    let inner = serde_json::to_string(text).unwrap();
    assert_eq!(Sample::new(inner.as_bytes(), true).values, [json!({"a": "ä😀"})]);
    assert_eq!(Sample::new(&inner.as_bytes()[..12], false).values, [json!({"a": ""})], "cut inside: {inner}");
}

#[test]
fn what_is_no_json_has_no_values() {
    assert!(Sample::new(b"", true).values.is_empty());
    assert!(Sample::new(b"trace_id,project_id\n1,2\n", true).values.is_empty());
    assert!(Sample::new(&b"[".repeat(100_000), true).values.is_empty());
}
