//! When a model began to answer.

use chrono::DateTime;
use serde_json::Value;

use crate::model::Payload;

const NS_PER_S: f64 = 1e9;

/// Attributes that hold the time to the first token, and their unit in nanoseconds.
const WAITS: [(&str, f64); 8] = [
    ("gen_ai.server.time_to_first_token", NS_PER_S),
    ("gen_ai.response.time_to_first_chunk", NS_PER_S),
    ("gen_ai.client.time_to_first_chunk", NS_PER_S),
    ("gen_ai.response.time_to_first_token", NS_PER_S),
    ("timeToFirstToken", NS_PER_S),
    ("time_to_first_token", NS_PER_S),
    ("ai.response.msToFirstChunk", 1e6),
    ("ttft_ms", 1e6),
];

/// Attributes that hold the point in time of the first token.
const TIMES: [&str; 4] = [
    "completionStartTime",
    "completion_start_time",
    "langfuse.observation.completion_start_time",
    "first_token_time",
];

/// Events that say that a token has come.
const EVENTS: [&str; 6] = [
    "new_token",
    "first_token",
    "gen_ai.first_token",
    "First Token Stream Event",
    "ai.stream.firstChunk",
    "gen_ai.content.completion.chunk",
];

/// From the start of a model call to the first token of its answer, in nanoseconds, where its source says so. `start_ns` is
/// when the call began, since the Unix epoch.
pub fn first_token_ns(payload: &Payload, start_ns: Option<i64>) -> Option<i64> {
    let field = |key: &str| payload.attributes.get(key).or_else(|| payload.other.get(key));
    let told = WAITS.iter().find_map(|(key, unit_ns)| Some((number(field(key)?)? * unit_ns) as i64));
    let since_start = |at_ns: i64| Some(at_ns.saturating_sub(start_ns?));
    let at = || TIMES.iter().find_map(|key| since_start(time_ns(field(key)?)?));
    let event = || {
        let first = payload.events.iter().filter(|event| EVENTS.contains(&&*event.name));
        since_start(first.filter_map(|event| event.time_ns).min()?)
    };
    told.or_else(at).or_else(event).filter(|ns| *ns > 0)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

fn time_ns(value: &Value) -> Option<i64> {
    DateTime::parse_from_rfc3339(value.as_str()?.trim_matches('"')).ok()?.timestamp_nanos_opt()
}
