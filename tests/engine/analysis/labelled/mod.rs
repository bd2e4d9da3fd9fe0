//! Retries as they are found in short traces whose retries were marked by hand, over all formats that can say them.

mod cases;
mod formats;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cases::{LOOK_ALIKES, Step, TRUE, steps};
use engine::dto::*;
use engine::testing::Harness;
use formats::{TRACE, WRITERS};

/// Two steps that follow each other as tries of one operation.
type Pairs = BTreeSet<(usize, usize)>;

fn labelled(steps: &[Step]) -> Pairs {
    let mut tries: BTreeMap<char, Vec<usize>> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        for group in &step.groups {
            tries.entry(*group).or_default().push(index);
        }
    }
    tries.values().flat_map(|tries| tries.windows(2).map(|pair| (pair[0], pair[1]))).collect()
}

/// What is found in a file of this text, as indices of steps; an error where a step is not there.
fn found(harness: &Harness, text: &str, ids: &[String]) -> Result<Pairs, String> {
    let before = last_trace(harness);
    let status = harness.import_text(text);
    let trace_id = last_trace(harness).filter(|last| before.is_none_or(|before| before < *last));
    let Some(trace_id) = trace_id else { return Err(format!("no trace: {status:?}")) };
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
    let step_of: HashMap<&str, usize> = ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !id.is_empty())
        .map(|(index, id)| (id.as_str(), index))
        .collect();
    for id in step_of.keys() {
        if !tree.span_id.iter().any(|known| known == id) {
            return Err(format!("no step {id} among {:?}", tree.span_id));
        }
    }
    let step = |row: &u32| step_of.get(tree.span_id[*row as usize].as_str()).copied();
    let pairs = tree.groups.iter().flat_map(|group| group.rows.windows(2)).map(|pair| {
        // A step that no case has is none of those marked.
        (step(&pair[0]).unwrap_or(usize::MAX), step(&pair[1]).unwrap_or(usize::MAX))
    });
    Ok(pairs.collect())
}

/// The trace that came last.
fn last_trace(harness: &Harness) -> Option<i64> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1_000,
    };
    let list: TraceList = harness.call("trace_list", &request);
    list.items.iter().map(|trace| trace.trace_id).max()
}

#[test]
fn marked_retries_are_found_and_nothing_else() {
    let (mut right, mut wrong, mut missed, mut traces) = (0, 0, 0, 0);
    let mut mistakes: Vec<String> = Vec::new();
    for (format, write) in WRITERS {
        let mut written = 0;
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        for (case, (name, text)) in TRUE.iter().chain(LOOK_ALIKES).enumerate() {
            let steps = steps(text);
            let Some((file, ids)) = write(&steps) else { continue };
            let own = |text: &str| text.replace(TRACE, &format!("{:032x}", case + 0x1000));
            let (file, ids) = (own(&file), ids.iter().map(|id| own(id)).collect::<Vec<_>>());
            // Of steps that a format has no record of, nothing can be found.
            let is_said = |(a, b): &(usize, usize)| !ids[*a].is_empty() && !ids[*b].is_empty();
            let wanted: Pairs = labelled(&steps).into_iter().filter(is_said).collect();
            written += 1;
            match found(&harness, &file, &ids) {
                Ok(pairs) => {
                    right += pairs.intersection(&wanted).count();
                    wrong += pairs.difference(&wanted).count();
                    missed += wanted.difference(&pairs).count();
                    if pairs != wanted {
                        mistakes.push(format!("{format}: {name}: found {pairs:?}, marked {wanted:?}"));
                    }
                }
                Err(error) => mistakes.push(format!("{format}: {name}: {error}")),
            }
        }
        traces += written;
        eprintln!("{format}: {written} traces");
    }
    let precision = f64::from(right as u32) / f64::from((right + wrong) as u32);
    let recall = f64::from(right as u32) / f64::from((right + missed) as u32);
    eprintln!(
        "{traces} traces, {right} pairs right, {wrong} wrong, {missed} missed: precision {precision:.3}, recall {recall:.3}"
    );
    mistakes.iter().for_each(|mistake| eprintln!("  {mistake}"));
    assert!(traces >= 120, "{traces} traces");
    assert!(precision >= 0.98 && recall >= 0.95, "precision {precision:.3}, recall {recall:.3}");
}
