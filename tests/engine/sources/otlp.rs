//! OTLP over HTTP and gRPC: what is taken, what senders are told, and who is turned away.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use bytes::Bytes;
use engine::dto::*;
use engine::model::{SourceConfig, SourceKind, SourceState, SpanStatus, TraceStatus};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use super::live::{Live, wait_for};
use crate::wire::otlp::protobuf::{bytes, fixed, id, int, message, text_attribute};

const HTTP: &str = "otlp-http";
const GRPC: &str = "otlp-grpc";
pub const TRACES: &str = "/v1/traces";
const LOGS: &str = "/v1/logs";
const SPAN: &str = "00000000000000aa";

/// Turns a source on, at any port that is free; gives the port.
fn listen(live: &Live, kind: SourceKind) -> u16 {
    let id = kind.word();
    live.set(SourceConfig { id: id.into(), enabled: true, kind });
    let address = live.wait_for_state(id, SourceState::Listening).address.unwrap();
    address.rsplit_once(':').unwrap().1.parse().unwrap()
}

pub fn listen_for_http(live: &Live) -> u16 {
    listen(live, SourceKind::OtlpHttp { port: 0 })
}

pub fn listen_for_grpc(live: &Live) -> u16 {
    listen(live, SourceKind::OtlpGrpc { port: 0 })
}

// ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────────────

pub fn trace_id(number: u64) -> String {
    format!("{:032x}", 0x5b8e_fff7_0000_0000_u64 + number)
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

pub fn spans_json(spans: &[Value]) -> Vec<u8> {
    json!({ "resourceSpans": [{ "resource": { "attributes": [text("service.name", "shop")] },
        "scopeSpans": [{ "spans": spans }] }] })
    .to_string()
    .into_bytes()
}

pub fn span_json(trace: &str) -> Value {
    json!({ "traceId": trace, "spanId": SPAN, "name": "chat", "startTimeUnixNano": "1767225600000000000",
        "endTimeUnixNano": "1767225601000000000", "attributes": [text("gen_ai.operation.name", "chat")] })
}

pub fn span_protobuf(trace: &str) -> Vec<u8> {
    let times = [fixed(7, 1_767_225_600_000_000_000), fixed(8, 1_767_225_601_000_000_000)].concat();
    message(2, &[bytes(1, id(trace)), bytes(2, id(SPAN)), bytes(5, "chat"), times])
}

pub fn spans_protobuf(spans: &[Vec<u8>]) -> Vec<u8> {
    let resource = message(1, &[text_attribute(1, "service.name", "shop")]);
    message(1, &[resource, message(2, spans)])
}

pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

// ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A connection over which requests go one after another.
pub struct Sender {
    pub stream: BufReader<TcpStream>,
    port: u16,
}

pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Sender {
    pub fn connect(port: u16) -> Self {
        Self { stream: BufReader::new(TcpStream::connect(("127.0.0.1", port)).unwrap()), port }
    }

    pub fn say(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The head of a request; headers given here go before the usual ones.
    pub fn say_head(&mut self, line: &str, headers: &[(&str, &str)], body_bytes: usize) {
        let mut head = format!("{line} HTTP/1.1\r\n");
        let (host, length) = (format!("localhost:{}", self.port), body_bytes.to_string());
        let usual = [("Host", host.as_str()), ("Content-Length", length.as_str())];
        let is_given = |name: &str| headers.iter().any(|(given, _)| *given == name);
        for (name, value) in headers.iter().chain(usual.iter().filter(|(name, _)| !is_given(name))) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.say(format!("{head}\r\n").as_bytes());
    }

    pub fn hear(&mut self) -> Answer {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {line:?}")).parse().unwrap();
        let mut headers = HashMap::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Answer { status, headers, body }
    }

    pub fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.say_head(&format!("POST {path}"), headers, body.len());
        self.say(body);
        self.hear()
    }

    pub fn post_json(&mut self, path: &str, body: &[u8]) -> Answer {
        self.post(path, &[("Content-Type", "application/json")], body)
    }

    fn post_protobuf(&mut self, path: &str, body: &[u8]) -> Answer {
        self.post(path, &[("Content-Type", "application/x-protobuf")], body)
    }
}

#[test]
fn each_encoding_however_it_is_packed_is_on_disk_when_it_is_answered() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&spans_protobuf(&[span_protobuf(&trace_id(3))])).unwrap();
    let sent = [
        ("application/x-protobuf", "", spans_protobuf(&[span_protobuf(&trace_id(0))])),
        ("application/json; charset=utf-8", "", spans_json(&[span_json(&trace_id(1))])),
        ("application/x-protobuf", "gzip", gzip(&spans_protobuf(&[span_protobuf(&trace_id(2))]))),
        ("application/x-protobuf", "deflate", zlib.finish().unwrap()),
        (
            "application/json",
            "zstd",
            zstd::encode_all(&spans_json(&[span_json(&trace_id(4))])[..], 1).unwrap(),
        ),
        ("application/json", "GZIP", gzip(&spans_json(&[span_json(&trace_id(5))]))),
    ];
    for (number, (content_type, encoding, body)) in sent.iter().enumerate() {
        let mut headers = vec![("Content-Type", *content_type)];
        headers.extend((!encoding.is_empty()).then_some(("Content-Encoding", *encoding)));
        let answer = sender.post(TRACES, &headers, body);
        assert_eq!(
            answer.status,
            200,
            "{content_type} {encoding}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        let (said_type, said) = match content_type.contains("json") {
            true => ("application/json", &b"{}"[..]),
            false => ("application/x-protobuf", &b""[..]),
        };
        assert_eq!((answer.headers["content-type"].as_str(), &answer.body[..]), (said_type, said));
        // Not waited for: what was answered is there.
        let traces = live.traces("");
        assert_eq!(traces.len(), number + 1);
        let trace = traces.iter().find(|trace| trace.key == trace_id(number as u64)).unwrap();
        assert_eq!((trace.steps, trace.project.as_deref()), (1, Some("shop")));
        assert_eq!(trace.status, TraceStatus::Success);
    }
    for nothing in [sender.post_protobuf(TRACES, b""), sender.post_json(TRACES, b"{}")] {
        assert_eq!(nothing.status, 200, "an export of nothing");
    }
    let source = live.source(HTTP);
    assert_eq!((source.spans, source.problems, source.connections), (6, 0, 1));
    assert_eq!(source.bytes as usize, sent.iter().map(|(_, _, body)| body.len()).sum::<usize>() + 2);
    let addresses: FeedAddresses = live.harness.call("feed_addresses", &Nothing {});
    assert_eq!(addresses.otlp_http, Some(format!("http://localhost:{}", sender.port)));
}

#[test]
fn the_other_loopback_address_is_listened_on_too() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let Ok(stream) = TcpStream::connect(("::1", port)) else {
        eprintln!("passed over: this machine has no ::1");
        return;
    };
    let mut sender = Sender { stream: BufReader::new(stream), port };
    assert_eq!(sender.post_json(TRACES, &spans_json(&[span_json(&trace_id(0))])).status, 200);
    let host = format!("[::1]:{port}");
    let headers = [("Host", host.as_str()), ("Content-Type", "application/json")];
    assert_eq!(sender.post(TRACES, &headers, b"{}").status, 200);
}

#[test]
fn spans_that_can_not_be_read_are_rejected_and_the_others_taken() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let mut nameless = span_json(&trace_id(0));
    nameless["traceId"] = json!("");
    let answer = sender.post_json(TRACES, &spans_json(&[nameless, span_json(&trace_id(0))]));
    let partial = &answer.json()["partialSuccess"];
    assert_eq!((answer.status, &partial["rejectedSpans"]), (200, &json!("1")));
    assert!(partial["errorMessage"].as_str().unwrap().contains("without a trace id"), "{partial}");

    let no_id = message(2, &[bytes(1, id(&trace_id(1))), bytes(5, "chat"), fixed(7, 1)]);
    let body = spans_protobuf(&[no_id.clone(), span_protobuf(&trace_id(1)), no_id]);
    let answer = sender.post_protobuf(TRACES, &body);
    let reason = "A span without a span id was left out. There are 1 more problems; the app lists them.";
    let partial = message(1, &[int(1, 2), bytes(2, reason)]);
    assert_eq!((answer.status, answer.body), (200, partial));
    assert_eq!(live.traces("").len(), 2);
    assert_eq!(live.source(HTTP).problems, 3);
    assert_eq!(live.problems(HTTP).total, 3);

    // What is odd about a span that was taken is told without a count.
    let mut odd = span_json(&trace_id(2));
    odd["startTimeUnixNano"] = json!("noon");
    let partial = &sender.post_json(TRACES, &spans_json(&[odd])).json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "0");
    assert!(partial["errorMessage"].as_str().unwrap().contains("noon"), "{partial}");
}

#[test]
fn what_can_not_be_taken_is_refused_with_the_reason() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let json = ("Content-Type", "application/json");
    let protobuf = ("Content-Type", "application/x-protobuf");
    let refused = |line: &str, headers: &[(&str, &str)], body: &[u8], status: u16, word: &str| {
        let mut sender = Sender::connect(port);
        sender.say_head(line, headers, body.len());
        sender.say(body);
        let answer = sender.hear();
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, status, "{line} {headers:?}: {told}");
        assert!(told.contains(word), "{line} {headers:?}: {told}");
        assert!(!answer.headers.contains_key("retry-after"), "the same again would be refused again");
        let told = live.source(HTTP).message.unwrap();
        assert!(told.contains(word), "the source says so too: {told}");
        answer
    };
    let answer = refused("POST /v1/traces", &[json], b"{\"resourceSpans\": [", 400, "not OTLP JSON");
    assert_eq!((answer.json()["code"].as_u64(), answer.headers["content-type"].as_str()), (Some(3), json.1));
    let answer = refused("POST /v1/traces", &[protobuf], &[0; 64], 400, "protobuf");
    assert_eq!(
        (answer.body[..2].to_vec(), answer.headers["content-type"].as_str()),
        (vec![8, 3], protobuf.1)
    );
    refused("POST /v1/traces", &[json, ("Content-Encoding", "gzip")], b"{}", 400, "unpacked");
    refused("POST /v1/traces", &[json, ("Content-Encoding", "br")], b"{}", 415, "gzip, deflate, zstd");
    refused("POST /v1/traces", &[("Content-Type", "text/plain")], b"{}", 415, "application/json");
    refused("POST /v1/traces", &[], b"{}", 415, "application/json");
    refused("POST /", &[json], b"{}", 404, "/v1/traces");
    let answer = refused("GET /v1/traces", &[json], b"", 405, "POST");
    assert_eq!(answer.headers["allow"], "POST");
    // Known before a byte of it is sent.
    let mut sender = Sender::connect(port);
    sender.say_head("POST /v1/traces", &[json], (64 << 20) + 1);
    assert_eq!(sender.hear().status, 413);
    assert_eq!(live.traces("").len(), 0);
}

#[test]
fn a_small_body_that_unpacks_to_a_huge_one_is_refused() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..260 {
        packed.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 2 << 20);
    let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    let answer = Sender::connect(port).post(TRACES, &headers, &bomb);
    assert_eq!(answer.status, 413, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(Sender::connect(port).post_json(TRACES, &spans_json(&[span_json(&trace_id(0))])).status, 200);
}

#[test]
fn a_slow_sender_keeps_nobody_waiting() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let body = spans_json(&[span_json(&trace_id(0))]);
    let mut slow = Sender::connect(port);
    slow.say_head("POST /v1/traces", &[("Content-Type", "application/json")], body.len());
    slow.say(&body[..10]);
    let mut mute = Sender::connect(port);
    mute.say(b"POST /v1/tra");
    let _silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    let answer = Sender::connect(port).post_json(TRACES, &spans_json(&[span_json(&trace_id(1))]));
    assert_eq!(answer.status, 200);
    slow.say(&body[10..]);
    assert_eq!(slow.hear().status, 200);
    assert_eq!(live.traces("").len(), 2);
}

/// Does `work` so many times at once; gives the outcomes as they come.
fn at_once<T: Send + 'static>(
    times: u64,
    work: impl Fn(u64) -> T + Clone + Send + 'static,
) -> mpsc::Receiver<T> {
    let (told, outcomes) = mpsc::sync_channel(times as usize);
    for number in 0..times {
        let (told, work) = (told.clone(), work.clone());
        let send = move || told.send(work(number)).unwrap();
        std::thread::Builder::new().name("sender".into()).spawn(send).unwrap();
    }
    outcomes
}

#[test]
fn when_more_comes_than_can_be_written_senders_are_told_to_come_back() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let theirs = rusqlite::Connection::open(live.folder.path().join("store.db")).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answers = at_once(70, move |number| {
        let span = span_json(&trace_id(number));
        (number, Sender::connect(port).post_json(TRACES, &spans_json(&[span])))
    });
    let mut refused = Vec::new();
    for (number, answer) in answers.iter().take(6) {
        assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (429, "1"));
        let status = answer.json();
        assert_eq!((status["code"].as_u64(), &status["details"][0]["retryDelay"]), (Some(8), &json!("1s")));
        refused.push(trace_id(number));
    }
    assert_eq!(live.traces("").len(), 0);
    theirs.execute_batch("ROLLBACK").unwrap();
    for (_, answer) in answers.iter().take(64) {
        assert_eq!(answer.status, 200);
    }
    let traces = live.traces("");
    assert_eq!(traces.len(), 64, "all that were told so are there");
    assert!(traces.iter().all(|trace| !refused.contains(&trace.key)));
}

#[test]
fn bodies_under_way_take_only_so_much_memory() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let stalled: Vec<Sender> = (0..2)
        .map(|_| {
            let mut sender = Sender::connect(port);
            sender.say_head("POST /v1/traces", &[("Content-Type", "application/json")], 64 << 20);
            (0..60).for_each(|_| sender.say(&[b' '; 1 << 20]));
            sender
        })
        .collect();
    let mut long = span_json(&trace_id(0));
    long["attributes"] = json!([text("note", &"word ".repeat(4 << 20))]);
    let long = spans_json(&[long]);
    wait_for("the memory to be taken", || {
        let answer = Sender::connect(port).post_json(TRACES, &long);
        (answer.status == 429).then(|| assert!(answer.headers.contains_key("retry-after")))
    });
    drop(stalled);
    wait_for("the memory to be given back", || {
        (Sender::connect(port).post_json(TRACES, &long).status == 200).then_some(())
    });
}

#[test]
fn trouble_with_the_database_is_told_as_passing() {
    let live = Live::start();
    let (http, grpc) = (listen_for_http(&live), listen_for_grpc(&live));
    let theirs = rusqlite::Connection::open(live.folder.path().join("store.db")).unwrap();
    theirs.execute_batch("ALTER TABLE span RENAME TO gone").unwrap();
    let answer = Sender::connect(http).post_json(TRACES, &spans_json(&[span_json(&trace_id(0))]));
    assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (503, "1"));
    assert_eq!(answer.json()["code"], 14);
    let call = Call::traces(spans_protobuf(&[span_protobuf(&trace_id(0))]));
    assert_eq!(call.make(grpc).status, 14);
    theirs.execute_batch("ALTER TABLE gone RENAME TO span").unwrap();
    let answer = Sender::connect(http).post_json(TRACES, &spans_json(&[span_json(&trace_id(0))]));
    assert_eq!(answer.status, 200);
}

#[test]
fn what_is_written_in_several_goes_is_acknowledged_only_if_all_of_it_is_there() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let theirs = rusqlite::Connection::open(live.folder.path().join("store.db")).unwrap();
    theirs
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE INSERT ON span WHEN new.name = 'refused'
             BEGIN SELECT raise(ABORT, 'no room for this'); END",
        )
        .unwrap();
    // More than are written in one go, and the first go fails.
    let mut spans: Vec<Value> = (0..3_000).map(|number| span_json(&trace_id(number))).collect();
    spans[0]["name"] = json!("refused");
    assert_eq!(sender.post_json(TRACES, &spans_json(&spans)).status, 503);
    theirs.execute_batch("DROP TRIGGER refuse").unwrap();
    assert_eq!(sender.post_json(TRACES, &spans_json(&spans)).status, 200);
    let total: TraceList = live.harness.call(
        "trace_list",
        &TraceListRequest {
            filter: String::new(),
            sort: TraceSort::Started,
            descending: true,
            offset: 0,
            limit: 1,
        },
    );
    assert_eq!(total.total, 3_000);
}

#[test]
fn web_pages_and_foreign_names_get_no_answer() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let body = spans_json(&[span_json(&trace_id(0))]);
    let post = |headers: &[(&str, &str)]| {
        let mut all = vec![("Content-Type", "application/json")];
        all.extend_from_slice(headers);
        Sender::connect(port).post(TRACES, &all, &body).status
    };
    let (own, other) = (format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}"));
    for headers in [
        [("Host", "evil.example")],
        [("Host", "localhost")],
        [("Host", "localhost:4")],
        [("Origin", "http://evil.example")],
        [("Origin", "http://localhost:3000")],
        [("Origin", "null")],
        [("Origin", other.as_str())],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(post(&headers), 403, "{headers:?}");
    }
    let mut preflight = Sender::connect(port);
    preflight.say_head("OPTIONS /v1/traces", &[("Origin", "http://evil.example")], 0);
    let answer = preflight.hear();
    assert_eq!(answer.status, 403);
    assert!(!answer.headers.keys().any(|name| name.starts_with("access-control")));
    assert_eq!(live.traces("").len(), 0);
    assert_eq!(post(&[("Origin", &own)]), 200);
}

#[test]
fn metrics_and_other_log_records_are_taken_and_counted() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let metrics = message(1, &[message(2, &[message(2, &[bytes(1, "http.server.duration")])])]);
    assert_eq!(sender.post_protobuf("/v1/metrics", &metrics).status, 200);
    let json = json!({ "resourceMetrics": [{ "scopeMetrics": [] }] }).to_string();
    assert_eq!(sender.post_json("/v1/metrics", json.as_bytes()).body, b"{}");
    let record = message(2, &[int(2, 9), message(5, &[bytes(1, "cache warm")])]);
    let logs = message(1, &[message(2, &[record])]);
    assert_eq!(sender.post_protobuf(LOGS, &logs).status, 200);
    let skipped = live.source(HTTP).skipped.unwrap();
    assert!(skipped.contains("2 metric payloads") && skipped.contains("1 log records"), "{skipped}");
    assert_eq!((live.traces("").len(), live.source(HTTP).problems), (0, 0));
}

fn message_log(trace: &str, text: &str) -> Vec<u8> {
    let body = message(5, &[message(6, &[text_attribute(1, "content", text)])]);
    let ids = [bytes(9, id(trace)), bytes(10, id(SPAN))].concat();
    let record =
        message(2, &[fixed(1, 1_767_225_600_500_000_000), body, ids, bytes(12, "gen_ai.user.message")]);
    message(1, &[message(2, &[record])])
}

#[test]
fn messages_in_log_records_join_their_step_before_and_after_it() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let trace = trace_id(0);
    assert_eq!(sender.post_protobuf(LOGS, &message_log(&trace, "first")).status, 200);
    assert_eq!(live.traces("")[0].status, TraceStatus::Running, "its step has not come");
    assert_eq!(sender.post_json(TRACES, &spans_json(&[span_json(&trace)])).status, 200);
    assert_eq!(sender.post_protobuf(LOGS, &message_log(&trace, "second")).status, 200);
    // Sent again, as by an exporter that did not hear the answer.
    assert_eq!(sender.post_json(TRACES, &spans_json(&[span_json(&trace)])).status, 200);
    assert_eq!(sender.post_protobuf(LOGS, &message_log(&trace, "first")).status, 200);
    let traces = live.traces("");
    assert_eq!((traces.len(), traces[0].steps, traces[0].status), (1, 1, TraceStatus::Success));
    let step = live.step(&traces[0], SPAN);
    let told: Vec<String> = step
        .content
        .input_messages
        .iter()
        .map(|message| {
            serde_json::to_value(message).unwrap()["parts"][0]["text"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(told, ["first", "second"]);
    assert_eq!((step.name.as_str(), step.status), ("chat", SpanStatus::Unset));
}

#[test]
fn a_placeholder_is_an_open_step_until_the_real_one_comes() {
    let live = Live::start();
    let mut sender = Sender::connect(listen_for_http(&live));
    let trace = trace_id(0);
    let placeholder = |own: &str, real: &str, parent: &str| {
        let mut span = span_json(&trace);
        span["spanId"] = json!(own);
        span["parentSpanId"] = json!(real);
        span["endTimeUnixNano"] = span["startTimeUnixNano"].clone();
        span["attributes"] =
            json!([text("logfire.span_type", "pending_span"), text("logfire.pending_parent_id", parent)]);
        span
    };
    let (root, child) = ("00000000000000bb", SPAN);
    let mut post = |spans: &[Value]| assert_eq!(sender.post_json(TRACES, &spans_json(spans)).status, 200);
    let (root_begins, child_begins) = (
        placeholder("00000000000000b1", root, "0000000000000000"),
        placeholder("00000000000000a1", child, root),
    );
    post(std::slice::from_ref(&root_begins));
    post(std::slice::from_ref(&child_begins));
    let running = live.traces("")[0].clone();
    assert_eq!((running.status, running.steps), (TraceStatus::Running, 2));
    let tree = live.tree(&running);
    assert_eq!(tree.span_id, [root, child]);
    assert_eq!((tree.depth[1], live.step(&running, child).status), (1, SpanStatus::Open));

    let mut child_ends = span_json(&trace);
    child_ends["parentSpanId"] = json!(root);
    post(&[child_ends]);
    assert_eq!(live.traces("")[0].status, TraceStatus::Running, "the root has not ended");
    let mut root_ends = span_json(&trace);
    root_ends["spanId"] = json!(root);
    post(&[root_ends]);
    post(&[child_begins, root_begins]);
    let ended = live.traces("")[0].clone();
    assert_eq!((ended.status, ended.steps), (TraceStatus::Success, 2), "late placeholders change nothing");
    let step = live.step(&ended, child);
    assert_eq!((step.status, step.duration_ns), (SpanStatus::Unset, Some(1e9)));
}

#[test]
fn a_port_that_is_taken_is_named_and_another_can_be_chosen() {
    let live = Live::start();
    let theirs = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = theirs.local_addr().unwrap().port();
    let kinds = [(HTTP, SourceKind::OtlpHttp { port }), (GRPC, SourceKind::OtlpGrpc { port })];
    for (id, kind) in kinds {
        live.set(SourceConfig { id: id.into(), enabled: true, kind });
        let message = live.wait_for_state(id, SourceState::Failed).message.unwrap();
        for word in [format!("port {port} is taken"), "OTEL_EXPORTER_OTLP_ENDPOINT".into()] {
            assert!(message.contains(&word), "{message}");
        }
    }
    let chosen = listen_for_http(&live);
    assert_eq!(Sender::connect(chosen).post_json(TRACES, b"{}").status, 200);
    // Turned on again as it is, once the port is free.
    drop(theirs);
    live.set(SourceConfig { id: GRPC.into(), enabled: true, kind: SourceKind::OtlpGrpc { port } });
    live.wait_for_state(GRPC, SourceState::Listening);
    // Turned off, it lets go of the port.
    live.set(SourceConfig { id: GRPC.into(), enabled: false, kind: SourceKind::OtlpGrpc { port } });
    live.wait_for_state(GRPC, SourceState::Off);
    drop(TcpListener::bind(("127.0.0.1", port)).unwrap());
}

// ── gRPC ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A call, as a sender makes it.
#[derive(Clone)]
pub struct Call {
    pub path: &'static str,
    pub host: Option<&'static str>,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Vec<u8>,
}

#[derive(Debug)]
pub struct Outcome {
    pub status: u16,
    message: String,
    details: String,
    body: Vec<u8>,
}

pub fn framed(flag: u8, message: &[u8]) -> Vec<u8> {
    [&[flag][..], &(message.len() as u32).to_be_bytes(), message].concat()
}

impl Call {
    pub fn traces(message: Vec<u8>) -> Self {
        Self {
            path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            host: None,
            headers: Vec::new(),
            body: framed(0, &message),
        }
    }

    pub fn make(&self, port: u16) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (client, connection) = h2::client::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            let mut client = client.ready().await.unwrap();
            let host = self.host.map_or(format!("localhost:{port}"), str::to_owned);
            let mut request = http::Request::post(format!("http://{host}{}", self.path))
                .header("content-type", "application/grpc")
                .header("te", "trailers");
            for (name, value) in &self.headers {
                request = request.header(*name, *value);
            }
            let (response, mut body) = client.send_request(request.body(()).unwrap(), false).unwrap();
            body.send_data(Bytes::from(self.body.clone()), true).unwrap();
            let response = response.await.unwrap();
            assert_eq!(response.status(), 200);
            let mut outcome = response.headers().clone();
            let mut stream = response.into_body();
            let mut body = Vec::new();
            while let Some(piece) = stream.data().await {
                body.extend_from_slice(&piece.unwrap());
            }
            outcome.extend(stream.trailers().await.unwrap().unwrap_or_default());
            let header = |name: &str| {
                outcome.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
            };
            Outcome {
                status: header("grpc-status").parse().unwrap(),
                message: header("grpc-message"),
                details: header("grpc-status-details-bin"),
                body,
            }
        })
    }
}

#[test]
fn calls_of_grpc_are_taken_plain_and_packed() {
    let live = Live::start();
    let port = listen_for_grpc(&live);
    let outcome = Call::traces(spans_protobuf(&[span_protobuf(&trace_id(0))])).make(port);
    assert_eq!((outcome.status, outcome.body), (0, framed(0, b"")));
    assert_eq!(live.traces("").len(), 1, "it is on disk when it is answered");
    let packed = gzip(&spans_protobuf(&[span_protobuf(&trace_id(1))]));
    let call = Call { headers: vec![("grpc-encoding", "gzip")], ..Call::traces(Vec::new()) };
    assert_eq!(Call { body: framed(1, &packed), ..call.clone() }.make(port).status, 0);
    let plain = framed(0, &spans_protobuf(&[span_protobuf(&trace_id(2))]));
    assert_eq!(Call { body: plain, ..call }.make(port).status, 0, "each message says whether it is packed");
    assert_eq!(live.traces("").len(), 3);

    // Larger than the windows of flow control.
    let many: Vec<Vec<u8>> = (10..40_010).map(|number| span_protobuf(&trace_id(number))).collect();
    assert_eq!(Call::traces(spans_protobuf(&many)).make(port).status, 0);
    assert_eq!(live.source(GRPC).spans, 40_003);

    let lost = message(2, &[bytes(1, id(&trace_id(4))), bytes(5, "chat"), fixed(7, 1)]);
    let outcome = Call::traces(spans_protobuf(&[lost, span_protobuf(&trace_id(4))])).make(port);
    let partial = message(1, &[int(1, 1), bytes(2, "A span without a span id was left out.")]);
    assert_eq!((outcome.status, outcome.body), (0, framed(0, &partial)));

    let of_metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    let metrics = message(1, &[message(2, &[message(2, &[bytes(1, "http.server.duration")])])]);
    assert_eq!(Call { path: of_metrics, ..Call::traces(metrics) }.make(port).status, 0);
    let of_logs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    assert_eq!(
        Call { path: of_logs, ..Call::traces(message_log(&trace_id(0), "hello")) }.make(port).status,
        0
    );
    let source = live.source(GRPC);
    assert_eq!(
        (source.skipped.as_deref(), source.state),
        (Some("1 metric payloads"), SourceState::Listening)
    );
    let trace = live.traces("").into_iter().find(|trace| trace.key == trace_id(0)).unwrap();
    assert_eq!(live.step(&trace, SPAN).content.input_messages.len(), 1);
}

#[test]
fn calls_of_grpc_that_can_not_be_taken_say_why() {
    let live = Live::start();
    let port = listen_for_grpc(&live);
    let good = Call::traces(spans_protobuf(&[span_protobuf(&trace_id(0))]));
    let refused = |call: Call, status: u16, word: &str| {
        let outcome = call.make(port);
        assert_eq!(outcome.status, status, "{outcome:?}");
        assert!(outcome.message.contains(word), "{outcome:?}");
        assert!(outcome.body.is_empty() && !outcome.details.is_empty());
    };
    refused(Call::traces(vec![0; 64]), 3, "protobuf");
    refused(Call { body: good.body[..good.body.len() - 1].to_vec(), ..good.clone() }, 3, "one whole message");
    refused(Call { body: Vec::new(), ..good.clone() }, 3, "one whole message");
    let gzip = vec![("grpc-encoding", "gzip")];
    refused(Call { body: framed(1, b"no gzip"), headers: gzip, ..good.clone() }, 3, "unpacked");
    refused(Call { headers: vec![("grpc-encoding", "snappy")], ..good.clone() }, 12, "gzip");
    refused(Call { path: "/grpc.health.v1.Health/Check", ..good.clone() }, 12, "Export");
    refused(Call { host: Some("evil.example:4317"), ..good.clone() }, 7, "localhost");
    refused(Call { host: Some("localhost:1"), ..good.clone() }, 7, "localhost");
    refused(Call { headers: vec![("origin", "http://evil.example")], ..good.clone() }, 7, "pages");
    refused(Call { headers: vec![("sec-fetch-site", "cross-site")], ..good.clone() }, 7, "pages");
    assert_eq!(live.traces("").len(), 0);
    assert_eq!(good.make(port).status, 0);
}

#[test]
fn overload_is_told_over_grpc_with_the_time_to_wait() {
    let live = Live::start();
    let port = listen_for_grpc(&live);
    let theirs = rusqlite::Connection::open(live.folder.path().join("store.db")).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    let outcomes = at_once(66, move |number| {
        Call::traces(spans_protobuf(&[span_protobuf(&trace_id(number))])).make(port)
    });
    for outcome in outcomes.iter().take(2) {
        assert_eq!(outcome.status, 8, "{outcome:?}");
        // The base64 of a `google.rpc.Status` with a `RetryInfo` of one second; its last bytes are the detail's.
        let duration = message(2, &[message(1, &[int(1, 1)])]);
        let detail = message(3, &[bytes(1, "type.googleapis.com/google.rpc.RetryInfo"), duration]);
        let status = [int(1, 8), bytes(2, &outcome.message), detail].concat();
        assert_eq!(outcome.details, engine::wire::to_base64(&status));
    }
    theirs.execute_batch("ROLLBACK").unwrap();
    assert!(outcomes.iter().take(64).all(|outcome| outcome.status == 0));
    assert_eq!(live.traces("").len(), 64);
}

#[test]
fn a_port_takes_both_protocols() {
    let live = Live::start();
    let (http, grpc) = (listen_for_http(&live), listen_for_grpc(&live));
    assert_eq!(Call::traces(spans_protobuf(&[span_protobuf(&trace_id(0))])).make(http).status, 0);
    let answer = Sender::connect(grpc).post_protobuf(TRACES, &spans_protobuf(&[span_protobuf(&trace_id(1))]));
    assert_eq!((answer.status, live.traces("").len()), (200, 2));
}
