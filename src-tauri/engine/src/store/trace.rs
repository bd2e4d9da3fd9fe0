//! `trace`: one row a trace, with the columns that lists filter and sort by.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::payload::PayloadPlace;
use crate::error::{Error, Result};
use crate::model::{Alert, Marks, Provenance, Tokens, TraceRecord, TraceStatus};

/// What a source says of a trace as a whole: the scalar facts of a [`TraceRecord`], kept so that a summary can be made
/// again when spans arrive later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // the fields are TraceRecord's, documented there
pub struct Reported {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ns: Option<i64>,
    pub time_provenance: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    pub tokens_provenance: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    #[serde(skip_serializing_if = "is_zero")]
    pub told: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Reported {
    /// The scalar facts of a record.
    pub fn from_record(record: &TraceRecord) -> Self {
        Self {
            name: record.name.clone(),
            status: record.status.map(TraceStatus::code),
            failure_reason: record.failure_reason.clone(),
            start_ns: record.start_ns,
            end_ns: record.end_ns,
            time_provenance: record.time_provenance.code(),
            model: record.model.clone(),
            input_tokens: record.tokens.input,
            output_tokens: record.tokens.output,
            total_tokens: record.tokens.total,
            tokens_provenance: record.tokens_provenance.code(),
            cost_usd: record.cost_usd,
            retries: record.retries,
            told: record.told,
        }
    }

    /// The status, where the source says one.
    pub fn trace_status(&self) -> Option<TraceStatus> {
        self.status.and_then(|code| TraceStatus::from_code(code.into()))
    }

    /// The token counts.
    pub fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input_tokens,
            output: self.output_tokens,
            total: self.total_tokens,
            ..Tokens::default()
        }
    }

    /// Where the token counts come from.
    pub fn tokens_provenance(&self) -> Provenance {
        Provenance::from_code(self.tokens_provenance.into()).unwrap_or(Provenance::Reported)
    }

    /// Where start and end come from.
    pub fn time_provenance(&self) -> Provenance {
        Provenance::from_code(self.time_provenance.into()).unwrap_or(Provenance::Measured)
    }
}

/// What follows from a trace's spans and from what was reported of it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // the fields are the columns, documented in dto::TraceSummary
pub struct Summary {
    pub name: String,
    pub status: u8,
    pub failure_reason: Option<String>,
    pub start_ns: Option<i64>,
    pub duration_ns: Option<i64>,
    pub time_provenance: u8,
    pub span_count: u32,
    pub error_count: u32,
    pub retry_count: u32,
    pub retry_provenance: u8,
    pub retry_waste_ns: Option<i64>,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub total_tokens: Option<u64>,
    pub tokens_provenance: u8,
    pub cost_usd: Option<f64>,
    pub cost_provenance: u8,
    pub model: Option<String>,
}

/// Where a preview came from; a higher one replaces a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PreviewRank {
    /// Some span.
    Span = 1,
    /// A root span.
    Root = 2,
    /// The trace itself.
    Trace = 3,
}

/// The id of the trace, made if it is new; whether it was new.
pub fn ensure(
    connection: &Connection,
    identity: &str,
    key: &str,
    format: &str,
    source_id: i64,
) -> Result<(i64, bool)> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT id FROM trace WHERE identity = ?1 AND key = ?2")?
        .query_row((identity, key), |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok((id, false));
    }
    connection
        .prepare_cached(
            "INSERT INTO trace (identity, key, format, source_id, stale) VALUES (?1, ?2, ?3, ?4, 1)",
        )?
        .execute((identity, key, format, source_id))?;
    Ok((connection.last_insert_rowid(), true))
}

/// Facts that spans carry about their trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFacts {
    preview: Option<(String, PreviewRank)>,
    project: Option<String>,
    environment: Option<String>,
    conversation: Option<String>,
}

impl TraceFacts {
    /// Adds what one more span says: the first to say something is believed, a better preview replaces a worse one.
    pub fn add(
        &mut self,
        preview: Option<(String, PreviewRank)>,
        project: Option<String>,
        environment: Option<String>,
        conversation: Option<String>,
    ) {
        let rank = |preview: &Option<(String, PreviewRank)>| preview.as_ref().map(|(_, rank)| *rank);
        if rank(&preview) > rank(&self.preview) {
            self.preview = preview;
        }
        for (kept, said) in [
            (&mut self.project, project),
            (&mut self.environment, environment),
            (&mut self.conversation, conversation),
        ] {
            if kept.is_none() {
                *kept = said;
            }
        }
    }
}

/// Adds facts to the trace's row by the same rule as [`TraceFacts::add`].
pub fn add_facts(connection: &Connection, trace_id: i64, facts: &TraceFacts) -> Result<()> {
    if *facts == TraceFacts::default() {
        return Ok(());
    }
    let rank = facts.preview.as_ref().map_or(0, |(_, rank)| *rank as u8);
    connection
        .prepare_cached(
            "UPDATE trace SET
               preview = CASE WHEN ?2 > preview_rank THEN ?3 ELSE preview END,
               preview_rank = max(preview_rank, ?2),
               project = coalesce(project, ?4),
               environment = coalesce(environment, ?5),
               conversation = coalesce(conversation, ?6)
             WHERE id = ?1",
        )?
        .execute(params![
            trace_id,
            rank,
            facts.preview.as_ref().map(|(text, _)| text),
            facts.project,
            facts.environment,
            facts.conversation,
        ])?;
    Ok(())
}

/// Keeps what a source says of the trace as a whole. Of two tellings the one by which more had been told stays, else the one
/// with more content, whatever their order; but if the source `tells_again` what it told before as it stands now, this one.
/// Says whether anything changed.
pub fn set_reported(
    connection: &Connection,
    trace_id: i64,
    reported: &Reported,
    parents_unknown: bool,
    payload: Option<PayloadPlace>,
    tells_again: bool,
) -> Result<bool> {
    let text = written(reported)?;
    let changed = connection
        .prepare_cached(
            "UPDATE trace SET reported = ?2, parents_unknown = ?3, payload_block = ?4, payload_offset = ?5,
               payload_bytes = ?6, stale = 1
             WHERE id = ?1 AND (reported IS NULL OR
               (?7, coalesce(?6, 0), ?2) >
               (coalesce(json_extract(reported, '$.told'), 0), coalesce(payload_bytes, 0), reported) OR
               (?8 AND ?7 >= coalesce(json_extract(reported, '$.told'), 0) AND
                (coalesce(?6, 0), ?2) IS NOT (coalesce(payload_bytes, 0), reported)))",
        )?
        .execute(params![
            trace_id,
            text,
            parents_unknown,
            payload.map(|place| place.block),
            payload.map(|place| place.offset),
            payload.map(|place| place.bytes),
            i64::try_from(reported.told).unwrap_or(i64::MAX),
            tells_again,
        ])?;
    Ok(changed == 1)
}

/// Keeps `reported` as all that a source says of the trace as a whole, whatever was known before.
pub fn put_reported(
    connection: &Connection,
    trace_id: i64,
    reported: &Reported,
    parents_unknown: bool,
    payload: Option<PayloadPlace>,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE trace SET reported = ?2, parents_unknown = ?3, payload_block = ?4, payload_offset = ?5,
               payload_bytes = ?6, stale = 1
             WHERE id = ?1",
        )?
        .execute(params![
            trace_id,
            written(reported)?,
            parents_unknown,
            payload.map(|place| place.block),
            payload.map(|place| place.offset),
            payload.map(|place| place.bytes),
        ])?;
    Ok(())
}

fn written(reported: &Reported) -> Result<String> {
    serde_json::to_string(reported)
        .map_err(|error| Error::internal(format!("the trace's facts can't be written: {error}")))
}

/// Where the content of the run itself lies, if there is any.
pub fn payload_place(connection: &Connection, trace_id: i64) -> Result<Option<PayloadPlace>> {
    Ok(connection
        .prepare_cached(
            "SELECT payload_block, payload_offset, payload_bytes FROM trace
             WHERE id = ?1 AND payload_block IS NOT NULL",
        )?
        .query_row([trace_id], |row| {
            Ok(PayloadPlace { block: row.get(0)?, offset: row.get(1)?, bytes: row.get(2)? })
        })
        .optional()?)
}

/// What is said of a trace beside its spans.
pub struct Texts {
    /// Its name.
    pub name: String,
    /// Its id in its source.
    pub key: String,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// Where its own content lies.
    pub payload: Option<PayloadPlace>,
}

/// What is said of the trace beside its spans, if it is there.
pub fn texts(connection: &Connection, trace_id: i64) -> Result<Option<Texts>> {
    Ok(connection
        .prepare_cached(
            "SELECT name, key, failure_reason, payload_block, payload_offset, payload_bytes FROM trace WHERE id = ?1",
        )?
        .query_row([trace_id], |row| {
            let payload = match row.get::<_, Option<i64>>(3)? {
                Some(block) => Some(PayloadPlace { block, offset: row.get(4)?, bytes: row.get(5)? }),
                None => None,
            };
            Ok(Texts { name: row.get(0)?, key: row.get(1)?, failure_reason: row.get(2)?, payload })
        })
        .optional()?)
}

/// All that is stored of a trace beside its spans, and does not follow from them.
pub struct TraceRow {
    /// Its id in its source.
    pub key: String,
    /// The format it came in.
    pub format: String,
    /// What its source says of it as a whole.
    pub reported: Option<Reported>,
    /// Whether its source gives no parents.
    pub parents_unknown: bool,
    /// The start of the prompt.
    pub preview: Option<String>,
    /// Project.
    pub project: Option<String>,
    /// Environment.
    pub environment: Option<String>,
    /// Conversation.
    pub conversation: Option<String>,
    /// What the person says of it.
    pub marks: Marks,
    /// Where the content of the run itself lies.
    pub payload: Option<PayloadPlace>,
}

/// All that is stored of the trace beside its spans; `None` if it is not there, or deleted.
pub fn row(connection: &Connection, trace_id: i64) -> Result<Option<TraceRow>> {
    let Some(marks) = marks(connection, trace_id)? else { return Ok(None) };
    let (reported, parents_unknown) = reported(connection, trace_id)?;
    let payload = payload_place(connection, trace_id)?;
    Ok(connection
        .prepare_cached(
            "SELECT key, format, preview, project, environment, conversation FROM trace WHERE id = ?1",
        )?
        .query_row([trace_id], |row| {
            Ok(TraceRow {
                key: row.get(0)?,
                format: row.get(1)?,
                reported,
                parents_unknown,
                preview: row.get(2)?,
                project: row.get(3)?,
                environment: row.get(4)?,
                conversation: row.get(5)?,
                marks,
                payload,
            })
        })
        .optional()?)
}

/// The traces that are running.
pub fn running(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement = connection.prepare("SELECT id FROM trace WHERE status = 3")?;
    let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// Notes when something was last heard of the trace from a live source.
pub fn set_heard(connection: &Connection, trace_id: i64, now_ns: i64) -> Result<()> {
    connection.prepare_cached("UPDATE trace SET heard_ns = ?2 WHERE id = ?1")?.execute((trace_id, now_ns))?;
    Ok(())
}

/// What decides whether the person is told of a followed run.
pub struct Followed {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: TraceStatus,
    /// When it began.
    pub start_ns: Option<i64>,
    /// How long it took so far.
    pub duration_ns: Option<i64>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// What they were told already.
    pub alert: Option<Alert>,
}

/// What decides whether the person is told of the trace.
pub fn followed(connection: &Connection, trace_id: i64) -> Result<Option<Followed>> {
    Ok(connection
        .prepare_cached(
            "SELECT name, status, start_ns, duration_ns, failure_reason, alert FROM trace WHERE id = ?1",
        )?
        .query_row([trace_id], |row| {
            Ok(Followed {
                name: row.get(0)?,
                status: TraceStatus::from_code(row.get(1)?).unwrap_or(TraceStatus::Success),
                start_ns: row.get(2)?,
                duration_ns: row.get(3)?,
                failure_reason: row.get(4)?,
                alert: Alert::from_code(row.get(5)?),
            })
        })
        .optional()?)
}

/// Notes that the person is told of the trace.
pub fn set_alert(connection: &Connection, trace_id: i64, alert: Alert) -> Result<()> {
    connection
        .prepare_cached("UPDATE trace SET alert = ?2, alert_seen = 0 WHERE id = ?1")?
        .execute((trace_id, alert.code()))?;
    Ok(())
}

/// Notes that the person has looked at the trace, or at all of them.
pub fn set_alert_seen(connection: &Connection, trace_id: Option<i64>) -> Result<()> {
    let change = next_change(connection)?;
    connection
        .prepare_cached(
            "UPDATE trace SET alert_seen = 1, change = ?2
             WHERE alert <> 0 AND alert_seen = 0 AND (?1 IS NULL OR id = ?1)",
        )?
        .execute((trace_id, change))?;
    Ok(())
}

/// Where the number of the last transaction that changed traces lies. Not the largest of the rows: those may go.
const CHANGE: &str = "trace_change";

/// The number of the last transaction that changed traces.
pub fn last_change(connection: &Connection) -> Result<i64> {
    super::setting::get(connection, CHANGE)
}

/// A number for the transaction under way.
pub fn next_change(connection: &Connection) -> Result<i64> {
    let change = last_change(connection)? + 1;
    super::setting::set(connection, CHANGE, &change)?;
    Ok(change)
}

/// Marks the rows of traces as changed by the transaction under way, for readers that keep them in memory. Every transaction
/// that changes what is said of traces has to.
pub fn touch(connection: &Connection, trace_ids: impl IntoIterator<Item = i64>) -> Result<()> {
    let mut trace_ids = trace_ids.into_iter().peekable();
    if trace_ids.peek().is_none() {
        return Ok(());
    }
    let change = next_change(connection)?;
    let mut mark = connection.prepare_cached("UPDATE trace SET change = ?2 WHERE id = ?1")?;
    for id in trace_ids {
        mark.execute((id, change))?;
    }
    Ok(())
}

/// Where the number of times that traces were taken away for good lies: a reader that keeps traces in memory looks for those that
/// are gone when it has grown.
const PURGES: &str = "purges";

/// How many times traces were taken away for good.
pub fn purges(connection: &Connection) -> Result<u64> {
    super::setting::get(connection, PURGES)
}

/// Counts that traces were taken away for good. Every transaction that does so has to.
pub fn count_purge(connection: &Connection) -> Result<()> {
    let count = purges(connection)? + 1;
    super::setting::set(connection, PURGES, &count)
}

/// What was reported of the trace, and whether its source gives no parents.
pub fn reported(connection: &Connection, trace_id: i64) -> Result<(Option<Reported>, bool)> {
    let (text, parents_unknown): (Option<String>, bool) = connection
        .prepare_cached("SELECT reported, parents_unknown FROM trace WHERE id = ?1")?
        .query_row([trace_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((text.and_then(|text| serde_json::from_str(&text).ok()), parents_unknown))
}

/// Marks the trace's columns as lagging behind its spans.
pub fn mark_stale(connection: &Connection, trace_id: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE trace SET stale = 1 WHERE id = ?1 AND stale = 0")?
        .execute([trace_id])?;
    Ok(())
}

/// Writes a summary in the transaction that goes by the number `change` ([`next_change`]); the trace is up to date then.
pub fn set_summary(connection: &Connection, trace_id: i64, summary: &Summary, change: i64) -> Result<()> {
    let count = |tokens: Option<u64>| tokens.and_then(|tokens| i64::try_from(tokens).ok());
    connection
        .prepare_cached(
            "UPDATE trace SET stale = 0, summarised_spans = ?2, name = ?3, status = ?4, failure_reason = ?5, start_ns = ?6,
               duration_ns = ?7, time_provenance = ?8, span_count = ?2, error_count = ?9, retry_count = ?10,
               retry_provenance = ?11, retry_waste_ns = ?12, input_tokens = ?13, output_tokens = ?14, total_tokens = ?15,
               tokens_provenance = ?16, cost_usd = ?17, model = ?18,
               cost_provenance = ?19, change = ?20
             WHERE id = ?1",
        )?
        .execute(params![
            trace_id,
            summary.span_count,
            summary.name,
            summary.status,
            summary.failure_reason,
            summary.start_ns,
            summary.duration_ns,
            summary.time_provenance,
            summary.error_count,
            summary.retry_count,
            summary.retry_provenance,
            summary.retry_waste_ns,
            count(summary.input_tokens),
            count(summary.output_tokens),
            count(summary.total_tokens),
            summary.tokens_provenance,
            summary.cost_usd,
            summary.model,
            summary.cost_provenance,
            change,
        ])?;
    Ok(())
}

/// Whether the trace is there and of one of these formats.
pub fn is_of_formats(connection: &Connection, trace_id: i64, formats: &[&str]) -> Result<bool> {
    let format: Option<String> = connection
        .prepare_cached("SELECT format FROM trace WHERE id = ?1")?
        .query_row([trace_id], |row| row.get(0))
        .optional()?;
    Ok(format.is_some_and(|format| formats.contains(&&*format)))
}

/// Takes the row of a trace away, and what other tables say of the trace as a whole. Its spans and blocks go before it.
pub fn remove_row(connection: &Connection, trace_id: i64) -> Result<()> {
    for sql in [
        "DELETE FROM open_payload WHERE id = (SELECT -payload_block FROM trace WHERE id = ?1 AND payload_block < 0)",
        "DELETE FROM trace_digest WHERE trace_id = ?1",
        "DELETE FROM step_mark WHERE trace_id = ?1",
        "DELETE FROM attempt_correction WHERE trace_id = ?1",
        "DELETE FROM pairing WHERE first_trace_id = ?1 OR second_trace_id = ?1",
        "DELETE FROM baseline WHERE trace_id = ?1",
        "DELETE FROM trace WHERE id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([trace_id])?;
    }
    Ok(())
}

/// What the person says of the trace; `None` if it is not there.
pub fn marks(connection: &Connection, trace_id: i64) -> Result<Option<Marks>> {
    Ok(connection
        .prepare_cached("SELECT starred, tags, note FROM trace WHERE id = ?1 AND deleted_ns IS NULL")?
        .query_row([trace_id], |row| {
            let tags: Option<String> = row.get(1)?;
            let tags = tags.and_then(|tags| serde_json::from_str(&tags).ok()).unwrap_or_default();
            Ok(Marks { starred: row.get(0)?, tags, note: row.get(2)? })
        })
        .optional()?)
}

/// Keeps what the person says of the trace. [`touch`] is left to the caller.
pub fn set_marks(connection: &Connection, trace_id: i64, marks: &Marks) -> Result<()> {
    let tags = (!marks.tags.is_empty()).then(|| serde_json::json!(marks.tags).to_string());
    connection
        .prepare_cached("UPDATE trace SET starred = ?2, tags = ?3, note = ?4 WHERE id = ?1")?
        .execute((trace_id, marks.starred, tags, &marks.note))?;
    Ok(())
}

/// Keeps whether times of clocks that disagree are adjusted where the trace is shown. Says whether that changed anything.
pub fn set_adjusts_clocks(connection: &Connection, trace_id: i64, adjusts: bool) -> Result<bool> {
    let changed = connection
        .prepare_cached("UPDATE trace SET adjusts_clocks = ?2 WHERE id = ?1 AND adjusts_clocks <> ?2 AND deleted_ns IS NULL")?
        .execute((trace_id, adjusts))?;
    Ok(changed > 0)
}

/// Spans at the last summary.
pub fn summarised_spans(connection: &Connection, trace_id: i64) -> Result<u32> {
    Ok(connection
        .prepare_cached("SELECT summarised_spans FROM trace WHERE id = ?1")?
        .query_row([trace_id], |row| row.get(0))?)
}

/// Traces whose columns lag behind (after a crash in the middle of an import).
pub fn stale(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement = connection.prepare("SELECT id FROM trace WHERE stale = 1")?;
    let ids = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// What an import brought in traces: sums over the given traces of errors, retries and tokens.
pub fn totals(connection: &Connection, trace_ids: impl IntoIterator<Item = i64>) -> Result<Totals> {
    let mut statement = connection
        .prepare_cached("SELECT error_count, retry_count, total_tokens FROM trace WHERE id = ?1")?;
    let mut totals = Totals::default();
    for id in trace_ids {
        let figures: Option<(i64, i64, Option<i64>)> =
            statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        // It may have gone for good since.
        let Some((errors, retries, tokens)) = figures else { continue };
        totals.errors += errors.unsigned_abs();
        totals.retries += retries.unsigned_abs();
        if let Some(tokens) = tokens {
            *totals.tokens.get_or_insert(0) += tokens.unsigned_abs();
        }
    }
    Ok(totals)
}

/// Sums over traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Failed spans.
    pub errors: u64,
    /// Retries.
    pub retries: u64,
    /// Tokens, `None` if no trace gives any.
    pub tokens: Option<u64>,
}
