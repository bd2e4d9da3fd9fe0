//! An observation of Langfuse as a span.

use serde_json::{Map, Value};

use super::run::Told;
use crate::model::{SpanKind, SpanRecord, SpanStatus, Tokens};
use crate::wire::draft::{Draft, is_nothing};
use crate::wire::json::{self, count, first, number, take, take_object, take_text};
use crate::wire::time::unix_ns;

/// Whether `word` is a type of observation.
pub(super) fn is_type(word: &str) -> bool {
    kind(word).is_some()
}

fn kind(word: &str) -> Option<SpanKind> {
    Some(match word {
        "SPAN" | "EVENT" => SpanKind::Other,
        "GENERATION" => SpanKind::Llm,
        "AGENT" => SpanKind::Agent,
        "TOOL" => SpanKind::Tool,
        "CHAIN" => SpanKind::Chain,
        "RETRIEVER" => SpanKind::Retrieval,
        "EVALUATOR" => SpanKind::Evaluator,
        "EMBEDDING" => SpanKind::Embedding,
        "GUARDRAIL" => SpanKind::Guardrail,
        _ => return None,
    })
}

/// Bookkeeping of the platform, and older names of what newer fields say.
const ORIGIN: &[&str] = &[
    "projectId",
    "project_id",
    "createdAt",
    "created_at",
    "updatedAt",
    "updated_at",
    "internalModelId",
    "internal_model_id",
    "internalModel",
    "modelId",
    "usagePricingTierId",
    "usagePricingTierName",
    "unit",
    "latency",
    "inputUsage",
    "outputUsage",
    "totalUsage",
    "inputCost",
    "outputCost",
    "totalCost",
    "total_cost",
    "event_ts",
    "is_deleted",
];

/// The span of an observation.
///
/// # Errors
/// Says which id is missing.
pub(super) fn span(mut members: Map<String, Value>, told: Option<&Told>) -> Result<SpanRecord, &'static str> {
    let trace =
        take_text(&mut members, super::TRACE_ID).ok_or("an observation without a trace id was left out")?;
    let id = take_text(&mut members, &["id"]).ok_or("an observation without an id was left out")?;
    let word = take_text(&mut members, &["type"]).unwrap_or_default();
    let name = take_text(&mut members, &["name"]).unwrap_or_else(|| word.to_ascii_lowercase());
    let mut draft = Draft::new(trace, id, name, kind(&word).unwrap_or(SpanKind::Other));
    draft.span.parent = take_text(&mut members, &["parentObservationId", "parent_observation_id"]);
    draft.span.conversation = told.and_then(|told| told.session.clone());
    draft.span.environment = take_text(&mut members, &["environment"]);
    draft.input(take(&mut members, &["input"]));
    draft.output(take(&mut members, &["output"]));

    let mut time = |keys: &[&str]| take(&mut members, keys).as_ref().and_then(unix_ns);
    let start_ns = time(&["startTime", "start_time"]);
    let end_ns = time(&["endTime", "end_time"]);
    // An event is a point in time.
    draft.times(start_ns, end_ns.or(start_ns.filter(|_| word == "EVENT")));

    let status_message = take_text(&mut members, &["statusMessage", "status_message"]);
    let level = take_text(&mut members, &["level"]).unwrap_or_default();
    if level == "ERROR" {
        draft.span.status = SpanStatus::Error;
        let said = status_message.clone().map(Value::String);
        let said =
            said.or_else(|| draft.payload.output.as_ref().and_then(|output| output.get("error")).cloned());
        draft.fail(&said.unwrap_or_default());
    } else if level != "DEFAULT" && !level.is_empty() {
        draft.payload.attributes.insert("level".to_owned(), Value::String(level));
    }
    draft.payload.status_message = status_message;

    draft.span.model = take_text(&mut members, &["model", "providedModelName", "provided_model_name"]);
    draft.span.tokens = tokens(&members);
    draft.span.cost_usd = cost(&members);
    metadata(&mut members, &mut draft);
    for key in ["modelParameters", "model_parameters"] {
        if let Some(told) = members.get_mut(key) {
            *told = json::unfolded(told.take());
        }
    }
    for (key, value) in members.into_iter().filter(|(_, value)| !is_nothing(value)) {
        let part =
            if ORIGIN.contains(&&*key) { &mut draft.payload.other } else { &mut draft.payload.attributes };
        part.insert(key, value);
    }
    Ok(draft.finish())
}

/// The metadata. Of what came by OpenTelemetry, attributes, resource and scope stand in it, and take their own places.
fn metadata(members: &mut Map<String, Value>, draft: &mut Draft) {
    let Some(metadata) = take(members, &["metadata"]).map(json::unfolded) else { return };
    let mut metadata = match metadata {
        Value::Object(metadata) => metadata,
        other => Map::from_iter([("metadata".to_owned(), other)]),
    };
    let part = |key: &str, within: &mut Map<String, Value>| {
        if let Some(value) = within.get_mut(key) {
            *value = json::unfolded(value.take());
        }
        take_object(within, &[key])
    };
    if let Some(resource) = part("resourceAttributes", &mut metadata) {
        draft.resource(resource);
    }
    if let Some(scope) = part("scope", &mut metadata) {
        draft.payload.scope = scope;
    }
    let attributes = part("attributes", &mut metadata).unwrap_or_default();
    // Usage and cost of an observation are what Langfuse says they are: an outer step repeats the inner ones in these.
    let (tokens, cost) = (draft.span.tokens, draft.span.cost_usd);
    let model = draft.span.model.clone();
    draft.attributes(attributes);
    (draft.span.tokens, draft.span.cost_usd, draft.span.model) = (tokens, cost, model);
    if !metadata.is_empty() {
        draft.payload.attributes.insert("metadata".to_owned(), Value::Object(metadata));
    }
}

/// Tokens. Langfuse keeps a number per kind of token: those that begin with `input` are the input together, those that
/// begin with `output` the output; details as OpenTelemetry and Anthropic name them say how much of it was cached.
fn tokens(members: &Map<String, Value>) -> Tokens {
    let details = ["usageDetails", "usage_details", "usage"]
        .iter()
        .filter_map(|key| members.get(*key))
        .map(|told| json::unfolded(told.clone()))
        .find_map(|told| match told {
            Value::Object(details) if !details.is_empty() => Some(details),
            _ => None,
        });
    let Some(details) = details else { return Tokens::default() };
    if details.contains_key("promptTokens") || details.contains_key("prompt_tokens") {
        return crate::semantics::usage_tokens(&Value::Object(details));
    }
    let total_of = |start: &str| {
        let counts = details
            .iter()
            .filter(|(key, _)| key.starts_with(start) && !key.ends_with("Cost"))
            .filter_map(|(_, value)| count(value));
        counts.fold(None, |sum: Option<u64>, count| Some(sum.unwrap_or(0).saturating_add(count)))
    };
    let one_of = |keys: &[&str]| first(&details, keys).and_then(count);
    let beside_read = one_of(&["cache_read_input_tokens"]);
    let beside_write = one_of(&["cache_creation_input_tokens"]);
    let mut tokens = Tokens {
        input: total_of("input"),
        output: total_of("output"),
        cache_read: beside_read
            .or_else(|| one_of(&["input_cached_tokens", "input_cache_read", "prompt_details.cache_read"])),
        cache_write: beside_write
            .or_else(|| one_of(&["input_cache_creation", "input_cache_write", "prompt_details.cache_write"])),
        reasoning: one_of(&["output_reasoning_tokens", "output_reasoning", "completion_details.reasoning"]),
        total: one_of(&["total"]),
    };
    let without = Tokens { total: None, ..tokens }.sum();
    let beside = beside_read.unwrap_or(0).saturating_add(beside_write.unwrap_or(0));
    if beside > 0 && tokens.total != without {
        tokens.input = Some(tokens.input.unwrap_or(0).saturating_add(beside));
    }
    if (Tokens { total: None, ..tokens }).sum() == tokens.total
        && tokens.input.is_some()
        && tokens.output.is_some()
    {
        tokens.total = None;
    }
    // An observation that used nothing says so with zeros.
    if tokens.sum() == Some(0) { Tokens::default() } else { tokens }
}

fn cost(members: &Map<String, Value>) -> Option<f64> {
    let details = first(members, &["costDetails", "cost_details"]).map(|told| json::unfolded(told.clone()));
    let details = details.as_ref().and_then(Value::as_object).filter(|details| !details.is_empty());
    let total = match details {
        Some(details) => match details.get("total").and_then(number) {
            Some(total) => Some(total),
            None => details.values().filter_map(number).reduce(|sum, part| sum + part),
        },
        None => first(members, &["totalCost", "total_cost", "calculatedTotalCost"])
            .and_then(number)
            .filter(|cost| *cost > 0.0),
    };
    total.filter(|cost| *cost >= 0.0)
}
