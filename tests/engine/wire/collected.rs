//! Reads a source as the app does (detect, frame, read) into lists that a test can look at.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;

use engine::model::{Payload, Problem, SpanRecord, TraceRecord};
use engine::wire::{self, Framer, Sample, Sink};

/// All that came out of a source.
#[derive(Default)]
pub struct Collected {
    pub format: &'static str,
    pub spans: Vec<SpanRecord>,
    pub traces: Vec<TraceRecord>,
    pub problems: Vec<Problem>,
    pub skipped: BTreeMap<&'static str, u64>,
}

impl Sink for Collected {
    fn span(&mut self, span: SpanRecord) {
        self.spans.push(span);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.traces.push(trace);
    }
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
    fn skipped(&mut self, what: &'static str, count: u64) {
        *self.skipped.entry(what).or_default() += count;
    }
}

impl Collected {
    /// How many traces the spans belong to.
    pub fn trace_count(&self) -> usize {
        self.spans.iter().map(|span| &span.trace).collect::<BTreeSet<_>>().len()
    }

    /// How many spans there are when each is counted once.
    pub fn unique_count(&self) -> usize {
        self.spans.iter().map(|span| (&span.trace, &span.id)).collect::<BTreeSet<_>>().len()
    }

    /// The span with this name.
    pub fn named(&self, name: &str) -> &SpanRecord {
        self.spans
            .iter()
            .find(|span| span.name == name)
            .unwrap_or_else(|| panic!("no span is named {name:?}"))
    }
}

/// The payload of a span.
pub fn payload(span: &SpanRecord) -> Payload {
    serde_json::from_slice(&span.payload).unwrap_or_else(|error| {
        panic!("the payload is JSON ({error}): {}", String::from_utf8_lossy(&span.payload))
    })
}

/// Everything in `bytes`, or `None` if no format wants them. Every payload is checked to be one.
pub fn read(bytes: &[u8]) -> Option<Collected> {
    let sample = Sample::new(&bytes[..bytes.len().min(Sample::BYTES)], bytes.len() <= Sample::BYTES);
    let (format, _) = wire::detect(&sample)?;
    let mut collected = Collected { format: format.id(), ..Collected::default() };
    let mut framer = Framer::new(bytes, format.framing(), &sample);
    framer.read_all(format.reader().as_mut(), &mut collected).expect("memory can be read");
    for span in &collected.spans {
        payload(span);
    }
    Some(collected)
}

/// Everything in `text`, of whatever format it is.
pub fn read_text(text: &str) -> Collected {
    read(text.as_bytes()).expect("a format wants this")
}

/// The bytes of a real file, unpacked; `None` (said aloud) where the folder of real files is missing.
pub fn real_file(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    let Ok(bytes) = std::fs::read(&file) else {
        eprintln!("passed over: {} is not there", file.display());
        return None;
    };
    if path.ends_with(".gz") {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).expect("the file is gzip");
        return Some(unpacked);
    }
    Some(bytes)
}
