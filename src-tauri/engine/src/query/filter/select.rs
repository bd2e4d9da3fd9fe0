//! Which traces match.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Filter, Flag, Has, Measure, Node, NodeKind, NumberField, Pattern, Test, WordField};
use crate::dto::SearchState;
use crate::query::catalog::{Columns, RowSet, Run, Vocabulary};
use crate::store::digest::cause_bit;

/// In which traces texts stand, as far as that is known.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// For each text the traces by id, each with how much the text weighs in it.
    found: HashMap<String, Arc<Vec<(i64, u32)>>>,
    /// How far the search has come; `None` if there is no text.
    state: Option<SearchState>,
}

impl Texts {
    /// Looks for each of the texts; `find` gives the traces by id, each with its weight, and how far it has come.
    pub fn new(texts: Vec<&str>, mut find: impl FnMut(&str) -> (Arc<Vec<(i64, u32)>>, SearchState)) -> Self {
        let mut all = Self::default();
        for text in texts {
            let (traces, state) = find(text);
            all.found.insert(text.to_owned(), traces);
            all.state = Some(all.state.map_or(state, |known| least_far(known, state)));
        }
        all
    }

    /// How far the search has come; `None` if there is no text.
    pub fn state(&self) -> Option<SearchState> {
        self.state
    }

    /// How much all texts together weigh in a trace.
    pub fn weight(&self, trace_id: i64) -> u32 {
        let weights = self.found.values().filter_map(|traces| {
            let place = traces.binary_search_by_key(&trace_id, |(id, _)| *id).ok()?;
            traces.get(place).map(|(_, weight)| *weight)
        });
        weights.fold(0, u32::saturating_add)
    }
}

/// Of two searches, the one that has come less far says how far both have.
fn least_far(one: SearchState, other: SearchState) -> SearchState {
    let least = if one.searched <= other.searched { one } else { other };
    SearchState { is_complete: one.is_complete && other.is_complete, ..least }
}

/// What is selected from, and what relative conditions are relative to.
#[derive(Clone, Copy)]
pub struct Selecting<'a> {
    /// The traces.
    pub columns: &'a Columns,
    /// Where the filter's texts stand.
    pub texts: &'a Texts,
    /// Now, in nanoseconds since the Unix epoch.
    pub now_ns: i64,
    /// A trace this long is slow.
    pub slow_ns: i64,
}

impl Filter {
    /// The rows that match, of those that are neither deleted nor hidden.
    pub fn select(&self, from: Selecting<'_>) -> RowSet {
        let mut rows = from.visible(self);
        if let Some(root) = &self.root {
            rows.keep(&from.node(root));
        }
        rows
    }

    /// Whether it names what is hidden, and so shows it.
    pub fn names_hidden(&self) -> bool {
        self.terms().iter().any(|(_, term, _)| match &term.test {
            Test::Is(flags) => flags.contains(&Flag::Hidden),
            Test::Word(field, _) => matches!(field, WordField::Project | WordField::Environment),
            _ => false,
        })
    }
}

impl Selecting<'_> {
    /// All rows that a filter chooses from.
    pub fn visible(&self, filter: &Filter) -> RowSet {
        let rows = if filter.names_hidden() { self.columns.live() } else { self.columns.visible() };
        rows.clone()
    }

    /// The rows of which a condition holds; deleted ones may be among them.
    pub fn node(&self, node: &Node) -> RowSet {
        match &node.kind {
            NodeKind::Term(term) => self.test(&term.test),
            NodeKind::Group(inner) => self.node(inner),
            NodeKind::Not(inner) => self.node(inner).complement(),
            NodeKind::All(nodes) => {
                let mut rows = RowSet::none(self.columns.runs.len()).complement();
                for node in nodes {
                    rows.keep(&self.node(node));
                }
                rows
            }
            NodeKind::Any(nodes) => {
                let mut rows = RowSet::none(self.columns.runs.len());
                for node in nodes {
                    rows.add(&self.node(node));
                }
                rows
            }
        }
    }

    fn rows(&self, mut holds: impl FnMut(&Run) -> bool) -> RowSet {
        let runs = &self.columns.runs;
        RowSet::of(runs.len(), |row| holds(&runs[row]))
    }

    fn test(&self, test: &Test) -> RowSet {
        match test {
            Test::Text(texts) => {
                let mut rows = RowSet::none(self.columns.runs.len()).complement();
                for text in texts {
                    let found = self.texts.found.get(text).map(|found| found.as_slice()).unwrap_or_default();
                    rows.keep(&self.columns.rows_of(found.iter().map(|(id, _)| *id)));
                }
                rows
            }
            Test::Status(statuses) => self.rows(|run| statuses.contains(&run.status)),
            Test::Number(field, intervals) => self.rows(|run| {
                number(run, *field)
                    .is_some_and(|value| intervals.iter().any(|interval| interval.contains(value)))
            }),
            Test::Cost(intervals) => self.rows(|run| {
                run.cost_usd.is_some_and(|cost| intervals.iter().any(|interval| interval.contains(cost)))
            }),
            Test::Started(times) => {
                let times: Vec<super::Interval<i64>> = times
                    .iter()
                    .map(|time| super::Interval {
                        from: time.from.map(|moment| moment.unix_ns(self.now_ns)),
                        below: time.below.map(|moment| moment.unix_ns(self.now_ns)),
                    })
                    .collect();
                self.rows(|run| {
                    run.start_ns.is_some_and(|start| times.iter().any(|time| time.contains(start)))
                })
            }
            Test::Has(things) => self.rows(|run| things.iter().any(|thing| has(run, *thing))),
            Test::Is(flags) => self.rows(|run| flags.iter().any(|flag| self.is(run, *flag))),
            Test::Kind(kinds) => self.rows(|run| kinds.iter().any(|kind| run.has_kind(*kind))),
            Test::Outcome(outcomes) => {
                self.rows(|run| run.retried.iter().any(|retried| outcomes.contains(&retried.outcome)))
            }
            Test::Cause(causes) => {
                let bits = causes.iter().fold(0, |bits, cause| bits | cause_bit(*cause));
                self.rows(|run| run.retried.iter().any(|retried| retried.causes & bits != 0))
            }
            Test::Outlier(measures) => self.rows(|run| self.columns.is_outlier(run, measures)),
            Test::Word(field, patterns) => self.word(*field, patterns),
        }
    }

    /// Whether a run is slow, out of the ordinary, …
    pub fn is(&self, run: &Run, flag: Flag) -> bool {
        match flag {
            Flag::Slow => run.duration_ns.is_some_and(|ns| ns >= self.slow_ns),
            Flag::Outlier => self.columns.is_outlier(run, &Measure::ALL),
            Flag::Starred => run.is_starred,
            Flag::Pinned => run.has_pins,
            Flag::Rerun => self.columns.is_one_of_tries(run),
            Flag::Hidden => run.is_hidden,
        }
    }

    fn word(&self, field: WordField, patterns: &[Pattern]) -> RowSet {
        let words = &self.columns.words;
        // Each text of the vocabulary is looked at once, whatever the number of traces that have it.
        let matching = |vocabulary: &Vocabulary| -> Vec<bool> {
            vocabulary.iter().map(|text| patterns.iter().any(|pattern| pattern.matches(text))).collect()
        };
        let one = |vocabulary: &Vocabulary, word: fn(&Run) -> Option<u32>| {
            let matching = matching(vocabulary);
            self.rows(|run| word(run).is_some_and(|word| matching[word as usize]))
        };
        match field {
            WordField::Name => one(&words.names, |run| Some(run.name)),
            WordField::Project => one(&words.projects, |run| run.project),
            WordField::Environment => one(&words.environments, |run| run.environment),
            WordField::Format => one(&words.formats, |run| Some(run.format)),
            WordField::Source => one(&words.sources, |run| Some(run.source)),
            WordField::Conversation => one(&words.conversations, |run| run.conversation),
            WordField::Key => self.rows(|run| patterns.iter().any(|pattern| pattern.matches(&run.key))),
            WordField::Model => {
                let matching = matching(&words.models);
                let is = |word: u32| matching[word as usize];
                self.rows(|run| run.models_used().any(is))
            }
            WordField::Tool => {
                let matching = matching(&words.tools);
                self.rows(|run| run.tools.iter().any(|calls| matching[calls.name as usize]))
            }
            WordField::Retried => {
                let matching = matching(&words.retried);
                self.rows(|run| run.retried.iter().any(|retried| matching[retried.name as usize]))
            }
            WordField::Tag => {
                let matching = matching(&words.tags);
                self.rows(|run| run.tags.iter().any(|tag| matching[*tag as usize]))
            }
            WordField::Note => {
                let matching = matching(&words.notes);
                self.rows(|run| run.notes.iter().any(|note| matching[*note as usize]))
            }
            WordField::Error => {
                let matching = matching(&words.errors);
                let is = |word: u32| matching[word as usize];
                self.rows(|run| {
                    run.failure.is_some_and(is) || run.error_texts.iter().any(|(error, _)| is(*error))
                })
            }
        }
    }
}

pub(super) fn number(run: &Run, field: NumberField) -> Option<i64> {
    match field {
        NumberField::Duration => run.duration_ns,
        NumberField::Waste => run.waste_ns,
        NumberField::Retries => Some(run.retries.into()),
        NumberField::Errors => Some(run.errors.into()),
        NumberField::Steps => Some(run.steps.into()),
        NumberField::Tokens => run.tokens.and_then(|tokens| i64::try_from(tokens).ok()),
    }
}

fn has(run: &Run, thing: Has) -> bool {
    match thing {
        Has::Retry => run.retries > 0,
        Has::Error => run.errors > 0,
        Has::Cost => run.cost_usd.is_some(),
        Has::Tokens => run.tokens.is_some(),
        Has::Tool => !run.tools.is_empty(),
        Has::Model => run.model.is_some() || !run.models.is_empty(),
        Has::Project => run.project.is_some(),
        Has::Environment => run.environment.is_some(),
        Has::Conversation => run.conversation.is_some(),
        Has::Tag => !run.tags.is_empty(),
        Has::Note => !run.notes.is_empty(),
        Has::Alert => run.has_alert,
    }
}
