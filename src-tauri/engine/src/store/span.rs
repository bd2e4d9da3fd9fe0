//! `span`: adding spans, and settling what happens when one arrives again.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::open_payload;
use super::payload::PayloadPlace;
use crate::error::Result;
use crate::model::{Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens};

/// What became of an arriving span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is new.
    Added,
    /// It was there, and this knows more of it.
    Updated,
    /// It was there already, as complete as this.
    Unchanged,
    /// Another span had taken its id; stored beside it under an id of its own.
    AddedBeside,
    /// Not stored: parts of it were told before it, which hold beside it and are to be put together with it.
    ToldInParts,
}

/// Stores `span` of trace `trace_id`; `content_hash` is over all that the source said of it.
///
/// A span that arrives again changes its row only if it knows more: an ended one replaces an open one, and of two ended
/// tellings of the same span the one that ends later stays, else the one that failed, else the longer one, so that the order of
/// imports makes no difference. Two ended spans of one
/// id with different names or starts are different spans (a broken exporter, or client and server sharing an id): the later
/// one is kept beside the first, under an id that is the same at every import.
///
/// `tells_again` says that the source tells what it told before as it stands now: of two tellings that end alike this one
/// stays.
pub fn upsert(
    connection: &Connection,
    trace_id: i64,
    span: &SpanRecord,
    content_hash: i64,
    place: PayloadPlace,
    tells_again: bool,
) -> Result<Arrival> {
    if insert(connection, trace_id, &span.id, span, content_hash, place)? {
        return Ok(Arrival::Added);
    }
    let Some(known) = known(connection, trace_id, &span.id)? else { return Ok(Arrival::Unchanged) };
    if known.content_hash == content_hash {
        return Ok(Arrival::Unchanged);
    }
    if known.is_told_in_parts {
        return Ok(Arrival::ToldInParts);
    }
    if known.end_ns.is_some()
        && span.end_ns.is_some()
        && (known.name != span.name || known.start_ns != span.start_ns)
    {
        let beside = format!("{}~{:08x}", span.id, identity_hash(span));
        if insert(connection, trace_id, &beside, span, content_hash, place)? {
            return Ok(Arrival::AddedBeside);
        }
        let Some(known) = self::known(connection, trace_id, &beside)? else { return Ok(Arrival::Unchanged) };
        return replace_if_fuller(
            connection,
            trace_id,
            &beside,
            &known,
            span,
            content_hash,
            place,
            tells_again,
        );
    }
    replace_if_fuller(connection, trace_id, &span.id, &known, span, content_hash, place, tells_again)
}

/// Puts `span` in the place of the `known` row with the id `span_id` if it knows more.
#[allow(clippy::too_many_arguments)] // one row, its new content, and the rule
fn replace_if_fuller(
    connection: &Connection,
    trace_id: i64,
    span_id: &str,
    known: &Known,
    span: &SpanRecord,
    content_hash: i64,
    place: PayloadPlace,
    tells_again: bool,
) -> Result<Arrival> {
    let knows_more = match (known.end_ns.is_some(), span.end_ns.is_some()) {
        (false, true) => true,
        (true, false) => false,
        _ if tells_again => span.end_ns >= known.end_ns,
        _ => {
            let told =
                (span.end_ns, span.status == SpanStatus::Error, place.bytes, span.tokens.sum(), content_hash);
            told > (known.end_ns, known.has_failed, known.payload_bytes, known.tokens, known.content_hash)
        }
    };
    if known.content_hash == content_hash || !knows_more {
        return Ok(Arrival::Unchanged);
    }
    connection
        .prepare_cached("DELETE FROM span WHERE trace_id = ?1 AND span_id = ?2")?
        .execute((trace_id, span_id))?;
    insert(connection, trace_id, span_id, span, content_hash, place)?;
    Ok(Arrival::Updated)
}

/// The row of a span and its content hash, if it is there.
pub fn row(connection: &Connection, trace_id: i64, span_id: &str) -> Result<Option<(SpanRow, i64)>> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT {SPAN_COLUMNS}, content_hash FROM span WHERE trace_id = ?1 AND span_id = ?2"
        ))?
        .query_row((trace_id, span_id), |row| Ok((SpanRow::from_row(row)?, row.get(SPAN_COLUMN_COUNT)?)))
        .optional()?)
}

/// Stores `span` as all that is known of it, whatever was known before.
pub fn put(
    connection: &Connection,
    trace_id: i64,
    span: &SpanRecord,
    content_hash: i64,
    place: PayloadPlace,
) -> Result<()> {
    if !insert(connection, trace_id, &span.id, span, content_hash, place)? {
        connection
            .prepare_cached("DELETE FROM span WHERE trace_id = ?1 AND span_id = ?2")?
            .execute((trace_id, &span.id))?;
        insert(connection, trace_id, &span.id, span, content_hash, place)?;
    }
    Ok(())
}

/// What tells two spans of one id apart.
fn identity_hash(span: &SpanRecord) -> u32 {
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    hasher.update(span.name.as_bytes());
    hasher.update(&span.start_ns.unwrap_or(0).to_le_bytes());
    hasher.digest() as u32
}

/// The row as it stands.
struct Known {
    content_hash: i64,
    end_ns: Option<i64>,
    start_ns: Option<i64>,
    name: String,
    has_failed: bool,
    payload_bytes: u32,
    is_told_in_parts: bool,
    tokens: Option<u64>,
}

fn known(connection: &Connection, trace_id: i64, span_id: &str) -> Result<Option<Known>> {
    Ok(connection
        .prepare_cached(
            "SELECT content_hash, end_ns, start_ns, name, payload_block, payload_offset, payload_bytes, status,
               coalesce(total_tokens, input_tokens + output_tokens, input_tokens, output_tokens)
             FROM span WHERE trace_id = ?1 AND span_id = ?2",
        )?
        .query_row((trace_id, span_id), |row| {
            let place = PayloadPlace { block: row.get(4)?, offset: row.get(5)?, bytes: row.get(6)? };
            Ok(Known {
                content_hash: row.get(0)?,
                end_ns: row.get(1)?,
                start_ns: row.get(2)?,
                name: row.get(3)?,
                payload_bytes: place.bytes,
                is_told_in_parts: open_payload::holds(place),
                has_failed: row.get::<_, i64>(7)? == i64::from(SpanStatus::Error.code()),
                tokens: row.get::<_, Option<i64>>(8)?.and_then(|tokens| u64::try_from(tokens).ok()),
            })
        })
        .optional()?)
}

/// Inserts the row unless its id is taken; says whether it did.
fn insert(
    connection: &Connection,
    trace_id: i64,
    span_id: &str,
    span: &SpanRecord,
    content_hash: i64,
    place: PayloadPlace,
) -> Result<bool> {
    let count = |tokens: Option<u64>| tokens.and_then(|tokens| i64::try_from(tokens).ok());
    let changed = connection
        .prepare_cached(
            "INSERT INTO span (trace_id, span_id, parent_id, name, kind, status, start_ns, end_ns, flags, content_hash,
               payload_block, payload_offset, payload_bytes, input_hash, input_tokens, output_tokens, total_tokens, model,
               error, attempt, backoff_ns, cost_usd, tokens_provenance, cache_read_tokens, cache_write_tokens,
               reasoning_tokens)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
               ?24, ?25, ?26)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            trace_id,
            span_id,
            span.parent,
            span.name,
            span.kind.code(),
            span.status.code(),
            span.start_ns,
            span.end_ns,
            span.flags.0,
            content_hash,
            place.block,
            place.offset,
            place.bytes,
            span.input_hash,
            count(span.tokens.input),
            count(span.tokens.output),
            count(span.tokens.total),
            span.model,
            span.error,
            span.attempt,
            span.backoff_ns,
            span.cost_usd,
            span.tokens_provenance.code(),
            count(span.tokens.cache_read),
            count(span.tokens.cache_write),
            count(span.tokens.reasoning),
        ])?;
    Ok(changed == 1)
}

/// The columns of a span, without its payload. `Text` is `&str` where a row is only looked at.
#[derive(Clone, Debug)]
pub struct SpanRow<Text = String> {
    /// The span's id in its source.
    pub span_id: Text,
    /// The parent's id in the source.
    pub parent_id: Option<Text>,
    /// Name.
    pub name: Text,
    /// Kind.
    pub kind: SpanKind,
    /// Status.
    pub status: SpanStatus,
    /// Start, nanoseconds since the epoch.
    pub start_ns: Option<i64>,
    /// End, nanoseconds since the epoch.
    pub end_ns: Option<i64>,
    /// Remarks.
    pub flags: SpanFlags,
    /// Hash of the input.
    pub input_hash: Option<i64>,
    /// Token counts.
    pub tokens: Tokens,
    /// Where they come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Model.
    pub model: Option<Text>,
    /// The error in one line.
    pub error: Option<Text>,
    /// Attempt number, as reported.
    pub attempt: Option<u32>,
    /// Pause before the next try, as reported.
    pub backoff_ns: Option<i64>,
    /// Where its payload lies.
    pub payload: PayloadPlace,
}

/// The columns [`SpanRow::from_row`] reads, in its order.
pub const SPAN_COLUMNS: &str = "span_id, parent_id, name, kind, status, start_ns, end_ns, flags, input_hash, input_tokens, \
     output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, tokens_provenance, cost_usd, model, \
     error, attempt, backoff_ns, payload_block, payload_offset, payload_bytes";

/// How many they are.
const SPAN_COLUMN_COUNT: usize = 24;

impl<'row> SpanRow<&'row str> {
    /// Reads a row of [`SPAN_COLUMNS`] where it lies.
    fn borrowed(row: &'row Row<'_>) -> rusqlite::Result<Self> {
        let count = |index: usize| -> rusqlite::Result<Option<u64>> {
            Ok(row.get::<_, Option<i64>>(index)?.and_then(|count| u64::try_from(count).ok()))
        };
        let text = |index: usize| -> rusqlite::Result<Option<&'row str>> {
            Ok(row.get_ref(index)?.as_str_or_null()?)
        };
        Ok(Self {
            span_id: text(0)?.unwrap_or_default(),
            parent_id: text(1)?,
            name: text(2)?.unwrap_or_default(),
            kind: SpanKind::from_code(row.get(3)?).unwrap_or(SpanKind::Other),
            status: SpanStatus::from_code(row.get(4)?).unwrap_or(SpanStatus::Unset),
            start_ns: row.get(5)?,
            end_ns: row.get(6)?,
            flags: SpanFlags(row.get(7)?),
            input_hash: row.get(8)?,
            tokens: Tokens {
                input: count(9)?,
                output: count(10)?,
                total: count(11)?,
                cache_read: count(12)?,
                cache_write: count(13)?,
                reasoning: count(14)?,
            },
            tokens_provenance: Provenance::from_code(row.get(15)?).unwrap_or(Provenance::Reported),
            cost_usd: row.get(16)?,
            model: text(17)?,
            error: text(18)?,
            attempt: row.get(19)?,
            backoff_ns: row.get(20)?,
            payload: PayloadPlace { block: row.get(21)?, offset: row.get(22)?, bytes: row.get(23)? },
        })
    }

    /// The row with texts of its own.
    fn owned(self) -> SpanRow {
        SpanRow {
            span_id: self.span_id.to_owned(),
            parent_id: self.parent_id.map(str::to_owned),
            name: self.name.to_owned(),
            kind: self.kind,
            status: self.status,
            start_ns: self.start_ns,
            end_ns: self.end_ns,
            flags: self.flags,
            input_hash: self.input_hash,
            tokens: self.tokens,
            tokens_provenance: self.tokens_provenance,
            cost_usd: self.cost_usd,
            model: self.model.map(str::to_owned),
            error: self.error.map(str::to_owned),
            attempt: self.attempt,
            backoff_ns: self.backoff_ns,
            payload: self.payload,
        }
    }
}

impl SpanRow {
    /// Reads a row of [`SPAN_COLUMNS`].
    pub fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(SpanRow::borrowed(row)?.owned())
    }

    /// The row a record becomes.
    pub fn from_record(span: &SpanRecord, payload: PayloadPlace) -> Self {
        Self {
            span_id: span.id.clone(),
            parent_id: span.parent.clone(),
            name: span.name.clone(),
            kind: span.kind,
            status: span.status,
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            flags: span.flags,
            input_hash: span.input_hash,
            tokens: span.tokens,
            tokens_provenance: span.tokens_provenance,
            cost_usd: span.cost_usd,
            model: span.model.clone(),
            error: span.error.clone(),
            attempt: span.attempt,
            backoff_ns: span.backoff_ns,
            payload,
        }
    }
}

/// The spans of a trace in the order in which they came (those told in parts in the order in which they ended, open ones
/// last), which payloads keep: analyses settle ties by it.
pub fn of_trace(connection: &Connection, trace_id: i64) -> Result<Vec<SpanRow>> {
    let mut rows = Vec::with_capacity(count(connection, trace_id)?);
    for_each(connection, trace_id, |row| rows.push(row.owned()))?;
    rows.sort_by_key(|row| row.payload.coming());
    Ok(rows)
}

/// The ids of the spans of a trace in the order of [`of_trace`]: little memory, whatever the trace's size.
pub fn ids_in_order(connection: &Connection, trace_id: i64) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT span_id, payload_block, payload_offset, payload_bytes FROM span WHERE trace_id = ?1",
    )?;
    let mut spans = statement
        .query_map([trace_id], |row| {
            let place = PayloadPlace { block: row.get(1)?, offset: row.get(2)?, bytes: row.get(3)? };
            Ok((place.coming(), row.get::<_, String>(0)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    spans.sort();
    Ok(spans.into_iter().map(|(_, id)| id).collect())
}

/// How many spans a trace has.
pub fn count(connection: &Connection, trace_id: i64) -> Result<usize> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM span WHERE trace_id = ?1")?;
    let count: i64 = statement.query_row([trace_id], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Hands over each span of a trace, in no order: SQLite would hold them all to sort them.
pub fn for_each(connection: &Connection, trace_id: i64, mut take: impl FnMut(SpanRow<&str>)) -> Result<()> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {SPAN_COLUMNS} FROM span WHERE trace_id = ?1"))?;
    let mut rows = statement.query([trace_id])?;
    while let Some(row) = rows.next()? {
        take(SpanRow::borrowed(row)?);
    }
    Ok(())
}

/// Hands over id, name, error and place of the payload of each span of a trace, in no order.
pub fn for_each_text(
    connection: &Connection,
    trace_id: i64,
    mut take: impl FnMut(&str, &str, Option<&str>, PayloadPlace),
) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT name, error, payload_block, payload_offset, payload_bytes, span_id FROM span WHERE trace_id = ?1",
    )?;
    let mut rows = statement.query([trace_id])?;
    while let Some(row) = rows.next()? {
        let place = PayloadPlace { block: row.get(2)?, offset: row.get(3)?, bytes: row.get(4)? };
        let name = row.get_ref(0)?.as_str().unwrap_or_default();
        let span_id = row.get_ref(5)?.as_str().unwrap_or_default();
        take(span_id, name, row.get_ref(1)?.as_str_or_null().unwrap_or_default(), place);
    }
    Ok(())
}

/// The error of the span of a trace whose payload lies there.
pub fn error_at(connection: &Connection, trace_id: i64, place: PayloadPlace) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT error FROM span WHERE trace_id = ?1 AND payload_block = ?2 AND payload_offset = ?3",
    )?;
    Ok(statement.query_row((trace_id, place.block, place.offset), |row| row.get(0)).optional()?.flatten())
}

impl SpanRow {
    /// Whether its cost was worked out from a table of prices.
    pub fn has_derived_cost(&self) -> bool {
        self.flags.contains(SpanFlags::COST_DERIVED)
    }
}

/// The traces that have a span with a model whose cost its source does not report.
pub fn traces_without_reported_cost(connection: &Connection) -> Result<Vec<i64>> {
    let mut statement = connection.prepare(
        "SELECT DISTINCT trace_id FROM span WHERE model IS NOT NULL AND (cost_usd IS NULL OR flags & ?1 <> 0)",
    )?;
    let ids = statement
        .query_map([SpanFlags::COST_DERIVED.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// Sets the derived cost of a span, or takes it away.
pub fn set_derived_cost(
    connection: &Connection,
    trace_id: i64,
    row: &SpanRow,
    cost_usd: Option<f64>,
) -> Result<()> {
    let mut flags = SpanFlags(row.flags.0 & !SpanFlags::COST_DERIVED.0);
    if cost_usd.is_some() {
        flags.insert(SpanFlags::COST_DERIVED);
    }
    connection
        .prepare_cached("UPDATE span SET cost_usd = ?3, flags = ?4 WHERE trace_id = ?1 AND span_id = ?2")?
        .execute(params![trace_id, row.span_id, cost_usd, flags.0])?;
    Ok(())
}

/// Takes away up to `most` spans of the trace, with their bodies where these lie by themselves. Gives how many went.
pub fn remove_some(connection: &Connection, trace_id: i64, most: usize) -> Result<usize> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "DELETE FROM open_payload WHERE id IN (SELECT -payload_block FROM
               (SELECT payload_block FROM span WHERE trace_id = ?1 ORDER BY span_id LIMIT ?2) WHERE payload_block < 0)",
        )?
        .execute((trace_id, most))?;
    Ok(connection
        .prepare_cached(
            "DELETE FROM span WHERE trace_id = ?1 AND span_id IN
               (SELECT span_id FROM span WHERE trace_id = ?1 ORDER BY span_id LIMIT ?2)",
        )?
        .execute((trace_id, most))?)
}
