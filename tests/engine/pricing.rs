//! Costs: reported ones stay, others follow from tokens and prices, and change with them.

use engine::dto::*;
use engine::model::{Provenance, Tokens};
use engine::pricing::Prices;
use engine::testing::Harness;

fn tokens(input: u64, output: u64) -> Tokens {
    Tokens { input: Some(input), output: Some(output), ..Tokens::default() }
}

fn close_to(cost: Option<f64>, usd: f64) {
    assert!(cost.is_some_and(|cost| (cost - usd).abs() < 1e-9), "{cost:?} is not {usd}");
}

#[test]
fn names_are_known_with_and_without_vendor_date_and_version() {
    let prices = Prices::built_in();
    assert!(prices.counts().0 > 40 && !prices.dated().is_empty());
    for name in [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "anthropic/claude-sonnet-4.5",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-sonnet-4-5@20250929",
        "litellm_proxy/anthropic/claude-sonnet-4-20250514",
    ] {
        close_to(prices.cost_usd(name, &tokens(1_000_000, 1_000_000)), 18.0);
    }
    close_to(prices.cost_usd("gpt-4o-2024-08-06", &tokens(1_000_000, 0)), 2.5);
    close_to(prices.cost_usd("gpt-4o-2024-05-13", &tokens(1_000_000, 0)), 5.0);
    close_to(prices.cost_usd("models/gemini-2.5-pro-preview-05-06", &tokens(0, 1_000_000)), 10.0);
    for unknown in ["gpt-4o-audio", "my-fine-tune", "claude", "", "4", "-", "gpt-4o-mini-tts"] {
        assert_eq!(prices.cost_usd(unknown, &tokens(1, 1)), None, "{unknown}");
    }
}

#[test]
fn cached_tokens_have_prices_of_their_own_and_unknown_splits_none() {
    let prices = Prices::built_in();
    let cached = Tokens { cache_read: Some(600_000), cache_write: Some(300_000), ..tokens(1_000_000, 0) };
    close_to(prices.cost_usd("claude-sonnet-4", &cached), 0.1 * 3.0 + 0.6 * 0.3 + 0.3 * 3.75);
    let total_only = Tokens { total: Some(1_000), ..Tokens::default() };
    assert_eq!(prices.cost_usd("gpt-4o", &total_only), None);
    let no_answer = Tokens { input: Some(1_000_000), ..Tokens::default() };
    assert_eq!(prices.cost_usd("gpt-4o", &no_answer), None);
    close_to(prices.cost_usd("text-embedding-3-small", &no_answer), 0.02);
}

const SPANS: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
 {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"chat gpt-4o","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225601000000000","attributes":[
  {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.response.model","value":{"stringValue":"gpt-4o-2024-08-06"}},
  {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000000"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"100000"}}]},
 {"traceId":"1af7651916cd43dd8448eb211c80319c","spanId":"c7ad6b7169203331","name":"llm","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225601000000000","attributes":[
  {"key":"openinference.span.kind","value":{"stringValue":"LLM"}},{"key":"llm.model_name","value":{"stringValue":"gpt-4o"}},
  {"key":"llm.token_count.prompt","value":{"intValue":"10"}},{"key":"llm.token_count.completion","value":{"intValue":"10"}},
  {"key":"llm.cost.total","value":{"doubleValue":0.5}}]}
]}]}]}"#;

fn costs(harness: &Harness) -> Vec<(Option<f64>, Provenance)> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Name,
        descending: false,
        offset: 0,
        limit: 10,
    };
    let list: TraceList = harness.call("trace_list", &request);
    list.items.iter().map(|trace| (trace.cost_usd, trace.cost_provenance)).collect()
}

#[test]
fn a_cost_follows_from_the_prices_unless_the_source_reports_one() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(SPANS);
    assert_eq!(costs(&harness), [(Some(3.5), Provenance::Derived), (Some(0.5), Provenance::Reported)]);
    let trace_id = {
        let request = TraceListRequest {
            filter: String::new(),
            sort: TraceSort::Name,
            descending: false,
            offset: 0,
            limit: 1,
        };
        harness.call::<TraceList>("trace_list", &request).items[0].trace_id
    };
    let step: StepDetail =
        harness.call("step_get", &StepRef { trace_id, span_id: "b7ad6b7169203331".into() });
    assert_eq!((step.cost_usd, step.cost_provenance), (Some(3.5), Provenance::Derived));

    let info: PriceInfo = harness.call("prices_edit", &Nothing {});
    assert!(info.has_own && std::path::Path::new(&info.own_path).is_file());
    std::fs::write(&info.own_path, r#"{"dated":"today","models":{"gpt-4o":{"input":1,"output":1}}}"#)
        .unwrap();
    let info: PriceInfo = harness.call("prices_reload", &Nothing {});
    assert_eq!((info.dated.as_str(), info.own_models), ("today", 1));
    assert_eq!(costs(&harness), [(Some(1.1), Provenance::Derived), (Some(0.5), Provenance::Reported)]);

    std::fs::write(&info.own_path, r#"{"models":{"gpt-4o":{"input":-1,"output":1}}}"#).unwrap();
    let error = harness.try_call::<PriceInfo>("prices_reload", &Nothing {}).unwrap_err();
    assert!(error.message.contains("gpt-4o must be dollars from 0 up"), "{error:?}");
    assert_eq!(costs(&harness)[0].0, Some(3.5), "the built-in prices hold again");
}

#[test]
fn prices_changed_while_nothing_ran_are_applied_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    harness.import_text(SPANS);
    drop(harness);
    std::fs::write(folder.path().join("prices.json"), r#"{"models":{"gpt-4o":{"input":2,"output":0}}}"#)
        .unwrap();
    let harness = Harness::open(&path);
    let notices = harness.engine.subscribe();
    while costs(&harness)[0].0 != Some(2.0) {
        notices.recv().unwrap();
    }
}
