//! The made-up agent: the same seed is the same runs, and what each course looks like once it is received.
#![cfg(unix)]

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use engine::clock::SystemClock;
use engine::demo::{Course, DemoRuns};
use engine::dto::*;
use engine::error::Code;
use engine::model::{AttemptOutcome, SpanKind, SpanStatus, TraceStatus};

use super::live::{Live, wait_for};

fn runs(live: &Live, course: Course) -> DemoRuns {
    DemoRuns { socket: live.socket(), runs: 1, seed: 5, speed: 100.0, course: Some(course) }
}

/// Tells of one run of this course; gives how it stands then.
fn told(live: &Live, course: Course, status: TraceStatus) -> TraceSummary {
    let mut ids = Vec::new();
    runs(live, course)
        .tell(&SystemClock, &AtomicBool::new(false), |told| {
            assert_eq!((told.problems, told.course), (0, course));
            ids.push(told.trace_id.clone());
        })
        .unwrap();
    assert_eq!(ids.len(), 1);
    live.wait_for_status(&ids[0], status)
}

/// The steps of a trace: name, kind, status, attempt.
fn steps(live: &Live, trace: &TraceSummary) -> Vec<(String, SpanKind, SpanStatus, u16)> {
    let tree = live.tree(trace);
    let first = usize::from(tree.run_row);
    (first..tree.span_id.len())
        .map(|row| {
            (
                tree.strings[tree.name[row] as usize].clone(),
                SpanKind::from_code(tree.kind[row].into()).unwrap(),
                SpanStatus::from_code(tree.status[row].into()).unwrap(),
                tree.attempt[row],
            )
        })
        .collect()
}

#[test]
fn the_same_seed_is_the_same_runs_and_another_is_not() {
    let with_seed = |seed| {
        let runs = DemoRuns { socket: "feed.sock".into(), runs: 20, seed, speed: 1.0, course: None };
        (1..=20).map(|number| runs.run(number)).collect::<Vec<_>>()
    };
    let first = with_seed(1);
    assert_eq!(first, with_seed(1));
    let second = with_seed(2);
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one.trace_id, other.trace_id);
        assert_ne!(one.cues, other.cues);
    }
    let courses = |runs: &[engine::demo::Run]| runs.iter().map(|run| run.course).collect::<Vec<_>>();
    assert_ne!(courses(&first), courses(&second), "in another order");
    assert_eq!(first[0].course, Course::Retries, "the first shows what the app is for");
    let in_ten: HashSet<Course> = courses(&first[..10]).into_iter().collect();
    assert_eq!(in_ten.len(), Course::ALL.len(), "ten runs show everything");
    let ids: HashSet<&str> = first.iter().map(|run| run.trace_id.as_str()).collect();
    assert_eq!(ids.len(), first.len());
    for run in &first {
        let seconds = run.cues.last().unwrap().at_ns as f64 / 1e9;
        assert!((1.5..9.0).contains(&seconds), "{:?} takes {seconds} s", run.course);
        assert!(run.cues.is_sorted_by_key(|cue| cue.at_ns));
    }
}

#[test]
fn runs_of_one_seed_and_another_course_are_other_runs() {
    let live = Live::start();
    let steady = told(&live, Course::Steady, TraceStatus::Success);
    let failed = told(&live, Course::ToolTimeout, TraceStatus::Failed);
    assert_ne!(steady.key, failed.key);
    assert_eq!(
        live.wait_for_status(&steady.key, TraceStatus::Success).steps,
        steady.steps,
        "it is as it was"
    );
    let with_course = |course| {
        let runs = DemoRuns { socket: "feed.sock".into(), runs: 20, seed: 7, speed: 1.0, course };
        (1..=20).map(|number| runs.run(number)).collect::<Vec<_>>()
    };
    let mixed = with_course(None);
    let of_one: Vec<_> = mixed.iter().filter(|run| run.course == Course::Retries).collect();
    let all_of_it = with_course(Some(Course::Retries));
    assert!(
        !of_one.is_empty() && of_one.iter().all(|run| all_of_it.contains(run)),
        "it is the same by itself"
    );
}

#[test]
fn a_steady_run_has_the_stages_of_a_real_one() {
    let live = Live::start();
    let trace = told(&live, Course::Steady, TraceStatus::Success);
    assert_eq!((trace.project.as_deref(), trace.environment.as_deref()), (Some("parcelline"), Some("demo")));
    assert_eq!(trace.model.as_deref(), Some("gpt-4.1-mini"));
    assert!(trace.total_tokens.is_some_and(|tokens| tokens > 100) && trace.cost_usd.is_some());
    let stages: Vec<(String, SpanKind)> =
        steps(&live, &trace).into_iter().map(|(name, kind, ..)| (name, kind)).collect();
    let stages: Vec<(&str, SpanKind)> = stages.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    for stage in [
        ("answer_question", SpanKind::Agent),
        ("query_embedding", SpanKind::Embedding),
        ("vector_retrieval", SpanKind::Retrieval),
        ("rerank_context", SpanKind::Rerank),
        ("agent_planner", SpanKind::Llm),
        ("context_window_allocator", SpanKind::Chain),
        ("tool_schema_lookup", SpanKind::Tool),
        ("citation_builder", SpanKind::Tool),
        ("fetch_source", SpanKind::Tool),
        ("response_generation", SpanKind::Llm),
        ("output_guardrail", SpanKind::Guardrail),
    ] {
        assert!(stages.contains(&stage), "{stage:?} in {stages:?}");
    }
    let tree = live.tree(&trace);
    assert_eq!(tree.remarks, [], "every parent is there");
    let row =
        tree.name.iter().position(|name| tree.strings[*name as usize] == "response_generation").unwrap();
    let answer = live.step(&trace, &tree.span_id[row]);
    assert_eq!(answer.content.input_messages.len(), 2);
    assert_eq!(answer.content.output_messages[0].role, "assistant");
    assert_eq!(answer.events[0].name, "first_token");
    assert!(answer.events.len() > 5, "it came in pieces");
    assert!(answer.events.iter().all(|event| event.offset_ns.is_some_and(|offset| offset > 0.0)));
}

#[test]
fn tries_are_grouped_with_their_pauses() {
    let live = Live::start();
    let trace = told(&live, Course::Retries, TraceStatus::Warning);
    let tree = live.tree(&trace);
    let [group] = &tree.groups[..] else { panic!("one group: {:?}", tree.groups) };
    assert!(group.outcome == AttemptOutcome::Recovered && group.waste_ns > 0.0);
    assert_eq!(trace.retries as usize, group.rows.len() - 1);
    assert!(group.gap_ns[1..].iter().all(|gap| *gap > 100e6), "the agent waits between tries: {group:?}");
    assert!(steps(&live, &trace).iter().any(|(_, kind, ..)| *kind == SpanKind::Wait));

    let trace = told(&live, Course::RateLimit, TraceStatus::Warning);
    let [group] = &live.tree(&trace).groups[..] else { panic!("one group") };
    assert!(group.outcome == AttemptOutcome::Recovered && group.rows.len() == 2);

    let trace = told(&live, Course::ToolTimeout, TraceStatus::Failed);
    let [group] = &live.tree(&trace).groups[..] else { panic!("one group") };
    assert!(group.outcome != AttemptOutcome::Recovered && group.rows.len() == 4);
    assert!(trace.failure_reason.unwrap().contains("gave up after 4 tries"));
}

#[test]
fn failures_say_why() {
    let live = Live::start();
    let overfull = told(&live, Course::ContextOverflow, TraceStatus::Failed);
    assert!(overfull.failure_reason.unwrap().contains("context_length_exceeded"));
    let blocked = told(&live, Course::Guardrail, TraceStatus::Failed);
    assert!(blocked.failure_reason.as_deref().unwrap().contains("output_guardrail"));
    assert!(
        steps(&live, &blocked)
            .iter()
            .any(|(name, _, status, _)| name == "output_guardrail" && *status == SpanStatus::Error)
    );
    let slow = told(&live, Course::Slow, TraceStatus::Success);
    assert!(slow.duration_ns.unwrap() > 5e9, "{:?}", slow.duration_ns);
}

#[test]
fn an_agent_that_vanishes_leaves_a_lost_run_with_an_open_step() {
    let live = Live::start();
    let trace = told(&live, Course::Vanish, TraceStatus::Lost);
    let open: Vec<String> = steps(&live, &trace)
        .into_iter()
        .filter(|(_, _, status, _)| *status == SpanStatus::Open)
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(open, ["answer_question", "response_generation"]);
}

#[test]
fn a_run_told_again_takes_the_place_of_the_earlier_one() {
    let live = Live::start();
    let first = told(&live, Course::Retries, TraceStatus::Warning);
    let again = told(&live, Course::Retries, TraceStatus::Warning);
    assert_eq!(live.traces("").len(), 1);
    assert_eq!((again.steps, again.retries), (first.steps, first.retries));
}

#[test]
fn the_app_starts_and_stops_it_without_waiting() {
    let live = Live::start();
    live.harness.call::<Nothing>("demo_start", &DemoStart { runs: 1_000, seed: Some(3) });
    let running = wait_for("a running trace", || live.traces("status:running").pop());
    live.harness.call::<Nothing>("demo_start", &DemoStart { runs: 1_000, seed: Some(4) });
    let prefix = |trace: &TraceSummary| trace.key.rsplit_once('-').unwrap().0.to_owned();
    wait_for("the run of another seed", || {
        live.traces("").into_iter().find(|trace| prefix(trace) != prefix(&running))
    });
    live.harness.call::<Nothing>("demo_stop", &Nothing {});
    wait_for("all senders to have gone", || (live.source("feed-socket").connections == 0).then_some(()));
    live.wait_for_status(&running.key, TraceStatus::Lost);
}

#[test]
fn a_socket_that_nobody_listens_at_is_said() {
    let live = Live::start();
    let nowhere = DemoRuns { socket: live.folder.path().join("nowhere.sock"), ..runs(&live, Course::Steady) };
    let error = nowhere.tell(&SystemClock, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert_eq!(error.code, Code::Io);
    assert!(error.message.contains("nowhere.sock") && error.message.contains("tracex follow"), "{error}");

    // From the app, where nobody waits for an answer, the source says it.
    let socket = live.socket();
    std::fs::rename(&socket, live.folder.path().join("moved.sock")).unwrap();
    live.harness.call::<Nothing>("demo_start", &DemoStart { runs: 1, seed: Some(1) });
    let message = wait_for("a message", || live.source("feed-socket").message);
    assert!(message.contains("the demo stopped") && message.contains("nobody listens"), "{message}");
}
