//! Opening one trace of a thousand to a million spans: how long the engine takes to give its structure, how many bytes that
//! is, and how much memory it takes while it does. What the window makes of it, `tests/smoke/open-frames.mjs` measures.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use engine::api::{self, Answer};
use engine::dto::{TraceList, TraceListRequest, TraceSort};
use engine::testing::Harness;

use crate::memory;

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Makes and imports a trace of each size, and opens it a few times.
pub fn open(folder: &Path) {
    println!(
        "\nopening one trace (median of the rounds; goal 300 ms up to 100,000 spans, the window included)"
    );
    for spans in SIZES {
        let (file, store) = (folder.join("open.jsonl"), folder.join(format!("open-{spans}.db")));
        write(&file, spans).expect("the file can be written");
        let harness = Harness::open(&store);
        harness.import(&[&file]);
        let request = TraceListRequest {
            filter: String::new(),
            sort: TraceSort::Steps,
            descending: true,
            offset: 0,
            limit: 1,
        };
        let list: TraceList = harness.call("trace_list", &request);
        let request = format!("{{\"trace_id\":{}}}", list.items[0].trace_id);
        let idle_bytes = memory::resident();
        let watch = memory::Watch::start();
        let mut times_ms = Vec::new();
        let mut sent_bytes = 0;
        for _ in 0..if spans > 100_000 { 3 } else { 11 } {
            let begun = Instant::now();
            api::call(&harness.engine, "trace_get", &request).expect("the trace is there");
            let Ok(Answer::Columns(envelope)) = api::call(&harness.engine, "span_tree", &request) else {
                panic!("a tree comes as columns");
            };
            times_ms.push(begun.elapsed().as_secs_f64() * 1e3);
            sent_bytes = envelope.len();
        }
        let above_idle_bytes = watch.peak().saturating_sub(idle_bytes);
        times_ms.sort_unstable_by(f64::total_cmp);
        println!(
            "  {:<50} {:.1} ms, {:.2} MB sent ({} B a span), {:.0} MB above idle",
            format!("{spans} spans"),
            times_ms[times_ms.len() / 2],
            sent_bytes as f64 / 1e6,
            sent_bytes / spans,
            above_idle_bytes as f64 / 1e6
        );
        drop(harness);
        for made in [&file, &store] {
            std::fs::remove_file(made).expect("what was made can be removed");
        }
    }
}

/// A run of rounds, each a model call with eight tool calls below it; a thousand spans a line.
fn write(file: &Path, spans: usize) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    for first in (0..spans).step_by(1_000) {
        out.write_all(b"{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"scope\":{},\"spans\":[")?;
        for index in first..spans.min(first + 1_000) {
            if index > first {
                out.write_all(b",")?;
            }
            span(&mut out, index, spans)?;
        }
        out.write_all(b"]}]}]}\n")?;
    }
    out.flush()
}

fn span(out: &mut impl Write, index: usize, spans: usize) -> io::Result<()> {
    const FIRST_NS: usize = 1_767_000_000_000_000_000;
    const ROUND_NS: usize = 400_000_000;
    let (round, place) = (index.saturating_sub(1) / 9, index.saturating_sub(1) % 9);
    let (parent, name, operation, start_ns, length_ns) = match (index, place) {
        (0, _) => (None, "run", "invoke_agent", 0, spans * ROUND_NS / 9 + ROUND_NS),
        (_, 0) => (Some(0), "chat", "chat", round * ROUND_NS, ROUND_NS - 1_000_000),
        _ => {
            let start_ns = round * ROUND_NS + place * 40_000_000;
            (
                Some(index - place),
                ["search", "fetch", "read_file"][index % 3],
                "execute_tool",
                start_ns,
                30_000_000,
            )
        }
    };
    let parent = parent.map_or(String::new(), |parent| format!(r#""parentSpanId":"{:016x}","#, parent + 1));
    let start_ns = FIRST_NS + start_ns;
    write!(
        out,
        r#"{{"traceId":"{spans:032x}","spanId":"{:016x}",{parent}"name":"{name}","startTimeUnixNano":"{start_ns}","endTimeUnixNano":"{}","status":{{"code":{}}},"attributes":[{{"key":"gen_ai.operation.name","value":{{"stringValue":"{operation}"}}}}]}}"#,
        index + 1,
        start_ns + length_ns,
        if index % 331 == 330 { 2 } else { 1 },
    )
}
