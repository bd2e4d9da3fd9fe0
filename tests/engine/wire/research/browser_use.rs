//! browser-use histories.

use engine::model::{SpanKind, SpanStatus, TraceStatus};

use super::{fixture, items, of_kind, real, with_id};
use crate::wire::collected::payload;

#[test]
fn steps_hold_an_answer_and_its_action_and_pictures_stay_in_the_payload() {
    let Some((read, plain)) = real("browser-use-json/browser-use__browser-use/AgentHistoryList.json") else {
        return;
    };
    let steps = items(&plain["history"]);
    for kind in [SpanKind::Chain, SpanKind::Llm, SpanKind::Tool] {
        assert_eq!(of_kind(&read, kind), steps.len());
    }
    for (number, step) in steps.iter().enumerate() {
        let model = with_id(&read, &format!("step-{}/model", number + 1));
        assert_eq!(payload(model).input.unwrap(), step["state"], "the page with its picture");
        assert!(!model.preview.as_deref().unwrap_or_default().contains("iVBOR"));
        let action = with_id(&read, &format!("step-{}/action-1", number + 1));
        assert!(step["model_output"]["action"].get(&action.name).is_some());
    }
    assert_eq!(read.traces[0].status, Some(TraceStatus::Success), "it said that it was done");
    assert!(read.spans.iter().all(|span| span.start_ns.is_none()));
}

#[test]
fn failed_actions_failed_answers_and_actions_not_carried_out() {
    let read = fixture("browser-use/errors.json");
    let failed = with_id(&read, "step-1/action-2");
    assert_eq!(failed.error.as_deref(), Some("Element with index 9 does not exist"));
    let left_out = with_id(&read, "step-1/action-3");
    assert_eq!(left_out.status, SpanStatus::Unset);
    assert_eq!(payload(left_out).other["carried_out"], false);
    let answer = with_id(&read, "step-2/model");
    assert_eq!(
        (answer.status, answer.error.as_deref()),
        (SpanStatus::Error, Some("Rate limit reached: 429"))
    );
    assert_eq!(answer.tokens.input, Some(3002));
    let step = with_id(&read, "step-1");
    assert_eq!(step.end_ns.unwrap() - step.start_ns.unwrap(), 4_500_000_000);
    let about = &read.traces[0];
    assert_eq!(
        (about.status, about.failure_reason.as_deref()),
        (Some(TraceStatus::Failed), Some("Could not log in."))
    );
    assert_eq!((about.tokens.output, about.cost_usd), (Some(300), Some(0.05)));
}
