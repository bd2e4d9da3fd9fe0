//! No input makes detection, framing or a reader panic, hang, or use memory out of proportion to its size.
//!
//! Every file at hand (those of the project, and the real ones beside the checkout where they are) is damaged in many ways
//! (bytes, and values of its JSON), and documents are made up of the words of all of them, from a fixed seed; each reader
//! gets them. `HOSTILE_ROUNDS` says how often each; what fails is left in `target/tmp` and named.

// Functions that tests share may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::model::{Problem, SpanRecord, TraceRecord};
use engine::wire::{self, Format, Framer, Sample, Sink};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};

/// Counts what this process holds.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Held by the test that runs: what others hold would be counted with it.
static ALONE: Mutex<()> = Mutex::new(());

/// Damaged copies of each file, unless `HOSTILE_ROUNDS` says otherwise.
const ROUNDS: u64 = 24;
/// Files are looked at up to here: damage is as telling near the start, and the test stays quick.
const SEED_BYTES: usize = 48 * 1024;
/// What reading may hold: tables and buffers of a fixed size, and some copies of the input.
const FIXED_BYTES: usize = 24 << 20;
const BYTES_PER_INPUT_BYTE: usize = 80;
/// Reading so little takes milliseconds; whoever takes this long hangs, or is not linear.
const LONGEST: Duration = Duration::from_secs(20);

/// Counts what comes out, and holds nothing.
#[derive(Default)]
struct Count {
    records: usize,
    problems: usize,
}

impl Sink for Count {
    fn span(&mut self, span: SpanRecord) {
        assert!(!span.trace.is_empty() && !span.id.is_empty(), "a span has ids");
        assert!(serde_json::from_slice::<Value>(&span.payload).is_ok(), "a payload is JSON");
        self.records += 1;
    }
    fn trace(&mut self, trace: TraceRecord) {
        assert!(!trace.trace.is_empty(), "a trace has an id");
        self.records += 1;
    }
    fn problem(&mut self, problem: Problem) {
        assert!(!problem.reason.is_empty());
        self.problems += 1;
    }
    fn skipped(&mut self, _what: &'static str, _count: u64) {}
}

/// A small generator of numbers (xorshift), so that a failure can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures"), &mut files);
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !real.is_dir() {
        eprintln!("passed over: no real files at {}", real.display());
    }
    files_below(&real, &mut files);
    files.sort();
    assert!(!files.is_empty());
    let read = |path: PathBuf| {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(SEED_BYTES);
        (path.file_name().unwrap().to_string_lossy().into_owned(), bytes)
    };
    files.into_iter().map(read).collect()
}

/// The input with a few bytes or stretches of it cut, doubled, overwritten or put in.
fn damaged_bytes(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    const SCRAPS: [&[u8]; 14] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"\\",
        b"\\ud800",
        b",",
        b":",
        b"\n",
        b"\0",
        b"\xff\xfe",
        b"1e999",
        b"-9223372036854775809",
    ];
    let mut bytes = input.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        let end = (at + dice.roll(200)).min(bytes.len());
        match dice.roll(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
            3 => {
                let scrap = SCRAPS[dice.roll(SCRAPS.len())];
                bytes.splice(at..at, scrap.iter().copied());
            }
            4 => bytes[at.min(input.len().saturating_sub(1)).min(end.saturating_sub(1))..end]
                .iter_mut()
                .for_each(|byte| *byte ^= 1 << (end % 8)),
            _ => {
                let from = dice.roll(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// The documents of the input with some of their values replaced by others that no schema foresees.
fn damaged_values(input: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(input).ok().or_else(|| {
        // A file cut to its start may end inside a character.
        std::str::from_utf8(input.get(..input.len().saturating_sub(3))?).ok()
    })?;
    let mut documents: Vec<Value> = match serde_json::from_str(text) {
        Ok(document) => vec![document],
        Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    if documents.is_empty() {
        return None;
    }
    for _ in 0..=dice.roll(5) {
        let index = dice.roll(documents.len());
        damage(&mut documents[index], dice);
    }
    let mut out = String::new();
    for document in documents {
        writeln!(out, "{document}").unwrap();
    }
    Some(out.into_bytes())
}

fn damage(value: &mut Value, dice: &mut Dice) {
    let goes_deeper = dice.roll(6) != 0;
    match value {
        Value::Object(members) if goes_deeper && !members.is_empty() => {
            let index = dice.roll(members.len());
            let key = members.keys().nth(index).unwrap().clone();
            if dice.roll(10) == 0 {
                members.shift_remove(&key);
            } else {
                damage(members.get_mut(&key).unwrap(), dice);
            }
        }
        Value::Array(items) if goes_deeper && !items.is_empty() => {
            let index = dice.roll(items.len());
            match dice.roll(10) {
                0 => drop(items.remove(index)),
                1 => {
                    let again = items[index].clone();
                    items.push(again);
                }
                _ => damage(&mut items[index], dice),
            }
        }
        other => *other = odd_value(dice),
    }
}

fn odd_value(dice: &mut Dice) -> Value {
    match dice.roll(18) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(0),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(1e308),
        7 => json!(-0.5),
        8 => json!(""),
        9 => json!("0"),
        10 => json!("9999999999999999999999"),
        11 => json!("2026-02-30T25:61:61Z"),
        12 => json!("\u{202e}\u{0}ünïcode 漢字 🧵"),
        13 => json!([]),
        14 => json!([[[]], {}, null, "x"]),
        15 => json!({}),
        16 => json!({"type": "text", "text": {"text": [1]}, "role": 7, "content": {"content": []}}),
        _ => {
            // Deep enough to hurt whoever recurses, and shallow enough to be JSON for serde.
            let mut deep = json!("x");
            for _ in 0..60 {
                deep = json!([deep]);
            }
            deep
        }
    }
}

/// Reads `input` as `format` (or as what it is found to be), and checks what that took.
fn read(input: &[u8], format: Option<&'static dyn Format>) {
    let sample = Sample::new(input, true);
    let detected = wire::detect(&sample).map(|(format, _)| format);
    let Some(format) = format.or(detected) else { return };
    let mut count = Count::default();
    let mut framer = Framer::new(input, format.framing(), &sample);
    framer.read_all(format.reader().as_mut(), &mut count).expect("memory can be read");
    assert!(
        count.records + count.problems <= 64 + input.len(),
        "{}: {} records and {} problems out of {} bytes",
        format.id(),
        count.records,
        count.problems,
        input.len()
    );
}

/// Reads `input` as `format`, or as what it is found to be; says what harm that did, if any.
fn harm(input: &[u8], format: Option<&'static dyn Format>, kept_as: &str) -> Option<String> {
    let before_bytes = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| read(input, format)));
    let held_bytes = ALLOCATOR.peak_usage().saturating_sub(before_bytes);
    let what = if outcome.is_err() {
        "panicked".to_owned()
    } else if begun.elapsed() > LONGEST {
        format!("took {:?}", begun.elapsed())
    } else if held_bytes > FIXED_BYTES + BYTES_PER_INPUT_BYTE * input.len() {
        format!("held {held_bytes} bytes for {} of input", input.len())
    } else {
        return None;
    };
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(kept_as);
    std::fs::write(&kept, input).unwrap();
    let format = format.map_or("detected", |format| format.id());
    Some(format!("{kept_as}, as {format}: {what}; kept as {}\n", kept.display()))
}

fn rounds() -> u64 {
    std::env::var("HOSTILE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

/// Keys and short texts of JSON documents.
#[derive(Default)]
struct Words {
    keys: Vec<String>,
    texts: Vec<String>,
}

impl Words {
    fn of(seeds: &[(String, Vec<u8>)]) -> Self {
        let mut words = Self::default();
        for (_, bytes) in seeds {
            Sample::new(bytes, true).values.iter().take(2).for_each(|value| words.collect(value));
        }
        for list in [&mut words.keys, &mut words.texts] {
            list.sort_unstable();
            list.dedup();
        }
        words
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                self.keys.push(key.clone());
                self.collect(value);
            }),
            Value::Array(items) => items.iter().take(4).for_each(|item| self.collect(item)),
            Value::String(text) if text.len() < 40 => self.texts.push(text.clone()),
            _ => {}
        }
    }

    /// A document of these words, `depth` levels deep at most.
    fn document(&self, depth: usize, dice: &mut Dice) -> Value {
        match dice.roll(if depth == 0 { 4 } else { 9 }) {
            0 | 1 => json!(self.texts[dice.roll(self.texts.len())]),
            2 => json!(1_772_359_200_000_u64 + dice.roll(100_000) as u64),
            3 => odd_value(dice),
            4 | 5 => (0..dice.roll(5)).map(|_| self.document(depth - 1, dice)).collect(),
            _ => {
                let key = |dice: &mut Dice| self.keys[dice.roll(self.keys.len())].clone();
                (0..dice.roll(12)).map(|_| (key(dice), self.document(depth - 1, dice))).collect()
            }
        }
    }

    /// A real document with some of its members replaced by others' documents: close enough to a format to be read far.
    fn grafted(&self, mut document: Value, dice: &mut Dice) -> Value {
        if let Value::Object(members) = &mut document {
            for (_, value) in members.iter_mut() {
                match dice.roll(4) {
                    0 => *value = self.document(3, dice),
                    1 => *value = self.grafted(value.take(), dice),
                    _ => {}
                }
            }
        }
        document
    }
}

#[test]
fn made_up_documents_do_no_harm_to_any_reader() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let seeds = seeds();
    let words = Words::of(&seeds);
    let real: Vec<Value> = seeds
        .iter()
        .flat_map(|(_, bytes)| Sample::new(bytes, true).values)
        .filter(Value::is_object)
        .collect();
    let mut failures = String::new();
    for (number, format) in wire::FORMATS.iter().enumerate() {
        for round in 0..rounds() * 4 {
            let mut dice = Dice(0x2545_f491_4f6c_dd1d ^ ((number as u64 + 1) << 24) ^ (round + 1));
            let mut input = String::new();
            for _ in 0..=dice.roll(6) {
                let document = if dice.roll(3) == 0 {
                    words.document(5, &mut dice)
                } else {
                    words.grafted(real[dice.roll(real.len())].clone(), &mut dice)
                };
                writeln!(input, "{document}").unwrap();
            }
            let name = format!("made-up-{}-{round}", format.id());
            for format in [Some(*format), None] {
                failures.extend(harm(input.as_bytes(), format, &name));
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// The most memory that this process has held since that was last reset.
#[cfg(target_os = "linux")]
fn most_held_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[cfg(target_os = "linux")]
#[test]
fn a_small_packed_file_that_unpacks_to_one_large_value_is_not_held() {
    use std::io::Write;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bomb.jsonl.gz");
    let out = std::fs::File::create(&file).unwrap();
    let mut out = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
    let trace = b"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\",\"name\":\"n\"}]}]}]}\n";
    out.write_all(trace).unwrap();
    out.write_all(trace).unwrap();
    out.write_all(b"{\"resourceSpans\":\"").unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..700 {
        out.write_all(&zeros).unwrap();
    }
    out.write_all(b"\"}\n").unwrap();
    out.finish().unwrap();

    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    // What the process really held: whether there is room for a value is found out by asking for memory that nothing is put into.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before_bytes = most_held_bytes();
    let status = harness.import(&[&file]);
    let held_bytes = most_held_bytes() - before_bytes;
    assert_eq!((status.counts.traces, status.problems), (1, 1), "{status:?}");
    assert!(held_bytes < 600 << 20, "{held_bytes} bytes for 700 MB unpacked");
}

#[test]
fn damaged_files_do_no_harm() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let rounds = rounds();
    let seeds = seeds();
    let mut failures = String::new();
    for (index, (name, bytes)) in seeds.iter().enumerate() {
        let own = wire::detect(&Sample::new(bytes, true)).map(|(format, _)| format);
        for round in 0..rounds {
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ ((index as u64 + 1) << 20) ^ (round + 1));
            let other = &seeds[dice.roll(seeds.len())].1;
            let values = if round % 2 == 0 { damaged_values(bytes, &mut dice) } else { None };
            let input = values.unwrap_or_else(|| damaged_bytes(bytes, other, &mut dice));
            // As what it was before the damage, as what it looks like now, and as something else entirely.
            let foreign = wire::FORMATS[dice.roll(wire::FORMATS.len())];
            for format in [own, None, Some(foreign)] {
                failures.extend(harm(&input, format, &format!("{name}-{round}")));
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}
