//! SWE-agent trajectories.

use engine::model::{SpanFlags, SpanKind, SpanStatus, TraceStatus};
use engine::semantics::content;

use super::{count, fixture, items, of_kind, real, with_id};
use crate::wire::collected::{payload, read_text};

#[test]
fn every_step_is_an_answer_and_its_command() {
    for file in ["marshmallow-code__marshmallow-1867", "swe-agent__test-repo-i1", "warmup"] {
        let Some((read, plain)) = real(&format!("swe-agent-traj/SWE-agent__SWE-agent/{file}.traj")) else {
            return;
        };
        let steps = items(&plain["trajectory"]);
        assert_eq!(
            (of_kind(&read, SpanKind::Llm), of_kind(&read, SpanKind::Tool)),
            (steps.len(), steps.len())
        );
        let commands = read.spans.iter().filter(|span| span.kind == SpanKind::Tool);
        for (span, step) in commands.zip(steps) {
            let payload = payload(span);
            assert_eq!(payload.input.unwrap(), step["action"]);
            assert_eq!(payload.output.unwrap_or_else(|| "".into()), step["observation"]);
        }
        assert_eq!(read.traces[0].status, Some(TraceStatus::Success), "it was submitted");
        let first = content(&payload(&read.spans[0]));
        assert_eq!(first.input_messages[0].role, "system", "the first call has what went before it");
        assert!(first.input_messages.len() >= 2 && first.output_messages.len() == 1);
    }
}

#[test]
fn durations_alone_are_laid_end_to_end() {
    let Some((read, plain)) =
        real("swe-agent-traj/SWE-agent__SWE-agent/marshmallow-code__marshmallow-1867.traj")
    else {
        return;
    };
    let total: f64 =
        items(&plain["trajectory"]).iter().map(|step| step["execution_time"].as_f64().unwrap()).sum();
    let last = read.spans.last().unwrap();
    assert!((last.end_ns.unwrap() as f64 - total * 1e9).abs() < 1e3, "{:?}, not {total}", last.end_ns);
    assert!(read.spans.iter().all(|span| span.flags.contains(SpanFlags::LAID_OUT)));
    assert_eq!(read.traces[0].start_ns, None, "a layout is no date");
    assert_eq!(read.traces[0].name.as_deref(), Some("marshmallow-code__marshmallow-1867"));
}

#[test]
fn without_durations_there_are_no_times() {
    let Some((read, _)) = real("swe-agent-traj/SWE-agent__SWE-agent/swe-agent__test-repo-i1.traj") else {
        return;
    };
    assert!(read.spans.iter().all(|span| span.start_ns.is_none() && span.end_ns.is_none()));
    let about = &read.traces[0];
    assert_eq!(
        (about.tokens.input, about.tokens.output, about.cost_usd),
        (Some(52861), Some(326), Some(0.53839))
    );
    assert!(read.spans.iter().all(|span| span.tokens.sum().is_none()), "the run alone knows them");
}

#[test]
fn a_history_alone_is_read_with_the_names_of_its_tools() {
    let Some((read, plain)) = real("swe-agent-traj/SWE-agent__SWE-agent/function_calling_simple.traj") else {
        return;
    };
    assert_eq!(of_kind(&read, SpanKind::Llm), count(&plain["history"], "role", "assistant"));
    let tools: Vec<&str> =
        read.spans.iter().filter(|span| span.kind == SpanKind::Tool).map(|span| &*span.name).collect();
    assert_eq!(tools, ["find_file", "open", "edit", "bash", "submit"]);
}

#[test]
fn attempts_are_tries_and_so_are_refused_answers() {
    let read = fixture("swe-agent/retry-agent.traj");
    let (first, second) = (with_id(&read, "attempt-1"), with_id(&read, "attempt-2"));
    assert_eq!((first.attempt, first.status), (Some(1), SpanStatus::Error));
    assert_eq!(first.error.as_deref(), Some("exit_cost"));
    assert_eq!((second.attempt, second.status), (Some(2), SpanStatus::Ok));
    assert_eq!(second.start_ns, first.end_ns, "one after the other");
    let refused = with_id(&read, "attempt-1/call-1");
    assert_eq!((refused.attempt, refused.status), (Some(1), SpanStatus::Error));
    assert!(refused.error.as_deref().unwrap().starts_with("Your output was not formatted"));
    assert_eq!(with_id(&read, "attempt-1/call-2").attempt, Some(2));
    assert_eq!(
        read.skipped["steps that an attempt has too"], 2,
        "the chosen attempt stands twice in the file"
    );
    let about = &read.traces[0];
    assert_eq!((about.cost_usd, about.tokens.input), (Some(0.75), Some(2000)));
    assert_eq!(about.name.as_deref(), Some("demo__parser-1"));
}

#[test]
fn a_run_that_grows_keeps_its_ids() {
    let step = |number: u32, time: f64| {
        format!(
            r#"{{"action":"ls {number}","observation":"o","response":"r {number}","thought":"t","execution_time":{time},"state":{{}}}}"#
        )
    };
    let history =
        r#"[{"role":"system","content":"s","agent":"main"},{"role":"user","content":"u","agent":"main"}]"#;
    let file = |steps: &[String]| {
        format!(r#"{{"trajectory":[{}],"history":{history},"info":{{}}}}"#, steps.join(","))
    };
    let short = read_text(&file(&[step(1, 0.5)]));
    let long = read_text(&file(&[step(1, 0.5), step(2, 0.25)]));
    let other = read_text(&file(&[step(1, 0.75)]));
    assert_eq!(short.spans[1].id, long.spans[1].id);
    assert_eq!(short.traces[0].trace, long.traces[0].trace);
    assert_ne!(short.traces[0].trace, other.traces[0].trace, "another run of the same problem");
}
