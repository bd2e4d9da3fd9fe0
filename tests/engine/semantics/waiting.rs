use engine::model::{SpanKind, TimePart};
use engine::semantics::{is_rate_limit, part_named};

#[test]
fn steps_that_ask_a_person_are_known_by_their_names() {
    for (kind, name) in [
        (SpanKind::Tool, "AskUserQuestion"),
        (SpanKind::Tool, "ask_human"),
        (SpanKind::Tool, "request_user_input"),
        (SpanKind::Tool, "ask_followup_question"),
        (SpanKind::Tool, "ExitPlanMode"),
        (SpanKind::Tool, "execute_tool human_approval"),
        (SpanKind::Other, "claude_code.tool.blocked_on_user"),
        (SpanKind::Other, "permission request"),
        (SpanKind::Chain, "await_approval"),
        (SpanKind::Wait, "permission"),
        (SpanKind::Wait, "approval: deploy"),
        (SpanKind::Wait, "interrupt"),
    ] {
        assert_eq!(part_named(kind, name), Some(TimePart::Human), "{kind:?} {name}");
    }
    for (kind, name) in [
        (SpanKind::Tool, "check_permissions"),
        (SpanKind::Tool, "get_user"),
        (SpanKind::Tool, "approve_refund"),
        (SpanKind::Tool, "EnterPlanMode"),
        (SpanKind::Tool, "flask_user"),
        (SpanKind::Llm, "ask_user"),
        (SpanKind::Agent, "human_input"),
        (SpanKind::Other, "user"),
        (SpanKind::Tool, ""),
    ] {
        assert_eq!(part_named(kind, name), None, "{kind:?} {name}");
    }
}

#[test]
fn waits_say_what_for() {
    let part = |name| part_named(SpanKind::Wait, name);
    for name in
        ["rate_limit", "RateLimiter", "wait for rate limit", "throttled", "quota pause", "sleep (429)"]
    {
        assert_eq!(part(name), Some(TimePart::Throttled), "{name}");
    }
    for name in ["backoff", "back-off", "retry_guard", "retrying"] {
        assert_eq!(part(name), Some(TimePart::Backoff), "{name}");
    }
    for name in ["wait", "sleep", "wait_for_page", "rated limits"] {
        assert_eq!(part(name), None, "{name}");
    }
}

#[test]
fn rate_limits_are_told_from_other_errors() {
    for error in [
        "RateLimitError: Error code: 429",
        "429 Too Many Requests",
        "HTTP/1.1 429: slow down",
        "rate_limit_error",
        "ThrottlingException: Rate exceeded",
        "RESOURCE_EXHAUSTED",
    ] {
        assert!(is_rate_limit(error), "{error}");
    }
    for error in
        ["timed out after 4290 ms", "404 not found", "overloaded_error", "", "the order 14290 is late"]
    {
        assert!(!is_rate_limit(error), "{error}");
    }
}
