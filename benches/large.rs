//! Memory while one large file is imported, for each way a file can be large: lines, one array, one object, one session.
//! Each is imported by a process of its own, so that nothing is left of the one before.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

use crate::memory;

/// Writes the record with this number.
type Record = fn(u64, &str, &mut dyn Write) -> io::Result<()>;

/// What stands before the records, between them and behind them.
struct Shape(&'static str, &'static str, &'static str);

const LINES: Shape = Shape("", "\n", "\n");
const ARRAY: Shape = Shape("[", ",", "]");

const FILES: &[(&str, Shape, Record)] = &[
    ("OpenTelemetry, JSON lines", LINES, otlp),
    ("OpenTelemetry, one array", ARRAY, otlp),
    ("Langfuse observations, one array", ARRAY, observation),
    ("Chrome trace events, one object", Shape("{\"traceEvents\":[", ",", "]}"), event),
    ("Claude Code, one session as JSON lines", LINES, session_line),
    ("records of no known format, JSON lines", LINES, record),
    ("records of no known format, one array", ARRAY, record),
];

/// Makes each file with about `megabytes`, imports it, and says what that took.
pub fn imports(folder: &Path, megabytes: u64) {
    println!("\nimport of one file of {megabytes} MB: memory above idle (goal 300 MB), time");
    let program = std::env::current_exe().expect("this program has a path");
    for (index, (label, ..)) in FILES.iter().enumerate() {
        let status = Command::new(&program)
            .args(["--large-file", &index.to_string(), "--large", &megabytes.to_string(), "--keep"])
            .arg(folder)
            .status()
            .expect("this program starts again");
        assert!(status.success(), "{label} is imported");
    }
}

/// One of the files, in this process.
pub fn import(folder: &Path, index: usize, megabytes: u64) {
    let (label, shape, record) = &FILES[index];
    let (file, store) = (folder.join("large.json"), folder.join(format!("large-{index}.db")));
    let records = write(&file, megabytes << 20, shape, *record).expect("the file can be written");
    let harness = Harness::open(&store);
    let idle_bytes = memory::resident();
    let watch = memory::Watch::start();
    let begun = Instant::now();
    let status = harness.import(&[&file]);
    let seconds = begun.elapsed().as_secs_f64();
    let above_idle_bytes = watch.peak().saturating_sub(idle_bytes);
    assert_eq!(status.problems, 0, "{label}: {status:?}");
    assert!(status.counts.spans >= records, "{label}: {records} records: {status:?}");
    println!("  {label:<50} {:.0} MB, {seconds:.1} s", above_idle_bytes as f64 / 1e6);
    drop(harness);
    for made in [&file, &store] {
        std::fs::remove_file(made).expect("what was made can be removed");
    }
}

/// Writes records until the file has about `bytes`; gives how many spans there are at least.
fn write(file: &Path, bytes: u64, shape: &Shape, record: Record) -> io::Result<u64> {
    let Shape(before, between, behind) = shape;
    let mut out = Counted { out: BufWriter::with_capacity(1 << 20, File::create(file)?), bytes: 0 };
    let texts: Vec<String> = (0..64).map(text).collect();
    out.write_all(before.as_bytes())?;
    let mut count = 0;
    while out.bytes < bytes {
        if count > 0 {
            out.write_all(between.as_bytes())?;
        }
        record(count, &texts[(count * 31 % 64) as usize], &mut out)?;
        count += 1;
    }
    out.write_all(behind.as_bytes())?;
    out.flush()?;
    Ok(count / 2)
}

struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Some 1,500 bytes that do not compress to nothing.
fn text(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut words = String::new();
    while words.len() < 1_500 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words.push_str(&format!("{:x} ", state >> 44));
    }
    words
}

fn otlp(index: u64, _: &str, out: &mut dyn Write) -> io::Result<()> {
    let runs = AgentRuns {
        traces: 1,
        spans_per_trace: 20,
        text_bytes: 2_000,
        sends_history: true,
        chinese_percent: 0,
        seed: 1_000_000 + index,
    };
    let mut line = Vec::new();
    write_otlp_json_lines(runs, &mut line)?;
    out.write_all(line.trim_ascii_end())
}

fn observation(index: u64, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let (trace, second) = (index / 20, index % 60);
    write!(
        out,
        r#"{{"id":"o-{index}","traceId":"t-{trace}","type":"GENERATION","parentObservationId":null,"name":"chat","startTime":"2026-03-01T10:00:{second:02}.000Z","endTime":"2026-03-01T10:00:{second:02}.900Z","level":"DEFAULT","model":"gpt-4o-mini","input":"{text}","output":"{text}","usageDetails":{{"input":12,"output":8,"total":20}}}}"#
    )
}

fn event(index: u64, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let (thread, start_us) = (index % 8, index * 100);
    write!(
        out,
        r#"{{"name":"step {index}","cat":"run","ph":"X","ts":{start_us},"dur":90,"pid":1,"tid":{thread},"args":{{"text":"{text}"}}}}"#
    )
}

/// By turns an answer that calls a tool, and its result: one long conversation.
fn session_line(index: u64, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let parent = index.checked_sub(1).map_or("null".to_owned(), |before| format!("\"u-{before}\""));
    let call = index / 2;
    let (minute, second) = (index / 60 % 60, index % 60);
    let (hour, day) = (index / 3_600 % 24, 1 + index / 86_400 % 28);
    let head = format!(
        r#""parentUuid":{parent},"isSidechain":false,"userType":"external","cwd":"/home/mira","sessionId":"5c1d2f80-11aa-4b1e-8a44-b1f0c9d2e302","version":"2.1.3","uuid":"u-{index}","timestamp":"2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z""#
    );
    if index.is_multiple_of(2) {
        write!(
            out,
            r#"{{{head},"type":"assistant","requestId":"req-{call}","message":{{"id":"msg-{call}","type":"message","role":"assistant","model":"claude-opus-4-5","content":[{{"type":"tool_use","id":"toolu-{call}","name":"Bash","input":{{"command":"{text}"}}}}],"stop_reason":"tool_use","usage":{{"input_tokens":12,"output_tokens":55}}}}}}"#
        )
    } else {
        write!(
            out,
            r#"{{{head},"type":"user","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu-{call}","content":"{text}"}}]}}}}"#
        )
    }
}

fn record(index: u64, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let (session, at_ms) = (index / 50, 1_772_359_200_000 + index * 250);
    write!(
        out,
        r#"{{"id":"r-{index}","session_id":"s-{session}","timestamp":{at_ms},"duration_ms":200,"name":"fetch","status":"ok","input":"{text}","output":"{text}"}}"#
    )
}
