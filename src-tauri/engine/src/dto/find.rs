//! Finding traces: the filter text as a thing to edit, counts beside the list, and search in what was said.
//!
//! Places in a text are offsets in UTF-16 code units, as the page counts them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A filter text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterText {
    /// The text, as in `docs/query.md`.
    pub filter: String,
}

/// How a filter text is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterReading {
    /// What can't be understood; `null` if all can.
    pub error: Option<FilterMistake>,
    /// Its conditions, in the order written, as far as it could be read.
    pub terms: Vec<FilterTerm>,
}

/// A place in a filter text that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterMistake {
    /// Where it begins.
    pub from: u32,
    /// Where it ends; at least one further, but for the end of the text.
    pub to: u32,
    /// What is wrong there and what was expected.
    pub message: String,
}

/// One condition of a filter text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterTerm {
    /// Where it begins, its minus sign or `not` included.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Its field by its first name; `null` for text to look for.
    pub field: Option<String>,
    /// Whether it must not hold.
    pub negated: bool,
    /// Its alternatives, without quotes.
    pub values: Vec<String>,
    /// Whether it stands by itself, and so must hold: not inside parentheses or an `or`.
    pub is_alone: bool,
}

/// Asks what could be written at a place.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FilterCompleteRequest {
    /// The text.
    pub filter: String,
    /// Where the cursor stands.
    pub cursor: u32,
}

/// What could be written at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FilterCompletions {
    /// Where what an item is put in the place of begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// The best first; 50 at most.
    pub items: Vec<FilterCompletion>,
}

/// One thing that could be written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FilterCompletion {
    /// What to put there, with quotes where they are needed.
    pub insert: String,
    /// What it is on screen.
    pub label: String,
    /// What it means, in a few words; empty where the label says it.
    pub detail: String,
    /// How many of all traces have it; `null` for fields and operators.
    pub count: Option<u32>,
    /// Whether the term is whole with it; after a field more must follow.
    pub ends_term: bool,
}

/// Asks for a filter text changed in one condition, everything else left as typed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FilterEditRequest {
    /// The text.
    pub filter: String,
    /// The field.
    pub field: String,
    /// What to do.
    pub edit: FilterEdit,
}

/// A change of the conditions on one field.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FilterEdit {
    /// Adds the value to the alternatives, or takes it away if it is among them.
    Toggle {
        /// The value, without quotes.
        value: String,
    },
    /// Must not have the value; if that is said already, it goes.
    Exclude {
        /// The value, without quotes.
        value: String,
    },
    /// This alone is asked of the field.
    Set {
        /// The alternatives, as typed: an operator may stand before a number. Texts without quotes.
        values: Vec<String>,
    },
    /// The field must lie in this interval, in the units of its [`Histogram`].
    Range {
        /// The smallest value inside; `null` for none.
        from: Option<f64>,
        /// The first value outside; `null` for none.
        below: Option<f64>,
    },
    /// Nothing is asked of the field.
    Clear,
}

/// Asks for the counts beside the list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OverviewRequest {
    /// Only traces that match, as in `TraceListRequest.filter`.
    pub filter: String,
    /// How many values of each facet to give (200 at most), the most frequent first.
    pub facet_values: u32,
    /// In how many bins to count (200 at most).
    pub bins: u32,
}

/// The counts beside the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Overview {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Traces that match.
    pub total: u32,
    /// Of those, slower than the threshold of the settings.
    pub slow: u32,
    /// Of those, out of the ordinary for their task.
    pub outliers: u32,
    /// Status, project, environment, model, tool, source, conversation, tag, in this order.
    pub facets: Vec<Facet>,
    /// Start time, duration, tokens, in this order.
    pub histograms: Vec<Histogram>,
    /// How far the search has come, if the filter has text to look for.
    pub search: Option<SearchState>,
}

/// How many of the matching traces have which value of a field. What the filter itself asks of the field is left out of
/// account, so that other values can be seen and added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Facet {
    /// The field by its name in filters.
    pub field: String,
    /// The most frequent first; those that the filter names stand among them whatever their number.
    pub values: Vec<FacetValue>,
    /// Values that are not given.
    pub more: u32,
    /// Traces without any value.
    pub missing: u32,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Traces that have it.
    pub count: u32,
    /// The filter asks for it.
    pub is_chosen: bool,
    /// The filter asks for traces without it.
    pub is_excluded: bool,
}

/// How the traces spread over a number. Bin `i` counts values from `edges[i]` up to `edges[i + 1]`; the last one includes its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Histogram {
    /// The field by its name in filters: `started` (milliseconds since the Unix epoch), `duration` (nanoseconds), `tokens`.
    pub field: String,
    /// Whether bins grow by a factor rather than by a step.
    pub is_logarithmic: bool,
    /// One more than bins; empty where no trace has a value.
    pub edges: Vec<f64>,
    /// Traces that match.
    pub matching: Vec<u32>,
    /// Traces that do not match, but would but for what the filter asks of this field.
    pub others: Vec<u32>,
    /// Matching traces without a value.
    pub unknown: u32,
    /// What the filter asks of this field as one interval, if it does so in that way.
    pub chosen: Option<HistogramRange>,
}

/// A part of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct HistogramRange {
    /// Its beginning; `null` if it is open.
    pub from: Option<f64>,
    /// Its end; `null` if it is open.
    pub below: Option<f64>,
}

/// How far the search for the text of a filter has come. It goes on by itself; ask again for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchState {
    /// Traces that were looked at, or ruled out by the index.
    pub searched: u32,
    /// Traces in the store.
    pub traces: u32,
    /// Whether all were; until then there may be more matches than are given.
    pub is_complete: bool,
}

/// How far the index of texts has come. What is not in it yet is searched all the same, only slower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IndexState {
    /// Traces in the index.
    pub indexed: u32,
    /// Traces in the store.
    pub traces: u32,
    /// Bytes it takes in the database.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Whether it is being worked on.
    pub is_working: bool,
}

/// Asks where the text of a filter stands in some traces.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SnippetsRequest {
    /// The filter; what it asks for beside texts does not matter.
    pub filter: String,
    /// The traces (100 at most).
    #[ts(type = "Array<number>")]
    pub trace_ids: Vec<i64>,
}

/// Where a text stands in a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TraceSnippets {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// How often the text stands in it.
    pub hits: u32,
    /// There are more than were counted.
    pub is_cut: bool,
    /// The first hits, three at most.
    pub snippets: Vec<Snippet>,
}

/// One place where a text stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snippet {
    /// The step's id in the source; empty for the run itself.
    pub span_id: String,
    /// The step's name, or the run's.
    pub name: String,
    /// In what it stands: `name`, `input`, `output`, `error`, or the attribute's name.
    pub place: String,
    /// What stands around it, in one line.
    pub text: String,
    /// Where in `text` it stands: begin and end of each hit.
    pub marks: Vec<[u32; 2]>,
}

/// Asks for all places of a text in one trace.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TraceHitsRequest {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The filter whose texts are looked for.
    pub filter: String,
    /// Only in this step, by its id in the source; empty for the run itself, `null` for all of the trace.
    pub span_id: Option<String>,
}

/// Asks which steps of one trace hold a text, a piece at a time.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TraceFindRequest {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The filter whose texts are looked for; one of them is enough.
    pub filter: String,
    /// Where to go on: 0, then `looked` of the answer before.
    pub from: u32,
}

/// Some of the steps that hold a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundSteps {
    /// Their ids in the source, in no order, some twice; empty for the run itself.
    pub span_ids: Vec<String>,
    /// Texts that were looked through so far. Names and errors are looked through first of all.
    pub looked: u32,
    /// Texts in the trace; all were looked through where `looked` is as many.
    pub total: u32,
}

/// The places of a text in one trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceHits {
    /// In the order of the steps; 1,000 at most.
    pub hits: Vec<Snippet>,
    /// There are more.
    pub is_cut: bool,
}
