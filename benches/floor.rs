//! The floor an import is measured against: the same file parsed by the same reader in one thread and inserted by another,
//! with nothing else done. One table, the columns of `span` with the payload as text beside them, transactions of 10,000.
//! No masking, repeats, compression, trees, traces, progress, or a second parser.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use engine::model::{Problem, SpanRecord, TraceRecord};
use engine::wire::{Framer, Sample, Sink, detect};
use rusqlite::{Connection, params};

/// Spans handed over at a time.
const BATCH: usize = 2_000;
const TRANSACTION: usize = 10_000;

struct Sender {
    batch: Vec<SpanRecord>,
    sender: std::sync::mpsc::SyncSender<Vec<SpanRecord>>,
}

impl Sink for Sender {
    fn span(&mut self, span: SpanRecord) {
        self.batch.push(span);
        if self.batch.len() == BATCH {
            self.sender.send(std::mem::take(&mut self.batch)).expect("the writer runs");
        }
    }
    fn trace(&mut self, _: TraceRecord) {}
    fn problem(&mut self, problem: Problem) {
        panic!("the made-up file is sound: {problem:?}");
    }
    fn skipped(&mut self, _: &'static str, _: u64) {}
}

/// Takes the file at `file` into a new database at `store`; gives the time until all `spans` are committed.
pub fn parse_and_insert(file: &Path, store: &Path, spans: usize) -> Duration {
    let begun = Instant::now();
    let (sender, receiver) = sync_channel::<Vec<SpanRecord>>(8);
    let inserted = std::thread::scope(|scope| {
        let writer = std::thread::Builder::new()
            .name("floor-writer".into())
            .spawn_scoped(scope, || insert(store, receiver))
            .expect("a thread");
        let mut head = vec![0; Sample::BYTES];
        let length =
            File::open(file).and_then(|mut file| file.read(&mut head)).expect("the file can be read");
        head.truncate(length);
        let sample = Sample::new(&head, false);
        let (format, _) = detect(&sample).expect("the format is known");
        let mut sink = Sender { batch: Vec::with_capacity(BATCH), sender };
        let source = File::open(file).expect("the file can be read");
        Framer::new(source, format.framing(), &sample)
            .read_all(&mut *format.reader(), &mut sink)
            .expect("the file can be read");
        sink.sender.send(std::mem::take(&mut sink.batch)).expect("the writer runs");
        drop(sink);
        writer.join().expect("the writer ends")
    });
    assert_eq!(inserted, spans, "the floor stores every span");
    begun.elapsed()
}

fn insert(store: &Path, receiver: std::sync::mpsc::Receiver<Vec<SpanRecord>>) -> usize {
    let table = Table::open(store);
    let mut count = 0;
    table.execute("BEGIN");
    for batch in receiver {
        for spans in batch.chunks(TRANSACTION) {
            table.add(spans);
            count += spans.len();
            if count % TRANSACTION < spans.len() {
                table.execute("COMMIT; BEGIN");
            }
        }
    }
    table.execute("COMMIT");
    count
}

/// One table with the columns of `span`, the payload as text beside them.
pub struct Table(Connection);

impl Table {
    /// A new database with nothing in it.
    pub fn open(store: &Path) -> Self {
        let connection = Connection::open(store).expect("a database");
        connection
            .execute_batch(
                "PRAGMA page_size = 16384; PRAGMA journal_mode = wal; PRAGMA synchronous = normal; PRAGMA cache_size = -65536;
                 PRAGMA wal_autocheckpoint = 4000;
                 CREATE TABLE span (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_id TEXT, name TEXT NOT NULL, kind INTEGER,
                   status INTEGER, start_ns INTEGER, end_ns INTEGER, input_hash INTEGER, input_tokens INTEGER, output_tokens INTEGER,
                   model TEXT, error TEXT, payload TEXT);
                 CREATE INDEX span_trace ON span (trace_id); CREATE INDEX span_start ON span (start_ns);",
            )
            .expect("a table");
        Self(connection)
    }

    /// Inserts the spans in a transaction of their own.
    pub fn insert(&self, spans: &[SpanRecord]) {
        self.execute("BEGIN");
        self.add(spans);
        self.execute("COMMIT");
    }

    fn execute(&self, sql: &str) {
        self.0.execute_batch(sql).expect("a transaction");
    }

    fn add(&self, spans: &[SpanRecord]) {
        let mut statement = self
            .0
            .prepare_cached(
                "INSERT INTO span VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )
            .expect("a statement");
        for span in spans {
            let payload = std::str::from_utf8(&span.payload).expect("JSON is UTF-8");
            statement
                .execute(params![
                    span.trace,
                    span.id,
                    span.parent,
                    span.name,
                    span.kind.code(),
                    span.status.code(),
                    span.start_ns,
                    span.end_ns,
                    span.input_hash,
                    span.tokens.input.map(|count| count as i64),
                    span.tokens.output.map(|count| count as i64),
                    span.model,
                    span.error,
                    payload,
                ])
                .expect("a row");
        }
    }
}
