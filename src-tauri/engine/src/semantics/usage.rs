//! The usage object of a provider's answer, as providers and frameworks write it.

use serde_json::{Map, Value};

use crate::model::Tokens;

/// The token counts in `usage`: OpenAI (chat and responses), Anthropic, Gemini, Bedrock, Cohere, LangChain
/// (`usage_metadata`), Inspect, Langfuse. Nothing that is not there is made up.
///
/// Anthropic counts cached tokens beside `input_tokens`, the others within; here they are always within.
pub fn usage_tokens(usage: &Value) -> Tokens {
    let Value::Object(usage) = usage else { return Tokens::default() };
    let inner = |keys: &[&str]| keys.iter().find_map(|key| usage.get(*key)?.as_object());
    let input_details = inner(&[
        "prompt_tokens_details",
        "input_tokens_details",
        "input_token_details",
        "promptTokensDetails",
        "inputTokenDetails",
    ]);
    let output_details = inner(&[
        "completion_tokens_details",
        "output_tokens_details",
        "output_token_details",
        "outputTokenDetails",
    ]);
    let detail =
        |details: Option<&Map<String, Value>>, keys: &[&str]| details.and_then(|map| count(map, keys));

    let beside_read = count(
        usage,
        &["cache_read_input_tokens", "input_tokens_cache_read", "cacheReadInputTokens", "cacheRead"],
    );
    let beside_write = count(
        usage,
        &["cache_creation_input_tokens", "input_tokens_cache_write", "cacheWriteInputTokens", "cacheWrite"],
    );
    let within_read =
        detail(input_details, &["cached_tokens", "cache_read", "cache_read_tokens"]).or_else(|| {
            count(usage, &["cachedContentTokenCount", "cached_input_tokens", "cached_tokens", "cached"])
        });
    let within_write = detail(input_details, &["cache_creation", "cache_write", "cache_creation_tokens"]);
    let mut tokens = Tokens {
        input: count(
            usage,
            &["prompt_tokens", "input_tokens", "promptTokens", "inputTokens", "promptTokenCount", "input"],
        ),
        output: count(
            usage,
            &[
                "completion_tokens",
                "output_tokens",
                "completionTokens",
                "outputTokens",
                "candidatesTokenCount",
                "output",
            ],
        ),
        cache_read: beside_read.or(within_read),
        cache_write: beside_write.or(within_write),
        reasoning: detail(output_details, &["reasoning_tokens", "reasoning"]).or_else(|| {
            count(
                usage,
                &["reasoning_tokens", "reasoning_output_tokens", "reasoningTokens", "thoughtsTokenCount"],
            )
        }),
        total: count(usage, &["total_tokens", "totalTokens", "totalTokenCount", "total"]),
    };
    let beside = beside_read.unwrap_or(0).saturating_add(beside_write.unwrap_or(0));
    let sum = |input: u64| input.saturating_add(tokens.output.unwrap_or(0));
    if let Some(input) = tokens.input
        && beside > 0
        // A total that is the sum without them says that they are within.
        && tokens.total != Some(sum(input))
    {
        tokens.input = Some(input.saturating_add(beside));
    }
    // Gemini counts thoughts beside the answer.
    if usage.contains_key("thoughtsTokenCount") {
        tokens.output = tokens.output.map(|output| output.saturating_add(tokens.reasoning.unwrap_or(0)));
    }
    if tokens.input.is_some()
        && tokens.output.is_some()
        && (Tokens { total: None, ..tokens }).sum() == tokens.total
    {
        tokens.total = None;
    }
    tokens
}

fn count(members: &Map<String, Value>, keys: &[&str]) -> Option<u64> {
    keys.iter().filter_map(|key| members.get(*key)).find_map(|value| {
        value.as_u64().or_else(|| {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
            (0.0..9e15).contains(&number).then_some(number as u64)
        })
    })
}
