//! Recorded runs of many formats, held against themselves with known changes.

use std::collections::BTreeMap;

use engine::analysis::alignment::{Alignment, ByHand, align};

use super::edits::{EDITS, Parting, RUNS_EDITS};
use super::recorded::{Built, Step, load};
use crate::shared;

/// Files with runs of some length, of as many formats as have them.
const FILES: &[&str] = &[
    "claude-code-jsonl/jnarowski__agentcmd/full-session.jsonl",
    "claude-code-jsonl/d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl",
    "codex-rollout-jsonl/jnarowski__agentcmd/rollout-2025-09-25T15-12-14-019982b8-3422-79e0-8b3b-05abaf4f3c3e.jsonl",
    "langfuse-trace-json/langfuse__langfuse/agno-2025-06-11.trace.json",
    "langfuse-trace-json/evilmartians__agent-prism/langfuse-1.json",
    "otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json",
    "otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json",
    "otel-flattened-json/sideseat__sideseat/raw_otel_langchain_spans.json",
    "otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_spans.json",
    "tracellm-json/avikcodes__traceLLM/traces-20260527-050823.json",
    "tracellm-json/generated/D-retries.json",
    "openai-agents-json/generated/traces_ingest_errors.json",
    "mlflow-trace-json/generated/trace_2.json",
    "inspect-eval/TransluceAI__docent/log.eval",
    "swe-agent-traj/SWE-agent__SWE-agent/marshmallow-code__marshmallow-1867.traj",
    "openhands-events-json/OpenHands__trajectory-visualizer/sample-trajectory.json",
    "agentbench-runs-jsonl/THUDM__AgentBench/runs.jsonl",
    "atif-json/Arize-ai__phoenix/multi_tool_trajectory.json",
    "jaeger-json/jaegertracing__jaeger-ui/testTrace.json",
];

/// Rows whose step was found, and all of them.
fn rows_right(a: &Built, b: &Built, alignment: &Alignment) -> (u32, u32, Vec<String>) {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    let named = |step: Option<&Step>| {
        step.map_or("nothing".to_owned(), |step| {
            format!("{:?} {} {:?}", step.label, step.row.name, step.row.kind)
        })
    };
    for pair in &alignment.pairs {
        let step_a = pair.a.map(|row| a.step(row));
        let step_b = pair.b.map(|row| b.step(row));
        if let Some(step) = step_a {
            let truth = b.steps.iter().find(|other| other.label == step.label);
            let is_right = match (truth, step_b) {
                (None, None) => true,
                (Some(truth), Some(found)) => {
                    truth.label == found.label || truth.signature() == found.signature()
                }
                // Of two that can't be told apart, either may be the one that is gone.
                (None, Some(_)) | (Some(_), None) => a.steps.iter().any(|other| {
                    other.label != step.label
                        && other.signature() == step.signature()
                        && b.steps.iter().any(|found| found.label == other.label) != truth.is_some()
                }),
            };
            all += 1;
            right += u32::from(is_right);
            if !is_right {
                wrong.push(format!("{} with {}", named(step_a), named(step_b)));
            }
        } else if let Some(step) = step_b.filter(|step| step.label.is_none()) {
            let _ = step;
            all += 1;
            right += 1;
        }
    }
    (right, all, wrong)
}

fn parts_right(a: &Built, b: &Built, alignment: &Alignment, wanted: &Parting) -> Result<(), String> {
    let Some(found) = alignment.first_difference.map(|at| alignment.pairs[at as usize]) else {
        return if *wanted == Parting::Nowhere { Ok(()) } else { Err("nowhere".to_owned()) };
    };
    let (step_a, step_b) = (found.a.map(|row| a.step(row)), found.b.map(|row| b.step(row)));
    let is_like = |label: &u32, step: Option<&Step>| {
        let truth = a.steps.iter().chain(&b.steps).filter(|step| step.label == Some(*label));
        step.is_some_and(|step| {
            step.label == Some(*label) || truth.clone().any(|truth| truth.signature() == step.signature())
        })
    };
    let is_right = match wanted {
        Parting::Nowhere => false,
        Parting::At(labels) => labels.iter().any(|label| is_like(label, step_a) || is_like(label, step_b)),
        Parting::New => {
            let new = b.steps.iter().find(|step| step.label.is_none()).map(Step::signature);
            step_a.is_none() && step_b.map(Step::signature) == new
        }
    };
    let name = step_a.or(step_b).map_or("", |step| &step.row.name);
    if is_right { Ok(()) } else { Err(format!("at {name} {found:?}")) }
}

#[test]
fn recorded_runs_are_aligned_with_themselves_after_known_changes() {
    if shared::folder().is_none() {
        return;
    }
    let (mut right, mut all, mut pairs, mut parted) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut by_edit: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
    let mut mistakes: Vec<String> = Vec::new();
    for (index, path) in FILES.iter().enumerate() {
        let Some(file) = shared::file(path) else { continue };
        for (run, steps) in load(&file, 4, 250).into_iter().enumerate() {
            let seed = |number: usize| (index * 131 + run * 17 + number) as u64;
            let edited = EDITS.iter().enumerate().filter_map(|(number, (edit, change))| {
                let (changed, wanted) = change(&steps, seed(number))?;
                Some((*edit, Built::new(steps.clone()), Built::new(changed), wanted))
            });
            let reported = RUNS_EDITS.iter().enumerate().filter_map(|(number, (edit, change))| {
                let (a, b, wanted) = change(&steps, seed(EDITS.len() + number))?;
                Some((*edit, Built::reported(a), Built::reported(b), wanted))
            });
            for (edit, a, b, wanted) in edited.chain(reported) {
                let alignment = align(&a.run(), &b.run(), &ByHand::default());
                let (own_right, own_all, wrong) = rows_right(&a, &b, &alignment);
                let parts = parts_right(&a, &b, &alignment, &wanted);
                let tally = by_edit.entry(edit).or_default();
                tally[0] += 1;
                tally[1] += own_right;
                tally[2] += own_all;
                tally[3] += u32::from(parts.is_ok());
                (right, all, pairs) = (right + own_right, all + own_all, pairs + 1);
                parted += u32::from(parts.is_ok());
                if !wrong.is_empty() {
                    let some = wrong.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
                    mistakes
                        .push(format!("{path} {run}, {edit}: {} of {own_all} wrong: {some}", wrong.len()));
                }
                if let Err(found) = parts {
                    mistakes.push(format!("{path} {run}, {edit}: parts {found}, made to part {wanted:?}"));
                }
            }
        }
    }
    mistakes.iter().for_each(|mistake| eprintln!("  {mistake}"));
    for (edit, [runs, own_right, own_all, own_parted]) in by_edit {
        eprintln!(
            "{edit}: {runs} pairs of runs, {own_right} of {own_all} steps, {own_parted} first differences"
        );
    }
    let alignment_accuracy = f64::from(right) / f64::from(all);
    let parting_accuracy = f64::from(parted) / f64::from(pairs);
    eprintln!(
        "{pairs} pairs of runs: {right} of {all} steps aligned right ({alignment_accuracy:.4}), first difference right in {parted} ({parting_accuracy:.4})"
    );
    assert!(pairs >= 60, "{pairs} pairs of runs");
    assert!(alignment_accuracy >= 0.97, "alignment {alignment_accuracy:.4}");
    assert!(parting_accuracy >= 0.95, "first difference {parting_accuracy:.4}");
}
