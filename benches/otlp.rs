//! OTLP over HTTP, one connection, a request at a time: batches of 512 spans of 2 KB, each answered once it is on disk; beside
//! a bare loop that receives the same bodies, reads them with the same reader and inserts the same rows, in the same run.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::model::{Position, Problem, SourceConfig, SourceKind, SourceState, SpanRecord, TraceRecord};
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};
use engine::wire::{Frame, Shape, Sink, format_by_id};

use crate::floor::Table;
use crate::{list, memory, percentile, row};

const SPANS_A_REQUEST: usize = 512;
const SPANS_A_TRACE: usize = 16;

/// Sends `requests` requests each way, in turn.
pub fn flood(folder: &Path, requests: usize) {
    println!(
        "\nOTLP/HTTP, JSON: {requests} requests of {SPANS_A_REQUEST} spans, 2 KB of text a span, one connection"
    );
    let bodies = bodies(requests);
    let spans = requests * SPANS_A_REQUEST;
    let mut floor_best = Duration::MAX;
    let mut ours_best = Duration::MAX;
    let mut delays = Vec::new();
    let mut grown = 0;
    for round in 0..3 {
        floor_best = floor_best.min(bare_loop(&folder.join(format!("otlp-floor-{round}.db")), &bodies));
        let harness = Harness::open(folder.join(format!("otlp-{round}.db")));
        let address = receive_alone(&harness);
        let idle_bytes = memory::resident();
        let begun = Instant::now();
        delays = send(&address, &bodies);
        ours_best = ours_best.min(begun.elapsed());
        grown = memory::resident().saturating_sub(idle_bytes);
        let stored = list(&harness, "", TraceSort::Started, 1).total as usize;
        assert_eq!(stored, spans / SPANS_A_TRACE, "every trace that was answered for is there");
    }
    delays.sort_unstable();
    let rate = |took: Duration| spans as f64 / took.as_secs_f64();
    row("floor: bare receive, decode and insert", format!("{:.0} spans/s", rate(floor_best)));
    row("to queryable", format!("{:.0} spans/s", rate(ours_best)));
    row("against its floor (goal 0.8)", format!("{:.2}", rate(ours_best) / rate(floor_best)));
    row(
        "a request, sent to answered (median, p99)",
        format!("{:.1} ms, {:.1} ms", percentile(&delays, 50), percentile(&delays, 99)),
    );
    row("memory above idle, after", format!("{:.0} MB", grown as f64 / 1e6));
}

/// The bodies of the requests: whole traces, as an exporter's batches mostly hold.
fn bodies(requests: usize) -> Vec<Vec<u8>> {
    let runs = AgentRuns {
        traces: requests * SPANS_A_REQUEST / SPANS_A_TRACE,
        spans_per_trace: SPANS_A_TRACE,
        text_bytes: 2_000,
        sends_history: true,
        chinese_percent: 0,
        seed: 4,
    };
    let mut lines = Vec::new();
    write_otlp_json_lines(runs, &mut lines).expect("memory can be written");
    let lines: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    lines.chunks(SPANS_A_REQUEST / SPANS_A_TRACE).map(request).collect()
}

/// One export of several: the lists inside of them, one after another.
fn request(lines: &[&[u8]]) -> Vec<u8> {
    let mut body = b"{\"resourceSpans\":[".to_vec();
    for (index, line) in lines.iter().enumerate() {
        let inner = line
            .strip_prefix(b"{\"resourceSpans\":[")
            .and_then(|rest| rest.strip_suffix(b"]}"))
            .expect("a line is an export");
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(inner);
    }
    body.extend_from_slice(b"]}");
    body
}

/// Turns all sources off but OTLP over HTTP, on a free port; gives its address.
fn receive_alone(harness: &Harness) -> String {
    let sources = || harness.call::<Vec<SourceStatus>>("source_list", &Nothing {});
    for status in sources() {
        let config = match status.config.kind {
            SourceKind::OtlpHttp { .. } => {
                SourceConfig { enabled: true, kind: SourceKind::OtlpHttp { port: 0 }, ..status.config }
            }
            _ => SourceConfig { enabled: false, ..status.config },
        };
        harness.call::<SourceRef>("source_set", &config);
    }
    engine::api::start_sources(&harness.engine).expect("sources start");
    loop {
        let listening = sources().into_iter().find(|status| status.state == SourceState::Listening);
        if let Some(address) = listening.and_then(|status| status.address) {
            let port = address.rsplit(':').next().expect("a port");
            return format!("127.0.0.1:{port}");
        }
        std::thread::yield_now();
    }
}

/// Sends the bodies over one connection; gives how long each took to be answered.
fn send(address: &str, bodies: &[Vec<u8>]) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).expect("the endpoint listens");
    stream.set_nodelay(true).expect("a socket has this option");
    let mut answers = BufReader::new(stream.try_clone().expect("a second handle"));
    bodies
        .iter()
        .map(|body| {
            let begun = Instant::now();
            let head = format!(
                "POST /v1/traces HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).expect("the endpoint reads");
            stream.write_all(body).expect("the endpoint reads");
            let (status, _) = message(&mut answers);
            assert!(status.starts_with("HTTP/1.1 200"), "{status}");
            begun.elapsed()
        })
        .collect()
}

/// The first line and the body of an HTTP message.
fn message(from: &mut impl BufRead) -> (String, Vec<u8>) {
    let mut first = String::new();
    from.read_line(&mut first).expect("a message");
    let mut bytes = 0;
    loop {
        let mut line = String::new();
        from.read_line(&mut line).expect("a header");
        if line.trim().is_empty() {
            break;
        }
        if let Some(length) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            bytes = length.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; bytes];
    from.read_exact(&mut body).expect("a body");
    (first, body)
}

/// Receives the bodies in one thread, reads each with the engine's own reader and inserts its spans in one transaction.
fn bare_loop(store: &Path, bodies: &[Vec<u8>]) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let table = Table::open(store);
    let count = bodies.len();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            stream.set_nodelay(true).expect("a socket has this option");
            let mut out = stream.try_clone().expect("a second handle");
            let mut from = BufReader::with_capacity(1 << 20, stream);
            let mut reader = format_by_id("otlp-json").expect("the format is there").reader();
            for _ in 0..count {
                let (_, body) = message(&mut from);
                let frame = Frame {
                    bytes: &body,
                    at: Position::default(),
                    shape: Shape::Document,
                    received_ns: None,
                };
                let mut rows = Rows(Vec::new());
                reader.read(&frame, &mut rows);
                table.insert(&rows.0);
                out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").expect("the client reads");
            }
        });
        send(&address, bodies);
    });
    begun.elapsed()
}

struct Rows(Vec<SpanRecord>);

impl Sink for Rows {
    fn span(&mut self, span: SpanRecord) {
        self.0.push(span);
    }
    fn trace(&mut self, _: TraceRecord) {}
    fn problem(&mut self, problem: Problem) {
        panic!("the made-up requests are sound: {problem:?}");
    }
    fn skipped(&mut self, _: &'static str, _: u64) {}
}
