//! The feed socket: a sender's lines into traces that grow, what it is told, and who is let in.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};

use engine::dto::*;
use engine::model::{Alert, SourceConfig, SourceKind, SourceState, SpanStatus, TraceStatus};
use serde_json::{Value, json};

use super::live::{Live, wait_for};

const FEED: &str = "feed-socket";

/// A sender of lines.
struct Agent<S: Read + Write> {
    stream: BufReader<S>,
}

impl Agent<UnixStream> {
    fn connect(live: &Live) -> Self {
        let mut agent = Self { stream: BufReader::new(UnixStream::connect(live.socket()).unwrap()) };
        assert_eq!(agent.hear(), json!({"type": "system.connected", "protocol": 1}));
        agent
    }
}

impl<S: Read + Write> Agent<S> {
    fn say(&mut self, line: &Value) {
        self.say_bytes(format!("{line}\n").as_bytes());
    }

    fn say_bytes(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Waits until all that was said is on disk.
    fn settle(&mut self) {
        self.say(&json!({"type": "ping", "ts": 7}));
        loop {
            let heard = self.hear();
            if heard["type"] == "system.pong" {
                assert_eq!(heard["timestamp"], 7);
                return;
            }
        }
    }
}

fn start(id: &str, name: &str) -> Value {
    json!({"type": "step.start", "trace_id": "t", "step_id": id, "parent_id": null, "tool_name": name, "kind": "tool",
        "input": {"query": "cats"}, "timestamp": "2026-01-01T00:00:01Z"})
}

#[test]
fn a_step_is_open_until_its_end_and_keeps_what_both_say() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say(&json!({"type": "trace.start", "trace_id": "t", "prompt": "find cats", "model_name": "gpt-x",
        "project_id": "p", "environment": "dev", "created_at": "2026-01-01T00:00:00Z"}));
    agent.say(&start("s", "search"));
    agent.settle();
    let trace = live.wait_for_status("t", TraceStatus::Running);
    assert_eq!(
        (trace.steps, trace.project.as_deref(), trace.environment.as_deref()),
        (1, Some("p"), Some("dev"))
    );
    assert!(trace.heard_unix_ms.is_some());
    let step = live.step(&trace, "s");
    assert_eq!((step.status, step.duration_ns), (SpanStatus::Open, None));

    agent.say(&json!({"type": "step.event", "trace_id": "t", "step_id": "s", "name": "found", "attributes": {"n": 3}}));
    agent.say(
        &json!({"type": "step.end", "trace_id": "t", "step_id": "s", "output": {"hits": 3}, "success": true,
        "duration": 12.5, "tokens": {"input": 1, "output": 2}}),
    );
    agent.say(
        &json!({"type": "trace.complete", "trace_id": "t", "response": "three cats", "status": "success",
        "failure_reason": null, "latency": 812.4}),
    );
    agent.settle();
    let trace = live.wait_for_status("t", TraceStatus::Success);
    assert_eq!(trace.duration_ns, Some(812.4e6));
    assert_eq!((trace.input_tokens, trace.output_tokens), (Some(1), Some(2)));
    let step = live.step(&trace, "s");
    assert_eq!((step.name.as_str(), step.status, step.duration_ns), ("search", SpanStatus::Ok, Some(12.5e6)));
    assert_eq!(step.raw["input"], json!({"query": "cats"}));
    assert_eq!(step.raw["output"], json!({"hits": 3}));
    assert_eq!(step.events.len(), 1, "{:?}", step.events);
    assert_eq!(step.flags & 2, 0, "both times follow from what the sender says");
    let run: TraceDetail = live.harness.call("trace_get", &TraceRef { trace_id: trace.trace_id });
    let content = serde_json::to_string(&run.content).unwrap();
    assert!(content.contains("find cats") && content.contains("three cats"), "{content}");
}

#[test]
fn lines_may_come_in_any_order_and_twice() {
    let lines = [
        json!({"type": "trace.start", "trace_id": "t", "prompt": "p", "created_at": "2026-01-01T00:00:00Z"}),
        json!({"type": "step.start", "trace_id": "t", "step_id": "a", "tool_name": "plan", "kind": "agent",
            "timestamp": "2026-01-01T00:00:00Z"}),
        json!({"type": "step.start", "trace_id": "t", "step_id": "b", "parent_id": "a", "tool_name": "search",
            "input": {"q": 1}, "timestamp": "2026-01-01T00:00:01Z"}),
        json!({"type": "step.end", "trace_id": "t", "step_id": "b", "output": {"r": 1}, "success": true,
            "timestamp": "2026-01-01T00:00:02Z"}),
        json!({"type": "step.end", "trace_id": "t", "step_id": "a", "output": {"r": 2}, "success": true,
            "timestamp": "2026-01-01T00:00:03Z"}),
        json!({"type": "trace.complete", "trace_id": "t", "response": "r", "status": "success", "latency": 3000}),
    ];
    let told = |order: &[usize]| {
        let live = Live::start();
        let mut agent = Agent::connect(&live);
        for index in order {
            agent.say(&lines[*index]);
            // Each line in a transaction of its own.
            agent.settle();
        }
        let trace = live.wait_for_status("t", TraceStatus::Success);
        let tree = live.tree(&trace);
        let steps: Vec<_> = ["a", "b"].map(|id| live.step(&trace, id)).into();
        let names: Vec<_> = steps
            .iter()
            .map(|step| {
                (step.name.clone(), step.parent_id.clone(), step.status, step.start_unix_ms, step.duration_ns)
            })
            .collect();
        let raw: Vec<_> =
            steps.iter().map(|step| (step.raw["input"].clone(), step.raw["output"].clone())).collect();
        (trace.duration_ns, tree.parent, tree.depth, names, raw)
    };
    let in_order = told(&[0, 1, 2, 3, 4, 5]);
    assert_eq!(told(&[5, 4, 3, 2, 1, 0]), in_order, "the other way round");
    assert_eq!(told(&[3, 0, 2, 2, 5, 1, 4, 3, 1, 0, 5]), in_order, "mixed, and some twice");
}

#[test]
fn a_run_goes_on_after_a_restart_of_the_app() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say(&start("s", "search"));
    agent.settle();
    let Live { harness, folder } = live;
    drop(harness);
    let harness = engine::testing::Harness::open(folder.path().join("store.db"));
    engine::api::start_sources(&harness.engine).unwrap();
    let live = Live { harness, folder };
    live.wait_for_state(FEED, SourceState::Listening);
    live.wait_for_status("t", TraceStatus::Lost);
    let mut agent = Agent::connect(&live);
    agent.say(&json!({"type": "step.end", "trace_id": "t", "step_id": "s", "output": 1, "success": true,
        "duration": 1000}));
    agent.settle();
    let trace = live.wait_for_status("t", TraceStatus::Success);
    let step = live.step(&trace, "s");
    assert_eq!((step.name.as_str(), step.duration_ns), ("search", Some(1e9)));
    assert_eq!(step.raw["input"], json!({"query": "cats"}));
}

#[test]
fn a_run_whose_sender_vanishes_is_lost_and_found_again_when_it_comes_back() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say(&start("s", "search"));
    agent.settle();
    live.wait_for_status("t", TraceStatus::Running);
    drop(agent);
    live.wait_for_status("t", TraceStatus::Lost);
    let mut agent = Agent::connect(&live);
    agent.say(&start("s2", "read"));
    agent.settle();
    live.wait_for_status("t", TraceStatus::Running);
}

#[test]
fn a_failed_run_is_told_of_once_and_marked_until_it_is_looked_at() {
    let live = Live::start();
    let notices = live.harness.engine.subscribe();
    let mut agent = Agent::connect(&live);
    agent.say(&start("s", "search"));
    agent.say(
        &json!({"type": "step.end", "trace_id": "t", "step_id": "s", "error": "no room", "duration": 1}),
    );
    agent.say(
        &json!({"type": "trace.complete", "trace_id": "t", "status": "failed", "failure_reason": "no room"}),
    );
    agent.settle();
    let alert = wait_for("an alert", || notices.recv().unwrap().alerts.pop());
    assert_eq!((alert.alert, alert.reason.as_deref()), (Alert::Failed, Some("no room")));
    assert_eq!(live.traces("status:failed")[0].alert, Some(Alert::Failed));
    let seen = AlertsSeen { trace_id: Some(alert.trace_id) };
    live.harness.call::<Nothing>("alerts_seen", &seen);
    agent.say(&json!({"type": "step.event", "trace_id": "t", "step_id": "s", "name": "late"}));
    agent.settle();
    assert_eq!(live.traces("status:failed")[0].alert, None, "it has been looked at");
}

#[test]
fn what_can_not_be_taken_is_told_to_the_sender_and_kept_as_a_problem() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say_bytes(b"no json\n{\"type\":\"step.start\"}\n{\"type\":\"dance\",\"trace_id\":\"t\"}\n");
    let told = agent.hear();
    assert_eq!((&told["type"], &told["count"]), (&json!("system.problems"), &json!(3)), "{told}");
    assert_eq!(told["problems"][1]["line"], 2);
    agent.say(&start("s", "search"));
    agent.settle();
    assert_eq!(live.traces("").len(), 1, "what comes after is taken");
    let problems = live.problems(FEED);
    assert_eq!(problems.total, 3);
    assert!(problems.items.iter().any(|item| item.reason.contains("dance")), "{problems:?}");
}

#[test]
fn a_line_that_is_too_long_is_left_out_and_the_next_is_taken() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    let long = vec![b'x'; 34 << 20];
    agent.say_bytes(&long);
    agent.say_bytes(b"\n");
    agent.say(&start("s", "search"));
    agent.settle();
    assert_eq!(live.traces("").len(), 1);
    assert!(live.problems(FEED).items.iter().any(|item| item.reason.contains("more than 32 MB")));
}

#[test]
fn lines_of_otlp_and_whole_traces_stand_among_those_of_the_feed() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    let span = json!({"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "work",
        "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000"});
    agent.say(&json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}));
    agent.say(
        &json!({"type": "trace.created", "trace": {"trace_id": "whole", "prompt": "p", "response": "r",
        "latency": 5.0, "token_count": 1, "model_name": "m", "status": "success", "steps": [],
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:01Z"}}),
    );
    agent.settle();
    let keys: Vec<_> = live.traces("").into_iter().map(|trace| trace.key).collect();
    assert_eq!(keys, ["5b8efff798038103d269b633813fc60c", "whole"]);
}

#[test]
fn only_the_person_may_connect() {
    let live = Live::start();
    let mode = std::fs::metadata(live.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let second =
        live.add(SourceKind::FeedSocket { path: Some(live.socket().to_string_lossy().into_owned()) });
    let status = live.wait_for_state(&second, SourceState::Failed);
    assert!(status.message.unwrap().contains("listens at"), "the socket of another is not taken");
    assert!(UnixStream::connect(live.socket()).is_ok());
}

#[test]
fn a_socket_that_was_left_behind_is_replaced_and_another_file_is_not() {
    let live = Live::start();
    let left = live.folder.path().join("left.sock");
    drop(UnixListener::bind(&left).unwrap());
    let id = live.add(SourceKind::FeedSocket { path: Some(left.to_string_lossy().into_owned()) });
    live.wait_for_state(&id, SourceState::Listening);
    live.harness.call::<Nothing>("source_remove", &SourceRef { id });
    assert!(!left.exists(), "it is gone with its source");

    let file = live.folder.path().join("notes.txt");
    std::fs::write(&file, "mine").unwrap();
    let id = live.add(SourceKind::FeedSocket { path: Some(file.to_string_lossy().into_owned()) });
    let status = live.wait_for_state(&id, SourceState::Failed);
    assert!(status.message.unwrap().contains("no socket"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn over_tcp_the_token_comes_first() {
    let live = Live::start();
    let id = live.add(SourceKind::FeedTcp { port: 0, token: String::new() });
    let status = live.wait_for_state(&id, SourceState::Listening);
    let SourceKind::FeedTcp { token, .. } = status.config.kind else { panic!("{:?}", status.config) };
    let address = status.address.unwrap();
    let connect = || Agent { stream: BufReader::new(TcpStream::connect(&address).unwrap()) };

    let mut stranger = connect();
    stranger.say(&json!({"type": "auth", "token": "0123456789abcdef"}));
    assert_eq!(stranger.hear()["type"], "system.error");
    let mut page = connect();
    page.say_bytes(
        b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n{\"type\":\"trace.start\",\"trace_id\":\"web\"}\n",
    );
    assert_eq!(page.hear()["type"], "system.error", "what a web page can send is no token");

    let mut agent = connect();
    // Both in one packet.
    agent.say_bytes(
        format!("{}\n{}\n", json!({"type": "auth", "token": token}), start("s", "search")).as_bytes(),
    );
    assert_eq!(agent.hear()["type"], "system.connected");
    agent.settle();
    let keys: Vec<_> = live.traces("").into_iter().map(|trace| trace.key).collect();
    assert_eq!(keys, ["t"]);
}

#[test]
fn an_agent_that_listens_itself_is_followed_and_found_again() {
    let live = Live::start();
    let path = live.folder.path().join("agent.sock");
    let id = live.add(SourceKind::FeedClient { address: path.to_string_lossy().into_owned() });
    let status = live.wait_for_state(&id, SourceState::Retrying);
    assert!(status.message.unwrap().contains("nobody listens"));
    assert!(status.retry_in_ms.is_some());
    for (round, name) in ["first", "second"].into_iter().enumerate() {
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).unwrap();
        let (stream, _) = listener.accept().unwrap();
        live.wait_for_state(&id, SourceState::Connected);
        let mut agent = Agent { stream: BufReader::new(stream) };
        assert_eq!(agent.hear()["type"], "system.connected");
        agent.say(&start(&format!("s{round}"), name));
        agent.settle();
    }
    assert_eq!(live.traces("")[0].steps, 2);

    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    live.add(SourceKind::FeedClient { address: tcp.local_addr().unwrap().to_string() });
    let mut agent = Agent { stream: BufReader::new(tcp.accept().unwrap().0) };
    assert_eq!(agent.hear()["type"], "system.connected");
    let elsewhere = live.add(SourceKind::FeedClient { address: "192.0.2.1:4000".into() });
    let status = live.wait_for_state(&elsewhere, SourceState::Failed);
    assert!(status.message.unwrap().contains("not this machine"));
}

#[test]
fn counts_and_state_are_those_of_the_whole_run() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say(&start("s", "search"));
    agent.settle();
    let status = wait_for("the counts", || Some(live.source(FEED)).filter(|status| status.spans == 1));
    assert_eq!((status.connections, status.traces, status.dropped), (1, 1, 0));
    assert!(status.bytes > 50 && status.heard_unix_ms.is_some());
    let off = SourceConfig { enabled: false, ..status.config };
    live.set(off);
    let status = live.wait_for_state(FEED, SourceState::Off);
    assert_eq!(status.spans, 1, "kept while it is off");
    assert!(UnixStream::connect(live.socket()).is_err());
    assert!(
        live.harness
            .try_call::<SourceRef>(
                "source_set",
                &SourceConfig { id: "gone".into(), ..live.source(FEED).config }
            )
            .is_err()
    );
}

#[test]
fn the_monitor_says_how_the_last_runs_fared() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    for (index, (status, latency)) in
        [("success", 100), ("success", 300), ("failed", 500), ("warning", 200)].into_iter().enumerate()
    {
        let id = format!("run-{index}");
        agent.say(&json!({"type": "trace.start", "trace_id": id, "prompt": "p", "created_at": "2025-12-31T23:59:00Z"}));
        agent.say(&json!({"type": "trace.complete", "trace_id": id, "status": status, "latency": latency,
            "tokens": {"input": 10, "output": 5}}));
    }
    agent.say(&json!({"type": "trace.start", "trace_id": "old", "created_at": "2025-12-01T00:00:00Z"}));
    agent.say(&json!({"type": "trace.complete", "trace_id": "old", "status": "success", "latency": 1}));
    agent.settle();
    let ask = |window_ms: Option<f64>| {
        let request = MonitorRequest { window_ms, filter: String::new(), latest: 3, buckets: 4 };
        live.harness.call::<Monitor>("monitor", &request)
    };
    let hour = ask(Some(3_600_000.0));
    assert_eq!((hour.runs, hour.succeeded, hour.warnings, hour.failed, hour.running), (4, 3, 1, 1, 0));
    assert_eq!(hour.success_rate, Some(0.75));
    assert_eq!((hour.mean_ns, hour.p50_ns, hour.p95_ns), (Some(275e6), Some(200e6), Some(500e6)));
    assert_eq!(hour.tokens, Some(60));
    assert_eq!(hour.latest.len(), 3);
    assert_eq!(hour.buckets.iter().map(|bucket| bucket.runs).collect::<Vec<_>>(), [0, 0, 0, 4]);
    let all = ask(None);
    assert_eq!(all.runs, 5);
    assert_eq!(all.buckets.iter().map(|bucket| bucket.runs).sum::<u32>(), 5);
}

#[test]
fn steps_without_times_keep_their_order_and_an_open_run_has_no_length() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    // All in one packet, received at once.
    let mut lines = json!({"type": "trace.start", "trace_id": "t", "prompt": "p"}).to_string() + "\n";
    for id in ["c", "a", "b"] {
        lines += &(json!({"type": "step.start", "trace_id": "t", "step_id": id, "tool_name": id})
            .to_string()
            + "\n");
    }
    agent.say_bytes(lines.as_bytes());
    agent.settle();
    let tree = live.tree(&live.wait_for_status("t", TraceStatus::Running));
    assert!(tree.run_row);
    assert_eq!(tree.span_id[1..], ["c", "a", "b"]);
    assert_eq!(tree.duration_ns, [-1.0; 4]);
    assert!(!tree.remarks.iter().any(|remark| remark.text.contains("roots")), "{:?}", tree.remarks);
}

#[test]
fn what_another_program_follows_on_the_same_database_goes_on() {
    let live = Live::start();
    let mut agent = Agent::connect(&live);
    agent.say(&start("s", "search"));
    agent.settle();
    let beside = engine::testing::Harness::open(live.folder.path().join("store.db"));
    engine::api::start_sources(&beside.engine).unwrap();
    assert_eq!(live.traces("")[0].status, TraceStatus::Running);
}
