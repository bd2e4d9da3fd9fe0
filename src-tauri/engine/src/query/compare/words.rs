//! What differs between two aligned runs, ranked by what it explains, and told in plain words.

use std::collections::HashMap;

use super::side::Side;
use crate::analysis::alignment::{Alignment, Difference, Pair, Relation};
use crate::dto::{AttemptGroup, RunDifference, SpanTree};
use crate::model::{SpanKind, SpanStatus, TraceStatus};
use crate::query::wording::{cost, count, duration};

/// More differences are not listed.
const MOST: usize = 500;
/// A step that differs in time alone is listed from this share of the longer run on …
const WORTH_SHARE: f64 = 0.02;
/// … and from this time on.
const WORTH_NS: f64 = 1e6;
/// Numbers of a step, with all below it. What is not known counts as nothing.
#[derive(Clone, Copy, Default)]
struct Numbers {
    time_ns: f64,
    tokens: f64,
    cost_usd: f64,
}

impl Numbers {
    fn of(tree: &SpanTree, row: Option<u32>) -> Self {
        let at = |column: &[f64]| {
            row.and_then(|row| column.get(row as usize)).map_or(0.0, |number| number.max(0.0))
        };
        Self {
            time_ns: at(&tree.duration_ns),
            tokens: at(&tree.below_tokens),
            cost_usd: at(&tree.below_cost_usd),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            time_ns: self.time_ns - other.time_ns,
            tokens: self.tokens - other.tokens,
            cost_usd: self.cost_usd - other.cost_usd,
        }
    }

    fn plus(self, other: Self) -> Self {
        self.minus(Self::default().minus(other))
    }
}

/// How far B is above A in each pair and all below.
fn deltas(a: &Side, b: &Side, pairs: &[Pair]) -> Vec<Numbers> {
    let of =
        |side: &Side, row: Option<u32>| Numbers::of(&side.shown, row.map(|row| side.shown_row[row as usize]));
    pairs.iter().map(|pair| of(b, pair.b).minus(of(a, pair.a))).collect()
}

/// The part of each that lies in no pair below it.
fn own(whole: &[Numbers], pairs: &[Pair]) -> Vec<Numbers> {
    let mut own = whole.to_vec();
    for (pair, delta) in pairs.iter().zip(whole) {
        if let Some(parent) = pair.parent {
            own[parent as usize] = own[parent as usize].minus(*delta);
        }
    }
    own
}

/// What differs, that which explains most first: each difference has what it adds itself, so that their sums are those of the
/// runs. A part that one run alone has is one difference, however many steps it has.
pub(super) fn differences(a: &Side, b: &Side, alignment: &Alignment) -> Vec<RunDifference> {
    let pairs = &alignment.pairs;
    let whole = deltas(a, b, pairs);
    let own = own(&whole, pairs);
    // What tries cost that one run alone has is told with their operation.
    let mut with_tries = vec![Numbers::default(); pairs.len()];
    let shown = |side: &Side, row: Option<u32>| row.map(|row| side.shown_row[row as usize]);
    let pair_of: HashMap<(bool, u32), usize> = pairs
        .iter()
        .enumerate()
        .flat_map(|(at, pair)| [(true, shown(a, pair.a), at), (false, shown(b, pair.b), at)])
        .filter_map(|(is_a, row, at)| Some(((is_a, row?), at)))
        .collect();
    for (at, pair) in pairs.iter().enumerate().filter(|(_, pair)| is_lone_try(a, b, pair)) {
        let (is_a, side, row) =
            if let Some(row) = pair.a { (true, a, row) } else { (false, b, pair.b.unwrap_or(0)) };
        let last = group_of(side, row).and_then(|group| group.rows.last());
        if let Some(operation) = last.and_then(|last| pair_of.get(&(is_a, *last))) {
            with_tries[*operation] = with_tries[*operation].plus(whole[at]);
        }
    }
    let total = |side: &Side| Numbers {
        time_ns: side.shown.total_ns,
        tokens: side.summary.total_tokens.map_or(0.0, |tokens| tokens as f64),
        cost_usd: side.summary.cost_usd.unwrap_or(0.0),
    };
    let (total_a, total_b) = (total(a), total(b));
    let share = |by: f64, a: f64, b: f64| if a.max(b) > 0.0 { by.abs() / a.max(b) } else { 0.0 };
    let is_alone = |pair: &Pair| pair.a.is_none() != pair.b.is_none();
    let mut ranked: Vec<(f64, RunDifference)> = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        let is_part_of_one = is_alone(pair)
            && pair.parent.is_some_and(|parent| {
                let above = &pairs[parent as usize];
                is_alone(above) && above.relation == pair.relation
            });
        // Tries that one run alone has are told with their operation.
        if is_part_of_one || is_lone_try(a, b, pair) {
            continue;
        }
        let by = if is_alone(pair) { whole[at] } else { own[at] }.plus(with_tries[at]);
        let time_share = share(by.time_ns, total_a.time_ns, total_b.time_ns);
        let weight = time_share.max(share(by.tokens, total_a.tokens, total_b.tokens)).max(share(
            by.cost_usd,
            total_a.cost_usd,
            total_b.cost_usd,
        ));
        let differs = is_alone(pair)
            || pair.relation == Relation::Moved
            || pair.difference.has_any(Difference::SUBSTANCE);
        let is_worth = weight >= WORTH_SHARE && (by.time_ns.abs() >= WORTH_NS || time_share < WORTH_SHARE);
        if !differs && !is_worth {
            continue;
        }
        let is_status = pair.difference.has_any(Difference::STATUS);
        let is_first = alignment.first_difference == Some(at as u32);
        let rank = weight + f64::from(u8::from(is_status)) * 2.0 + f64::from(u8::from(is_first));
        ranked.push((
            rank,
            RunDifference {
                pair: at as u32,
                sentence: sentence(a, b, pairs, pair, by),
                time_ns: by.time_ns,
                tokens: by.tokens,
                cost_usd: by.cost_usd,
                is_status,
            },
        ));
    }
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    ranked.truncate(MOST);
    ranked.into_iter().map(|(_, difference)| difference).collect()
}

/// A try of an operation that the other run did not try as often.
fn is_lone_try(a: &Side, b: &Side, pair: &Pair) -> bool {
    let (side, row) = match (pair.a, pair.b) {
        (Some(row), None) => (a, row),
        (None, Some(row)) => (b, row),
        _ => return false,
    };
    group_of(side, row).is_some_and(|group| group.rows.last() != Some(&side.shown_row[row as usize]))
}

/// The tries that the step of a row is one of.
fn group_of(side: &Side, row: u32) -> Option<&AttemptGroup> {
    let group = side.shown.group.get(side.shown_row[row as usize] as usize)?;
    side.shown.groups.get(usize::try_from(*group).ok()?)
}

/// What differs in a pair, in words.
fn sentence(a: &Side, b: &Side, pairs: &[Pair], pair: &Pair, by: Numbers) -> String {
    let row_a = pair.a.map(|row| a.shown_row[row as usize]);
    let row_b = pair.b.map(|row| b.shown_row[row as usize]);
    let name = row_a.map(|row| a.name(row)).or(row_b.map(|row| b.name(row))).unwrap_or_default();
    let (row_a, row_b) = match (row_a, row_b) {
        (Some(row_a), Some(row_b)) => (row_a, row_b),
        (alone_in_a, _) => {
            let letter = if alone_in_a.is_some() { "A" } else { "B" };
            let again = pair.repeats.and_then(|repeated| pairs.get(repeated as usize)).is_some();
            return if again {
                format!("{letter} alone does {name} again.")
            } else {
                format!("{letter} alone has {name}.")
            };
        }
    };
    let mut said = Vec::new();
    let status = |side: &Side, row: u32| side.shown.status_at(row);
    if pair.difference.has_any(Difference::STATUS) {
        said.push(
            match (status(a, row_a), status(b, row_b)) {
                (SpanStatus::Error, SpanStatus::Open) => "failed in A and is under way in B",
                (SpanStatus::Error, _) => "failed in A and not in B",
                (SpanStatus::Open, SpanStatus::Error) => "failed in B and is under way in A",
                (_, SpanStatus::Error) => "failed in B and not in A",
                (SpanStatus::Open, _) => "is under way in A",
                _ => "is under way in B",
            }
            .to_owned(),
        );
    }
    if pair.difference.has_any(Difference::NAME) {
        said.push(format!("is {} in B", b.name(row_b)));
    }
    if pair.difference.has_any(Difference::MODEL) {
        said.push(match (model(a, row_a), model(b, row_b)) {
            (Some(model_a), Some(model_b)) => format!("asked {model_b} in B instead of {model_a}"),
            _ => "asked another model".to_owned(),
        });
    }
    if pair.difference.has_any(Difference::INPUT) {
        said.push("was given something else".to_owned());
    }
    if pair.difference.has_any(Difference::OUTPUT) {
        let has_failed = |side: &Side, row: u32| status(side, row) == SpanStatus::Error;
        let is_failure = has_failed(a, row_a) && has_failed(b, row_b);
        said.push(if is_failure { "failed in another way" } else { "gave something else" }.to_owned());
    }
    if pair.difference.has_any(Difference::ATTEMPTS) {
        said.push(format!("took {} in B, {} in A", tries(b.tries(row_b)), tries(a.tries(row_a))));
    }
    if pair.relation == Relation::Moved {
        said.push("stands at another place in B".to_owned());
    }
    if said.is_empty() && by.time_ns != 0.0 {
        let has_below = a.shown.descendants.get(row_a as usize).is_some_and(|below| *below > 0);
        said.push(format!(
            "took {} {}{}",
            duration(by.time_ns.abs()),
            if by.time_ns > 0.0 { "longer in B" } else { "less in B" },
            if has_below { ", beside the steps below it" } else { "" },
        ));
    }
    if said.is_empty() {
        said.push("differs in tokens or cost".to_owned());
    }
    format!("{name} {}.", listed(&said))
}

fn model(side: &Side, row: u32) -> Option<&str> {
    let model = side.shown.model.get(row as usize).and_then(|model| usize::try_from(*model).ok())?;
    side.shown.strings.get(model).map(String::as_str)
}

fn tries(number: u32) -> String {
    if number == 1 { "1 try".to_owned() } else { format!("{} tries", count(number.into())) }
}

fn listed(said: &[String]) -> String {
    match said {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What differs, to be read one sentence after another: how they ended, where they part, what one did more often, time and what
/// it went into, tokens and cost.
pub(super) fn summary(
    a: &Side,
    b: &Side,
    alignment: &Alignment,
    differences: &[RunDifference],
) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(sentence) = ends(a, b) {
        sentences.push(sentence);
    }
    let first = alignment.first_difference.and_then(|at| Some((at, alignment.pairs.get(at as usize)?)));
    match first {
        Some((at, pair)) => {
            let told = differences.iter().find(|difference| difference.pair == at);
            let what = told.map_or_else(
                || sentence(a, b, &alignment.pairs, pair, Numbers::default()),
                |difference| difference.sentence.clone(),
            );
            sentences.push(format!("They part at {}: {what}", place(a, b, pair)));
        }
        None if alignment.pairs.iter().any(|pair| pair.difference.has_any(Difference::ATTEMPTS)) => {
            sentences.push("Both did the same, step by step, but not in as many tries.".to_owned());
        }
        None => sentences.push("Both did the same, step by step.".to_owned()),
    }
    sentences.extend(oftener(a, b, &alignment.pairs));
    sentences.extend(time(a, b, alignment));
    sentences.extend(models(a, b, &alignment.pairs));
    sentences.extend(spent(a, b));
    sentences
}

fn ends(a: &Side, b: &Side) -> Option<String> {
    let reason = |side: &Side| {
        let has_failed = side.summary.status == TraceStatus::Failed;
        side.summary.failure_reason.as_deref().filter(|_| has_failed).map(shortened)
    };
    let end = |side: &Side| {
        let word = match side.summary.status {
            TraceStatus::Success => "succeeded",
            TraceStatus::Warning => "succeeded with errors on the way",
            TraceStatus::Failed => "failed",
            TraceStatus::Running => "is running",
            // As the page calls it: a file stops, a sender goes silent.
            TraceStatus::Lost if side.summary.heard_unix_ms.is_none() => "is unfinished",
            TraceStatus::Lost => "was lost",
        };
        reason(side).map_or_else(|| word.to_owned(), |reason| format!("{word} ({reason})"))
    };
    let is_other_end = a.summary.status != b.summary.status || reason(a) != reason(b);
    is_other_end.then(|| format!("A {}, B {}.", end(a), end(b)))
}

fn shortened(text: &str) -> String {
    const MOST_CHARACTERS: usize = 120;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Where a pair stands: as steps are counted from the top of each tree.
fn place(a: &Side, b: &Side, pair: &Pair) -> String {
    let number =
        |side: &Side, row: u32| u64::from(side.shown_row[row as usize]) + u64::from(!side.shown.run_row);
    if pair.parent.is_none()
        && pair.a.is_none_or(|row| number(a, row) == 0)
        && pair.b.is_none_or(|row| number(b, row) == 0)
    {
        return "the run itself".to_owned();
    }
    match (pair.a, pair.b) {
        (Some(row_a), Some(row_b)) if number(a, row_a) == number(b, row_b) => {
            format!("step {}", count(number(a, row_a)))
        }
        (Some(row_a), Some(row_b)) => {
            format!("step {} of A, {} of B", count(number(a, row_a)), count(number(b, row_b)))
        }
        (Some(row), None) => format!("step {} of A", count(number(a, row))),
        (None, Some(row)) => format!("step {} of B", count(number(b, row))),
        (None, None) => "the start".to_owned(),
    }
}

/// What one run did more often than the other: calls of tools and models by name, the three that differ most.
fn oftener(a: &Side, b: &Side, pairs: &[Pair]) -> Option<String> {
    const MOST_NAMES: usize = 3;
    let mut more: HashMap<&str, i64> = HashMap::new();
    // What has nothing above it is the run itself, no call.
    for pair in pairs.iter().filter(|pair| pair.parent.is_some() && !is_lone_try(a, b, pair)) {
        let (side, row, by) = match (pair.a, pair.b) {
            (Some(row), None) => (a, row, -1),
            (None, Some(row)) => (b, row, 1),
            _ => continue,
        };
        // What a run that goes on does not have, it may still do.
        let lacking = if by < 0 { b } else { a };
        if lacking.summary.status == TraceStatus::Running {
            continue;
        }
        let shown = side.shown_row[row as usize];
        if matches!(
            side.shown.kind_at(shown),
            SpanKind::Llm | SpanKind::Tool | SpanKind::Retrieval | SpanKind::Agent
        ) {
            *more.entry(side.name(shown)).or_default() += by;
        }
    }
    let mut more: Vec<(&str, i64)> = more.into_iter().filter(|(_, by)| *by != 0).collect();
    more.sort_by_key(|(name, by)| (-by.abs(), *name));
    let said: Vec<String> = more
        .iter()
        .take(MOST_NAMES)
        .map(|(name, by)| match by.abs() {
            1 => format!("{name} once {}", if *by > 0 { "more" } else { "less" }),
            times => format!("{name} {times} times {}", if *by > 0 { "more" } else { "less" }),
        })
        .collect();
    (!said.is_empty()).then(|| format!("B called {}.", listed(&said)))
}

/// How much longer one took, and the operation that most of it went into.
fn time(a: &Side, b: &Side, alignment: &Alignment) -> Option<String> {
    let (took_a, took_b) = (a.summary.duration_ns?, b.summary.duration_ns?);
    let by = took_b - took_a;
    if by.abs() < WORTH_NS {
        return None;
    }
    let own = own(&deltas(a, b, &alignment.pairs), &alignment.pairs);
    let mut by_name: HashMap<&str, Numbers> = HashMap::new();
    for (pair, own) in alignment.pairs.iter().zip(&own) {
        let name = match (pair.a, pair.b) {
            (_, Some(row)) => b.name(b.shown_row[row as usize]),
            (Some(row), None) => a.name(a.shown_row[row as usize]),
            (None, None) => continue,
        };
        let sum = by_name.entry(name).or_default();
        *sum = sum.plus(*own);
    }
    let most = by_name
        .into_iter()
        .map(|(name, sum)| (name, sum.time_ns))
        .filter(|(_, time_ns)| time_ns.signum() == by.signum())
        .max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    let retried = b.summary.retry_waste_ns.unwrap_or(0.0) - a.summary.retry_waste_ns.unwrap_or(0.0);
    let mut sentence = format!("B took {} {}", duration(by.abs()), if by > 0.0 { "longer" } else { "less" });
    if retried.signum() == by.signum() && (by.abs() / 4.0..=by.abs()).contains(&retried.abs()) {
        sentence.push_str(&format!(
            ", of which {} went into tries that failed and the waits after them",
            duration(retried.abs())
        ));
    } else if let Some((name, most)) = most.filter(|(_, most)| most.abs() >= by.abs() / 2.0) {
        sentence.push_str(&format!(
            ", most of it in {name} ({}{})",
            if most > 0.0 { "+" } else { "−" },
            duration(most.abs())
        ));
    }
    sentence.push('.');
    Some(sentence)
}

/// The models of the runs, where no step says that it asked another.
fn models(a: &Side, b: &Side, pairs: &[Pair]) -> Option<String> {
    let (model_a, model_b) = a.summary.model.as_ref().zip(b.summary.model.as_ref())?;
    let is_told = pairs.iter().any(|pair| pair.difference.has_any(Difference::MODEL));
    (model_a != model_b && !is_told).then(|| format!("A used {model_a}, B used {model_b}."))
}

fn spent(a: &Side, b: &Side) -> Option<String> {
    let mut said = Vec::new();
    if let Some((tokens_a, tokens_b)) = a.summary.total_tokens.zip(b.summary.total_tokens)
        && tokens_a != tokens_b
    {
        let by = tokens_a.abs_diff(tokens_b);
        let more = if tokens_b > tokens_a { "more" } else { "less" };
        said.push(if by == 1 { format!("1 token {more}") } else { format!("{} tokens {more}", count(by)) });
    }
    if let Some((cost_a, cost_b)) = a.summary.cost_usd.zip(b.summary.cost_usd)
        && (cost_a - cost_b).abs() >= 0.000_05
    {
        let more = if cost_b > cost_a { "more" } else { "less" };
        said.push(format!("{} {more}", cost((cost_b - cost_a).abs())));
    }
    (!said.is_empty()).then(|| format!("B used {}.", listed(&said)))
}
