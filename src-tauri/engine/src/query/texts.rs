//! Long texts by their place: a stretch, some rows, where something stands in them. What was unpacked last is kept for a
//! while, so that reading on costs no more than what is read.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use regex::RegexBuilder;
use rusqlite::Connection;

mod file;
mod rows;

use super::bounded::Bounded;
use super::place::json_at;
use super::step;
use crate::dto::{TextPlaces, TextRef, TextRowPage, TextRowsRequest, TextStretch};
use crate::error::{Code, Error, Result};
use crate::semantics;
use crate::store::payload::{self, PayloadPlace};
use crate::store::{open_payload, trace as trace_table};
pub use file::{FileKind, file_kind, write_bytes, write_text};
use rows::RowIndex;

/// A smaller payload is unpacked anew each time.
const KEPT_FROM_BYTES: u32 = 1 << 20;
/// How much is kept of payloads and texts; the last one is kept however large it is.
const KEPT_BYTES: usize = 256 << 20;
/// How long a text is kept that nobody asks for.
const KEPT_FOR: Duration = Duration::from_secs(60);
const LONGEST_STRETCH_BYTES: u32 = 4 << 20;
const LONGEST_NEEDLE_CHARACTERS: usize = 1_000;
/// A search answers after this long with what it has.
const FIND_FOR: Duration = Duration::from_millis(40);
/// How much is looked through between two looks at the clock.
const FIND_BYTES: usize = 1 << 20;
const MOST_PLACES: usize = 10_000;

/// A text, shared with those that are kept.
#[derive(Clone)]
pub struct StoredText {
    whole: Arc<String>,
    /// Begin and end in `whole`: most texts are a stretch of their payload.
    from: usize,
    to: usize,
    index: Arc<Mutex<Option<Arc<RowIndex>>>>,
}

/// The texts that were asked for last.
#[derive(Clone, Default)]
pub struct Texts(Arc<Shared>);

#[derive(Default)]
struct Shared {
    kept: Mutex<Kept>,
    /// Held while a long text is unpacked, so that two who ask for one text don't unpack it twice.
    unpacking: Mutex<()>,
}

struct Kept {
    /// The last one asked for comes last.
    texts: VecDeque<KeptText>,
    most_bytes: usize,
    /// A thread lets go of what nobody asks for.
    is_watched: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self { texts: VecDeque::new(), most_bytes: KEPT_BYTES, is_watched: false }
    }
}

struct KeptText {
    key: Key,
    text: StoredText,
    used: Instant,
}

/// A place in a payload; blocks change only where what is stored is masked, which forgets all of these.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    block: i64,
    offset: u32,
    bytes: u32,
    place: String,
}

impl Key {
    fn new(payload: PayloadPlace, place: &str) -> Self {
        Self { block: payload.block, offset: payload.offset, bytes: payload.bytes, place: place.to_owned() }
    }
}

impl Texts {
    /// A stored payload.
    pub(super) fn payload(&self, connection: &Connection, place: PayloadPlace) -> Result<StoredText> {
        // The payload of an open span may change under its place.
        if place.bytes < KEPT_FROM_BYTES || open_payload::holds(place) {
            return unpacked(connection, place);
        }
        self.kept_or(Key::new(place, "/raw"), || unpacked(connection, place))
    }

    /// The text at a place. Errors: `NotFound` if the step or the place is not there.
    pub fn text(&self, connection: &Connection, of: &TextRef) -> Result<StoredText> {
        let place = match &of.span_id {
            Some(span_id) => step::row(connection, of.trace_id, span_id)?.payload,
            None => trace_payload(connection, of.trace_id)?,
        };
        if of.place == "/raw" {
            return self.payload(connection, place);
        }
        let make = || {
            let payload = self.payload(connection, place)?;
            text_at(payload, &of.place)
                .ok_or_else(|| Error::not_found("this text is not in the step any more"))
        };
        if open_payload::holds(place) { make() } else { self.kept_or(Key::new(place, &of.place), make) }
    }

    /// Keeps at most so many bytes from now on, instead of [`KEPT_BYTES`].
    pub fn keep_at_most(&self, bytes: usize) {
        self.kept().most_bytes = bytes;
    }

    /// The bytes that are kept.
    pub fn kept_bytes(&self) -> usize {
        self.kept().bytes()
    }

    /// Forgets all that is kept: what is stored has changed under its place.
    pub fn forget(&self) {
        self.kept().texts.clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_or(&self, key: Key, make: impl FnOnce() -> Result<StoredText>) -> Result<StoredText> {
        if let Some(text) = self.kept().find(&key) {
            return Ok(text);
        }
        // A text is made of its payload, which is unpacked in the same way: only that has to wait.
        let text = if key.place == "/raw" {
            let _unpacking = self.0.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(text) = self.kept().find(&key) {
                return Ok(text);
            }
            make()?
        } else {
            make()?
        };
        let mut kept = self.kept();
        kept.texts.push_back(KeptText { key, text: text.clone(), used: Instant::now() });
        while kept.texts.len() > 1 && kept.bytes() > kept.most_bytes {
            kept.texts.pop_front();
        }
        if !kept.is_watched {
            kept.is_watched = watch(Arc::downgrade(&self.0));
        }
        Ok(text)
    }
}

impl Kept {
    fn find(&mut self, key: &Key) -> Option<StoredText> {
        let at = self.texts.iter().position(|kept| kept.key == *key)?;
        let mut found = self.texts.remove(at)?;
        found.used = Instant::now();
        let text = found.text.clone();
        self.texts.push_back(found);
        Some(text)
    }

    /// Size of what is kept; texts that share a payload count it once.
    fn bytes(&self) -> usize {
        let mut wholes: Vec<&Arc<String>> = self.texts.iter().map(|kept| &kept.text.whole).collect();
        wholes.sort_by_key(|whole| Arc::as_ptr(whole));
        wholes.dedup_by_key(|whole| Arc::as_ptr(whole));
        wholes.iter().map(|whole| whole.len()).sum()
    }
}

/// Starts the thread that lets go of texts; it ends when there are none. Says whether it runs.
fn watch(shared: Weak<Shared>) -> bool {
    let letting_go = move || {
        loop {
            std::thread::sleep(KEPT_FOR / 4);
            let Some(shared) = shared.upgrade() else { return };
            let mut kept = shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.texts.retain(|text| text.used.elapsed() < KEPT_FOR);
            if kept.texts.is_empty() {
                kept.is_watched = false;
                return;
            }
        }
    };
    std::thread::Builder::new().name("texts".into()).spawn(letting_go).is_ok()
}

fn trace_payload(connection: &Connection, trace_id: i64) -> Result<PayloadPlace> {
    let is_there: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM trace WHERE id = ?1 AND deleted_ns IS NULL)")?
        .query_row([trace_id], |row| row.get(0))?;
    let place = if is_there { trace_table::payload_place(connection, trace_id)? } else { None };
    place.ok_or_else(|| Error::not_found("this trace is not in the store any more"))
}

fn unpacked(connection: &Connection, place: PayloadPlace) -> Result<StoredText> {
    let bytes = payload::read(connection, place)?;
    let whole = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Ok(StoredText::new(whole))
}

/// The text at a place of a payload.
fn text_at(payload: StoredText, place: &str) -> Option<StoredText> {
    if let Some(pointer) = place.strip_prefix("/raw") {
        let json = json_at(payload.as_str(), pointer)?;
        let inside = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        return match inside {
            None => payload.part(json),
            Some(plain) if !plain.contains('\\') => payload.part(plain),
            Some(_) => serde_json::from_str(json).ok().map(StoredText::new),
        };
    }
    // What its meaning is made of: found as it is when the step is read, before anything is cut for sending.
    let pointer = place.strip_prefix("/content")?;
    let bounded = Bounded::read(payload.as_str().as_bytes());
    let content = serde_json::to_value(semantics::content(&bounded.payload)).ok()?;
    let value = content.pointer(pointer)?;
    Some(StoredText::new(value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}

impl StoredText {
    fn new(whole: String) -> Self {
        Self { from: 0, to: whole.len(), whole: Arc::new(whole), index: Arc::default() }
    }

    /// A stretch of this text as a text of its own.
    fn part(&self, part: &str) -> Option<Self> {
        let offset = (part.as_ptr() as usize).checked_sub(self.as_str().as_ptr() as usize)?;
        let from = self.from + offset;
        let to = from + part.len();
        (to <= self.to).then(|| Self { whole: self.whole.clone(), from, to, index: Arc::default() })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.whole.get(self.from..self.to).unwrap_or_default()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }

    /// What stands from `from_byte` on, at the ends of characters.
    pub fn stretch(&self, from_byte: u64, limit_bytes: u32) -> TextStretch {
        let text = self.as_str();
        let from = boundary_before(text, usize::try_from(from_byte).unwrap_or(usize::MAX));
        let limit = limit_bytes.min(LONGEST_STRETCH_BYTES) as usize;
        let mut to = boundary_before(text, from.saturating_add(limit));
        if to <= from {
            to = from + text.get(from..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        }
        TextStretch {
            text: text.get(from..to).unwrap_or_default().to_owned(),
            from_byte: from as u64,
            to_byte: to as u64,
            total_bytes: text.len() as u64,
        }
    }

    /// Some rows.
    pub fn rows(&self, request: &TextRowsRequest) -> TextRowPage {
        let columns = request.columns.clamp(20, 1_000) as usize;
        let index = {
            let mut kept = self.index.lock().unwrap_or_else(PoisonError::into_inner);
            match &*kept {
                Some(index) if index.columns() == columns => index.clone(),
                _ => kept.insert(Arc::new(RowIndex::new(self.as_str(), columns))).clone(),
            }
        };
        index.page(self.as_str(), request)
    }

    /// Places of `needle` from `from_byte` on, as many as are found in a moment. Error `Invalid` for a needle that is too long.
    pub fn find(&self, needle: &str, from_byte: u64) -> Result<TextPlaces> {
        let text = self.as_str();
        let total = text.len();
        let from = boundary_before(text, usize::try_from(from_byte).unwrap_or(usize::MAX));
        let mut found = TextPlaces {
            places: Vec::new(),
            next_byte: total as u64,
            is_complete: true,
            total_bytes: total as u64,
        };
        if needle.is_empty() {
            return Ok(found);
        }
        if needle.chars().count() > LONGEST_NEEDLE_CHARACTERS {
            return Err(Error::invalid("at most 1,000 characters can be looked for in a text"));
        }
        let pattern = RegexBuilder::new(&regex::escape(needle))
            .case_insensitive(true)
            .build()
            .map_err(|error| Error::new(Code::Invalid, format!("this can't be looked for: {error}")))?;
        let stop = Instant::now() + FIND_FOR;
        let mut at = from;
        while at < total {
            if found.places.len() >= 2 * MOST_PLACES || (at > from && Instant::now() >= stop) {
                (found.next_byte, found.is_complete) = (at as u64, false);
                return Ok(found);
            }
            // A place may begin in this stretch and end in the next; letters differ in length from their capitals.
            let end = boundary_before(text, at + FIND_BYTES);
            let reach = boundary_before(text, end + 4 * needle.len());
            let mut next = end;
            for place in pattern.find_iter(text.get(at..reach).unwrap_or_default()) {
                let (start, stop) = (at + place.start(), at + place.end());
                if start >= end {
                    break;
                }
                found.places.extend([start as u64, stop as u64]);
                next = next.max(stop);
                if found.places.len() >= 2 * MOST_PLACES {
                    next = stop;
                    break;
                }
            }
            at = next;
        }
        Ok(found)
    }
}

/// The last end of a character at or before `at`.
fn boundary_before(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
