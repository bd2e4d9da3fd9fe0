//! Where a run of LangSmith says which model answered, what it used and what that cost.

use serde_json::{Map, Value};

use crate::model::{SpanRecord, Tokens};
use crate::semantics::usage_tokens;
use crate::wire::json::{count, first, number};

/// Fills model, tokens and cost. The platform adds up what is below a run on the run itself; a run that calls no model and
/// has nothing below it says so with zeros, which are no numbers of its own.
pub(super) fn fill(span: &mut SpanRecord, run: &Map<String, Value>, is_model: bool) {
    let outputs = run.get("outputs").unwrap_or(&Value::Null);
    let extra = run.get("extra").unwrap_or(&Value::Null);
    let answer = outputs.pointer("/generations/0/0").or_else(|| outputs.pointer("/generations/0"));
    let message = answer.and_then(|answer| answer.get("message"));
    let message = message.and_then(|message| message.get("kwargs").or(Some(message)));

    if is_model {
        let of_answer = [
            outputs.get("model"),
            outputs.pointer("/llm_output/model_name"),
            outputs.pointer("/llm_output/model"),
            message.and_then(|message| message.pointer("/response_metadata/model_name")),
            message.and_then(|message| message.pointer("/response_metadata/model")),
            extra.pointer("/metadata/ls_model_name"),
            extra.pointer("/invocation_params/model"),
            extra.pointer("/invocation_params/model_name"),
            run.get("inputs").and_then(|inputs| inputs.get("model")),
        ];
        span.model = of_answer.into_iter().flatten().find_map(crate::wire::json::text);
    }

    let columns = columns(run);
    let tokens = if columns.sum().is_some_and(|sum| sum > 0) {
        columns
    } else {
        let told = [
            outputs.get("usage_metadata"),
            message.and_then(|message| message.get("usage_metadata")),
            outputs.get("usage"),
            outputs.pointer("/llm_output/token_usage"),
            outputs.pointer("/llm_output/usage"),
            extra.pointer("/metadata/usage_metadata"),
        ];
        let told = told.into_iter().flatten().filter(|_| is_model).map(usage_tokens);
        told.into_iter().find(|tokens| *tokens != Tokens::default()).unwrap_or(columns)
    };
    if is_model || tokens.sum().is_some_and(|sum| sum > 0) {
        span.tokens = tokens;
    }
    let cost = first(run, &["total_cost"]).and_then(number).or_else(|| {
        let parts = ["prompt_cost", "completion_cost"].iter().filter_map(|key| number(run.get(*key)?));
        parts.reduce(|sum, part| sum + part)
    });
    span.cost_usd = cost.filter(|cost| *cost > 0.0 || (is_model && *cost == 0.0));
}

/// The platform's own columns.
fn columns(run: &Map<String, Value>) -> Tokens {
    let one = |key: &str| run.get(key).and_then(count);
    let detail = |key: &str, names: &[&str]| {
        run.get(key).and_then(Value::as_object).and_then(|details| first(details, names)).and_then(count)
    };
    let mut tokens = Tokens {
        input: one("prompt_tokens"),
        output: one("completion_tokens"),
        cache_read: detail("prompt_token_details", &["cache_read"]),
        cache_write: detail("prompt_token_details", &["cache_creation", "cache_write"]),
        reasoning: detail("completion_token_details", &["reasoning"]),
        total: one("total_tokens"),
    };
    if tokens.input.is_some()
        && tokens.output.is_some()
        && (Tokens { total: None, ..tokens }).sum() == tokens.total
    {
        tokens.total = None;
    }
    tokens
}
