//! How sources fall into frames, whatever state they are in.

use std::io::{self, Read};

use engine::model::Problem;
use engine::wire::{Framer, Framing, Sample, Shape};

const UNWRAP: &[&str] = &["spans", "data"];

/// Gives its bytes a few at a time, so that every cut between two reads is tried.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(into.len());
        let (now, later) = self.0.split_at(count);
        into[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

struct Seen {
    frames: Vec<(String, u64, Option<u64>, Shape)>,
    problems: Vec<Problem>,
}

impl Seen {
    fn texts(&self) -> Vec<&str> {
        self.frames.iter().map(|frame| frame.0.as_str()).collect()
    }
    fn lines(&self) -> Vec<u64> {
        self.frames.iter().filter_map(|frame| frame.2).collect()
    }
}

fn drain<R: Read>(mut framer: Framer<R>, target_bytes: usize) -> io::Result<Seen> {
    let mut seen = Seen { frames: Vec::new(), problems: Vec::new() };
    while let Some(chunk) = framer.next_chunk(target_bytes)? {
        for frame in chunk.frames() {
            let text = String::from_utf8(frame.bytes.to_vec()).expect("frames of text are UTF-8");
            seen.frames.push((text, frame.at.byte, frame.at.line, frame.shape));
        }
        seen.problems.extend(chunk.problems);
    }
    Ok(seen)
}

fn cut_as(framing: Framing, bytes: &[u8]) -> Seen {
    let sample = Sample::new(bytes, true);
    drain(Framer::new(Trickle(bytes, 7), framing, &sample), 4096).unwrap()
}

fn cut(bytes: impl AsRef<[u8]>) -> Seen {
    cut_as(Framing::Json { unwrap: &[] }, bytes.as_ref())
}

fn unwrap(bytes: impl AsRef<[u8]>) -> Seen {
    cut_as(Framing::Json { unwrap: UNWRAP }, bytes.as_ref())
}

#[test]
fn json_lines_with_byte_order_mark_crlf_and_blank_lines() {
    let seen = cut("\u{feff}{\"a\":1}\r\n\r\n  \n{\"b\":\"ü\"}\r\n{\"c\":3}");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"b\":\"ü\"}", "{\"c\":3}"]);
    assert_eq!(seen.lines(), [1, 4, 5]);
    assert_eq!(seen.frames[0].1, 3, "the byte-order mark counts");
    assert!(seen.problems.is_empty());
}

#[test]
fn a_garbage_line_is_a_frame_and_costs_itself_only() {
    let seen = cut("{\"a\":1}\n{\"broken\": [\n{\"b\":2}\n{\"c\":3}\n");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"broken\": [", "{\"b\":2}", "{\"c\":3}"]);
}

#[test]
fn a_truncated_last_line_is_salvaged_and_reported() {
    let seen = cut("{\"a\":1}\n{\"b\":2}\n{\"c\":\"half a w");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"b\":2}", "{\"c\":\"half a w\"}"]);
    assert_eq!(seen.problems.len(), 1);
    assert_eq!(seen.problems[0].at.line, Some(3));
    assert_eq!(seen.problems[0].at.byte, 16);
}

#[test]
fn a_line_cut_inside_a_character_is_salvaged() {
    let mut bytes = "{\"a\":1}\n{\"b\":2}\n{\"c\":\"ü".as_bytes().to_vec();
    bytes.pop();
    assert_eq!(cut(&bytes).texts()[2], "{\"c\":\"\"}");
}

#[test]
fn concatenated_documents_need_no_newline() {
    let seen = cut("{\"a\":\"}{\"}{\"b\":[{}]}\u{1e}{\"c\":\"\\\"\"} [1]");
    assert_eq!(seen.texts(), ["{\"a\":\"}{\"}", "{\"b\":[{}]}", "{\"c\":\"\\\"\"}", "1"]);
    assert!(seen.problems.is_empty());
}

#[test]
fn text_between_documents_is_reported() {
    let seen = cut("INFO start\n{\"a\":1}\nDone. {\"b\":2}");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"b\":2}"]);
    assert_eq!(seen.problems.len(), 2);
    assert!(seen.problems[0].reason.contains("INFO start"), "{:?}", seen.problems);
    assert_eq!(seen.problems[1].at.line, Some(3));
}

#[test]
fn elements_of_a_top_level_array_are_frames() {
    let seen = unwrap("[\n {\"spans\":[1]},\n {\"b\":2}, null\n]");
    assert_eq!(seen.texts(), ["{\"spans\":[1]}", "{\"b\":2}", "null"]);
    assert_eq!(seen.lines(), [2, 3, 3]);
    for text in
        ["[{\"a\":1},{\"b\":2}", "[{\"a\":1},{\"b\":2},", "[{\"a\":1},{\"b\":2},]", "[{\"a\":1},{\"b\":2}]"]
    {
        let seen = cut(text);
        assert_eq!(seen.texts(), ["{\"a\":1}", "{\"b\":2}"], "{text}");
        assert!(seen.problems.is_empty(), "{text}");
    }
}

#[test]
fn the_array_of_an_object_is_taken_apart() {
    let text =
        "{\"meta\":{\"data\":[7]},\n\"spans\":[{\"a\":[1]}, {\"b\":\"]\"}],\"n\":12,\n\"other\":\"\\\"x\"}";
    for trickle in [1, 7, 4096] {
        let sample = Sample::new(text.as_bytes(), true);
        let framer =
            Framer::new(Trickle(text.as_bytes(), trickle), Framing::Json { unwrap: UNWRAP }, &sample);
        let seen = drain(framer, 4096).unwrap();
        assert_eq!(seen.texts()[..2], ["{\"a\":[1]}", "{\"b\":\"]\"}"]);
        assert_eq!(seen.frames[0].3, Shape::Element("spans"));
        assert_eq!(
            seen.texts()[2],
            "{\"meta\":{\"data\":[7]},\n\"spans\":[],\"n\":12,\n\"other\":\"\\\"x\"}"
        );
        assert_eq!(seen.frames[2].3, Shape::Envelope);
        assert_eq!(seen.lines(), [2, 2, 1], "the envelope stands where its object starts");
        assert!(seen.problems.is_empty());
    }
}

#[test]
fn an_object_without_the_array_stays_whole() {
    let seen = unwrap("{\"spans\":{\"x\":1},\"n\":-1.5e3}{\"n\":null}");
    assert_eq!(seen.texts(), ["{\"spans\":{\"x\":1},\"n\":-1.5e3}", "{\"n\":null}"]);
    assert!(seen.frames.iter().all(|frame| frame.3 == Shape::Document));
}

#[test]
fn lines_are_not_taken_apart() {
    let seen = unwrap("{\"spans\":[1]}\n{\"spans\":[2]}\n");
    assert_eq!(seen.texts(), ["{\"spans\":[1]}", "{\"spans\":[2]}"]);
}

#[test]
fn a_truncated_object_keeps_its_whole_elements() {
    let seen = unwrap("{\"v\":1,\"spans\":[{\"a\":1},{\"b\":2},{\"c\":{\"d\":4,\"e\":");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"b\":2}", "{\"c\":{\"d\":4}}", "{\"v\":1,\"spans\":[]}"]);
    assert_eq!(seen.problems.len(), 1, "{:?}", seen.problems);
    let seen = unwrap("{\"v\":1,\"spans\":[{\"a\":1}],\"more\":{\"x\":[1,2");
    assert_eq!(seen.texts(), ["{\"a\":1}", "{\"v\":1,\"spans\":[],\"more\":{\"x\":[1]}}"]);
    assert_eq!(seen.problems.len(), 1);
}

#[test]
fn frames_larger_than_a_chunk_and_small_chunks_give_the_same() {
    let big = "x".repeat(50_000);
    let text = format!(
        "{{\"n\":\"{big}\",\"spans\":[{{\"a\":\"{big}\"}},{{\"b\":\"{big}\"}}],\"m\":\"{big}\"}}{{\"z\":1}}"
    );
    let sample = Sample::new(text.as_bytes(), true);
    let seen =
        drain(Framer::new(Trickle(text.as_bytes(), 997), Framing::Json { unwrap: UNWRAP }, &sample), 1)
            .unwrap();
    assert_eq!(seen.texts()[0], format!("{{\"a\":\"{big}\"}}"));
    assert_eq!(seen.texts()[1], format!("{{\"b\":\"{big}\"}}"));
    assert_eq!(seen.texts()[2], format!("{{\"n\":\"{big}\",\"spans\":[],\"m\":\"{big}\"}}"));
    assert_eq!(seen.texts()[3], "{\"z\":1}");
    let lines = format!("{{\"a\":\"{big}\"}}\n{{\"b\":1}}\n{{\"c\":\"{big}\"}}");
    let sample = Sample::new(lines.as_bytes(), true);
    assert!(sample.lines);
    let seen = drain(Framer::new(lines.as_bytes(), Framing::Json { unwrap: UNWRAP }, &sample), 1).unwrap();
    assert_eq!(seen.texts().concat(), lines.replace('\n', ""));
}

#[test]
fn a_document_inside_a_string_is_unwrapped() {
    let text = "{\"a\":\"\\\"ü😀\\n\"}";
    let escaped = "\"{\\\"a\\\":\\\"\\\\\\\"\\u00fc\\ud83d\\ude00\\\\n\\\"}\"\n";
    assert_eq!(cut(serde_json::to_string(text).unwrap()).texts(), [text]);
    assert_eq!(cut(escaped).texts(), [text]);
}

#[test]
fn utf_16_is_transcoded() {
    let text = "[{\"a\":\"ü😀\"},{\"b\":2}]";
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(little).collect();
    for bytes in [marked, big.collect()] {
        assert_eq!(cut(&bytes).texts(), ["{\"a\":\"ü😀\"}", "{\"b\":2}"]);
    }
}

#[test]
fn invalid_utf_8_and_nul_bytes_are_mended_and_reported() {
    let seen = cut(b"{\"a\":\"\xff\"}\n{\"b\":\"x\0y\"}\n{\"c\":3}\n");
    assert_eq!(seen.texts(), ["{\"a\":\"\u{fffd}\"}", "{\"b\":\"x y\"}", "{\"c\":3}"]);
    let lines: Vec<_> = seen.problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(lines, [Some(1), Some(2)]);
}

#[test]
fn deep_nesting_is_framed_without_a_deep_stack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!("{{\"a\":{deep}}}{{\"b\":{deep}");
    let seen = unwrap(&text);
    assert_eq!(seen.frames.len(), 2);
    assert_eq!(seen.texts()[0], format!("{{\"a\":{deep}}}"));
    assert_eq!(seen.texts()[1], format!("{{\"b\":{deep}}}"));
}

#[test]
fn a_value_beyond_the_limit_is_left_out_and_the_rest_read() {
    let big = "x".repeat(40_000);
    let lines = format!("{{\"a\":1}}\n{{\"b\":\"{big}\"}}\n{{\"c\":3}}\n{{\"d\":4}}\n");
    let array = format!("[{{\"a\":1}},{{\"b\":\"{big}\"}},{{\"c\":3}},{{\"d\":4}}]");
    let element = format!("{{\"spans\":[{{\"a\":1}},{{\"b\":\"{big}\"}},{{\"c\":3}},{{\"d\":4}}]}}");
    for text in [lines, array, element] {
        let sample = Sample::new(text.as_bytes(), true);
        let framer =
            Framer::new(text.as_bytes(), Framing::Json { unwrap: UNWRAP }, &sample).with_limit(10_000);
        let seen = drain(framer, 4096).unwrap();
        assert_eq!(seen.texts()[..3], ["{\"a\":1}", "{\"c\":3}", "{\"d\":4}"]);
        assert_eq!(seen.problems.len(), 1);
        assert!(seen.problems[0].reason.contains("10000 bytes"));
    }
}

#[test]
fn a_growing_source_keeps_its_unfinished_end() {
    let text = b"{\"a\":1}\n{\"b\":2}\n{\"c\":";
    let sample = Sample::new(text, false);
    let mut framer = Framer::new(&text[..], Framing::Json { unwrap: &[] }, &sample).keeping_unfinished();
    let chunk = framer.next_chunk(4096).unwrap().unwrap();
    assert_eq!((chunk.frames.len(), chunk.problems.len()), (2, 0));
    assert!(framer.next_chunk(4096).unwrap().is_none());
    assert_eq!(framer.complete_bytes(), 16);
    let array = b"[{\"a\":1},\n{\"b\":";
    let sample = Sample::new(array, false);
    let mut framer = Framer::new(&array[..], Framing::Json { unwrap: &[] }, &sample).keeping_unfinished();
    assert_eq!(framer.next_chunk(4096).unwrap().unwrap().frames.len(), 1);
    assert_eq!(framer.complete_bytes(), 8);
}

#[test]
fn what_was_read_before_an_io_error_is_delivered() {
    struct Breaks(bool);
    impl Read for Breaks {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0 {
                return Err(io::Error::other("unplugged"));
            }
            self.0 = true;
            into[..17].copy_from_slice(b"{\"a\":1}\n{\"b\":2}\n{");
            Ok(17)
        }
    }
    let sample = Sample::new(b"{\"a\":1}\n{\"b\":2}\n", false);
    let mut framer = Framer::new(Breaks(false), Framing::Json { unwrap: &[] }, &sample);
    assert_eq!(framer.next_chunk(4096).unwrap().unwrap().frames.len(), 2);
    assert_eq!(framer.next_chunk(4096).unwrap_err().to_string(), "unplugged");
    assert!(framer.next_chunk(4096).unwrap().is_none());
}

#[test]
fn csv_records_keep_quoted_newlines() {
    let seen = cut_as(Framing::Csv, b"\xef\xbb\xbfid,text\r\n1,\"two\nlines \"\"and\"\" quotes\"\r\n\n2,x");
    assert_eq!(seen.texts(), ["id,text", "1,\"two\nlines \"\"and\"\" quotes\"", "2,x"]);
    assert_eq!(seen.lines(), [1, 2, 5]);
    assert_eq!(seen.frames[0].3, Shape::Header);
    assert_eq!(seen.frames[1].3, Shape::Row);
}

#[test]
fn protobuf_messages_fall_into_their_elements_with_any_prefix() {
    let element = |text: &[u8]| [&[0x0a, text.len() as u8], text].concat();
    // ResourceSpans with a schema URL only.
    let message = [element(b"\x1a\x03one"), element(b"\x1a\x05three")].concat();
    let big_endian = [&(message.len() as u32).to_be_bytes()[..], &message].concat().repeat(2);
    let varint = [&[message.len() as u8][..], &message].concat().repeat(2);
    for (bytes, frames) in [(message.clone(), 2), (message.repeat(3), 6), (big_endian, 4), (varint, 4)] {
        let seen = cut_as(Framing::OtlpProtobuf, &bytes);
        assert_eq!(seen.frames.len(), frames, "{bytes:?}");
        assert_eq!(seen.texts()[1], "\u{1a}\u{5}three");
        assert!(seen.problems.is_empty());
        let cut_short = cut_as(Framing::OtlpProtobuf, &bytes[..bytes.len() - 2]);
        assert_eq!(cut_short.problems.len(), 1, "{bytes:?}");
        assert_eq!(cut_short.frames.len(), frames);
    }
}

#[test]
fn escapes_that_are_half_a_character_are_mended() {
    let seen = cut(r#"{"a":"x\ud83d"}{"b":"\ud83d\ude00 \\ud83d"}"#);
    assert_eq!(seen.texts(), [r#"{"a":"x\ufffd"}"#, r#"{"b":"\ud83d\ude00 \\ud83d"}"#]);
    assert_eq!(seen.problems.len(), 1);
}
