//! The counts beside the list: facets and histograms of the traces that match.

use super::catalog::{Columns, RowSet, Run, Stretch, Word};
use super::filter::{Filter, Flag, Interval, Node, NumberField, Term, Test};
use super::reading::Reading;
use crate::dto::{Facet, FacetValue, Histogram, HistogramRange, Overview, OverviewRequest};
use crate::error::Result;
use crate::model::TraceStatus;

const MOST_VALUES: u32 = 200;
const MOST_BINS: u32 = 200;

/// The counts for a filter.
pub fn overview(reading: &Reading<'_>, request: &OverviewRequest) -> Result<Overview> {
    let rows = reading.rows();
    let without = Without::of(reading, &rows);
    let columns = reading.columns;
    let selecting = reading.selecting();
    let bins = request.bins.clamp(1, MOST_BINS) as usize;
    let mut facets = FACETS.map(|facet| Counts::new(facet, columns, &without));
    let mut spreads = SPREADS.map(|spread| Values::new(spread, &without));
    let (mut slow, mut outliers) = (0, 0);
    // A stretch of rows at a time, so that each run is fetched from memory once for all that is counted.
    rows.by_stretch(|stretch| {
        for run in rows.iter_in(stretch).map(|row| &columns.runs[row]) {
            slow += u32::from(selecting.is(run, Flag::Slow));
            outliers += u32::from(selecting.is(run, Flag::Outlier));
        }
        facets.iter_mut().for_each(|facet| facet.add(columns, stretch));
        spreads.iter_mut().for_each(|spread| spread.add(columns, stretch));
    });
    let most = request.facet_values.min(MOST_VALUES) as usize;
    Ok(Overview {
        revision: reading.revision,
        total: rows.len() as u32,
        slow,
        outliers,
        facets: facets.into_iter().map(|facet| facet.finish(columns, reading.filter, most)).collect(),
        histograms: spreads.into_iter().map(|spread| spread.finish(reading, &rows, bins)).collect(),
        search: reading.texts.state(),
    })
}

/// The rows that match but for what is asked of one field.
struct Without<'a> {
    /// The conditions that each must hold, with the field of those that are terms, and their rows.
    conditions: Vec<(Option<&'static str>, RowSet)>,
    visible: RowSet,
    all: &'a RowSet,
}

impl<'a> Without<'a> {
    fn of(reading: &Reading<'_>, all: &'a RowSet) -> Self {
        let selecting = reading.selecting();
        let field = |node: &Node| node.as_term().and_then(|(term, _)| term.field);
        let conditions =
            reading.filter.conjuncts().into_iter().map(|node| (field(node), selecting.node(node))).collect();
        Self { conditions, visible: selecting.visible(reading.filter), all }
    }

    fn rows(&self, field: &str) -> RowSet {
        if self.conditions.iter().all(|(known, _)| *known != Some(field)) {
            return self.all.clone();
        }
        let mut rows = self.visible.clone();
        self.conditions
            .iter()
            .filter(|(known, _)| *known != Some(field))
            .for_each(|(_, other)| rows.keep(other));
        rows
    }
}

/// What is counted by value.
struct FacetOf {
    field: &'static str,
    /// How many words there are.
    words: fn(&Columns) -> usize,
    text: fn(&Columns, Word) -> &str,
    add: fn(&Run, &mut Tally),
}

const FACETS: [FacetOf; 8] = [
    FacetOf {
        field: "status",
        words: |_| TraceStatus::ALL.len(),
        text: |_, code| TraceStatus::from_code(code.into()).map_or("", TraceStatus::word),
        add: |run, tally| tally.count(run.status.code().into()),
    },
    FacetOf {
        field: "project",
        words: |columns| columns.words.projects.len(),
        text: |columns, word| columns.words.projects.text(word),
        add: |run, tally| run.project.into_iter().for_each(|word| tally.count(word)),
    },
    FacetOf {
        field: "environment",
        words: |columns| columns.words.environments.len(),
        text: |columns, word| columns.words.environments.text(word),
        add: |run, tally| run.environment.into_iter().for_each(|word| tally.count(word)),
    },
    FacetOf {
        field: "model",
        words: |columns| columns.words.models.len(),
        text: |columns, word| columns.words.models.text(word),
        add: |run, tally| run.models_used().for_each(|word| tally.count(word)),
    },
    FacetOf {
        field: "tool",
        words: |columns| columns.words.tools.len(),
        text: |columns, word| columns.words.tools.text(word),
        add: |run, tally| run.tools.iter().for_each(|calls| tally.count(calls.name)),
    },
    FacetOf {
        field: "source",
        words: |columns| columns.words.sources.len(),
        text: |columns, word| columns.words.sources.text(word),
        add: |run, tally| tally.count(run.source),
    },
    FacetOf {
        field: "conversation",
        words: |columns| columns.words.conversations.len(),
        text: |columns, word| columns.words.conversations.text(word),
        add: |run, tally| run.conversation.into_iter().for_each(|word| tally.count(word)),
    },
    FacetOf {
        field: "tag",
        words: |columns| columns.words.tags.len(),
        text: |columns, word| columns.words.tags.text(word),
        add: |run, tally| run.tags.iter().for_each(|word| tally.count(*word)),
    },
];

/// A facet while it is counted.
struct Counts {
    of: FacetOf,
    rows: RowSet,
    tally: Tally,
}

/// How many runs have which word.
struct Tally {
    counts: Vec<u32>,
    missing: u32,
    is_counted: bool,
}

impl Tally {
    fn count(&mut self, word: Word) {
        self.is_counted = true;
        if let Some(count) = self.counts.get_mut(word as usize) {
            *count += 1;
        }
    }
}

impl Counts {
    fn new(of: FacetOf, columns: &Columns, without: &Without<'_>) -> Self {
        let tally = Tally { counts: vec![0; (of.words)(columns)], missing: 0, is_counted: false };
        Self { rows: without.rows(of.field), tally, of }
    }

    fn add(&mut self, columns: &Columns, stretch: Stretch) {
        for row in self.rows.iter_in(stretch) {
            self.tally.is_counted = false;
            (self.of.add)(&columns.runs[row], &mut self.tally);
            self.tally.missing += u32::from(!self.tally.is_counted);
        }
    }

    fn finish(self, columns: &Columns, filter: &Filter, most: usize) -> Facet {
        let field = self.of.field;
        let text = |word: Word| (self.of.text)(columns, word).to_owned();
        let asked = Asked::of(filter, field);
        let mut values: Vec<FacetValue> = Vec::new();
        let mut found: Vec<(Word, u32)> = self
            .tally
            .counts
            .iter()
            .enumerate()
            .map(|(word, count)| (word as Word, *count))
            .filter(|(_, count)| *count > 0)
            .collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let more = found.len().saturating_sub(most) as u32;
        for (word, count) in found.iter().take(most) {
            values.push(asked.value(text(*word), *count));
        }
        // What the filter names is seen, however rare it is.
        let mut hidden = 0;
        for (word, count) in found.iter().skip(most) {
            let value = text(*word);
            if asked.names(&value) {
                values.push(asked.value(value, *count));
                hidden += 1;
            }
        }
        for value in asked.chosen.iter().chain(&asked.excluded) {
            let is_there = values.iter().any(|known| known.value.eq_ignore_ascii_case(value));
            if !is_there && !value.contains('*') {
                values.push(asked.value(value.clone(), 0));
            }
        }
        Facet { field: field.into(), values, more: more - hidden, missing: self.tally.missing }
    }
}

/// What a filter asks of a field in terms that stand by themselves.
struct Asked {
    chosen: Vec<String>,
    excluded: Vec<String>,
}

impl Asked {
    fn of(filter: &Filter, field: &str) -> Self {
        let mut asked = Self { chosen: Vec::new(), excluded: Vec::new() };
        for (term, negated) in filter.conjuncts().into_iter().filter_map(Node::as_term) {
            if term.field == Some(field) {
                let list = if negated { &mut asked.excluded } else { &mut asked.chosen };
                list.extend(term.values.iter().map(|value| value.text.clone()));
            }
        }
        asked
    }

    fn names(&self, value: &str) -> bool {
        self.chosen.iter().chain(&self.excluded).any(|known| known.eq_ignore_ascii_case(value))
    }

    fn value(&self, value: String, count: u32) -> FacetValue {
        let is_in = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(&value));
        FacetValue { count, is_chosen: is_in(&self.chosen), is_excluded: is_in(&self.excluded), value }
    }
}

/// What is counted by how large it is.
struct SpreadOf {
    field: &'static str,
    is_logarithmic: bool,
    value: fn(&Run) -> Option<f64>,
    /// What a test asks of it as one interval, in its unit.
    asked: fn(&Test, i64) -> Option<Interval<f64>>,
}

const SPREADS: [SpreadOf; 3] = [
    SpreadOf {
        field: "started",
        is_logarithmic: false,
        value: |run| run.start_ns.map(|ns| ns as f64 / NS_PER_MS),
        asked: |test, now_ns| match test {
            Test::Started(times) => single(times).map(|time| Interval {
                from: time.from.map(|moment| moment.unix_ns(now_ns) as f64 / NS_PER_MS),
                below: time.below.map(|moment| moment.unix_ns(now_ns) as f64 / NS_PER_MS),
            }),
            _ => None,
        },
    },
    SpreadOf {
        field: "duration",
        is_logarithmic: true,
        value: |run| run.duration_ns.map(|ns| ns as f64),
        asked: |test, _| whole(test, NumberField::Duration),
    },
    SpreadOf {
        field: "tokens",
        is_logarithmic: true,
        value: |run| run.tokens.map(|tokens| tokens as f64),
        asked: |test, _| whole(test, NumberField::Tokens),
    },
];

const NS_PER_MS: f64 = 1e6;

fn whole(test: &Test, wanted: NumberField) -> Option<Interval<f64>> {
    match test {
        Test::Number(field, intervals) if *field == wanted => single(intervals).map(|interval| Interval {
            from: interval.from.map(|value| value as f64),
            below: interval.below.map(|value| value as f64),
        }),
        _ => None,
    }
}

/// A histogram while its values are gathered.
struct Values {
    of: SpreadOf,
    /// The matching rows, and those that the filter leaves out for their value alone.
    rows: RowSet,
    known: Vec<(u32, f64)>,
}

impl Values {
    fn new(of: SpreadOf, without: &Without<'_>) -> Self {
        Self { rows: without.rows(of.field), known: Vec::new(), of }
    }

    fn add(&mut self, columns: &Columns, stretch: Stretch) {
        let value = self.of.value;
        let known =
            self.rows.iter_in(stretch).filter_map(|row| Some((row as u32, value(&columns.runs[row])?)));
        self.known.extend(known);
    }

    fn finish(self, reading: &Reading<'_>, matching: &RowSet, bins: usize) -> Histogram {
        let SpreadOf { field, is_logarithmic, asked, .. } = self.of;
        let least = self.known.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
        let most = self.known.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        let mut edges = Vec::new();
        if least <= most {
            let scale = Scale { least, most, is_logarithmic };
            edges.extend((0..=bins).map(|edge| scale.edge(edge, bins)));
            edges.dedup();
            if let [only] = edges[..] {
                edges.push(only);
            }
        }
        let bins = edges.len().saturating_sub(1);
        let mut histogram = Histogram {
            field: field.into(),
            is_logarithmic,
            matching: vec![0; bins],
            others: vec![0; bins],
            unknown: 0,
            chosen: chosen(reading.filter, |test| asked(test, reading.now_ns)),
            edges,
        };
        let mut counted = 0;
        for (row, value) in self.known {
            let bin = histogram.edges.partition_point(|edge| *edge <= value).clamp(1, bins) - 1;
            let is_matching = matching.contains(row as usize);
            counted += u32::from(is_matching);
            let counts = if is_matching { &mut histogram.matching } else { &mut histogram.others };
            counts[bin] += 1;
        }
        histogram.unknown = matching.len() as u32 - counted;
        histogram
    }
}

fn single<T: Copy>(intervals: &[T]) -> Option<T> {
    match intervals {
        [only] => Some(*only),
        _ => None,
    }
}

/// What a filter asks of a field by itself, if that is one interval.
fn chosen(filter: &Filter, interval: impl Fn(&Test) -> Option<Interval<f64>>) -> Option<HistogramRange> {
    let terms = filter.conjuncts().into_iter().filter_map(Node::as_term);
    let mut asked = terms.filter_map(|(Term { test, .. }, negated)| interval(test).filter(|_| !negated));
    let only = asked.next()?;
    asked.next().is_none().then_some(HistogramRange { from: only.from, below: only.below })
}

/// The edges of bins in equal steps or equal factors, about: they are round, since filters are written with them. Factors are of one
/// more than the value, so that zero has a place.
struct Scale {
    least: f64,
    most: f64,
    is_logarithmic: bool,
}

impl Scale {
    /// The value at an edge, whole, since all of these fields are.
    fn edge(&self, edge: usize, bins: usize) -> f64 {
        if edge == 0 {
            return self.least.floor();
        }
        if edge == bins {
            return self.most;
        }
        let value = self.at(edge as f64 / bins as f64);
        let width = self.at((edge + 1) as f64 / bins as f64) - value;
        let unit = self.round_unit(width / 4.0);
        ((value / unit).round() * unit).clamp(self.least.floor(), self.most)
    }

    fn at(&self, share: f64) -> f64 {
        if self.is_logarithmic {
            let factor = (1.0 + self.most) / (1.0 + self.least);
            (1.0 + self.least) * factor.powf(share) - 1.0
        } else {
            self.least + (self.most - self.least) * share
        }
    }

    /// The largest round number up to `most`: a power of ten, or of times an hour, a minute or a second.
    fn round_unit(&self, most: f64) -> f64 {
        if self.is_logarithmic {
            return 10_f64.powf(most.max(1.0).log10().floor());
        }
        [3_600_000.0, 60_000.0, 1_000.0].into_iter().find(|unit_ms| *unit_ms <= most).unwrap_or(1.0)
    }
}
