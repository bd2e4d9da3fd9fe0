//! The counts beside the list: facets and histograms of the traces that match.

use super::catalog::{Columns, RowSet, Run, Vocabulary, Word};
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
    let count = |flag: Flag| rows.iter().filter(|row| selecting.is(&columns.runs[*row], flag)).count() as u32;
    let most = request.facet_values.min(MOST_VALUES) as usize;
    let bins = request.bins.clamp(1, MOST_BINS) as usize;
    Ok(Overview {
        revision: reading.revision,
        total: rows.len() as u32,
        slow: count(Flag::Slow),
        outliers: count(Flag::Outlier),
        facets: facets(columns, reading.filter, &without, most),
        histograms: histograms(reading, &rows, &without, bins),
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

fn facets(columns: &Columns, filter: &Filter, without: &Without<'_>, most: usize) -> Vec<Facet> {
    let words = &columns.words;
    let named = |field: &'static str, vocabulary: &Vocabulary, add: fn(&Run, &mut Counts)| {
        let mut counts = Counts::new(vocabulary.len());
        without.rows(field).iter().for_each(|row| counts.add(&columns.runs[row], add));
        counts.facet(field, filter, most, |word| vocabulary.text(word).to_owned())
    };
    let mut statuses = Counts::new(TraceStatus::ALL.len());
    without.rows("status").iter().for_each(|row| {
        statuses.add(&columns.runs[row], |run, counts| counts.count(run.status.code().into()));
    });
    vec![
        statuses.facet("status", filter, most, |code| {
            TraceStatus::from_code(code.into()).map_or("", |status| status.word()).to_owned()
        }),
        named("project", &words.projects, |run, counts| {
            run.project.into_iter().for_each(|word| counts.count(word))
        }),
        named("environment", &words.environments, |run, counts| {
            run.environment.into_iter().for_each(|word| counts.count(word));
        }),
        named("model", &words.models, |run, counts| run.models_used().for_each(|word| counts.count(word))),
        named("tool", &words.tools, |run, counts| {
            run.tools.iter().for_each(|calls| counts.count(calls.name))
        }),
        named("source", &words.sources, |run, counts| counts.count(run.source)),
        named("conversation", &words.conversations, |run, counts| {
            run.conversation.into_iter().for_each(|word| counts.count(word));
        }),
        named("tag", &words.tags, |run, counts| run.tags.iter().for_each(|word| counts.count(*word))),
    ]
}

/// How many runs have which word.
struct Counts {
    counts: Vec<u32>,
    missing: u32,
    is_counted: bool,
}

impl Counts {
    fn new(words: usize) -> Self {
        Self { counts: vec![0; words], missing: 0, is_counted: false }
    }

    fn add(&mut self, run: &Run, add: fn(&Run, &mut Self)) {
        self.is_counted = false;
        add(run, self);
        self.missing += u32::from(!self.is_counted);
    }

    fn count(&mut self, word: Word) {
        self.is_counted = true;
        if let Some(count) = self.counts.get_mut(word as usize) {
            *count += 1;
        }
    }

    fn facet(self, field: &str, filter: &Filter, most: usize, text: impl Fn(Word) -> String) -> Facet {
        let asked = Asked::of(filter, field);
        let mut values: Vec<FacetValue> = Vec::new();
        let mut found: Vec<(Word, u32)> = self
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
        Facet { field: field.into(), values, more: more - hidden, missing: self.missing }
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

fn histograms(reading: &Reading<'_>, rows: &RowSet, without: &Without<'_>, bins: usize) -> Vec<Histogram> {
    let columns = reading.columns;
    let number = |field: &'static str, value: fn(&Run) -> Option<f64>, is_logarithmic: bool| {
        let all = without.rows(field);
        let mut histogram = histogram(columns, rows, &all, value, is_logarithmic, bins);
        histogram.field = field.into();
        histogram
    };
    let mut started = number("started", |run| run.start_ns.map(|ns| ns as f64 / 1e6), false);
    started.chosen = chosen(reading.filter, |test| match test {
        Test::Started(times) => single(times).map(|time| Interval {
            from: time.from.map(|moment| moment.unix_ns(reading.now_ns) as f64 / 1e6),
            below: time.below.map(|moment| moment.unix_ns(reading.now_ns) as f64 / 1e6),
        }),
        _ => None,
    });
    let whole = |wanted: NumberField| {
        chosen(reading.filter, move |test| match test {
            Test::Number(field, intervals) if *field == wanted => {
                single(intervals).map(|interval| Interval {
                    from: interval.from.map(|value| value as f64),
                    below: interval.below.map(|value| value as f64),
                })
            }
            _ => None,
        })
    };
    let mut duration = number("duration", |run| run.duration_ns.map(|ns| ns as f64), true);
    duration.chosen = whole(NumberField::Duration);
    let mut tokens = number("tokens", |run| run.tokens.map(|tokens| tokens as f64), true);
    tokens.chosen = whole(NumberField::Tokens);
    vec![started, duration, tokens]
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

/// `all` are the matching ones, and those that the filter leaves out for their value alone.
fn histogram(
    columns: &Columns,
    matching: &RowSet,
    all: &RowSet,
    value: fn(&Run) -> Option<f64>,
    is_logarithmic: bool,
    bins: usize,
) -> Histogram {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in all.iter().filter_map(|row| value(&columns.runs[row])) {
        least = least.min(value);
        most = most.max(value);
    }
    let unknown = matching.iter().filter(|row| value(&columns.runs[*row]).is_none()).count() as u32;
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
        field: String::new(),
        is_logarithmic,
        matching: vec![0; bins],
        others: vec![0; bins],
        unknown,
        chosen: None,
        edges,
    };
    for row in all.iter() {
        if let Some(value) = value(&columns.runs[row]) {
            let bin = histogram.edges.partition_point(|edge| *edge <= value).clamp(1, bins) - 1;
            let counts = if matching.contains(row) { &mut histogram.matching } else { &mut histogram.others };
            counts[bin] += 1;
        }
    }
    histogram
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
