//! The counts beside the list, against counts of the list itself.

use std::collections::BTreeMap;

use engine::dto::{Facet, Histogram, HistogramRange, Overview, OverviewRequest, TraceSummary};

use super::many::{MANY, RUNS};

fn overview(filter: &str) -> Overview {
    MANY.harness.call("overview", &OverviewRequest { filter: filter.into(), facet_values: 100, bins: 20 })
}

fn facet<'a>(overview: &'a Overview, field: &str) -> &'a Facet {
    overview.facets.iter().find(|facet| facet.field == field).unwrap()
}

fn histogram<'a>(overview: &'a Overview, field: &str) -> &'a Histogram {
    overview.histograms.iter().find(|histogram| histogram.field == field).unwrap()
}

fn counted(runs: impl Iterator<Item = Option<String>>) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    runs.flatten().for_each(|value| *counts.entry(value).or_insert(0) += 1);
    counts
}

fn given(facet: &Facet) -> BTreeMap<String, u32> {
    facet
        .values
        .iter()
        .filter(|value| value.count > 0)
        .map(|value| (value.value.clone(), value.count))
        .collect()
}

#[test]
fn facets_count_what_the_list_has() {
    let fields = ["status", "project", "environment", "model", "tool", "source", "conversation", "tag"];
    for filter in
        ["", "status:failed", "environment:production retries:>0", "project:agent-1,agent-2 or is:slow"]
    {
        let given_counts = overview(filter);
        let ids = MANY.ids(filter);
        let matching: Vec<&TraceSummary> =
            MANY.all.iter().filter(|run| ids.contains(&run.trace_id)).collect();
        assert_eq!(given_counts.total as usize, matching.len(), "{filter}");
        assert_eq!(given_counts.facets.iter().map(|facet| facet.field.as_str()).collect::<Vec<_>>(), fields);
        // Fields that the filter asks nothing of.
        if !filter.contains("project") {
            let projects = counted(matching.iter().map(|run| run.project.clone()));
            assert_eq!(given(facet(&given_counts, "project")), projects, "{filter}");
        }
        if !filter.contains("status") {
            let statuses = counted(matching.iter().map(|run| Some(run.status.word().to_owned())));
            assert_eq!(given(facet(&given_counts, "status")), statuses, "{filter}");
        }
        for value in &facet(&given_counts, "tool").values {
            let both = if filter.is_empty() { String::new() } else { format!("({filter}) ") };
            let runs = MANY.ids(&format!("{both}tool:{}", value.value)).len();
            assert_eq!(value.count as usize, runs, "{filter} {value:?}");
        }
    }
}

#[test]
fn a_facet_leaves_out_of_account_what_is_asked_of_it() {
    let all = overview("environment:production");
    let chosen = overview("environment:production status:failed");
    assert_eq!(given(facet(&all, "status")), given(facet(&chosen, "status")), "other values can be added");
    assert_ne!(given(facet(&all, "model")), given(facet(&chosen, "model")));
    let failed = facet(&chosen, "status").values.iter().find(|value| value.value == "failed").unwrap();
    assert!(failed.is_chosen && !failed.is_excluded);
    let excluded = overview("-status:failed");
    let failed = facet(&excluded, "status").values.iter().find(|value| value.value == "failed").unwrap();
    assert!(failed.is_excluded && failed.count > 0);
    let rare = overview("model:no-such-model");
    let rare = facet(&rare, "model").values.iter().find(|value| value.value == "no-such-model").unwrap();
    assert!(rare.is_chosen && rare.count == 0, "what the filter names is seen");
}

#[test]
fn histograms_count_every_run_once() {
    for filter in ["", "status:failed", "duration:>3s", "duration:3s..8s tokens:>50"] {
        let given = overview(filter);
        assert!(given.total > 0, "{filter}");
        for field in ["started", "duration", "tokens"] {
            let histogram = histogram(&given, field);
            assert_eq!(histogram.edges.len(), histogram.matching.len() + 1, "{filter} {field}");
            assert!(histogram.edges.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", histogram.edges);
            let counted: u32 = histogram.matching.iter().sum();
            assert_eq!(counted + histogram.unknown, given.total, "{filter} {field}");
            if !filter.contains(field) {
                assert!(
                    histogram.others.iter().all(|count| *count == 0),
                    "no run is left out for its {field}"
                );
            }
        }
        if !filter.contains("duration") {
            let durations = histogram(&given, "duration");
            for edge in &durations.edges[1..durations.matching.len()] {
                let digits = format!("{edge}").trim_end_matches('0').len();
                assert!(digits <= 4, "{edge} would not be read in a filter");
            }
            let ids = MANY.ids(filter);
            for (bin, count) in durations.matching.iter().enumerate() {
                let (from, below) = (durations.edges[bin], durations.edges[bin + 1]);
                let is_last = bin + 1 == durations.matching.len();
                let inside = MANY.ids_where(|run| {
                    ids.contains(&run.trace_id)
                        && run
                            .duration_ns
                            .is_some_and(|ns| ns >= from && (ns < below || (is_last && ns <= below)))
                });
                assert_eq!(*count as usize, inside.len(), "{filter} {from} to {below}");
            }
        }
    }
    let brushed = overview("duration:2s..5s");
    let chosen = histogram(&brushed, "duration").chosen;
    assert_eq!(chosen, Some(HistogramRange { from: Some(2e9), below: Some(5e9) }));
    let Histogram { matching, others, .. } = histogram(&brushed, "duration");
    let in_view: u32 = matching.iter().chain(others).sum();
    assert_eq!(in_view as usize, RUNS, "the rest stays in view");
    assert_eq!(matching.iter().sum::<u32>(), brushed.total);
    assert_eq!(histogram(&brushed, "tokens").chosen, None);
    let nothing = overview("model:no-such-model");
    assert_eq!(histogram(&nothing, "duration").edges, Vec::<f64>::new());
}
