//! A comparison as JSON, for programs: the runs, the pairs with their steps, what differs.

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::SecondsFormat;
use serde::Serialize;

use super::Report;
use crate::dto::{ComparedRun, PairRelation, PartDifference, RunDifference, StepMarkItem, TraceSummary};
use crate::masking::MaskCounts;

/// Grows when a field changes its meaning or goes.
const VERSION: u32 = 1;
/// By the bits of `Comparison::difference`.
const DIFFERENCES: [&str; 9] =
    ["name", "model", "status", "input", "input_wording", "output", "output_wording", "tries", "error"];

#[derive(Serialize)]
struct File<'a> {
    r#type: &'static str,
    version: u32,
    made_at: String,
    is_same: bool,
    summary: &'a [String],
    remarks: &'a [String],
    a: Run<'a>,
    b: Run<'a>,
    first_difference: Option<u32>,
    pairs: Vec<Pair<'a>>,
    difference_count: usize,
    differences: &'a [RunDifference],
    drifts: &'a [RunDifference],
    pairs_not_told: usize,
}

#[derive(Serialize)]
struct Run<'a> {
    trace: &'a TraceSummary,
    notes: &'a [StepMarkItem],
}

#[derive(Serialize)]
struct Pair<'a> {
    a: Option<Step<'a>>,
    b: Option<Step<'a>>,
    parent: Option<u32>,
    relation: &'static str,
    differs_in: Vec<&'static str>,
    sureness: f64,
    repeats: Option<u32>,
    try_of: Option<u32>,
    is_difference: bool,
    is_awaited: bool,
    passed_over: bool,
    by_hand: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<&'a [PartDifference]>,
}

#[derive(Serialize)]
struct Step<'a> {
    span_id: &'a str,
    name: &'a str,
    kind: &'static str,
    status: &'static str,
    start_ns: f64,
    duration_ns: Option<f64>,
    tokens: Option<f64>,
    cost_usd: Option<f64>,
}

/// Gives what was masked in it.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<MaskCounts> {
    let comparison = &report.comparison;
    let told: HashMap<u32, &[PartDifference]> =
        report.told.iter().map(|(pair, difference)| (*pair, difference.parts.as_slice())).collect();
    let index = |number: i32| u32::try_from(number).ok();
    let pairs = (0..comparison.row_a.len()).map(|at| {
        let [row_a, row_b] = report.rows(at);
        let bits = comparison.difference[at];
        Pair {
            a: row_a.map(|row| step(&comparison.a, row)),
            b: row_b.map(|row| step(&comparison.b, row)),
            parent: index(comparison.parent[at]),
            relation: PairRelation::ALL
                .get(usize::from(comparison.relation[at]))
                .copied()
                .unwrap_or_default()
                .word(),
            differs_in: (0..)
                .zip(DIFFERENCES)
                .filter(|(bit, _)| bits >> bit & 1 == 1)
                .map(|(_, word)| word)
                .collect(),
            sureness: comparison.sureness[at],
            repeats: index(comparison.repeats[at]),
            try_of: index(comparison.try_of[at]),
            is_difference: comparison.is_difference[at] == 1,
            is_awaited: comparison.is_awaited[at] == 1,
            passed_over: report.passed_over[at],
            by_hand: comparison.by_hand[at] == 1,
            parts: told.get(&(at as u32)).copied(),
        }
    });
    let [(_, a, notes_a), (_, b, notes_b)] = report.sides();
    let file = File {
        r#type: "tracellm.comparison",
        version: VERSION,
        made_at: report.made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        is_same: report.is_same(),
        summary: &comparison.summary,
        remarks: &comparison.remarks,
        a: Run { trace: &a.summary, notes: notes_a },
        b: Run { trace: &b.summary, notes: notes_b },
        first_difference: comparison.first_difference,
        pairs: pairs.collect(),
        difference_count: comparison.difference_count(),
        differences: &comparison.differences,
        drifts: &comparison.drifts,
        pairs_not_told: report.left_out,
    };
    let mut counts = MaskCounts::default();
    let mut text = serde_json::to_vec_pretty(&file)?;
    if let Some(masked) = report.masker.json(&text, &mut counts) {
        text = masked;
    }
    if text.ends_with(b"\n}") {
        // The last field, since it is known only now.
        text.truncate(text.len() - 2);
        let told: serde_json::Map<_, _> =
            counts.by_count().into_iter().map(|(kind, count)| (kind.to_owned(), count.into())).collect();
        write!(text, ",\n  \"masked\": {}\n}}", serde_json::Value::from(told))?;
    }
    out.write_all(&text)?;
    out.write_all(b"\n")?;
    Ok(counts)
}

fn step(run: &ComparedRun, row: u32) -> Step<'_> {
    let (tree, at) = (&run.tree, row as usize);
    let known = |column: &[f64]| column.get(at).copied().filter(|number| *number >= 0.0);
    Step {
        span_id: tree.span_id.get(at).map_or("", String::as_str),
        name: tree.name_at(row),
        kind: tree.kind_at(row).word(),
        status: tree.status_at(row).word(),
        start_ns: tree.start_ns.get(at).copied().unwrap_or(0.0),
        duration_ns: known(&tree.duration_ns),
        tokens: known(&tree.tokens),
        cost_usd: known(&tree.cost_usd),
    }
}
