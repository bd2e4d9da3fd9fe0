//! Two texts, or two JSON values, line by line, and the lines that changed word by word.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::written::written;
use crate::analysis::alignment::{
    Volatile, WordsBefore, is_id_of_run, is_number_of_try, is_time_of_run, without_volatile,
};
use crate::dto::{DiffLine, DiffPiece, Ignored, LineChange};

/// Lines around a change that are listed with it.
const AROUND: usize = 3;
/// More lines are not listed.
const MOST_LINES: usize = 4_000;
/// Longer texts are compared up to here.
const LONGEST_BYTES: usize = 2 << 20;
/// Of longer lines, and of lines with a longer stretch between the words that both begin and end with, all of it is marked.
const LONGEST_LINE_BYTES: usize = 128 << 10;
const LONGEST_CHANGE_BYTES: usize = 16 << 10;
/// What a search for the smallest difference may take; after it, one that is right but larger is given.
const PATIENCE: Duration = Duration::from_millis(400);
/// Two lines that have less than this in common are one that went and one that came.
const LEAST_ALIKE: f32 = 0.35;
/// Stands for an id where ids are ignored.
const ID: &str = "‹id›";

/// What differs between two texts.
pub(super) struct Difference {
    /// Whether nothing does.
    pub(super) is_same: bool,
    /// The lines that do, with some around them.
    pub(super) lines: Vec<DiffLine>,
    /// Why some of it was not compared.
    pub(super) remark: Option<String>,
}

/// What differs between two texts; a side that is not there has no lines.
pub(super) fn texts(a: Option<&str>, b: Option<&str>, ignored: Ignored) -> Difference {
    let cut = |text: Option<&str>| text.is_some_and(|text| text.len() > LONGEST_BYTES);
    let remark = (cut(a) || cut(b)).then(|| "Only the first 2 MB were compared.".to_owned());
    let lines_a: Vec<&str> = a.map_or_else(Vec::new, |text| start(text).lines().collect());
    let lines_b: Vec<&str> = b.map_or_else(Vec::new, |text| start(text).lines().collect());
    let keys = |lines: &[&str]| lines.iter().map(|line| key(line, ignored).into_owned()).collect::<Vec<_>>();
    let (keys_a, keys_b) = (keys(&lines_a), keys(&lines_b));
    let deadline = Some(std::time::Instant::now() + PATIENCE);
    let ops = capture_diff_slices_deadline(Algorithm::Patience, &keys_a, &keys_b, deadline);
    let mut all = Vec::new();
    for op in ops {
        match op {
            DiffOp::Equal { old_index, new_index, len } => all.extend((0..len).map(|at| DiffLine {
                change: LineChange::Same,
                skipped: 0,
                a: Some(plain(lines_a[old_index + at])),
                b: Some(plain(lines_b[new_index + at])),
            })),
            DiffOp::Delete { old_index, old_len, .. } => {
                all.extend(lines_a[old_index..old_index + old_len].iter().map(|line| removed(line)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                all.extend(lines_b[new_index..new_index + new_len].iter().map(|line| added(line)));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => replaced(
                &lines_a[old_index..old_index + old_len],
                &lines_b[new_index..new_index + new_len],
                ignored,
                &mut all,
            ),
        }
    }
    let is_same = a.is_some() == b.is_some() && all.iter().all(|line| line.change == LineChange::Same);
    let (lines, left_out) = folded(all);
    let remark = match left_out {
        0 => remark,
        _ => Some(format!("{left_out} further lines are not listed.")),
    };
    Difference { is_same, lines, remark }
}

/// What differs between two values; the order of keys makes no difference.
pub(super) fn values(a: Option<&Value>, b: Option<&Value>, ignored: Ignored) -> Difference {
    let in_order = a.zip(b).map(|(a, b)| ordered_like(a, b));
    let text_a = a.map(written);
    let text_b = in_order.as_ref().or(b).map(written);
    texts(text_a.as_deref(), text_b.as_deref(), ignored)
}

/// `b` with its keys in the order of those of `a`, then its own.
fn ordered_like(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let mut ordered = Map::new();
            for (key, value) in a {
                if let Some(other) = b.get(key) {
                    ordered.insert(key.clone(), ordered_like(value, other));
                }
            }
            for (key, value) in b {
                if !a.contains_key(key) {
                    ordered.insert(key.clone(), value.clone());
                }
            }
            Value::Object(ordered)
        }
        (Value::Array(a), Value::Array(b)) => Value::Array(
            b.iter()
                .enumerate()
                .map(|(at, item)| a.get(at).map_or_else(|| item.clone(), |like| ordered_like(like, item)))
                .collect(),
        ),
        _ => b.clone(),
    }
}

fn start(text: &str) -> &str {
    let mut end = LONGEST_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Whether two values of a field differ in nothing but an id, a time or white space.
pub(super) fn is_same_but_for_ids_and_times(name: &str, a: &str, b: &str) -> bool {
    const ALL: Ignored = Ignored { ids: true, times: true, whitespace: true };
    (is_of_run(name, a, ALL) && is_of_run(name, b, ALL)) || key(a, ALL) == key(b, ALL)
}

/// Whether a field's value is of the run and ignored: an id or a count of tries, or how long something took.
fn is_of_run(name: &str, value: &str, ignored: Ignored) -> bool {
    (ignored.ids && (is_id_of_run(name, value) || is_number_of_try(name, value)))
        || (ignored.times && is_time_of_run(name, value))
}

/// A line or a word as it is compared. What is ignored is what alignment takes for no difference, and no more.
fn key(text: &str, ignored: Ignored) -> Cow<'_, str> {
    if let Some(name) = field(text) {
        let value = text.trim_start().get(name.len()..).unwrap_or_default();
        let value = value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ':' | ','));
        if is_of_run(name, value, ignored) {
            return Cow::Borrowed(name);
        }
    }
    let mut text = without_volatile(text, |what| match what {
        Volatile::Id => ignored.ids.then_some(ID),
        Volatile::Time => ignored.times.then_some("‹time›"),
    });
    if ignored.whitespace {
        let words: Vec<&str> = text.split_whitespace().collect();
        text = Cow::Owned(words.join(" "));
    }
    text
}

/// A stretch of lines that others stand in the place of: those that are alike are one line that changed.
fn replaced(a: &[&str], b: &[&str], ignored: Ignored, all: &mut Vec<DiffLine>) {
    let mut left_b = 0;
    for line_a in a {
        // The next line of B that is like it, within a few: lines keep their order.
        const REACH: usize = 4;
        let like = (left_b..b.len().min(left_b + REACH))
            .map(|at| (at, changed(line_a, b[at], ignored)))
            .filter_map(|(at, found)| Some((at, found?)))
            .max_by(|(one, (one_like, _)), (other, (other_like, _))| {
                one_like.total_cmp(other_like).then(other.cmp(one))
            });
        match like {
            Some((at, (_, line))) => {
                all.extend(b[left_b..at].iter().map(|line| added(line)));
                all.push(line);
                left_b = at + 1;
            }
            None => all.push(removed(line_a)),
        }
    }
    all.extend(b[left_b..].iter().map(|line| added(line)));
}

/// A line that changed, and how much of it stayed; `None` where too little did.
fn changed(a: &str, b: &str, ignored: Ignored) -> Option<(f32, DiffLine)> {
    if a.len().max(b.len()) > LONGEST_LINE_BYTES {
        let line = DiffLine {
            change: LineChange::Changed,
            skipped: 0,
            a: Some(vec![piece(a, true)]),
            b: Some(vec![piece(b, true)]),
        };
        return Some((1.0, line));
    }
    let (words_a, words_b) = (words(a), words(b));
    let (keys_a, keys_b) = (keys(&words_a, ignored), keys(&words_b, ignored));
    let before = keys_a.iter().zip(&keys_b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&keys_a[before..], &keys_b[before..]);
    let after = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (end_a, end_b) = (keys_a.len() - after, keys_b.len() - after);
    let mut stretches = vec![(false, 0..before, 0..before)];
    let bytes = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    if bytes(&words_a[before..end_a]).max(bytes(&words_b[before..end_b])) > LONGEST_CHANGE_BYTES {
        stretches.push((true, before..end_a, before..end_b));
    } else {
        let deadline = Some(std::time::Instant::now() + PATIENCE);
        let (changed_a, changed_b) = (&keys_a[before..end_a], &keys_b[before..end_b]);
        for op in capture_diff_slices_deadline(Algorithm::Myers, changed_a, changed_b, deadline) {
            let (_, of_a, of_b) = op.as_tag_tuple();
            let moved = |of: Range<usize>| before + of.start..before + of.end;
            stretches.push((!matches!(op, DiffOp::Equal { .. }), moved(of_a), moved(of_b)));
        }
    }
    stretches.push((false, end_a..keys_a.len(), end_b..keys_b.len()));
    let (mut pieces_a, mut pieces_b) = (Vec::new(), Vec::new());
    let mut stayed = 0;
    for (differs, of_a, of_b) in stretches {
        let (text_a, text_b) = (words_a[of_a].concat(), words_b[of_b].concat());
        if !differs {
            stayed += text_a.trim().len();
        }
        for (pieces, text) in [(&mut pieces_a, text_a), (&mut pieces_b, text_b)] {
            if !text.is_empty() {
                pieces.push(DiffPiece { text, differs });
            }
        }
    }
    let longer = a.trim().len().max(b.trim().len()).max(1);
    let alike = stayed as f32 / longer as f32;
    let line = DiffLine { change: LineChange::Changed, skipped: 0, a: Some(pieces_a), b: Some(pieces_b) };
    let is_one_field = field(a).is_some() && field(a) == field(b);
    (is_one_field || alike >= LEAST_ALIKE).then_some((alike, line))
}

/// The words of a line as they are compared, each after those before it.
fn keys(words: &[&str], ignored: Ignored) -> Vec<String> {
    let mut before = WordsBefore::default();
    let mut keys = Vec::with_capacity(words.len());
    for word in words {
        let is_id = ignored.ids && before.lead_to_id(word);
        before.push(word.trim_matches(|c: char| !c.is_alphanumeric()));
        keys.push(if is_id { ID.to_owned() } else { key(word, ignored).into_owned() });
    }
    keys
}

/// The key of a line of written JSON: one field, whatever its value, is one line that changed.
fn field(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.starts_with('"').then(|| line.find("\": ")).flatten().and_then(|end| line.get(..end))
}

/// Words, and what stands between them; an id or a time is one word, of scripts without spaces each character.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    let mut class_before = None;
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let is_joint = matches!(character, '-' | '_' | ':' | '.')
            && class_before == Some(Class::Word)
            && next.is_some_and(|next| next.is_ascii_alphanumeric());
        let class = if is_joint {
            Class::Word
        } else if character.is_whitespace() {
            Class::Space
        } else if character.is_alphanumeric() && (character as u32) < 0x2e80 {
            Class::Word
        } else {
            Class::Alone
        };
        if class_before.is_some_and(|before| before != class || class == Class::Alone) {
            words.push(&line[from..at]);
            from = at;
        }
        class_before = Some(class);
    }
    if from < line.len() {
        words.push(&line[from..]);
    }
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Space,
    Alone,
}

fn piece(text: &str, differs: bool) -> DiffPiece {
    DiffPiece { text: text.to_owned(), differs }
}

fn plain(line: &str) -> Vec<DiffPiece> {
    vec![piece(line, false)]
}

fn removed(line: &str) -> DiffLine {
    DiffLine { change: LineChange::Removed, skipped: 0, a: Some(vec![piece(line, true)]), b: None }
}

fn added(line: &str) -> DiffLine {
    DiffLine { change: LineChange::Added, skipped: 0, a: None, b: Some(vec![piece(line, true)]) }
}

/// Without the lines far from any change, which are counted where they stood; and how many are not listed at the end.
fn folded(all: Vec<DiffLine>) -> (Vec<DiffLine>, usize) {
    let mut is_near = vec![false; all.len()];
    for at in (0..all.len()).filter(|at| all[*at].change != LineChange::Same) {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(all.len());
        is_near[around].fill(true);
    }
    let mut lines: Vec<DiffLine> = Vec::new();
    let mut left_out = 0;
    for (line, is_near) in all.into_iter().zip(is_near) {
        if lines.len() >= MOST_LINES {
            left_out += 1;
        } else if is_near {
            lines.push(line);
        } else {
            match lines.last_mut().filter(|last| last.skipped > 0) {
                Some(last) => last.skipped += 1,
                None => lines.push(DiffLine { skipped: 1, ..DiffLine::default() }),
            }
        }
    }
    (lines, left_out)
}
