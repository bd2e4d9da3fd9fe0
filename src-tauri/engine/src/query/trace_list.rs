//! A window of the trace list.

use std::cmp::{Ordering, Reverse};

use super::catalog::{Columns, RowSet, Run};
use super::filter::Texts;
use super::reading::Reading;
use super::summary::summaries;
use crate::dto::{TraceList, TraceListRequest, TraceSort};
use crate::error::Result;

/// Most rows given at once.
const MAX_ROWS: u32 = 1_000;

/// The traces that match, sorted, from `offset` on.
pub fn trace_list(reading: &Reading<'_>, request: &TraceListRequest) -> Result<TraceList> {
    let rows = reading.rows();
    let total = rows.len() as u32;
    let first = request.offset as usize;
    let end = first.saturating_add(request.limit.min(MAX_ROWS) as usize);
    let ids = sorted(reading, &rows, request.sort, request.descending, end);
    let window = ids.get(first.min(ids.len())..).unwrap_or_default();
    Ok(TraceList {
        revision: reading.revision,
        total,
        total_unfiltered: reading.columns.visible().len() as u32,
        search: reading.texts.state(),
        items: summaries(reading.connection, reading.columns, window)?,
    })
}

/// The ids of the first `count` of the matching traces. What is not known comes last either way; ties in the order of
/// arrival, so that windows never overlap.
pub(super) fn sorted(
    reading: &Reading<'_>,
    rows: &RowSet,
    sort: TraceSort,
    descending: bool,
    count: usize,
) -> Vec<i64> {
    let columns = reading.columns;
    let order = Order { columns, texts: reading.texts, sort, descending };
    let mut rows: Vec<(Key, &Run)> =
        rows.iter().map(|row| &columns.runs[row]).map(|run| (order.key(run), run)).collect();
    let compare = |a: &(Key, &Run), b: &(Key, &Run)| order.compare(a, b);
    if count < rows.len() {
        if count > 0 {
            rows.select_nth_unstable_by(count - 1, compare);
        }
        rows.truncate(count);
    }
    rows.sort_unstable_by(compare);
    rows.into_iter().map(|(_, run)| run.id).collect()
}

/// What a row is sorted by, where that is a number.
#[derive(Clone, Copy)]
enum Key {
    Unknown,
    Number(f64),
    Time(i64),
    /// A text, compared when it comes to it.
    Text,
}

struct Order<'a> {
    columns: &'a Columns,
    texts: &'a Texts,
    sort: TraceSort,
    descending: bool,
}

impl Order<'_> {
    fn key(&self, run: &Run) -> Key {
        let number = |value: Option<f64>| value.map_or(Key::Unknown, Key::Number);
        let text = |is_known: bool| if is_known { Key::Text } else { Key::Unknown };
        match self.sort {
            TraceSort::Started => run.start_ns.map_or(Key::Unknown, Key::Time),
            TraceSort::Duration => run.duration_ns.map_or(Key::Unknown, Key::Time),
            TraceSort::Status => Key::Time(run.status.code().into()),
            TraceSort::Steps => Key::Time(run.steps.into()),
            TraceSort::Errors => Key::Time(run.errors.into()),
            TraceSort::Retries => Key::Time(run.retries.into()),
            TraceSort::Tokens => number(run.tokens.map(|tokens| tokens as f64)),
            TraceSort::Cost => number(run.cost_usd),
            TraceSort::Name => Key::Text,
            TraceSort::Model => text(run.model.is_some()),
            TraceSort::Project => text(run.project.is_some()),
            TraceSort::Environment => text(run.environment.is_some()),
            TraceSort::Relevance => Key::Time(self.texts.weight(run.id).into()),
            TraceSort::Conversation => {
                let last =
                    run.conversation.and_then(|conversation| self.columns.last_of_conversation(conversation));
                last.or(run.start_ns).map_or(Key::Unknown, Key::Time)
            }
        }
    }

    fn compare(&self, (a_key, a): &(Key, &Run), (b_key, b): &(Key, &Run)) -> Ordering {
        let known = match (a_key, b_key) {
            (Key::Unknown, Key::Unknown) => Ordering::Equal,
            (Key::Unknown, _) => return Ordering::Greater,
            (_, Key::Unknown) => return Ordering::Less,
            (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
            (Key::Time(a), Key::Time(b)) => a.cmp(b),
            _ => self.text(a).cmp(self.text(b)),
        };
        let known = if self.descending { known.reverse() } else { known };
        let ties = match self.sort {
            // Inside a conversation always in order; two that end at once one after the other.
            TraceSort::Conversation => (a.conversation, a.start_ns.is_none(), a.start_ns, a.id).cmp(&(
                b.conversation,
                b.start_ns.is_none(),
                b.start_ns,
                b.id,
            )),
            // Alike ones the newest first.
            TraceSort::Relevance => {
                (Reverse(a.start_ns), Reverse(a.id)).cmp(&(Reverse(b.start_ns), Reverse(b.id)))
            }
            _ if self.descending => b.id.cmp(&a.id),
            _ => a.id.cmp(&b.id),
        };
        known.then(ties)
    }

    fn text(&self, run: &Run) -> Folded<'_> {
        let words = &self.columns.words;
        let text = match self.sort {
            TraceSort::Model => run.model.map(|word| words.models.text(word)),
            TraceSort::Project => run.project.map(|word| words.projects.text(word)),
            TraceSort::Environment => run.environment.map(|word| words.environments.text(word)),
            _ => Some(words.names.text(run.name)),
        };
        Folded(text.unwrap_or_default())
    }
}

/// A text that is sorted without regard to the case of letters of ASCII.
#[derive(PartialEq, Eq)]
struct Folded<'a>(&'a str);

impl Folded<'_> {
    fn cmp(self, other: Self) -> Ordering {
        let letters =
            |text: &str| -> Vec<u8> { text.bytes().map(|byte| byte.to_ascii_lowercase()).collect() };
        letters(self.0).cmp(&letters(other.0))
    }
}
