//! Search in everything that was said: what the index costs an import and the disk, beside SQLite's own full-text search on the
//! same texts, and how long the first answer to a text takes, alone and while 2,000 spans a second come in.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::search::document::{Document, Weight};
use engine::search::grams;
use engine::search::segment::{Posting, bucket_bits, buckets, posting};
use engine::testing::{AgentRuns, Harness};
use rusqlite::Connection;
use serde_json::Value;

use crate::{SPANS_PER_TRACE, find, generate, list, memory, percentile, row, timed_import};

/// Texts of each kind that are asked for, each once: a text that was asked for before is answered from memory.
const ROUNDS: usize = 40;
/// Of each kind so many are waited for until all traces were looked through, and each so long.
const WAITED_FOR: usize = 5;
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Traces of which SQLite's full-text search is made.
const SAMPLED_TRACES: usize = 500;

/// Builds a store of so many traces, a fifth of them in Chinese, and asks.
pub fn search(folder: &Path, traces: usize) {
    let file = folder.join("said.jsonl");
    let runs = AgentRuns {
        traces,
        spans_per_trace: SPANS_PER_TRACE,
        text_bytes: 2_000,
        sends_history: true,
        chinese_percent: 20,
        seed: 6,
    };
    let file_bytes = generate(&file, runs);
    let spans = traces * SPANS_PER_TRACE;
    println!(
        "\nsearch at {spans} spans in {traces} traces, {:.0} MB of OTLP JSON lines",
        file_bytes as f64 / 1e6
    );
    let rate = |took: Duration| format!("{:.0} spans/s", spans as f64 / took.as_secs_f64());
    {
        let harness = Harness::open(folder.join("unindexed.db"));
        harness.stop_indexing();
        row("import without the index", rate(timed_import(&harness, &file, spans).0));
    }
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("unindexed.db{suffix}")));
    }
    let harness = Harness::open(folder.join("said.db"));
    let idle_bytes = memory::resident();
    let watch = memory::Watch::start();
    let begun = Instant::now();
    row("import with the index behind it", rate(timed_import(&harness, &file, spans).0));
    let state = || harness.call::<IndexState>("index_state", &Nothing {});
    let at_the_end = state();
    let after_import = Instant::now();
    while state().indexed < traces as u32 {
        std::thread::sleep(Duration::from_millis(20));
    }
    row("indexed when the import ended", format!("{} of {traces} traces", at_the_end.indexed));
    let left = (traces as u32 - at_the_end.indexed) as usize * SPANS_PER_TRACE;
    row("index rate after it", format!("{:.0} spans/s", left as f64 / after_import.elapsed().as_secs_f64()));
    row("from the start of the import to all indexed", format!("{:.1} s", begun.elapsed().as_secs_f64()));
    row("memory above idle, peak", format!("{:.0} MB", watch.peak().saturating_sub(idle_bytes) as f64 / 1e6));
    row("index on disk", format!("{} B a span", state().bytes / spans as u64));
    full_text(folder, &file);

    let words = Words::of(&file);
    println!("  first answer (median, p95); complete in it; until complete (median)");
    ask(&harness, &words, "");
    find::ask(&harness, "");
    #[cfg(unix)]
    flooded(&harness, || {
        ask(&harness, &words, ", live feed");
        find::ask(&harness, ", live feed");
    });
}

fn ask(harness: &Harness, words: &Words, when: &str) {
    for (kind, needles) in &words.kinds {
        let mut times = Vec::new();
        let mut until_complete = Vec::new();
        let mut complete = 0;
        for needle in needles {
            let begun = Instant::now();
            let mut found = harness.engine.finder().find(needle);
            times.push(begun.elapsed());
            complete += usize::from(found.state.is_complete);
            // Of the first alone, for a text that stands everywhere takes seconds.
            let is_waited_for = times.len() <= WAITED_FOR;
            while is_waited_for && !found.state.is_complete && begun.elapsed() < LONGEST_WAIT {
                found = harness.engine.finder().find(needle);
            }
            if is_waited_for {
                until_complete.push(begun.elapsed());
            }
        }
        times.sort_unstable();
        until_complete.sort_unstable();
        row(
            &format!("{kind}{when}"),
            format!(
                "{:.1} ms, {:.1} ms; {complete} of {}; {:.0} ms",
                percentile(&times, 50),
                percentile(&times, 95),
                needles.len(),
                percentile(&until_complete, 50)
            ),
        );
    }
    let page = Instant::now();
    drop(list(harness, "", TraceSort::Started, 200));
    row(&format!("a page of the list{when}"), format!("{:.1} ms", page.elapsed().as_secs_f64() * 1e3));
}

/// Does `work` while 2,000 steps a second come in.
#[cfg(unix)]
fn flooded(harness: &Harness, work: impl FnOnce()) {
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, Ordering};
    const STEPS_A_SECOND: usize = 2_000;
    const BEAT: Duration = Duration::from_millis(50);
    crate::feed::receive_on_socket_alone(harness);
    let socket = harness.call::<FeedAddresses>("feed_addresses", &Nothing {}).socket;
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let sender = std::thread::Builder::new()
            .name("flood".into())
            .spawn_scoped(scope, || {
                let mut out = std::os::unix::net::UnixStream::connect(socket).expect("the socket listens");
                let text = "lorem ipsum dolor sit amet consectetur ".repeat(52);
                let begun = Instant::now();
                let (mut traces, mut lines) = (0, String::new());
                while !stop.load(Ordering::Relaxed) {
                    let due =
                        begun.elapsed().as_millis() as usize * STEPS_A_SECOND / 1_000 / crate::feed::STEPS;
                    while traces < due {
                        crate::feed::tell_trace(&mut lines, traces, &text);
                        traces += 1;
                    }
                    out.write_all(lines.as_bytes()).expect("the socket takes it");
                    lines.clear();
                    std::thread::sleep(BEAT);
                }
            })
            .expect("a thread");
        std::thread::sleep(Duration::from_secs(3));
        work();
        stop.store(true, Ordering::Relaxed);
        sender.join().expect("the flood ends");
    });
}

/// What is asked for.
struct Words {
    kinds: Vec<(String, Vec<String>)>,
}

impl Words {
    /// Looks for frequent and rare texts in what was imported.
    fn of(file: &Path) -> Self {
        let mut english: HashMap<String, usize> = HashMap::new();
        let mut chinese: HashMap<String, usize> = HashMap::new();
        let mut ids = Vec::new();
        let mut phrases = Vec::new();
        for texts in texts(file, 300) {
            for text in texts {
                if text.starts_with("call_") {
                    ids.push(text);
                    continue;
                }
                let characters: Vec<char> = text.chars().collect();
                if characters.first().is_some_and(|first| *first >= '\u{4e00}') {
                    for pair in characters.windows(2).step_by(3) {
                        *chinese.entry(pair.iter().collect()).or_default() += 1;
                    }
                    if characters.len() > 60 {
                        phrases.push(characters[40..46].iter().collect());
                    }
                } else {
                    for word in text.split(|letter: char| !letter.is_ascii_lowercase()) {
                        if word.len() > 3 {
                            *english.entry(word.to_owned()).or_default() += 1;
                        }
                    }
                }
            }
        }
        let spread = |words: Vec<String>| -> Vec<String> {
            let step = (words.len() / ROUNDS).max(1);
            words.into_iter().step_by(step).take(ROUNDS).collect()
        };
        let by_frequency = |words: HashMap<String, usize>| -> Vec<String> {
            let mut words: Vec<_> = words.into_iter().collect();
            words.sort_by(|(word, count), (other, other_count)| other_count.cmp(count).then(word.cmp(other)));
            words.into_iter().map(|(word, _)| word).collect()
        };
        let (english, chinese) = (by_frequency(english), by_frequency(chinese));
        let common = |words: &[String]| words.iter().take(ROUNDS).cloned().collect::<Vec<_>>();
        let rare = |words: &[String]| words.iter().rev().take(ROUNDS).cloned().collect::<Vec<_>>();
        let absent = (0..ROUNDS).map(|number| format!("zygomorphic {number}")).collect();
        let absent_chinese = (0..ROUNDS as u32)
            .map(|number| {
                ['\u{4e01}', '\u{9f98}'].map(|first| char::from_u32(first as u32 + number).unwrap_or('魑'))
            })
            .map(|characters| characters.iter().collect())
            .collect();
        let kinds = vec![
            ("rare: an id".into(), spread(ids)),
            ("English: common words".into(), common(&english)),
            ("English: rare words".into(), rare(&english)),
            ("English: absent words".into(), absent),
            ("Chinese: common words".into(), common(&chinese)),
            ("Chinese: rare words".into(), rare(&chinese)),
            ("Chinese: phrases".into(), spread(phrases)),
            ("Chinese: absent words".into(), absent_chinese),
        ];
        Self { kinds }
    }
}

/// The attributes of the spans of the first traces, by trace.
fn texts(file: &Path, traces: usize) -> impl Iterator<Item = Vec<String>> {
    let lines = BufReader::new(File::open(file).expect("the file can be read")).lines().take(traces);
    lines.map(|line| {
        let request: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans").clone();
        let attributes = spans.iter().flat_map(|span| span["attributes"].as_array().into_iter().flatten());
        attributes
            .filter_map(|attribute| attribute["value"]["stringValue"].as_str())
            .map(str::to_owned)
            .collect()
    })
}

/// SQLite's full-text search on the same texts, a row a span's text; and the work of our index on them, at the same priority.
fn full_text(folder: &Path, file: &Path) {
    let traces: Vec<Vec<String>> = texts(file, SAMPLED_TRACES).collect();
    let begun = Instant::now();
    let mut postings: Vec<Posting> = Vec::new();
    for (number, texts) in traces.iter().enumerate() {
        let mut document = Document::default();
        texts.iter().for_each(|text| document.add(Weight::Content, text));
        let grams = grams::of_needle(&document.folded);
        postings.extend(grams.into_iter().map(|gram| posting(gram, number as u32)));
    }
    postings.sort_unstable();
    let blobs = buckets(&postings, traces.len(), bucket_bits(postings.len() * 2));
    let index_bytes: usize = blobs.iter().map(|(_, blob)| blob.len()).sum();
    let spans = traces.len() * SPANS_PER_TRACE;
    row(
        "our index of a sample: rate, bytes",
        format!(
            "{:.0} spans/s, {} B a span",
            spans as f64 / begun.elapsed().as_secs_f64(),
            index_bytes / spans.max(1)
        ),
    );
    let sample: Vec<&String> = traces.iter().flatten().filter(|text| text.len() > 40).collect();
    let bytes: usize = sample.iter().map(|text| text.len()).sum();
    for tokenizer in ["trigram", "unicode61"] {
        let path = folder.join(format!("fts-{tokenizer}.db"));
        let connection = Connection::open(&path).expect("a database");
        connection.pragma_update(None, "page_size", 16_384).expect("a page size");
        connection
            .execute_batch(&format!(
                "CREATE VIRTUAL TABLE said USING fts5(text, content='', tokenize='{tokenizer}'); BEGIN"
            ))
            .expect("FTS5 is there");
        let begun = Instant::now();
        for text in &sample {
            connection
                .prepare_cached("INSERT INTO said (text) VALUES (?1)")
                .and_then(|mut insert| insert.execute([text]))
                .expect("a row");
        }
        connection.execute_batch("COMMIT").expect("a commit");
        let took = begun.elapsed();
        drop(connection);
        let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        row(
            &format!("FTS5 {tokenizer}: rate, on disk"),
            format!(
                "{:.0} spans/s ({:.0} MB/s), {} B a span",
                spans as f64 / took.as_secs_f64(),
                bytes as f64 / 1e6 / took.as_secs_f64(),
                size / spans as u64
            ),
        );
    }
}
