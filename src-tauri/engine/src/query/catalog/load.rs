//! From the store to rows: all of them once, then those that have changed.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};

use super::{Asked, Calls, Columns, Retried, Run, Word, Words};
use crate::error::Result;
use crate::model::TraceStatus;
use crate::store::digest::{self, Digest};
use crate::store::label::{self, Label};
use crate::store::trace;

/// Fewer rows are not worth reading again to be rid of those that are gone.
const LEAST_READ_AGAIN: usize = 10_000;

/// Which state of the store a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// The last change to a trace.
    pub(super) change: i64,
    /// How many times traces were taken away for good.
    pub(super) purges: u64,
}

/// The version that `connection` sees.
pub(super) fn version(connection: &Connection) -> Result<Version> {
    Ok(Version { change: trace::last_change(connection)?, purges: trace::purges(connection)? })
}

/// Reads what has changed since the columns were read last, and forgets what is gone.
pub(super) fn bring_up_to_date(columns: &mut Columns, connection: &Connection) -> Result<()> {
    // One transaction, so that rows and version are of one state.
    let reading = connection.unchecked_transaction()?;
    let now = version(&reading)?;
    let are_mostly_gone =
        columns.runs.len() > LEAST_READ_AGAIN && columns.live.len() * 2 < columns.runs.len();
    if !columns.is_loaded || are_mostly_gone {
        *columns = Columns { change: -1, purges: now.purges, is_loaded: true, ..Columns::default() };
    }
    if now.purges != columns.purges {
        let mut ids = reading.prepare_cached("SELECT id FROM trace")?;
        let there = ids.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<HashSet<i64>>>()?;
        columns.forget_all_but(&there);
        columns.purges = now.purges;
    }
    let mut statement = reading.prepare_cached(
        "SELECT t.id, t.key, t.status, t.start_ns, t.duration_ns, t.span_count, t.error_count, t.retry_count,
           t.retry_waste_ns, t.input_tokens, t.output_tokens, t.total_tokens, t.cost_usd, t.name, t.model, t.project,
           t.environment, t.format, s.location, t.conversation, t.failure_reason, t.starred, t.note,
           t.alert <> 0 AND NOT t.alert_seen, t.deleted_ns IS NOT NULL, t.tags, d.data,
           (SELECT json_group_array(m.note) FROM step_mark AS m WHERE m.trace_id = t.id AND m.note IS NOT NULL),
           EXISTS (SELECT 1 FROM step_mark AS m WHERE m.trace_id = t.id AND m.pinned_ns IS NOT NULL),
           t.preview
         FROM trace AS t LEFT JOIN source AS s ON s.id = t.source_id LEFT JOIN trace_digest AS d ON d.trace_id = t.id
         WHERE t.change > ?1",
    )?;
    let names = Names::read(&reading)?;
    let mut rows = statement.query([columns.change])?;
    while let Some(row) = rows.next()? {
        let run = run(row, &mut columns.words, &names)?;
        columns.put(run);
    }
    drop(rows);
    columns.change = columns.change.max(now.change);
    columns.tasks.work_out(&columns.runs);
    columns.work_out_patterns();
    Ok(())
}

/// What the person calls projects and environments, and which of them are hidden.
struct Names {
    projects: HashMap<String, Label>,
    environments: HashMap<String, Label>,
}

impl Names {
    fn read(connection: &Connection) -> Result<Self> {
        let (projects, environments): (Vec<Label>, Vec<Label>) =
            label::all(connection)?.into_iter().partition(|label| label.field == label::FIELDS[0]);
        let by_value =
            |labels: Vec<Label>| labels.into_iter().map(|label| (label.value.clone(), label)).collect();
        Ok(Self { projects: by_value(projects), environments: by_value(environments) })
    }
}

/// What a value is called, and whether it is hidden.
fn called<'a>(labels: &'a HashMap<String, Label>, value: Option<&'a str>) -> (Option<&'a str>, bool) {
    match value.and_then(|value| labels.get(value)) {
        Some(label) => (label.shown_as.as_deref().or(value), label.hidden),
        None => (value, false),
    }
}

fn run(row: &Row<'_>, words: &mut Words, names: &Names) -> rusqlite::Result<Run> {
    let count = |index: usize| -> rusqlite::Result<Option<u64>> {
        Ok(row.get::<_, Option<i64>>(index)?.map(i64::unsigned_abs))
    };
    let text = |index: usize| row.get_ref(index).map(|value| value.as_str_or_null().ok().flatten());
    let digest = match row.get_ref(26)?.as_blob_or_null() {
        Ok(Some(data)) => digest::read(data).unwrap_or_default(),
        _ => Digest::default(),
    };
    let tags: Vec<String> = text(25)?.and_then(|tags| serde_json::from_str(tags).ok()).unwrap_or_default();
    let step_notes: Vec<String> =
        text(27)?.and_then(|notes| serde_json::from_str(notes).ok()).unwrap_or_default();
    let mut durations = Vec::new();
    let tools = digest.tools.iter().map(|calls| small(calls, words.tools.word(&calls.name), &mut durations));
    let tools: Box<[Calls]> = tools.collect();
    let models =
        digest.models.iter().map(|calls| small(calls, words.models.word(&calls.name), &mut durations));
    let models: Box<[Calls]> = models.collect();
    let (project, is_project_hidden) = called(&names.projects, text(15)?);
    let (environment, is_environment_hidden) = called(&names.environments, text(16)?);
    Ok(Run {
        id: row.get(0)?,
        key: text(1)?.unwrap_or_default().into(),
        status: TraceStatus::from_code(row.get(2)?).unwrap_or(TraceStatus::Success),
        start_ns: row.get(3)?,
        duration_ns: row.get(4)?,
        steps: row.get(5)?,
        errors: row.get(6)?,
        retries: row.get(7)?,
        waste_ns: row.get(8)?,
        input_tokens: count(9)?,
        output_tokens: count(10)?,
        tokens: count(11)?,
        cost_usd: row.get(12)?,
        name: words.names.word(text(13)?.unwrap_or_default()),
        model: text(14)?.map(|model| words.models.word(model)),
        project: project.map(|project| words.projects.word(project)),
        environment: environment.map(|environment| words.environments.word(environment)),
        format: words.formats.word(text(17)?.unwrap_or_default()),
        source: words.sources.word(text(18)?.unwrap_or_default()),
        conversation: text(19)?.map(|conversation| words.conversations.word(conversation)),
        failure: text(20)?.map(|failure| words.errors.word(failure)),
        is_starred: row.get(21)?,
        has_pins: row.get(28)?,
        notes: text(22)?
            .into_iter()
            .chain(step_notes.iter().map(String::as_str))
            .map(|note| words.notes.word(note))
            .collect(),
        has_alert: row.get(23)?,
        task: 0,
        is_hidden: is_project_hidden || is_environment_hidden,
        is_deleted: row.get(24)?,
        kinds: digest.kinds,
        tags: tags.iter().map(|tag| words.tags.word(tag)).collect(),
        tools,
        models,
        durations: durations.into(),
        error_texts: digest.errors.iter().map(|(text, count)| (words.errors.word(text), *count)).collect(),
        errors_left_out: digest.errors_left_out,
        asked: Asked::of(&digest, text(29)?),
        retried: digest.retried.iter().map(|retried| tried(retried, words)).collect(),
    })
}

fn tried(retried: &digest::Retried, words: &mut Words) -> Retried {
    Retried {
        name: words.retried.word(&retried.name),
        kind: retried.kind,
        relation: retried.relation,
        outcome: retried.outcome,
        cause: retried.cause,
        causes: retried.causes,
        operations: retried.operations,
        attempts: retried.attempts,
        waste_ns: retried.waste_ns,
        waste_tokens: retried.waste_tokens,
        waste_cost_usd: retried.waste_cost_usd,
    }
}

/// The calls as kept in memory; their durations are added to `durations`.
fn small(calls: &digest::Calls, name: Word, durations: &mut Vec<(u16, u16)>) -> Calls {
    let before = durations.len();
    for (bucket, count) in &calls.durations {
        // Numbers past 65,535 take several entries.
        let mut left = *count;
        while left > 0 {
            let part = u16::try_from(left).unwrap_or(u16::MAX);
            durations.push((*bucket, part));
            left -= u32::from(part);
        }
    }
    Calls {
        name,
        count: calls.count,
        failed: calls.failed,
        tokens: calls.tokens.map_or(u32::MAX, |tokens| u32::try_from(tokens).unwrap_or(u32::MAX - 1)),
        cost_usd: calls.cost_usd.map_or(f32::NAN, |cost| cost as f32),
        durations: u16::try_from(durations.len() - before).unwrap_or(u16::MAX),
    }
}
