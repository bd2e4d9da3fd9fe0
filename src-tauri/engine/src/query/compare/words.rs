//! What differs between two aligned runs, told in plain words.

use std::collections::HashMap;

use super::change::{Changed, Changes};
use super::ranking::{Numbers, Ranked, WORTH_NS, own};
use super::side::Side;
use crate::analysis::alignment::{Alignment, Difference, Pair, Relation, is_same_model};
use crate::dto::RunDifference;
use crate::error::Result;
use crate::model::{SpanKind, SpanStatus, TraceStatus};
use crate::query::wording::{cost, count, duration};

/// Tells of two runs.
pub(super) struct Teller<'a> {
    pub(super) a: &'a Side,
    pub(super) b: &'a Side,
    pub(super) alignment: &'a Alignment,
    pub(super) changes: Changes<'a>,
}

impl Teller<'_> {
    /// The same in words, in the same order.
    pub(super) fn told(&mut self, ranked: &[Ranked]) -> Result<Vec<RunDifference>> {
        let mut told = ranked.iter().map(|ranked| self.tell(ranked)).collect::<Result<Vec<_>>>()?;
        self.tell_apart(&mut told)?;
        Ok(told)
    }

    fn tell(&mut self, &Ranked { pair: at, by }: &Ranked) -> Result<RunDifference> {
        let alignment = self.alignment;
        let pair = &alignment.pairs[at as usize];
        Ok(RunDifference {
            pair: at,
            place: place(self.a, self.b, pair),
            sentence: self.sentence(pair, by)?,
            time_ns: by.time_ns,
            tokens: by.tokens,
            cost_usd: by.cost_usd,
            is_status: pair.difference.has_any(Difference::STATUS),
        })
    }

    /// What differs in a pair.
    fn sentence(&mut self, pair: &Pair, by: Numbers) -> Result<String> {
        let (a, b) = (self.a, self.b);
        let name = name(a, b, pair);
        let (row_a, row_b) = match (pair.a, pair.b) {
            (Some(row_a), Some(row_b)) => (row_a, row_b),
            _ if pair.difference != Difference::default() => return Ok(self.of_runs(pair)),
            (alone_in_a, _) => {
                let name = if name == THE_RUN { "the run" } else { &name };
                let letter = if alone_in_a.is_some() { "A" } else { "B" };
                let again = if pair.repeats.is_some() { "does" } else { "has" };
                let ending = if pair.repeats.is_some() { " again" } else { "" };
                let passed_over = self.passed_over(pair).map(|what| format!(", {what}")).unwrap_or_default();
                return Ok(format!("{letter} alone {again} {name}{ending}{passed_over}."));
            }
        };
        let (shown_a, shown_b) = (a.shown_row[row_a as usize], b.shown_row[row_b as usize]);
        let mut said = Vec::new();
        let has = |bit: Difference| pair.difference.has_any(bit);
        if has(Difference::STATUS) {
            let (of_a, of_b) = (a.shown.status_at(shown_a), b.shown.status_at(shown_b));
            let is_of_steps = of_a != of_b && [of_a, of_b].iter().any(|status| is_no_success(*status));
            // Else it is the runs that did not end alike.
            said.push(ended(if is_of_steps { (of_a, of_b) } else { (a.status(), b.status()) }).to_owned());
        }
        if has(Difference::NAME) {
            said.push(format!("is {} in B", shortened(b.name(shown_b))));
        }
        if has(Difference::MODEL) {
            let is_call = a.kind(row_a) == SpanKind::Llm;
            let own =
                model(a, shown_a).zip(model(b, shown_b)).filter(|(one, other)| !is_same_model(one, other));
            said.push(match own.or_else(|| models_of_runs(a, b, &self.alignment.pairs)) {
                Some((model_a, model_b)) if is_call => format!("asked {model_b} in B instead of {model_a}"),
                Some((model_a, model_b)) => format!("used {model_b} in B instead of {model_a}"),
                None => "asked another model".to_owned(),
            });
        }
        let mut parts = Vec::new();
        if has(Difference::INPUT) {
            parts.push(("was given something else", Changed::Input));
        }
        if has(Difference::ERROR) {
            parts.push(("failed in another way", Changed::Error));
        } else if has(Difference::OUTPUT) && !has(Difference::STATUS) {
            // Where it failed in one of them, what came out there is no answer.
            parts.push(("gave something else", Changed::Output));
        }
        // One excerpt: where it was given something else, that is why something else came out.
        let mut excerpt = None;
        for (words, changed) in parts {
            if excerpt.is_none() {
                excerpt = self.changes.phrase(changed, (a, row_a), (b, row_b))?;
                said.push(
                    excerpt.as_ref().map_or_else(|| words.to_owned(), |phrase| format!("{words} ({phrase})")),
                );
            } else {
                said.push(words.to_owned());
            }
        }
        if has(Difference::ATTEMPTS) {
            said.push(format!("took {} in A, {} in B", tries(a.tries(shown_a)), b.tries(shown_b)));
        }
        if pair.relation == Relation::Moved && pair.is_difference {
            said.push("stands at another place in B".to_owned());
        }
        if said.is_empty() && by.time_ns != 0.0 {
            let has_below = a.shown.descendants.get(shown_a as usize).is_some_and(|below| *below > 0);
            said.push(format!(
                "took {} {}{}",
                duration(by.time_ns.abs()),
                if by.time_ns > 0.0 { "longer in B" } else { "less in B" },
                match has_below {
                    true if pair.parent.is_none() => ", outside its steps",
                    true => ", outside the steps below it",
                    false => "",
                },
            ));
        }
        if said.is_empty() {
            said.push("differs in tokens or cost".to_owned());
        }
        Ok(format!("{name} {}.", listed(&said)))
    }

    /// What differs between the runs, where one format alone has a row for them.
    fn of_runs(&self, pair: &Pair) -> String {
        let (a, b) = (self.a, self.b);
        let mut said = Vec::new();
        if pair.difference.has_any(Difference::STATUS) {
            said.push(ended((a.status(), b.status())).to_owned());
        }
        if pair.difference.has_any(Difference::MODEL)
            && let Some((model_a, model_b)) = models_of_runs(a, b, &self.alignment.pairs)
        {
            said.push(format!("used {model_b} in B instead of {model_a}"));
        }
        format!("{THE_RUN} {}.", listed(&said))
    }

    /// What a step that one run alone has is, where it is no difference of the runs.
    fn passed_over(&self, pair: &Pair) -> Option<&'static str> {
        let (side, row) = pair.a.map(|row| (self.a, row)).or(pair.b.map(|row| (self.b, row)))?;
        if pair.is_difference {
            return None;
        }
        let has_below = side.shown.descendants.get(side.shown_row[row as usize] as usize) > Some(&0);
        Some(match side.kind(row) {
            SpanKind::Wait => "a pause",
            SpanKind::Llm if !has_below => "between the tries of a step",
            _ => "a level of its format",
        })
    }

    /// What differs, to be read one sentence after another: how they ended, where they part, what one did more often, time and
    /// what it went into, tokens and cost. `differences` are told already.
    pub(super) fn summary(&mut self, differences: &[RunDifference]) -> Result<Vec<String>> {
        let (a, b, alignment) = (self.a, self.b, self.alignment);
        let mut sentences: Vec<String> = ends(a, b).into_iter().collect();
        let first = alignment.first_difference.and_then(|at| Some((at, alignment.pairs.get(at as usize)?)));
        match first {
            Some((at, pair)) => {
                let told = differences.iter().find(|difference| difference.pair == at);
                // A model that the runs changed to throughout is no parting, and has a sentence of its own.
                let of_runs = models(a, b, &alignment.pairs).is_some();
                let what = match told {
                    Some(difference) if !(of_runs && pair.difference.has_any(Difference::MODEL)) => {
                        difference.sentence.clone()
                    }
                    _ => {
                        let mut pair = *pair;
                        if of_runs {
                            pair.difference.remove(Difference::MODEL);
                        }
                        self.sentence(&pair, Numbers::default())?
                    }
                };
                sentences.push(format!("They part at {}: {what}", place(a, b, pair)));
            }
            None => sentences.push(same(a, b, &alignment.pairs)),
        }
        sentences.extend(oftener(a, b, alignment));
        sentences.extend(to_come(&alignment.pairs));
        if has_ended(a) && has_ended(b) {
            sentences.extend(time(a, b, alignment));
        }
        sentences.extend(models(a, b, &alignment.pairs));
        match has_ended(a) && has_ended(b) {
            true => sentences.extend(spent(a, b)),
            false => sentences.push("Time, tokens and cost are compared once both have ended.".to_owned()),
        }
        Ok(sentences)
    }
}

/// What a run's own row is called at the beginning of a sentence.
const THE_RUN: &str = "The run";

fn is_no_success(status: SpanStatus) -> bool {
    matches!(status, SpanStatus::Error | SpanStatus::Open)
}

/// How two that did not end alike ended.
fn ended(status: (SpanStatus, SpanStatus)) -> &'static str {
    // Of what goes on it is not said how it ended.
    match status {
        (SpanStatus::Error, SpanStatus::Open) => "failed in A and did not end in B",
        (SpanStatus::Error, _) => "failed in A and not in B",
        (SpanStatus::Open, SpanStatus::Error) => "failed in B and did not end in A",
        (_, SpanStatus::Error) => "failed in B and not in A",
        (SpanStatus::Open, _) => "did not end in A",
        _ => "did not end in B",
    }
}

/// What a pair is called in a sentence: a run's name is none of what it does.
fn name(a: &Side, b: &Side, pair: &Pair) -> String {
    match (pair.a, pair.b) {
        (Some(row), _) if a.is_run(row) => THE_RUN.to_owned(),
        (None, Some(row)) if b.is_run(row) => THE_RUN.to_owned(),
        // Where it is told that the name is another, it is told by that of A.
        (Some(row_a), Some(row_b)) if !pair.difference.has_any(Difference::NAME) => {
            both(a.name(a.shown_row[row_a as usize]), b.name(b.shown_row[row_b as usize]))
        }
        (Some(row), _) => shortened(a.name(a.shown_row[row as usize])),
        (None, Some(row)) => shortened(b.name(b.shown_row[row as usize])),
        (None, None) => String::new(),
    }
}

/// The name of what is called so in A and so in B.
fn both(name_a: &str, name_b: &str) -> String {
    match name_a == name_b {
        true => shortened(name_a),
        false => format!("{} / {}", shortened(name_a), shortened(name_b)),
    }
}

/// Whether no more of a run is awaited.
fn has_ended(side: &Side) -> bool {
    !side.is_under_way()
}

/// That no decision was another; in what the runs differ all the same.
fn same(a: &Side, b: &Side, pairs: &[Pair]) -> String {
    let differs_in =
        |bit: Difference| pairs.iter().any(|pair| pair.is_difference && pair.difference.has_any(bit));
    let but: Vec<String> = [
        (Difference::NAME, "by the same names"),
        (Difference::MODEL, "with the same models"),
        (Difference::ATTEMPTS, "in as many tries"),
    ]
    .into_iter()
    .filter(|(bit, _)| differs_in(*bit))
    .map(|(_, words)| format!("not {words}"))
    .collect();
    let so_far = if has_ended(a) && has_ended(b) { "" } else { " so far" };
    match but.is_empty() {
        true => format!("Both did the same{so_far}, step by step."),
        false => format!("Both did the same{so_far}, step by step, but {}.", listed(&but)),
    }
}

/// The first model that both runs asked something else of: of a step, or as they are listed.
fn models_of_runs<'a>(a: &'a Side, b: &'a Side, pairs: &[Pair]) -> Option<(&'a str, &'a str)> {
    let of_pair = |pair: &Pair| {
        let of = |side: &'a Side, row: Option<u32>| model(side, side.shown_row[row? as usize]);
        of(a, pair.a).zip(of(b, pair.b)).filter(|(one, other)| !is_same_model(one, other))
    };
    pairs.iter().find_map(of_pair).or(a.summary.model.as_deref().zip(b.summary.model.as_deref()))
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
    const MOST_CHARACTERS: usize = 60;
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

/// What one run did more often than the other: calls of tools and models and other work by name, the three or four that differ
/// most.
fn oftener(a: &Side, b: &Side, alignment: &Alignment) -> Option<String> {
    const MOST_NAMES: usize = 3;
    let mut more: HashMap<&str, i64> = HashMap::new();
    let is_part = alignment.parts_of_differences();
    for (at, pair) in alignment.pairs.iter().enumerate() {
        let (side, row, by) = match (pair.a, pair.b) {
            (Some(row), None) => (a, row, -1),
            (None, Some(row)) => (b, row, 1),
            _ => continue,
        };
        // Levels of a format, and tries of what both did, are no calls that one alone made.
        let is_told = (pair.is_alone_difference() || is_part[at]) && pair.try_of.is_none();
        // What a run that goes on does not have, it may still do.
        let lacking = if by < 0 { b } else { a };
        if !is_told || lacking.is_under_way() {
            continue;
        }
        // What has nothing below it is work, whatever kind the format gives it.
        let shown = side.shown_row[row as usize] as usize;
        let is_leaf = side.shown.descendants.get(shown).is_some_and(|below| *below == 0);
        let is_call = match side.kind(row) {
            SpanKind::Llm | SpanKind::Tool | SpanKind::Retrieval | SpanKind::Agent => true,
            SpanKind::Wait => false,
            _ => is_leaf,
        };
        if is_call {
            *more.entry(side.name(side.shown_row[row as usize])).or_default() += by;
        }
    }
    let mut more: Vec<(&str, i64)> = more.into_iter().filter(|(_, by)| *by != 0).collect();
    more.sort_by_key(|(name, by)| (-by.abs(), *by < 0, *name));
    // One more name takes no more room than to say that there is one.
    let most = if more.len() == MOST_NAMES + 1 { more.len() } else { MOST_NAMES };
    let (named, left_out) = more.split_at(more.len().min(most));
    let mut said: Vec<String> = Vec::new();
    for alike in named.chunk_by(|(_, one), (_, other)| one == other) {
        let Some((_, by)) = alike.first() else { continue };
        let names: Vec<String> = alike.iter().map(|(name, _)| shortened(name)).collect();
        let direction = if *by > 0 { "more" } else { "less" };
        said.push(match by.abs() {
            1 => format!("{} once {direction}", listed(&names)),
            times => format!("{} {times} times {direction}", listed(&names)),
        });
    }
    if !left_out.is_empty() {
        let direction = match left_out.iter().filter(|(_, by)| *by > 0).count() {
            0 => "less",
            more if more == left_out.len() => "more",
            _ => "more or less",
        };
        said.push(format!("{} other steps {direction} often", count(left_out.len() as u64)));
    }
    (!said.is_empty()).then(|| format!("B called {}.", listed(&said)))
}

/// How much longer one took, and what most of it went into: an operation, or the run itself outside its steps. Where runs do
/// things at once, or one made up for another, one part can be larger than the whole: then none is said to be most of it.
fn time(a: &Side, b: &Side, alignment: &Alignment) -> Option<String> {
    // Of a run that did not end it is not known how long it took.
    let took_ns = |side: &Side| side.summary.duration_ns.filter(|_| side.summary.status != TraceStatus::Lost);
    let (took_a, took_b) = (took_ns(a)?, took_ns(b)?);
    let by = took_b - took_a;
    if by.abs() < WORTH_NS {
        return None;
    }
    let pairs = &alignment.pairs;
    let own = own(a, b, pairs);
    let run = whole_run(pairs);
    // By the name of B, where it has one; and the one that the same has in A.
    let mut by_name: HashMap<Option<&str>, (Numbers, Option<&str>)> = HashMap::new();
    // What a run without steps did with its time is not known.
    let has_steps = [a, b].iter().all(|side| (0..side.shown_row.len() as u32).any(|row| !side.is_run(row)));
    for (at, (pair, own)) in pairs.iter().zip(&own).enumerate().filter(|(_, (pair, _))| pair.try_of.is_none())
    {
        let name = match (pair.a, pair.b) {
            _ if run == Some(at) => None,
            (Some(row), _) if a.is_run(row) => None,
            (_, Some(row)) if b.is_run(row) => None,
            (_, Some(row)) => Some(b.name(b.shown_row[row as usize])),
            (Some(row), None) => Some(a.name(a.shown_row[row as usize])),
            (None, None) => continue,
        };
        let (sum, other) = by_name.entry(name).or_default();
        *sum = sum.plus(*own);
        let name_a = pair.a.zip(pair.b).map(|(row, _)| a.name(a.shown_row[row as usize]));
        *other = name_a.or(*other);
    }
    let most = by_name
        .into_iter()
        .filter(|_| has_steps)
        .map(|(name, (sum, other))| (name.map(|name| both(other.unwrap_or(name), name)), sum.time_ns))
        .filter(|(_, time_ns)| time_ns.signum() == by.signum())
        .max_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    let retried = b.summary.retry_waste_ns.unwrap_or(0.0) - a.summary.retry_waste_ns.unwrap_or(0.0);
    let mut sentence = format!("B took {} {}", duration(by.abs()), if by > 0.0 { "longer" } else { "less" });
    if retried.signum() == by.signum() && (by.abs() / 4.0..=by.abs()).contains(&retried.abs()) {
        let went = if by > 0.0 {
            "went into tries that failed and the waits after them"
        } else {
            "were tries that failed in A and the waits after them"
        };
        sentence.push_str(&format!(", of which {} {went}", duration(retried.abs())));
    } else if let Some((name, most)) =
        most.filter(|(_, most)| (by.abs() / 2.0..=by.abs() + WORTH_NS).contains(&most.abs()))
    {
        sentence.push_str(&format!(
            ", most of it {} ({}{})",
            name.map_or_else(|| "outside its steps".to_owned(), |name| format!("in {name}")),
            if most > 0.0 { "+" } else { "−" },
            duration(most.abs())
        ));
    }
    sentence.push('.');
    Some(sentence)
}

/// The pair that stands above all others: the run, whether its source reports it or its first step holds all.
fn whole_run(pairs: &[Pair]) -> Option<usize> {
    let mut roots = pairs.iter().enumerate().filter(|(_, pair)| pair.parent.is_none());
    let (only, _) = roots.next().filter(|_| roots.next().is_none())?;
    (pairs.len() > 1).then_some(only)
}

/// The models of the runs, where no call says that it asked another; of one model, its versions.
fn models(a: &Side, b: &Side, pairs: &[Pair]) -> Option<String> {
    let mut told = pairs.iter().filter(|pair| pair.difference.has_any(Difference::MODEL)).peekable();
    if told.peek().is_some() {
        let is_of_runs = |pair: &Pair| {
            let is_call =
                |side: &Side, row: Option<u32>| row.is_some_and(|row| side.kind(row) == SpanKind::Llm);
            pair.parent.is_none() && !(is_call(a, pair.a) && is_call(b, pair.b))
        };
        let (model_a, model_b) = models_of_runs(a, b, pairs).filter(|_| told.any(is_of_runs))?;
        return Some(format!("B used {model_b} instead of {model_a}."));
    }
    let (model_a, model_b) = a.summary.model.as_ref().zip(b.summary.model.as_ref())?;
    let note = if is_same_model(model_a, model_b) { ", versions of one model" } else { "" };
    (model_a != model_b).then(|| format!("A used {model_a}, B used {model_b}{note}."))
}

/// How many steps a run that is under way may still come to.
fn to_come(pairs: &[Pair]) -> Option<String> {
    let awaited = |of: fn(&Pair) -> Option<u32>| {
        pairs.iter().filter(|pair| pair.is_awaited && pair.try_of.is_none() && of(pair).is_some()).count()
    };
    let said = |letters: [&str; 2], steps: usize| match steps {
        0 => None,
        1 => Some(format!("{} has not come to 1 step of {} yet.", letters[0], letters[1])),
        _ => Some(format!(
            "{} has not come to {} steps of {} yet.",
            letters[0],
            count(steps as u64),
            letters[1]
        )),
    };
    said(["B", "A"], awaited(|pair| pair.a)).or_else(|| said(["A", "B"], awaited(|pair| pair.b)))
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
