//! Long texts: what a step sends is bounded, and nothing of it is lost.

use engine::api::{self, dto};
use engine::dto::{
    LongText, StepDetail, StepRef, TextFindRequest, TextPlaces, TextReadRequest, TextRef, TextRow,
    TextRowPage, TextRowsRequest, TextSave, TextStretch, TraceDetail, TraceList, TraceListRequest, TraceRef,
    TraceSort,
};
use engine::error::Code;
use engine::semantics::MessagePart;
use engine::testing::Harness;
use serde_json::{Value, json};
use tempfile::TempDir;

const STEP: &str = "s-1";

struct Stored {
    harness: Harness,
    trace_id: i64,
    _folder: TempDir,
}

/// A run of TraceLLM's form with one step.
fn stored(input: Value, output: Value) -> Stored {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let run = json!({
        // What tells the format stands behind texts that are longer than what is looked at.
        "trace_id": "t-1", "prompt": "go", "response": "x".repeat(400_000), "model_name": "m", "status": "success",
        "latency": 5.0, "created_at": "2026-03-01T10:00:00+00:00",
        "steps": [{ "step_id": STEP, "tool_name": "fetch", "input": input, "output": output, "duration": 1.0,
                    "success": true, "timestamp": "2026-03-01T10:00:00+00:00" }],
    });
    harness.import_text(run.to_string());
    let list = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1,
    };
    let list: TraceList = harness.call("trace_list", &list);
    Stored { trace_id: list.items[0].trace_id, harness, _folder: folder }
}

impl Stored {
    fn step(&self) -> StepDetail {
        self.harness.call("step_get", &StepRef { trace_id: self.trace_id, span_id: STEP.into() })
    }

    fn at(&self, place: &str) -> TextRef {
        TextRef { trace_id: self.trace_id, span_id: Some(STEP.into()), place: place.into() }
    }

    fn read(&self, text: &TextRef, from_byte: u64, limit_bytes: u32) -> TextStretch {
        self.harness.call("text_read", &TextReadRequest { text: text.clone(), from_byte, limit_bytes })
    }

    /// The whole text, read in stretches.
    fn whole(&self, text: &TextRef) -> String {
        let mut whole = String::new();
        loop {
            let stretch = self.read(text, whole.len() as u64, 100_001);
            assert_eq!(stretch.from_byte, whole.len() as u64);
            whole.push_str(&stretch.text);
            assert_eq!(stretch.to_byte, whole.len() as u64);
            if stretch.to_byte == stretch.total_bytes {
                return whole;
            }
        }
    }

    fn rows(&self, text: &TextRef, request: (u32, u64, Option<u64>, u32)) -> TextRowPage {
        let (columns, first_row, at_byte, rows) = request;
        let text = text.clone();
        self.harness.call("text_rows", &TextRowsRequest { text, columns, first_row, at_byte, rows })
    }

    /// Every place of a needle.
    fn places(&self, text: &TextRef, needle: &str) -> Vec<(u64, u64)> {
        let (mut places, mut from_byte) = (Vec::new(), 0);
        loop {
            let request = TextFindRequest { text: text.clone(), needle: needle.into(), from_byte };
            let found: TextPlaces = self.harness.call("text_find", &request);
            places.extend(found.places.chunks(2).map(|place| (place[0], place[1])));
            if found.is_complete {
                return places;
            }
            assert!(found.next_byte > from_byte, "every call comes further");
            from_byte = found.next_byte;
        }
    }

    fn saved(&self, request: TextSave) -> (String, Vec<u8>) {
        let text = api::text_to_save(&self.harness.engine, request).unwrap();
        let mut out = Vec::new();
        let saved = text.write(&mut out, &|| false).unwrap();
        assert_eq!(saved.bytes, out.len() as u64);
        (text.file_name(), out)
    }
}

/// The cut that a shown text ends with.
fn cut_of<'a>(texts: &'a [LongText], shown: &str) -> &'a LongText {
    texts.iter().find(|text| shown.ends_with(&text.mark)).expect("what is cut says so")
}

#[test]
fn a_long_text_is_cut_in_the_reply_and_read_whole_from_its_place() {
    let long = "Zeile – 行 🦀 \"\\\n".repeat(60_000);
    let odd_key = "a/b~c ü \"quoted\"\n";
    let stored = stored(json!({ odd_key: { "~1": [0, long] } }), json!("short"));
    let step = stored.step();
    let sent = serde_json::to_string(&step).unwrap().len();
    assert!(sent < 3 << 20, "the reply holds starts alone, however often a text comes in it: {sent} bytes");

    let shown = step.raw["input"][odd_key]["~1"][1].as_str().unwrap();
    let cut = cut_of(&step.long_texts, shown);
    assert_eq!(cut.bytes, Some(long.len() as u64));
    assert_eq!(cut.place, "/raw/input/a~1b~0c ü \"quoted\"\n/~01/1");
    assert!(long.starts_with(shown.strip_suffix(&cut.mark).unwrap()));
    let content = step.content.input.unwrap();
    assert_eq!(content[odd_key]["~1"][1].as_str().unwrap(), shown, "a text has one mark wherever it stands");
    assert_eq!(stored.whole(&stored.at(&cut.place)), long);
    assert_eq!(step.raw["output"]["value"], "short", "what is short is whole");
}

#[test]
fn a_stretch_ends_at_characters() {
    let long = "🦀".repeat(200_000);
    let stored = stored(json!({ "text": long }), Value::Null);
    let text = stored.at("/raw/input/text");
    let stretch = stored.read(&text, 6, 9);
    assert_eq!((stretch.text.as_str(), stretch.from_byte, stretch.to_byte), ("🦀🦀", 4, 12));
    assert_eq!(stored.read(&text, 4, 1).text, "🦀", "a stretch is never empty before the end");
    let end = stored.read(&text, u64::MAX, 10);
    assert_eq!((end.text.as_str(), end.from_byte, end.total_bytes), ("", 800_000, 800_000));
}

#[test]
fn json_in_a_string_is_unfolded_before_it_is_cut() {
    let said = "said ".repeat(100_000);
    let messages = json!([{ "role": "user", "content": said }, { "role": "user", "content": "and now?" }]);
    let stored = stored(json!({ "messages": messages.to_string() }), Value::Null);
    let step = stored.step();
    let texts: Vec<&str> = step
        .content
        .input_messages
        .iter()
        .map(|message| match message.parts.as_slice() {
            [MessagePart::Text { text }] => text.as_str(),
            parts => panic!("{parts:?}"),
        })
        .collect();
    let cut = cut_of(&step.long_texts, texts[0]);
    assert_eq!(cut.place, "/content/input_messages/0/parts/0/text");
    assert_eq!(stored.whole(&stored.at(&cut.place)), said);
    assert_eq!(texts[1], "and now?");
    let in_raw = cut_of(&step.long_texts, step.raw["input"]["messages"].as_str().unwrap());
    assert_eq!(stored.whole(&stored.at(&in_raw.place)), messages.to_string());
}

#[test]
fn a_list_without_end_ends_early_and_takes_no_room_from_what_comes_after_it() {
    let list: Vec<Value> = (0..1_500_000).map(|number| json!(number)).collect();
    let stored = stored(json!({ "list": list, "after": "it" }), json!({ "fine": [1, 2, 3] }));
    let step = stored.step();
    let sent = serde_json::to_string(&step).unwrap().len();
    assert!(sent < 9 << 20, "{sent} bytes");
    let shown = step.raw["input"]["list"].as_array().unwrap();
    assert_eq!(shown[..3], [json!(0), json!(1), json!(2)]);
    let cut = cut_of(&step.long_texts, shown.last().unwrap().as_str().unwrap());
    assert_eq!((cut.items, cut.bytes, cut.place.as_str()), (Some(1_500_000), None, "/raw/input/list"));
    assert_eq!(step.raw["input"]["after"], "it");
    let in_content = step.content.input.unwrap()["list"].as_array().unwrap().last().cloned();
    assert_eq!(in_content, Some(json!(cut.mark)), "it is the same cut wherever the list stands");
    assert_eq!(step.content.output, Some(json!({ "fine": [1, 2, 3] })));
    let whole: Vec<Value> = serde_json::from_str(&stored.whole(&stored.at(&cut.place))).unwrap();
    assert!(whole == list, "the list reads as it was");
    let payload = stored.whole(&stored.at("/raw"));
    assert_eq!(payload.len(), step.raw_bytes as usize);
}

#[test]
fn hostile_payloads_stay_bounded() {
    let wide: serde_json::Map<String, Value> =
        (0..400_000).map(|index| (format!("key {index}"), json!("x"))).collect();
    let texts: Vec<Value> =
        (0..3_000).map(|index| json!(format!("{index} {}", "y".repeat(20_000)))).collect();
    let stored =
        stored(json!({ "wide": wide, "k".repeat(300_000): 1 }), json!({ "texts": texts, "last": true }));
    let step = stored.step();
    let sent = serde_json::to_string(&step).unwrap().len();
    assert!(sent < 64 << 20, "{sent} bytes of {}", step.raw_bytes);
    assert!(step.long_texts.len() <= 2_000);
    assert_eq!(step.raw["output"]["last"], true);
    for cut in &step.long_texts {
        assert!(!stored.read(&stored.at(&cut.place), 0, 64).text.is_empty(), "{cut:?}");
    }
}

#[test]
fn a_list_of_events_that_is_cut_stays_a_list_of_events() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let events: Vec<Value> =
        (0..450_000).map(|at| json!({ "timeUnixNano": at.to_string(), "name": "tick" })).collect();
    let span = json!({ "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "s",
        "startTimeUnixNano": "1", "endTimeUnixNano": "2", "events": events,
        "attributes": [{ "key": "kept", "value": { "stringValue": "yes" } }] });
    harness.import_text(json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string());
    let step: StepDetail =
        harness.call("step_get", &StepRef { trace_id: 1, span_id: "b7ad6b7169203331".into() });
    assert_eq!(step.events[0].name, "tick");
    assert_eq!(cut_of(&step.long_texts, &step.events.last().unwrap().name).items, Some(450_000));
    assert_eq!(step.attributes["kept"], "yes");
}

#[test]
fn what_is_said_of_a_run_is_cut_too() {
    let stored = stored(json!({}), Value::Null);
    let detail: TraceDetail = stored.harness.call("trace_get", &TraceRef { trace_id: stored.trace_id });
    let cut = detail.long_texts.iter().find(|cut| cut.bytes == Some(400_000)).expect("the answer is cut");
    let text = TextRef { trace_id: stored.trace_id, span_id: None, place: cut.place.clone() };
    assert_eq!(stored.whole(&text), "x".repeat(400_000));
}

#[test]
fn rows_are_lines_broken_at_the_width() {
    let lines: Vec<String> = (0..2_000)
        .map(|line| match line % 5 {
            0 => String::new(),
            1 => format!("line {line}\r"),
            2 => "ä行🦀".repeat(line % 40),
            3 => "w".repeat(line % 131),
            _ => format!("{line} {}", "🦀 w".repeat(30)),
        })
        .collect();
    let text = lines.join("\n");
    let stored = stored(json!({ "text": text }), Value::Null);
    let place = stored.at("/raw/input/text");
    for columns in [20u32, 33, 1_000] {
        let mut expected = Vec::new();
        let mut from = 0;
        for (number, line) in text.split('\n').enumerate() {
            let letters: Vec<char> = line.chars().collect();
            let mut pieces: Vec<&[char]> = letters.chunks(columns as usize).collect();
            if pieces.is_empty() {
                pieces.push(&[]);
            }
            let last = pieces.len() - 1;
            for (piece_number, piece) in pieces.into_iter().enumerate() {
                let whole: String = piece.iter().collect();
                let bytes = whole.len() + usize::from(piece_number == last);
                let shown = if piece_number == last { whole.trim_end_matches('\r') } else { &whole };
                expected.push(TextRow {
                    from_byte: from as u64,
                    line: number as u64 + 1,
                    continues: piece_number > 0,
                    text: shown.into(),
                });
                from += bytes;
            }
        }
        let mut rows = Vec::new();
        loop {
            let page = stored.rows(&place, (columns, rows.len() as u64, None, 700));
            assert_eq!((page.first_row, page.total_lines), (rows.len() as u64, 2_000));
            rows.extend(page.rows);
            if rows.len() as u64 == page.total_rows {
                break;
            }
        }
        assert_eq!(rows.len(), expected.len());
        for (row, expected) in rows.iter().zip(&expected) {
            assert_eq!(row, expected, "at {columns} columns");
        }
        for index in (0..rows.len()).step_by(97) {
            let page = stored.rows(&place, (columns, 0, Some(rows[index].from_byte), 1));
            assert_eq!((page.first_row, &page.rows[0]), (index as u64, &rows[index]));
        }
    }
    let beyond = stored.rows(&place, (80, u64::MAX, None, 5));
    assert_eq!(beyond.rows.len(), 1, "beyond the end the last row comes");
}

#[test]
fn every_place_of_a_text_is_found_whatever_its_case_and_wherever_it_lies() {
    // One of them lies across the border of what is looked through at once, others before capitals that are longer.
    let mut text = "İ needle NEEDLE\n".to_owned();
    text.push_str(&"-".repeat((1 << 20) - text.len() - 3));
    text.push_str("Needle");
    text.push_str(&"=".repeat(2 << 20));
    text.push_str("Straße.* STRASSE");
    let stored = stored(json!({ "text": text }), Value::Null);
    let place = stored.at("/raw/input/text");
    let expected: Vec<(u64, u64)> = text
        .to_ascii_lowercase()
        .match_indices("needle")
        .map(|(at, found)| (at as u64, (at + found.len()) as u64))
        .collect();
    assert_eq!(expected.len(), 3);
    assert_eq!(stored.places(&place, "nEEdle"), expected);
    assert_eq!(stored.places(&place, "SSE.").len(), 0, "signs stand for themselves");
    assert_eq!(stored.places(&place, "SSE").len(), 1);
    assert_eq!(stored.places(&place, "e.*").len(), 1);
    assert_eq!(stored.places(&place, ""), []);
    assert_eq!(stored.places(&place, "=").len(), 2 << 20, "however many there are");
}

#[test]
fn texts_and_media_are_saved_under_names_of_this_program() {
    let long = "line\n".repeat(100_000);
    let stored = stored(json!({ "../../etc/passwd": long }), Value::Null);
    let place = Some(stored.at("/raw/input/..~1..~1etc~1passwd"));
    let save = TextSave { place, text: None, is_media: false, mime_type: None };
    assert_eq!(stored.saved(save.clone()), ("text.txt".into(), long.into_bytes()));
    let json = TextSave { place: Some(stored.at("/raw")), ..save.clone() };
    assert_eq!(stored.saved(json).0, "text.json");

    let given = |text: &str, mime_type: Option<&str>| TextSave {
        place: None,
        text: Some(text.into()),
        is_media: true,
        mime_type: mime_type.map(Into::into),
    };
    let url = given("data:image/png;base64,iVBO\nRw0KGgo=", None);
    assert_eq!(stored.saved(url), ("image.png".into(), b"\x89PNG\r\n\x1a\n".to_vec()));
    assert_eq!(stored.saved(given("_-8", Some("audio/wav"))), ("sound.wav".into(), vec![0xff, 0xef]));
    assert_eq!(stored.saved(given("AAAA", Some("../x.sh"))), ("file.bin".into(), vec![0; 3]));
    assert_eq!(stored.saved(given("data:text/html;base64,AAAA", None)).0, "file.bin");

    let engine = &stored.harness.engine;
    let no_base64 = api::text_to_save(engine, given("<script>", None)).unwrap();
    assert_eq!(no_base64.write(&mut Vec::new(), &|| false).unwrap_err().code, Code::Invalid);
    let stopped = api::text_to_save(engine, save).unwrap();
    assert_eq!(stopped.write(&mut Vec::new(), &|| true).unwrap_err().code, Code::Cancelled);
}

#[test]
fn a_place_that_is_not_there_is_not_found() {
    let stored = stored(json!({ "text": "x" }), json!([1]));
    for place in [
        "",
        "raw",
        "/raw/nothing",
        "/raw/output/1",
        "/raw/output/x",
        "/raw/input/text/0",
        "/content/x",
        "/other",
    ] {
        let request = TextReadRequest { text: stored.at(place), from_byte: 0, limit_bytes: 10 };
        let error = stored.harness.try_call::<TextStretch>("text_read", &request).unwrap_err();
        assert_eq!(error.code, Code::NotFound, "{place}: {error:?}");
    }
    let of_another = dto::TextRef { span_id: Some("s-2".into()), ..stored.at("/raw") };
    let request = TextReadRequest { text: of_another, from_byte: 0, limit_bytes: 10 };
    assert!(stored.harness.try_call::<TextStretch>("text_read", &request).is_err());
}
