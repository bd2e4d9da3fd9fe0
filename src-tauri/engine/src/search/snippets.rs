//! Where texts stand in a trace: a line of what is around each hit, and in what it stands.
//!
//! What is found here is what [`super::document`] has, read once more by meaning (`semantics::content`), so that a hit can be
//! said to be in the input rather than in some attribute; what no convention knows stands under its attribute's name.

use std::collections::HashSet;
use std::ops::ControlFlow;

use memchr::memmem;
use serde_json::Value;

use super::document::{Document, Weight, is_markup, looks_like_json};
use super::fold::{Mapped, fold};
use super::texts::{self, Blocks};
use crate::dto::{Snippet, TraceHits, TraceSnippets};
use crate::error::Result;
use crate::model::Payload;
use crate::semantics::{self, Message, MessagePart};
use crate::store::payload::PayloadPlace;
use crate::store::span::SpanRow;
use crate::store::{Reader, span, trace};

/// Hits that are counted or given of one trace; the next is only known of.
const MOST_HITS: usize = 1_000;
/// Snippets beside a trace in a list.
const LISTED: usize = 3;
/// Traces asked for at once.
const MOST_TRACES: usize = 100;
/// Of a longer text the start alone is marked: where its characters come from takes several times its size.
const LONGEST_MARKED: usize = 4 << 20;
/// Characters before and after the first hit of a snippet.
const BEFORE: usize = 40;
const AFTER: usize = 100;

/// Where the needles stand in some traces; those in which none stands are left out.
pub fn snippets(reader: &Reader, needles: &[String], trace_ids: &[i64]) -> Result<Vec<TraceSnippets>> {
    let needles = Needles::new(needles);
    let mut blocks = Blocks::default();
    let mut document = Document::default();
    let mut found = Vec::new();
    for &trace_id in trace_ids.iter().take(MOST_TRACES) {
        if needles.is_empty() {
            continue;
        }
        let mut counted = 0;
        texts::read(
            reader,
            &mut blocks,
            trace_id,
            &mut document,
            |_| true,
            |document| {
                counted += needles.count(&document.folded, MOST_HITS + 1 - counted);
                if counted > MOST_HITS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )?;
        if counted == 0 {
            continue;
        }
        let mut taken = Hits::new(&needles, LISTED);
        of_trace(reader, &mut blocks, trace_id, &mut taken)?;
        found.push(TraceSnippets {
            trace_id,
            hits: counted.min(MOST_HITS) as u32,
            is_cut: counted > MOST_HITS,
            snippets: taken.snippets,
        });
    }
    Ok(found)
}

/// The places of the needles in a trace, in the order of its steps; in one step alone if `span_id` says so (empty: in the run
/// itself).
pub fn hits(reader: &Reader, needles: &[String], trace_id: i64, span_id: Option<&str>) -> Result<TraceHits> {
    let needles = Needles::new(needles);
    let mut taken = Hits::new(&needles, MOST_HITS);
    let mut blocks = Blocks::default();
    match span_id {
        _ if needles.is_empty() => {}
        None => of_trace(reader, &mut blocks, trace_id, &mut taken)?,
        Some("") => of_run(reader, &mut blocks, trace_id, &mut taken)?,
        Some(span_id) => {
            if let Some((row, _)) = span::row(reader, trace_id, span_id)? {
                of_step(reader, &mut blocks, &row, &mut Document::default(), &mut taken);
            }
        }
    }
    Ok(TraceHits { hits: taken.snippets, is_cut: taken.is_cut || taken.is_short_of_texts })
}

fn of_trace(reader: &Reader, blocks: &mut Blocks, trace_id: i64, hits: &mut Hits<'_>) -> Result<()> {
    of_run(reader, blocks, trace_id, hits)?;
    let mut document = Document::default();
    for row in span::of_trace(reader, trace_id)? {
        if hits.is_cut {
            break;
        }
        of_step(reader, blocks, &row, &mut document, hits);
    }
    Ok(())
}

fn of_run(reader: &Reader, blocks: &mut Blocks, trace_id: i64, hits: &mut Hits<'_>) -> Result<()> {
    let Some(texts) = trace::texts(reader, trace_id)? else { return Ok(()) };
    let step = Step { span_id: "", name: &texts.name };
    hits.add(step, "name", &texts.name);
    hits.add(step, "key", &texts.key);
    if let Some(reason) = &texts.failure_reason {
        hits.add(step, "error", reason);
    }
    if let Some(place) = texts.payload {
        of_payload(reader, blocks, place, &mut Document::default(), step, &[], hits);
    }
    Ok(())
}

fn of_step(
    reader: &Reader,
    blocks: &mut Blocks,
    row: &SpanRow,
    document: &mut Document,
    hits: &mut Hits<'_>,
) {
    let step = Step { span_id: &row.span_id, name: &row.name };
    hits.add(step, "name", &row.name);
    if let Some(error) = &row.error {
        hits.add(step, "error", error);
    }
    let said = row.error.as_deref();
    of_payload(reader, blocks, row.payload, document, step, said.as_slice(), hits);
}

/// The hits in a payload, but for texts that were `said` already.
fn of_payload(
    reader: &Reader,
    blocks: &mut Blocks,
    place: PayloadPlace,
    document: &mut Document,
    step: Step<'_>,
    said: &[&str],
    hits: &mut Hits<'_>,
) {
    document.clear();
    // Most payloads have no hit, and folding one is much cheaper than making sense of it.
    let body = blocks.with(reader, place, |body| {
        document.add_payload(body);
        (hits.needles.count(&document.folded, 1) > 0).then(|| body.to_vec())
    });
    let Ok(Some(Some(body))) = body else { return };
    let Ok(payload) = serde_json::from_slice::<Payload>(&body) else {
        return hits.add(step, "input", &String::from_utf8_lossy(&body));
    };
    let content = semantics::content(&payload);
    let mut texts = Texts { step, hits, seen: said.iter().map(|text| (*text).to_owned()).collect() };
    for error in &content.errors {
        texts.add("error", &error.message);
        error.kind.iter().chain(&error.stack).for_each(|text| texts.add("error", text));
    }
    content.input.iter().for_each(|value| texts.value("input", "", value, 0));
    content.input_messages.iter().for_each(|message| texts.message("input", message));
    content.output.iter().for_each(|value| texts.value("output", "", value, 0));
    content.output_messages.iter().for_each(|message| texts.message("output", message));
    payload.status_message.iter().for_each(|text| texts.add("error", text));
    payload.input.iter().for_each(|value| texts.value("input", "", value, 0));
    payload.output.iter().for_each(|value| texts.value("output", "", value, 0));
    for (name, value) in &payload.attributes {
        texts.value(name, name, value, 0);
    }
    for event in &payload.events {
        texts.add(&event.name, &event.name);
        for (name, value) in &event.attributes {
            texts.value(name, name, value, 0);
        }
    }
}

/// The texts of a payload, each taken once: conventions often say the same thing twice.
struct Texts<'a, 'h> {
    step: Step<'a>,
    hits: &'a mut Hits<'h>,
    seen: HashSet<String>,
}

impl Texts<'_, '_> {
    fn add(&mut self, place: &str, text: &str) {
        if !self.seen.contains(text) {
            self.seen.insert(text.to_owned());
            self.hits.add(self.step, place, text);
        }
    }

    fn value(&mut self, place: &str, key: &str, value: &Value, depth: usize) {
        // Deeper than what is parsed at all.
        if depth > 128 {
            return;
        }
        match value {
            Value::String(text) if is_markup(key, text) => {}
            Value::String(text) => match looks_like_json(text).then(|| serde_json::from_str(text)) {
                Some(Ok(inner)) => self.value(place, "", &inner, depth + 1),
                _ => self.add(place, text),
            },
            Value::Number(number) => self.add(place, &number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| self.value(place, key, item, depth + 1)),
            Value::Object(members) => {
                members.iter().for_each(|(key, member)| self.value(place, key, member, depth + 1));
            }
            Value::Bool(_) | Value::Null => {}
        }
    }

    fn message(&mut self, place: &str, message: &Message) {
        for part in &message.parts {
            match part {
                MessagePart::Text { text } | MessagePart::Reasoning { text } => {
                    self.value(place, "", &Value::String(text.clone()), 0);
                }
                MessagePart::ToolCall { id, name, arguments } => {
                    self.add(place, name);
                    id.iter().for_each(|id| self.add(place, id));
                    self.value(place, "", arguments, 0);
                }
                MessagePart::ToolResult { id, result, .. } => {
                    id.iter().for_each(|id| self.add(place, id));
                    self.value(place, "", result, 0);
                }
                MessagePart::Media { reference, .. } => self.add(place, reference),
                MessagePart::Other { value } => self.value(place, "", value, 0),
            }
        }
    }
}

/// The step that a text is of.
#[derive(Clone, Copy)]
struct Step<'a> {
    span_id: &'a str,
    name: &'a str,
}

/// Folded needles.
pub(super) struct Needles {
    finders: Vec<memmem::Finder<'static>>,
}

impl Needles {
    pub(super) fn new(needles: &[String]) -> Self {
        let folded = needles.iter().map(|needle| fold(needle)).filter(|needle| !needle.is_empty());
        Self { finders: folded.map(|needle| memmem::Finder::new(&needle).into_owned()).collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.finders.is_empty()
    }

    /// The needles, folded.
    pub(super) fn folded(&self) -> impl Iterator<Item = &[u8]> {
        self.finders.iter().map(memmem::Finder::needle)
    }

    /// Whether one of them stands in one of the texts; `document` is room to fold them in.
    pub(super) fn are_in(&self, texts: &[&str], document: &mut Document) -> bool {
        document.clear();
        texts.iter().for_each(|text| document.add(Weight::Name, text));
        self.count(&document.folded, 1) > 0
    }

    /// How often they stand in the text, up to `most`.
    pub(super) fn count(&self, folded: &[u8], most: usize) -> usize {
        let hits = self.finders.iter().flat_map(|finder| finder.find_iter(folded));
        hits.take(most).count()
    }

    /// Where they stand, in order; what overlaps is one place.
    fn places(&self, folded: &[u8]) -> Vec<(usize, usize)> {
        let mut places: Vec<(usize, usize)> = Vec::new();
        for finder in &self.finders {
            let length = finder.needle().len();
            // One more than is given says that it is cut.
            places.extend(finder.find_iter(folded).take(MOST_HITS + 1).map(|at| (at, at + length)));
        }
        places.sort_unstable();
        places.dedup_by(|later, earlier| {
            let overlaps = later.0 < earlier.1;
            if overlaps {
                earlier.1 = earlier.1.max(later.1);
            }
            overlaps
        });
        places
    }
}

/// Snippets as they are found.
struct Hits<'n> {
    needles: &'n Needles,
    snippets: Vec<Snippet>,
    most: usize,
    /// There are more than `most`.
    is_cut: bool,
    /// A text was too long to be marked throughout.
    is_short_of_texts: bool,
}

impl<'n> Hits<'n> {
    fn new(needles: &'n Needles, most: usize) -> Self {
        Self { needles, snippets: Vec::new(), most, is_cut: false, is_short_of_texts: false }
    }

    /// Adds the hits in a text. Those close together share a snippet.
    fn add(&mut self, step: Step<'_>, place: &str, text: &str) {
        if self.is_cut {
            return;
        }
        let whole = text;
        let mut end = whole.len().min(LONGEST_MARKED);
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        let text = whole.get(..end).unwrap_or(whole);
        self.is_short_of_texts |= text.len() < whole.len();
        let mapped = Mapped::new(text);
        let places: Vec<(usize, usize)> = self
            .needles
            .places(&mapped.folded)
            .into_iter()
            .filter_map(|(start, end)| mapped.original(start, end))
            .collect();
        let mut rest = &places[..];
        while let Some((first, _)) = rest.split_first() {
            if self.snippets.len() == self.most {
                self.is_cut = true;
                return;
            }
            let start = back(text, first.0, BEFORE);
            let end = forth(text, first.1, AFTER);
            let inside = rest.iter().take_while(|(_, to)| *to <= end).count().max(1);
            let (marked, after) = rest.split_at(inside);
            self.snippets.push(snippet(step, place, text, start..end, marked));
            rest = after;
        }
    }
}

fn snippet(
    step: Step<'_>,
    place: &str,
    text: &str,
    range: std::ops::Range<usize>,
    marked: &[(usize, usize)],
) -> Snippet {
    const CUT: char = '…';
    let mut line = String::with_capacity(range.len() + 6);
    if range.start > 0 {
        line.push(CUT);
    }
    let mut units = line.encode_utf16().count() as u32;
    let mut marks: Vec<[u32; 2]> = vec![[units; 2]; marked.len()];
    for (at, letter) in text.get(range.clone()).unwrap_or_default().char_indices() {
        let at = range.start + at;
        // One for one, so that marks stay where they are.
        let shown =
            if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') { ' ' } else { letter };
        let after = units + shown.len_utf16() as u32;
        for ((from, to), mark) in marked.iter().zip(&mut marks) {
            if at == *from {
                mark[0] = units;
            }
            if at >= *from && at < *to {
                mark[1] = after;
            }
        }
        line.push(shown);
        units = after;
    }
    if range.end < text.len() {
        line.push(CUT);
    }
    Snippet {
        span_id: step.span_id.to_owned(),
        name: step.name.to_owned(),
        place: place.to_owned(),
        text: line,
        marks,
    }
}

/// So many characters before `at`.
fn back(text: &str, at: usize, characters: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.char_indices().rev().take(characters).last().map_or(at, |(start, _)| start)
}

/// So many characters after `at`.
fn forth(text: &str, at: usize, characters: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    after.char_indices().nth(characters).map_or(text.len(), |(end, _)| at + end)
}
