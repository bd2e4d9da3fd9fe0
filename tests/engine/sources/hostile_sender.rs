//! Senders that mean harm: requests in foreign names, clients that are slow or silent, bombs, lengths that lie, and HTTP/2
//! used against its server. Each time nothing of theirs is taken, and an honest sender is still served.
#![cfg(unix)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use engine::model::{SourceKind, SourceState};
use engine::sources::Patience;
use serde_json::{Value, json};

use super::live::{Live, wait_for};
use super::otlp::*;

/// As good as for ever.
const LONG: Duration = Duration::from_secs(3_600);
/// As good as not at all.
const SHORT: Duration = Duration::from_millis(50);
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn one_run(number: u64) -> Vec<u8> {
    spans_json(&[span_json(&trace_id(number))])
}

/// An honest sender is served.
fn assert_served(live: &Live, port: u16) -> Sender {
    let before = live.traces("").len();
    let mut sender = Sender::connect(port);
    let answer = sender.post_json(TRACES, &one_run(1_000 + before as u64));
    assert_eq!((answer.status, live.traces("").len()), (200, before + 1));
    sender
}

// ── in foreign names ────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn no_form_of_a_foreign_request_is_taken() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let own = format!("localhost:{port}");
    let body = one_run(0);
    let post = |line: &str, headers: &[(&str, &str)]| {
        let mut sender = Sender::connect(port);
        sender.say_head(line, headers, body.len());
        sender.say(&body);
        let answer = sender.hear();
        let reads = answer.headers.keys().any(|name| name.starts_with("access-control"));
        assert!(!reads, "{line} {headers:?}: no page may read the answer");
        answer.status
    };
    let foreign = format!("evil.example:{port}");
    let absolute = format!("POST http://{foreign}/v1/traces");
    let own_absolute = format!("POST http://{own}/v1/traces");
    let (upper, dot, six) =
        (format!("LOCALHOST:{port}"), format!("localhost.:{port}"), format!("[0:0:0:0:0:0:0:1]:{port}"));
    let (mapped, short, number) =
        (format!("[::ffff:127.0.0.1]:{port}"), format!("127.1:{port}"), format!("2130706433:{port}"));
    let (plus, zero, user) = (
        format!("localhost:+{port}"),
        format!("localhost:0{port}"),
        format!("evil.example@localhost:{port}"),
    );
    let (tail, comma) = (format!("localhost:{port}/evil.example"), format!("{own}, {foreign}"));
    for host in [
        &foreign,
        &upper,
        &dot,
        &six,
        &mapped,
        &short,
        &number,
        &plus,
        &zero,
        &user,
        &tail,
        &comma,
        "0.0.0.0",
        "caf\u{e9}",
    ] {
        let status = post("POST /v1/traces", &[JSON, ("Host", host)]);
        assert!([400, 403].contains(&status), "{host}: {status}");
    }
    assert_eq!(post(&absolute, &[JSON]), 403, "an address of another host, and a header of ours");
    assert_eq!(post(&own_absolute, &[JSON, ("Host", &foreign)]), 403, "the other way round");
    assert_eq!(post("POST /v1/traces", &[JSON, ("Host", &own), ("Host", &foreign)]), 403, "two of them");
    let forwarded = [JSON, ("Host", &*foreign), ("X-Forwarded-Host", &own), ("Forwarded", "host=localhost")];
    assert_eq!(post("POST /v1/traces", &forwarded), 403, "what a proxy would say counts for nothing");

    let look_alikes = [
        format!("http://localhost.evil.example:{port}"),
        format!("http://{own}.evil.example"),
        format!("http://evil.example#{own}"),
        format!("http://evil.example/{own}"),
        format!("http://user@{own}"),
        format!("HTTP://{own}"),
        format!("http://{own}/"),
        format!("http://{own} http://evil.example"),
        format!("file://{own}"),
        "null".to_owned(),
        String::new(),
    ];
    for origin in &look_alikes {
        assert_eq!(post("POST /v1/traces", &[JSON, ("Origin", origin)]), 403, "{origin:?}");
    }
    // What a page can send without asking first: its browser says whose page it is, or at least that it is another's.
    let simple = ("Content-Type", "text/plain");
    assert_eq!(post("POST /v1/traces", &[simple, ("Origin", "http://evil.example")]), 403);
    assert_eq!(post("POST /v1/traces", &[simple, ("Sec-Fetch-Site", "cross-site")]), 403);
    assert_eq!(post("POST /v1/traces", &[simple]), 415, "and it is no form of OTLP");
    let upgrade = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("Origin", "http://evil.example"),
    ];
    assert_eq!(post("GET /v1/traces", &upgrade), 403, "nor does a socket get through");
    assert_eq!(post("GET /v1/traces", &upgrade[..4]), 405);
    assert_eq!(live.traces("").len(), 0);
    assert_eq!(post(&own_absolute, &[JSON, ("Host", &own)]), 200, "as an honest proxy client says it");
}

// ── slow ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Waits until the listener has closed the connection.
fn wait_for_end(stream: &mut impl Read) {
    let mut rest = Vec::new();
    // A reset is an end like any other.
    if let Err(error) = stream.read_to_end(&mut rest) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    }
}

#[test]
fn a_body_that_comes_too_slowly_is_refused() {
    let live = Live::start_with(Patience { body: SHORT, ..Patience::default() });
    let port = listen_for_http(&live);
    let mut slow = Sender::connect(port);
    slow.say_head("POST /v1/traces", &[JSON], 1_000);
    slow.say(b"{\"resource");
    assert_eq!(slow.hear().status, 408);
    assert!(live.source("otlp-http").message.unwrap().contains("too long to come"));
    let live = Live::start_with(Patience { piece: SHORT, body: LONG, ..Patience::default() });
    let mut slow = Sender::connect(listen_for_http(&live));
    slow.say_head("POST /v1/traces", &[JSON], 1_000);
    assert_eq!(slow.hear().status, 408, "not one piece of it came");
    assert_eq!(live.traces("").len(), 0);
}

#[test]
fn a_connection_that_does_not_begin_or_does_not_end_its_head_is_closed() {
    let live = Live::start_with(Patience { first_bytes: SHORT, head: SHORT, ..Patience::default() });
    let port = listen_for_http(&live);
    for begun in ["", "P", "POST /v1/tr", "POST /v1/traces HTTP/1.1\r\nHost: loc"] {
        let mut sender = Sender::connect(port);
        sender.say(begun.as_bytes());
        wait_for_end(&mut sender.stream);
    }
    assert_eq!(live.source("otlp-http").spans, 0);
}

#[test]
fn an_otlp_sender_too_many_is_told_to_come_back() {
    let live = Live::start_with(Patience { seat: LONG, ..Patience::default() });
    let port = listen_for_http(&live);
    let mut held: Vec<Sender> = Vec::new();
    for _ in 0..256 {
        let mut sender = Sender::connect(port);
        assert_eq!(sender.post_json(TRACES, b"{}").status, 200);
        held.push(sender);
    }
    let told = Sender::connect(port).hear();
    assert_eq!((told.status, told.headers["retry-after"].as_str()), (503, "1"));
    assert!(live.source("otlp-http").message.unwrap().contains("more than 256 senders"));
    held.pop();
    let request = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    wait_for("its place to be free", || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        // Whoever is turned away is not listened to.
        let _ = stream.write_all(request.as_bytes());
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        line.contains(" 200 ").then_some(())
    });
}

#[test]
fn whoever_only_sits_there_gives_up_the_seat() {
    let live = Live::start_with(Patience { seat: Duration::ZERO, ..Patience::default() });
    let port = listen_for_http(&live);
    let mut idle: Vec<Sender> = (0..256)
        .map(|number| {
            let mut sender = Sender::connect(port);
            match number % 4 {
                0 => {}
                1 => sender.say(b"POST /v1/traces HTTP/1.1\r\nHost: loc"),
                2 => {
                    sender.say_head("POST /v1/traces", &[JSON], 1_000);
                    sender.say(b"{\"resourceSpans\":");
                }
                _ => sender.say(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
            }
            sender
        })
        .collect();
    wait_for("all to sit", || (live.source("otlp-http").connections == 256).then_some(()));
    // They stay, so that each needs a seat of its own.
    let _honest: Vec<Sender> = (0..20).map(|_| assert_served(&live, port)).collect();
    // Those that have sat there for longest are gone.
    for sender in &mut idle[..20] {
        wait_for_end(&mut sender.stream);
    }
    assert_eq!(live.traces("").len(), 20);
}

/// A source that is listened on over TCP; its address and token.
fn listen_for_feed(live: &Live) -> (String, String) {
    let id = live.add(SourceKind::FeedTcp { port: 0, token: String::new() });
    let status = live.wait_for_state(&id, SourceState::Listening);
    let SourceKind::FeedTcp { token, .. } = status.config.kind else { panic!("{:?}", status.config) };
    (status.address.unwrap(), token)
}

fn hear_line(stream: &mut BufReader<TcpStream>) -> Value {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

fn connect_with(address: &str, token: &str) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
    writeln!(stream.get_mut(), "{}", json!({"type": "auth", "token": token})).unwrap();
    assert_eq!(hear_line(&mut stream)["type"], "system.connected");
    stream
}

#[test]
fn a_sender_that_shows_no_token_in_time_is_turned_away() {
    let live = Live::start_with(Patience { token: SHORT, ..Patience::default() });
    let (address, token) = listen_for_feed(&live);
    for begun in ["", "{\"type\":\"auth\","] {
        let mut sender = TcpStream::connect(&address).unwrap();
        sender.write_all(begun.as_bytes()).unwrap();
        wait_for_end(&mut sender);
    }
    assert!(
        live.list().iter().any(|source| source.message.as_deref().is_some_and(|m| m.contains("no token")))
    );
    let _ = token;
}

#[test]
fn senders_without_a_token_keep_none_out_that_have_one() {
    let live = Live::start_with(Patience { seat: Duration::ZERO, token: LONG, ..Patience::default() });
    let (address, token) = listen_for_feed(&live);
    let mut honest = connect_with(&address, &token);
    let silent: Vec<TcpStream> = (0..600).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let mut second = connect_with(&address, &token);
    for (agent, key) in [(&mut honest, "first"), (&mut second, "second")] {
        let run = json!({"type": "trace.complete", "trace_id": key, "status": "success"});
        writeln!(agent.get_mut(), "{run}\n{}", json!({"type": "ping", "ts": 1})).unwrap();
        assert_eq!(hear_line(agent)["type"], "system.pong", "one that has shown it keeps its seat");
    }
    drop(silent);
    assert_eq!(live.traces("").len(), 2);
}

#[test]
fn what_a_web_page_can_send_to_the_feed_is_never_heard() {
    let live = Live::start();
    let (address, token) = listen_for_feed(&live);
    let smuggled = json!({"type": "trace.complete", "trace_id": "web", "status": "success"});
    let auth = json!({"type": "auth", "token": token});
    let body = format!("{auth}\n{smuggled}\n");
    let long = "x".repeat(1 << 20);
    for request in [
        format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain\r\n\r\n{smuggled}\n"),
        // Even one that knew the token.
        format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain\r\n\r\n{body}"),
        format!("POST /?{long} HTTP/1.1\r\nHost: {address}\r\n\r\n{body}"),
        format!("{long}\n{body}"),
        format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{body}"),
        format!("\n{body}"),
    ] {
        let mut page = BufReader::new(TcpStream::connect(&address).unwrap());
        // Broken off in the middle, maybe.
        let _ = page.get_mut().write_all(request.as_bytes());
        let mut line = String::new();
        let heard = page.read_line(&mut line);
        assert!(heard.is_err() || line.is_empty() || line.contains("system.error"), "{line}");
    }
    let mut agent = connect_with(&address, &token);
    writeln!(agent.get_mut(), "{}", json!({"type": "ping", "ts": 1})).unwrap();
    assert_eq!(hear_line(&mut agent)["type"], "system.pong");
    assert_eq!(live.traces("").len(), 0);
}

#[test]
fn only_the_first_of_many_problems_are_told_to_a_sender() {
    let live = Live::start();
    let mut agent = BufReader::new(UnixStream::connect(live.socket()).unwrap());
    let mut line = String::new();
    agent.read_line(&mut line).unwrap();
    // In one packet, so that they are told of together.
    agent.get_mut().write_all("nonsense\n".repeat(30).as_bytes()).unwrap();
    line.clear();
    agent.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&told["type"], &told["count"]), (&json!("system.problems"), &json!(30)), "{told}");
    assert_eq!(told["problems"].as_array().unwrap().len(), 20);
}

// ── bombs, and lengths that lie ─────────────────────────────────────────────────────────────────────────────────────

/// 260 MiB of spaces, packed.
fn bomb<W: Write>(mut packer: W, finish: impl FnOnce(W) -> Vec<u8>) -> Vec<u8> {
    for _ in 0..260 {
        packer.write_all(&[b' '; 1 << 20]).unwrap();
    }
    finish(packer)
}

#[test]
fn bombs_are_refused_however_they_are_packed() {
    let live = Live::start();
    let (http, grpc) = (listen_for_http(&live), listen_for_grpc(&live));
    let zstd = bomb(zstd::Encoder::new(Vec::new(), 1).unwrap(), |packer| packer.finish().unwrap());
    let deflate = bomb(flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast()), |packer| {
        packer.finish().unwrap()
    });
    for (encoding, body, status) in [
        ("zstd", &zstd, 413),
        ("deflate", &deflate, 413),
        // Nested ones are not taken apart at all.
        ("gzip, zstd", &zstd, 415),
        ("zstd;zstd", &zstd, 415),
    ] {
        let answer = Sender::connect(http).post(TRACES, &[JSON, ("Content-Encoding", encoding)], body);
        assert_eq!(answer.status, status, "{encoding}: {}", String::from_utf8_lossy(&answer.body));
    }
    // A bomb in a bomb is data that is no trace.
    let nested = gzip(&gzip(&one_run(0)));
    let answer = Sender::connect(http).post(TRACES, &[JSON, ("Content-Encoding", "gzip")], &nested);
    assert_eq!(answer.status, 400);
    let call = Call { headers: vec![("grpc-encoding", "zstd")], ..Call::traces(Vec::new()) };
    let outcome = Call { body: framed(1, &zstd), ..call }.make(grpc);
    assert_eq!(outcome.status, 8, "{outcome:?}");
    assert_eq!(live.traces("").len(), 0);
    assert_served(&live, http);
}

#[test]
fn lengths_that_lie_bring_nothing_in() {
    let live = Live::start();
    let port = listen_for_http(&live);
    let own = format!("Host: localhost:{port}\r\nContent-Type: application/json\r\n");
    let run = String::from_utf8(one_run(0)).unwrap();
    let shorter = run.len() - 10;
    for (lengths, body) in [
        ("Content-Length: -1".to_owned(), run.clone()),
        ("Content-Length: 0x10".to_owned(), run.clone()),
        (format!("Content-Length: {}\r\nContent-Length: {shorter}", run.len()), run.clone()),
        // The rest of it is no request.
        (format!("Content-Length: {shorter}"), run.clone()),
        // More is said than comes.
        (format!("Content-Length: {}", run.len() + 10), run.clone()),
        ("Transfer-Encoding: chunked".to_owned(), format!("zz\r\n{run}")),
        ("Transfer-Encoding: chunked".to_owned(), format!("ffffffffffffffffff\r\n{run}")),
        ("Transfer-Encoding: chunked".to_owned(), format!("{:x}\r\n{run}", run.len() + 5)),
        (
            "Transfer-Encoding: chunked".to_owned(),
            format!("{:x};{}\r\n{run}\r\n0\r\n\r\n", run.len(), "x".repeat(100_000)),
        ),
    ] {
        let mut sender = Sender::connect(port);
        sender.say(format!("POST /v1/traces HTTP/1.1\r\n{own}{lengths}\r\n\r\n").as_bytes());
        let _ = sender.stream.get_mut().write_all(body.as_bytes());
        let _ = sender.stream.get_mut().shutdown(std::net::Shutdown::Write);
        let mut told = Vec::new();
        let _ = sender.stream.read_to_end(&mut told);
        let told = String::from_utf8_lossy(&told);
        assert!(!told.contains(" 200 "), "{lengths}: {told}");
    }
    let mut heads = Sender::connect(port);
    heads.say(format!("POST /v1/traces HTTP/1.1\r\n{own}").as_bytes());
    let field = format!("X-{}: {}\r\n", "a".repeat(100), "b".repeat(60_000));
    for _ in 0..40 {
        let _ = heads.stream.get_mut().write_all(field.as_bytes());
    }
    let mut told = Vec::new();
    let _ = heads.stream.read_to_end(&mut told);
    assert!(told.is_empty() || told.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&told));
    assert_eq!(live.traces("").len(), 0);
    assert_served(&live, port);
}

// ── HTTP/2 ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_OF_HEADERS: u8 = 4;

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The header block of a POST, in HPACK without its table.
fn header_block(port: u16) -> Vec<u8> {
    let host = format!("localhost:{port}");
    // `:method: POST`, `:scheme: http`; `:path` and `:authority` as they are.
    let mut block = vec![0x83, 0x86];
    for (name, value) in [(4u8, TRACES), (1, host.as_str())] {
        block.extend([name, value.len() as u8]);
        block.extend(value.as_bytes());
    }
    // `content-type: application/json`, so that a body is waited for.
    block.extend([0x0f, 0x10, 16]);
    block.extend(b"application/json");
    block
}

/// Says as much as the listener takes without being read from: one that has heard enough may close.
fn say_all(stream: &mut TcpStream, mut bytes: &[u8]) {
    stream.set_nonblocking(true).unwrap();
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(_) => break,
        }
    }
    stream.set_nonblocking(false).unwrap();
}

const ARE_YOU_THERE: &[u8; 8] = b"are you?";

/// Says all of `bytes` and asks whether the listener is still there; gives the frames that it says, until one is the last that
/// is waited for, or it closes.
fn talk(
    mut stream: TcpStream,
    mut bytes: Vec<u8>,
    mut is_last: impl FnMut(&(u8, Vec<u8>)) -> bool,
) -> Vec<(u8, Vec<u8>)> {
    let mut other = stream.try_clone().unwrap();
    bytes.extend(frame(PING, 0, 0, ARE_YOU_THERE));
    let say = move || drop(other.write_all(&bytes));
    let saying = std::thread::Builder::new().name("saying".into()).spawn(say).unwrap();
    let mut heard = Vec::new();
    let mut head = [0; 9];
    while stream.read_exact(&mut head).is_ok() {
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        if stream.read_exact(&mut payload).is_err() {
            break;
        }
        heard.push((head[3], payload));
        if heard.last().is_some_and(&mut is_last) {
            break;
        }
    }
    drop(stream);
    saying.join().unwrap();
    heard
}

#[test]
fn abuse_of_http2_ends_with_its_connection() {
    let live = Live::start();
    let port = listen_for_grpc(&live);
    // With what the listener allows heard and agreed to.
    let begin = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        stream.write_all(&frame(SETTINGS, 0, 0, b"")).unwrap();
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        assert_eq!((head[3], head[4]), (SETTINGS, 0));
        stream.read_exact(&mut vec![0; usize::from(head[2])]).unwrap();
        stream.write_all(&frame(SETTINGS, 1, 0, b"")).unwrap();
        stream
    };
    let block = header_block(port);
    let streams = |count: u32| (0..count).map(|number| 2 * number + 1);

    // Requests that are taken back as soon as they are made.
    let both = |id| [frame(HEADERS, END_OF_HEADERS, id, &block), frame(RESET, 0, id, &[0, 0, 0, 8])].concat();
    let says_it_is_there = |said: &(u8, Vec<u8>)| *said == (PING, ARE_YOU_THERE.to_vec());
    talk(begin(), streams(5_000).flat_map(both).collect(), says_it_is_there);

    // A header that never ends.
    let mut headers = frame(HEADERS, 0, 1, &block);
    headers.extend(frame(CONTINUATION, 0, 1, &[0x40, 1, b'x', 1, b'y'].repeat(2_000)).repeat(200));
    let heard = talk(begin(), headers, says_it_is_there);
    assert!(heard.iter().any(|(kind, _)| *kind == GO_AWAY), "{heard:?}");

    // More requests at once than are taken: those above are refused, and only those.
    let open = |id| frame(HEADERS, END_OF_HEADERS, id, &block);
    let refused = (RESET, vec![0, 0, 0, 7]);
    let mut left = 100 - 32;
    talk(begin(), streams(100).flat_map(open).collect(), |said| {
        left -= usize::from(*said == refused);
        left == 0
    });
    assert_eq!(left, 0, "REFUSED_STREAM");

    // A huge list of headers, well made.
    let field = [[0x00, 1, b'x', 0x7f, 0x7d].as_slice(), &[b'y'; 252]].concat();
    let long = [block.clone(), field.repeat(60)].concat();
    talk(begin(), frame(HEADERS, END_OF_HEADERS | 1, 1, &long), says_it_is_there);

    // Questions without end, whose answers are not read.
    let mut pings = begin();
    say_all(&mut pings, &frame(PING, 0, 0, &[7; 8]).repeat(50_000));
    let mut settings = begin();
    say_all(&mut settings, &frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0x10, 0]).repeat(50_000));

    let honest = Call::traces(spans_protobuf(&[span_protobuf(&trace_id(0))])).make(port);
    assert_eq!((honest.status, live.traces("").len()), (0, 1));
}
