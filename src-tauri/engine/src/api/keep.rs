//! Keeping traces: what the person says of them, deleting, limits, names, saved filters, room on disk, exports.

use std::io::Write;

use super::about;
use super::dto::{
    Compacted, Deletion, DeletionRef, Exported, LabelItem, LabelSet, Nothing, Retention, RetentionPreview,
    RetentionRemoved, SavedFilter, SavedFilterOrder, SavedFilterRef, SavedFilterSave, StepMark, StepMarkItem,
    StorageInfo, TagCount, TraceCount, TraceMark, TraceRef, TraceSelection,
};
use super::find::reading;
use super::masking::kinds;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::export;
use crate::ingest::{Removed, UNDO_NS};
use crate::masking::MaskCounts;
use crate::model::{self, Marks};
use crate::query;
use crate::store::label::Label;
use crate::store::retention::{self, RetentionLimits};
use crate::store::{deletion, footprint, label, saved_filter, setting, span, step_mark, trace};

/// Traces that are changed in one transaction: imports go on in between.
const TRACES_AT_ONCE: usize = 1_000;
const MOST_TAGS: usize = 32;
const TAG_CHARACTERS: usize = 64;
const NOTE_CHARACTERS: usize = 10_000;
const NAME_CHARACTERS: usize = 80;
const SHOWN_AS_CHARACTERS: usize = 200;
const NS_PER_MS: i64 = 1_000_000;

/// The traces that match a filter now.
fn matching_ids(engine: &Engine, filter: &str) -> Result<Vec<i64>> {
    reading(engine, filter, |reading| Ok(reading.ids()))
}

fn selected(engine: &Engine, selection: TraceSelection) -> Result<Vec<i64>> {
    match selection.filter {
        Some(filter) => matching_ids(engine, &filter),
        None => Ok(selection.trace_ids),
    }
}

// ── star, tags, note ────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) fn trace_mark(engine: &Engine, request: TraceMark) -> Result<TraceCount> {
    let TraceMark { selection, starred, add_tags, remove_tags, note } = request;
    let add_tags = add_tags.iter().map(|tag| tag_of(tag)).collect::<Result<Vec<_>>>()?;
    let add_tags: Vec<String> = add_tags.iter().map(|tag| masked(engine, tag)).collect();
    let remove_tags: Vec<String> = remove_tags.iter().map(|tag| tag.trim().to_owned()).collect();
    let note = note.map(|note| note.trim_end().to_owned());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS) {
        return Err(Error::invalid("a note has at most 10,000 characters"));
    }
    let note = note.map(|note| masked(engine, &note));
    let change = move |mut marks: Marks| {
        marks.starred = starred.unwrap_or(marks.starred);
        marks.tags.retain(|tag| !remove_tags.contains(tag));
        marks.tags.extend(add_tags.iter().cloned());
        marks.tags.sort();
        marks.tags.dedup();
        if let Some(note) = &note {
            marks.note = Some(note.clone()).filter(|note| !note.is_empty());
        }
        if marks.tags.len() > MOST_TAGS {
            return Err(Error::invalid("a trace has at most 32 tags"));
        }
        Ok(marks)
    };
    let ids = selected(engine, selection)?;
    let mut traces = 0;
    for some in ids.chunks(TRACES_AT_ONCE) {
        let (some, change) = (some.to_vec(), change.clone());
        let changed = engine.writer().change_traces(move |connection| {
            let mut changed = Vec::new();
            for id in some {
                let Some(before) = trace::marks(connection, id)? else { continue };
                let after = change(before.clone())?;
                if after != before {
                    trace::set_marks(connection, id, &after)?;
                    changed.push(id);
                }
            }
            trace::touch(connection, changed.iter().copied())?;
            Ok(changed)
        })?;
        traces += changed.len() as u32;
    }
    Ok(TraceCount { traces })
}

/// A tag as it is stored.
fn tag_of(text: &str) -> Result<String> {
    let tag = text.trim();
    if tag.is_empty() || tag.chars().count() > TAG_CHARACTERS || tag.chars().any(char::is_control) {
        return Err(Error::invalid("a tag has 1 to 64 characters, on one line"));
    }
    Ok(tag.to_owned())
}

pub(super) fn tag_list(engine: &Engine, _request: Nothing) -> Result<Vec<TagCount>> {
    query::vocabulary::tags(&*engine.reader()?)
}

/// What a person writes, without what is masked of what comes in: the answer shows them what was kept.
fn masked(engine: &Engine, text: &str) -> String {
    engine.writer().masker().text(text, &mut MaskCounts::default()).unwrap_or_else(|| text.to_owned())
}

// ── pins and notes on steps ─────────────────────────────────────────────────────────────────────────────────────────

/// Gives all that is said of steps of the trace then. Error `NotFound` for a step that is not there, unless a mark on it goes.
pub(super) fn step_mark(engine: &Engine, request: StepMark) -> Result<Vec<StepMarkItem>> {
    let StepMark { trace_id, span_id, pinned, note } = request;
    let note = note.map(|note| note.trim_end().to_owned());
    if note.as_ref().is_some_and(|note| note.chars().count() > model::StepMark::NOTE_CHARACTERS) {
        return Err(Error::invalid("a note has at most 20,000 characters"));
    }
    let note = note.map(|note| masked(engine, &note));
    let now_ns = engine.now_ns();
    engine.writer().change_traces(move |connection| {
        let before = step_mark::get(connection, trace_id, &span_id)?;
        let mut after = before.clone();
        if let Some(pinned) = pinned {
            after.pinned_ns = pinned.then(|| before.pinned_ns.unwrap_or(now_ns));
        }
        if let Some(note) = note {
            after.note = Some(note).filter(|note| !note.is_empty());
        }
        let is_there = trace::marks(connection, trace_id)?.is_some()
            && span::row(connection, trace_id, &span_id)?.is_some();
        if !is_there && (before == model::StepMark::default() || after != model::StepMark::default()) {
            return Err(Error::not_found("this step is not in the store any more"));
        }
        if after == before {
            return Ok(Vec::new());
        }
        step_mark::set(connection, trace_id, &span_id, &after, now_ns)?;
        // Filters see it; nobody is told of the trace, for its tree need not be read again, however large.
        trace::touch(connection, [trace_id])?;
        Ok(Vec::new())
    })?;
    step_marks(engine, TraceRef { trace_id })
}

pub(super) fn step_marks(engine: &Engine, request: TraceRef) -> Result<Vec<StepMarkItem>> {
    query::step_marks::step_marks(&*engine.reader()?, request.trace_id)
}

// ── deleting ────────────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) fn trace_delete(engine: &Engine, selection: TraceSelection) -> Result<Deletion> {
    let ids = selected(engine, selection)?;
    let now_ns = engine.now_ns();
    let deleted_ns = deletion::new_time(&*engine.reader()?, now_ns)?;
    let mut traces = 0;
    for some in ids.chunks(TRACES_AT_ONCE) {
        let some = some.to_vec();
        let deleted = engine
            .writer()
            .change_traces(move |connection| deletion::delete(connection, &some, deleted_ns))?;
        traces += deleted.len();
    }
    let deletions = query::storage::deletions(&*engine.reader()?, UNDO_NS)?;
    let made = deletions.into_iter().find(|made| made.deletion_id == deleted_ns / NS_PER_MS);
    match made {
        Some(made) if traces > 0 => Ok(made),
        _ => Err(Error::not_found("these traces are not in the store any more")),
    }
}

pub(super) fn trace_restore(engine: &Engine, request: DeletionRef) -> Result<TraceCount> {
    let deleted_ns = deleted_ns(request)?;
    let restored =
        engine.writer().change_traces(move |connection| deletion::restore(connection, deleted_ns))?;
    if restored.is_empty() {
        return Err(Error::not_found("these traces are gone for good; import their file again"));
    }
    Ok(TraceCount { traces: restored.len() as u32 })
}

/// Lets a deletion, and those before it, go for good now.
pub(super) fn deletion_purge(engine: &Engine, request: DeletionRef) -> Result<Nothing> {
    let deleted_ns = deleted_ns(request)?;
    engine.writer().change_traces(move |connection| {
        deletion::doom_deleted(connection, deleted_ns)?;
        Ok(Vec::new())
    })?;
    Ok(Nothing {})
}

pub(super) fn deletion_list(engine: &Engine, _request: Nothing) -> Result<Vec<Deletion>> {
    query::storage::deletions(&*engine.reader()?, UNDO_NS)
}

fn deleted_ns(request: DeletionRef) -> Result<i64> {
    request
        .deletion_id
        .checked_mul(NS_PER_MS)
        .filter(|ns| *ns > 0)
        .ok_or_else(|| Error::not_found("there is no such deletion"))
}

// ── limits and room on disk ─────────────────────────────────────────────────────────────────────────────────────────

/// The limits that are asked for. Error `Invalid` if they make no sense.
pub(super) fn limits(retention: &Retention) -> Result<RetentionLimits> {
    let numbers = [retention.days, retention.gigabytes, retention.traces.map(f64::from)];
    if numbers.into_iter().flatten().any(|number| !number.is_finite() || number <= 0.0) {
        return Err(Error::invalid("how much is kept must be a number above 0"));
    }
    Ok(RetentionLimits {
        age_ns: retention.days.map(|days| (days * 86_400e9) as i64),
        traces: retention.traces,
        bytes: retention.gigabytes.map(|gigabytes| (gigabytes * 1e9) as u64),
    })
}

pub(super) fn retention_preview(engine: &Engine, request: Retention) -> Result<RetentionPreview> {
    let limits = limits(&request)?;
    let reader = engine.reader()?;
    let overdue = retention::overdue(&reader, &limits, engine.now_ns())?;
    let sizes = footprint::of_traces(&reader)?;
    Ok(RetentionPreview {
        traces: overdue.len() as u32,
        total: matching_ids(engine, "")?.len() as u32,
        bytes: overdue.iter().filter_map(|id| sizes.get(id)).sum(),
    })
}

pub(super) fn storage_info(engine: &Engine, _request: Nothing) -> Result<StorageInfo> {
    let reader = engine.reader()?;
    let mut info = query::storage::storage_info(&reader)?;
    let removed: Removed = setting::get(&reader, Removed::KEY)?;
    info.removed = (removed.traces > 0).then_some(RetentionRemoved {
        at_unix_ms: (removed.at_ns / NS_PER_MS) as f64,
        traces: removed.traces,
    });
    info.is_compacting = engine.writer().is_compacting();
    info.database_bytes = footprint::on_disk_bytes(engine.store_path());
    Ok(info)
}

pub(super) fn storage_compact(engine: &Engine, _request: Nothing) -> Result<Compacted> {
    let before_bytes = footprint::file_space(&*engine.reader()?)?.bytes;
    engine.writer().compact().map_err(|error| match error.code {
        Code::DiskFull => Error::new(
            Code::DiskFull,
            "the disk has no room for the copy that compacting writes; the database is as it was. Free as much as it \
             takes, or delete traces: their room is used for what comes next",
        ),
        _ => error,
    })?;
    let after_bytes = footprint::file_space(&*engine.reader()?)?.bytes;
    Ok(Compacted { before_bytes, after_bytes })
}

pub(super) fn storage_compact_stop(engine: &Engine, _request: Nothing) -> Result<Nothing> {
    engine.writer().stop_compacting();
    Ok(Nothing {})
}

// ── projects and environments ───────────────────────────────────────────────────────────────────────────────────────

pub(super) fn label_list(engine: &Engine, _request: Nothing) -> Result<Vec<LabelItem>> {
    query::vocabulary::labels(&*engine.reader()?)
}

pub(super) fn label_set(engine: &Engine, request: LabelSet) -> Result<Vec<LabelItem>> {
    let shown_as = request.shown_as.map(|name| name.trim().to_owned());
    let shown_as = shown_as.filter(|name| !name.is_empty() && *name != request.value);
    if shown_as.as_ref().is_some_and(|name| name.chars().count() > SHOWN_AS_CHARACTERS) {
        return Err(Error::invalid("a name has at most 200 characters"));
    }
    let label = Label {
        field: request.field.column().to_owned(),
        value: request.value,
        shown_as,
        hidden: request.is_hidden,
    };
    engine.writer().change_traces(move |connection| {
        label::set(connection, &label)?;
        Ok(Vec::new())
    })?;
    engine.tell_of_many_traces();
    label_list(engine, Nothing {})
}

// ── saved filters ───────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) fn saved_filter_list(engine: &Engine, _request: Nothing) -> Result<Vec<SavedFilter>> {
    let filters = saved_filter::all(&*engine.reader()?)?;
    Ok(filters
        .into_iter()
        .map(|saved| SavedFilter {
            id: saved.id,
            name: saved.name,
            filter: saved.filter,
            sort: serde_json::from_value(saved.sort.into()).unwrap_or(super::dto::TraceSort::Started),
            descending: saved.descending,
        })
        .collect())
}

pub(super) fn saved_filter_save(engine: &Engine, request: SavedFilterSave) -> Result<Vec<SavedFilter>> {
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS {
        return Err(Error::invalid("the name of a filter has 1 to 80 characters"));
    }
    query::filter::parse(&request.filter).map_err(|error| Error::invalid(error.message))?;
    let sort = serde_json::to_value(request.sort).ok().and_then(|sort| sort.as_str().map(str::to_owned));
    let saved = saved_filter::SavedFilter {
        id: request.id.unwrap_or(0),
        name,
        filter: request.filter.trim().to_owned(),
        sort: sort.unwrap_or_default(),
        descending: request.descending,
    };
    let is_there = engine.writer().change(move |connection| match request.id {
        Some(_) => saved_filter::change(connection, &saved),
        None => saved_filter::add(connection, &saved).map(|()| true),
    })?;
    if !is_there {
        return Err(Error::not_found("this filter is not saved any more"));
    }
    saved_filter_list(engine, Nothing {})
}

pub(super) fn saved_filter_remove(engine: &Engine, request: SavedFilterRef) -> Result<Vec<SavedFilter>> {
    engine.writer().change(move |connection| saved_filter::remove(connection, request.id))?;
    saved_filter_list(engine, Nothing {})
}

pub(super) fn saved_filter_reorder(engine: &Engine, request: SavedFilterOrder) -> Result<Vec<SavedFilter>> {
    engine.writer().change_traces(move |connection| {
        saved_filter::reorder(connection, &request.ids)?;
        Ok(Vec::new())
    })?;
    saved_filter_list(engine, Nothing {})
}

// ── export ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Writes some traces as lines of JSON that this program reads again with nothing lost (`docs/formats/explorer.md`). Not a
/// command: hosts say where it goes. `is_cancelled` is asked between steps.
///
/// Errors: `NotFound` if none of the traces is there, `Cancelled`, `DiskFull` and `Io` for what the writing met.
pub fn export(
    engine: &Engine,
    selection: TraceSelection,
    out: &mut dyn Write,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Exported> {
    let ids = selected(engine, selection)?;
    let written = export::write(
        &engine.reader()?,
        &ids,
        engine.now_ns(),
        &engine.writer().masker(),
        out,
        is_cancelled,
    )?;
    if written.traces == 0 {
        return Err(Error::not_found("there are no such traces to export"));
    }
    Ok(Exported {
        traces: written.traces,
        steps: written.spans,
        bytes: written.bytes,
        masked: kinds(&written.masked),
        damaged: written.damaged,
    })
}

/// Keeps to the limits of the settings from now on.
pub(super) fn keep_to_limits(engine: &Engine) -> Result<()> {
    let settings = about::settings_get(engine, Nothing {})?;
    // Settings of another version may hold anything: then nothing is taken away.
    engine.writer().set_retention(limits(&settings.retention).unwrap_or_default())
}
