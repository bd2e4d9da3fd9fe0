//! The columns of all traces, in memory: what filters, counts and figures over many traces are worked out from.
//!
//! A trace takes some half a kilobyte. Rows are read once and then brought up to date by what has changed since
//! (`trace.change`), so that a question among a hundred thousand traces costs a pass over memory and no read of the disk.
//! Why not SQL: docs/decisions/0008-traces-in-memory.md.

mod baseline;
mod load;
mod pattern;
mod rows;
mod tries;
mod vocabulary;

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use rusqlite::Connection;

pub use baseline::Baseline;
pub use pattern::GAP;
pub use rows::{RowSet, Stretch};
pub use tries::Asked;
pub use vocabulary::Vocabulary;

use baseline::Tasks;

use super::filter::Measure;
use crate::error::Result;
use crate::model::{AttemptOutcome, AttemptRelation, FailureCause, SpanKind, TraceStatus};
use crate::store::digest;

/// An entry of a vocabulary.
pub type Word = u32;

/// One trace.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id in the store.
    pub id: i64,
    /// Its id in the source.
    pub key: Box<str>,
    /// How it ended.
    pub status: TraceStatus,
    /// When it started.
    pub start_ns: Option<i64>,
    /// How long it took.
    pub duration_ns: Option<i64>,
    /// Steps.
    pub steps: u32,
    /// Failed steps.
    pub errors: u32,
    /// Retries.
    pub retries: u32,
    /// Time lost to them.
    pub waste_ns: Option<i64>,
    /// Prompt tokens.
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub tokens: Option<u64>,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Name, in [`Words::names`].
    pub name: Word,
    /// The model shown for it, in [`Words::models`].
    pub model: Option<Word>,
    /// Project as the person calls it, in [`Words::projects`].
    pub project: Option<Word>,
    /// Environment as the person calls it, in [`Words::environments`].
    pub environment: Option<Word>,
    /// Format, in [`Words::formats`].
    pub format: Word,
    /// Source, in [`Words::sources`].
    pub source: Word,
    /// Conversation, in [`Words::conversations`].
    pub conversation: Option<Word>,
    /// Why it failed, in [`Words::errors`].
    pub failure: Option<Word>,
    /// Marked with a star.
    pub is_starred: bool,
    /// Has pinned steps.
    pub has_pins: bool,
    /// The person's notes on it and on its steps, in [`Words::notes`].
    pub notes: Box<[Word]>,
    /// The person was told of it and has not looked.
    pub has_alert: bool,
    /// The task it is a run of.
    task: u32,
    /// Of a project or environment that the person has hidden.
    pub is_hidden: bool,
    /// Deleted; not a trace any more, but it may come back.
    pub is_deleted: bool,
    /// The kinds of its steps (`store::digest::kind_bit`).
    pub kinds: u16,
    /// Tags, in [`Words::tags`].
    pub tags: Box<[Word]>,
    /// Calls of tools, in [`Words::tools`].
    pub tools: Box<[Calls]>,
    /// Calls of models, in [`Words::models`].
    pub models: Box<[Calls]>,
    /// How many calls took how long (`store::digest::duration_bucket`): those of the tools in order, then those of the models.
    pub durations: Box<[(u16, u16)]>,
    /// Errors of its steps, in [`Words::errors`], and how many steps have each.
    pub error_texts: Box<[(Word, u32)]>,
    /// Failed steps whose error is not among them.
    pub errors_left_out: u32,
    /// Operations that were tried more than once.
    pub retried: Box<[Retried]>,
    /// What it was asked.
    pub asked: Asked,
}

/// Operations of one name in a trace that were tried more than once, and went alike (`store::digest::Retried`).
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // as there
pub struct Retried {
    /// The tool, model or step, in [`Words::retried`].
    pub name: Word,
    pub kind: SpanKind,
    pub relation: AttemptRelation,
    pub outcome: AttemptOutcome,
    pub cause: FailureCause,
    pub causes: u16,
    pub operations: u32,
    pub attempts: u32,
    pub waste_ns: u64,
    pub waste_tokens: Option<u64>,
    pub waste_cost_usd: Option<f64>,
}

/// Calls of one tool or model in a trace, small since there are several for every trace.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// Its name.
    pub name: Word,
    /// Calls.
    pub count: u32,
    /// Calls that failed.
    pub failed: u32,
    /// Tokens; `u32::MAX` where none are given.
    tokens: u32,
    /// Cost in US dollars; not a number where none is known.
    cost_usd: f32,
    /// Its part of [`Run::durations`].
    pub durations: u16,
}

impl Calls {
    /// Tokens of the calls, where they say.
    pub fn tokens(&self) -> Option<u64> {
        (self.tokens != u32::MAX).then_some(self.tokens.into())
    }

    /// Cost of the calls in US dollars, where it is known.
    pub fn cost_usd(&self) -> Option<f64> {
        (!self.cost_usd.is_nan()).then_some(self.cost_usd.into())
    }
}

impl Run {
    /// Whether a step is of this kind.
    pub fn has_kind(&self, kind: SpanKind) -> bool {
        self.kinds & digest::kind_bit(kind) != 0
    }

    /// Whether it has come to an end.
    pub fn has_ended(&self) -> bool {
        !matches!(self.status, TraceStatus::Running | TraceStatus::Lost)
    }

    /// A number of it, where it is known.
    pub fn measure(&self, measure: Measure) -> Option<f64> {
        match measure {
            Measure::Duration => self.duration_ns.map(|ns| ns as f64),
            Measure::Tokens => self.tokens.map(|tokens| tokens as f64),
            Measure::Cost => self.cost_usd,
            Measure::Steps => Some(self.steps.into()),
            Measure::Retries => Some(self.retries.into()),
        }
    }

    /// The models that it called, or is said to have used; each once.
    pub fn models_used(&self) -> impl Iterator<Item = Word> {
        let called = self.models.iter().map(|calls| calls.name);
        let said = self.model.filter(|model| self.models.iter().all(|calls| calls.name != *model));
        called.chain(said)
    }

    /// The calls of its tools, each with its durations.
    pub fn tool_calls(&self) -> impl Iterator<Item = (&Calls, &[(u16, u16)])> {
        with_durations(&self.tools, &self.durations)
    }

    /// The calls of its models, each with its durations.
    pub fn model_calls(&self) -> impl Iterator<Item = (&Calls, &[(u16, u16)])> {
        let of_tools: usize = self.tools.iter().map(|calls| usize::from(calls.durations)).sum();
        with_durations(&self.models, self.durations.get(of_tools..).unwrap_or_default())
    }
}

fn with_durations<'a>(
    calls: &'a [Calls],
    mut durations: &'a [(u16, u16)],
) -> impl Iterator<Item = (&'a Calls, &'a [(u16, u16)])> {
    calls.iter().map(move |calls| {
        let (own, rest) =
            durations.split_at_checked(usize::from(calls.durations)).unwrap_or((durations, &[]));
        durations = rest;
        (calls, own)
    })
}

/// The texts that the rows point into.
#[derive(Default)]
#[allow(missing_docs)] // each is the vocabulary of the field of Run that names it
pub struct Words {
    pub names: Vocabulary,
    pub models: Vocabulary,
    pub tools: Vocabulary,
    pub projects: Vocabulary,
    pub environments: Vocabulary,
    pub formats: Vocabulary,
    pub sources: Vocabulary,
    pub conversations: Vocabulary,
    pub tags: Vocabulary,
    pub notes: Vocabulary,
    pub errors: Vocabulary,
    pub retried: Vocabulary,
    /// What errors have in common.
    pub patterns: Vocabulary,
}

/// All traces as of one moment.
#[derive(Default)]
pub struct Columns {
    /// The rows, in no order; deleted ones among them.
    pub runs: Vec<Run>,
    /// Their texts.
    pub words: Words,
    row_of: HashMap<i64, u32>,
    /// The pattern of each error, in [`Words::patterns`].
    error_patterns: Vec<Word>,
    tasks: Tasks,
    /// The runs of each conversation by start.
    conversations: HashMap<Word, Vec<(Option<i64>, i64)>>,
    /// The rows that are traces: not deleted.
    live: RowSet,
    /// Of those, the ones that are not hidden.
    visible: RowSet,
    /// The last change that the rows have in them.
    change: i64,
    /// How many times traces were taken away for good, as of these rows.
    purges: u64,
    is_loaded: bool,
}

impl Columns {
    /// The row of a trace, if it is there and not deleted.
    pub fn run(&self, trace_id: i64) -> Option<&Run> {
        self.runs.get(*self.row_of.get(&trace_id)? as usize).filter(|run| !run.is_deleted)
    }

    /// All traces.
    pub fn live(&self) -> &RowSet {
        &self.live
    }

    /// All traces but hidden ones.
    pub fn visible(&self) -> &RowSet {
        &self.visible
    }

    /// What an error has in common with others like it.
    pub fn error_pattern(&self, error: Word) -> Word {
        self.error_patterns.get(error as usize).copied().unwrap_or_default()
    }

    /// Works out the patterns of new errors.
    fn work_out_patterns(&mut self) {
        let known = self.error_patterns.len();
        for error in self.words.errors.iter().skip(known) {
            self.error_patterns.push(self.words.patterns.word(&pattern::pattern(error)));
        }
    }

    /// The rows of these traces.
    pub fn rows_of(&self, trace_ids: impl IntoIterator<Item = i64>) -> RowSet {
        let mut rows = RowSet::none(self.runs.len());
        for row in trace_ids.into_iter().filter_map(|id| self.row_of.get(&id)) {
            rows.set(*row as usize, true);
        }
        rows
    }

    /// The runs of the task of a run, itself among them, in no order.
    pub fn runs_of_task(&self, run: &Run) -> impl Iterator<Item = &Run> {
        let task = run.task;
        self.tasks.rows(task).filter_map(move |row| {
            self.runs.get(row as usize).filter(|run| run.task == task && !run.is_deleted && !run.is_hidden)
        })
    }

    /// What is usual for the task of a run, if enough of its runs have ended.
    pub fn baseline(&self, run: &Run, measure: Measure) -> Option<&Baseline> {
        self.tasks.baseline(run, measure)
    }

    /// Whether one of these numbers of a run is out of the ordinary for its task.
    pub fn is_outlier(&self, run: &Run, measures: &[Measure]) -> bool {
        measures.iter().any(|measure| {
            let usual = self.baseline(run, *measure).zip(run.measure(*measure));
            usual.is_some_and(|(usual, value)| value > usual.limit)
        })
    }

    /// How many runs its conversation has, and which of them it is by start, from 1; `None` if it is of none.
    pub fn place_in_conversation(&self, run: &Run) -> Option<(u32, u32)> {
        let runs = self.conversations.get(&run.conversation?)?;
        let place = runs.binary_search(&(run.start_ns, run.id)).ok()?;
        Some((runs.len() as u32, place as u32 + 1))
    }

    /// When the last run of a conversation started.
    pub fn last_of_conversation(&self, conversation: Word) -> Option<i64> {
        self.conversations.get(&conversation)?.last()?.0
    }

    /// Counts all traces as deleted but these.
    fn forget_all_but(&mut self, there: &HashSet<i64>) {
        let gone: Vec<Run> =
            self.runs.iter().filter(|run| !run.is_deleted && !there.contains(&run.id)).cloned().collect();
        for run in gone {
            self.put(Run { is_deleted: true, ..run });
        }
    }

    /// Puts a row in, or in the place of an older one of the same trace.
    fn put(&mut self, mut run: Run) {
        let row = match self.row_of.get(&run.id).copied() {
            Some(row) => row,
            None => {
                let row = self.runs.len() as u32;
                self.row_of.insert(run.id, row);
                self.live.grow(self.runs.len() + 1);
                self.visible.grow(self.runs.len() + 1);
                row
            }
        };
        run.task = self.tasks.of(&run);
        let known = self.runs.get(row as usize).filter(|known| !known.is_deleted);
        if let Some(known) = known {
            self.tasks.changed(known.task);
            if let Some(runs) = known.conversation.and_then(|word| self.conversations.get_mut(&word))
                && let Ok(place) = runs.binary_search(&(known.start_ns, known.id))
            {
                runs.remove(place);
            }
        }
        self.live.set(row as usize, !run.is_deleted);
        self.visible.set(row as usize, !run.is_deleted && !run.is_hidden);
        if !run.is_deleted {
            if known.is_none_or(|known| known.task != run.task) {
                self.tasks.joined(run.task, row);
            }
            self.tasks.changed(run.task);
            if let Some(word) = run.conversation {
                let runs = self.conversations.entry(word).or_default();
                if let Err(place) = runs.binary_search(&(run.start_ns, run.id)) {
                    runs.insert(place, (run.start_ns, run.id));
                }
            }
        }
        match self.runs.get_mut(row as usize) {
            Some(known) => *known = run,
            None => self.runs.push(run),
        }
    }
}

/// Keeps the columns.
#[derive(Default)]
pub struct Catalog {
    columns: RwLock<Columns>,
}

impl Catalog {
    /// The columns as of now, as `connection` sees it.
    ///
    /// # Errors
    /// What the store answers.
    pub fn read(&self, connection: &Connection) -> Result<RwLockReadGuard<'_, Columns>> {
        let now = load::version(connection)?;
        {
            let columns = self.columns.read().unwrap_or_else(PoisonError::into_inner);
            if columns.is_loaded && now.change <= columns.change && now.purges == columns.purges {
                return Ok(columns);
            }
        }
        {
            let mut columns = self.columns.write().unwrap_or_else(PoisonError::into_inner);
            load::bring_up_to_date(&mut columns, connection)?;
        }
        Ok(self.columns.read().unwrap_or_else(PoisonError::into_inner))
    }
}
