//! Who&When runs.

use engine::model::{SpanKind, TraceStatus};

use super::{items, real, with_id};
use crate::wire::collected::payload;

#[test]
fn the_mistake_is_marked_on_its_step() {
    for file in ["1", "10", "108", "2", "21", "3", "Algorithm-Generated__1"] {
        let Some((read, plain)) =
            real(&format!("whoandwhen-json/mingyin1__Agents_Failure_Attribution/{file}.json"))
        else {
            return;
        };
        let said = items(&plain["history"]).iter().filter(|said| said["role"] != "human").count();
        assert_eq!(read.spans.len(), said, "{file}");
        assert!(read.spans.iter().all(|span| span.start_ns.is_none() && span.end_ns.is_none()));
        let step =
            plain["mistake_step"].as_str().map(str::to_owned).unwrap_or(plain["mistake_step"].to_string());
        let marked = with_id(&read, &format!("message-{step}"));
        let marks = payload(marked).attributes;
        assert_eq!(marks["mistake_agent"], plain["mistake_agent"], "{file}");
        assert_eq!(marks["mistake_reason"], plain["mistake_reason"], "{file}");
        let about = &read.traces[0];
        assert_eq!(about.status, Some(TraceStatus::Failed));
        assert!(about.failure_reason.as_deref().unwrap().contains(plain["mistake_agent"].as_str().unwrap()));
    }
}

#[test]
fn what_a_terminal_says_is_a_tool() {
    let Some((read, _)) = real("whoandwhen-json/mingyin1__Agents_Failure_Attribution/108.json") else {
        return;
    };
    let terminal = read.named("Computer_terminal");
    assert_eq!(terminal.kind, SpanKind::Tool);
    assert!(terminal.error.is_some(), "exitcode: 1");
}
