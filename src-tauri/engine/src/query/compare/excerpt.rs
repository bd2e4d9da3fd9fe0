//! The few words that say what changed from one value, or from one text, to another: `query: red → blue`.
//!
//! Of a value they are the path and the whole values, of a long text the first words that changed with some beside them. Where
//! so much changed that no excerpt tells it, they say how much.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::diff::is_same_but_for_ids_and_times;
use crate::query::wording::count;

/// Longer values and stretches of text are cut, longer paths lose their beginning.
const SHOWN_CHARACTERS: usize = 32;
/// Of more values that changed it is said how many they are.
const MOST_CHANGES: usize = 8;
/// A second change is named beside the first where both together are no longer.
const BOTH_CHARACTERS: usize = 64;
/// Words from the first that changed on among which the end of the change is looked for.
const MOST_WORDS: usize = 400;
/// Changed words with no more than these between them are one change.
const WORDS_BETWEEN: usize = 2;
/// Words that stayed are shown beside those that changed: so many on either side, up to so many characters.
const WORDS_BESIDE: usize = 2;
const CHARACTERS_BESIDE: usize = 16;
/// Of longer texts of which more words changed than this share, it is said how much.
const EXCERPT_SHARE: f64 = 0.4;

/// A value that is compared with another, and what it is called: nothing, where it is all there is.
pub(super) type Named<'a> = (Option<&'a str>, &'a Value);

/// What changed from `a` to `b`, which are pairs by position; `None` where nothing did. The order of keys makes no difference.
/// Ids and times are told only where nothing else changed.
pub(super) fn of_values(a: &[Named<'_>], b: &[Named<'_>]) -> Option<String> {
    let mut walk = Walk::default();
    for at in 0..a.len().max(b.len()) {
        let name = a.get(at).or(b.get(at)).and_then(|(name, _)| *name);
        walk.path.extend(name.map(Step::Key));
        walk.pair(a.get(at).map(|(_, value)| *value), b.get(at).map(|(_, value)| *value));
        walk.path.clear();
    }
    let is_told = walk.changes.iter().any(|change| !change.is_volatile);
    let told: Vec<&Change<'_>> =
        walk.changes.iter().filter(|change| !(is_told && change.is_volatile)).collect();
    let (first, others) = told.split_first()?;
    if told.len() > MOST_CHANGES {
        let size = |side: &[Named<'_>]| side.iter().map(|(_, value)| leaves(value)).sum::<usize>();
        let all = size(a).max(size(b)).max(told.len());
        return Some(format!("{} of {} values changed", count(told.len() as u64), count(all as u64)));
    }
    let mut said = first.said();
    let mut left = others.len();
    if let Some(second) = others.first().map(|second| second.said())
        && said.chars().count() + second.chars().count() <= BOTH_CHARACTERS
    {
        said = format!("{said}, {second}");
        left -= 1;
    }
    Some(if left > 0 { format!("{said}, and {left} more") } else { said })
}

/// What changed from a text to another; white space is no more than said to have.
pub(super) fn of_texts(a: &str, b: &str) -> String {
    let (words_a, words_b): (Vec<&str>, Vec<&str>) =
        (a.split_whitespace().collect(), b.split_whitespace().collect());
    if words_a == words_b {
        return "only white space changed".to_owned();
    }
    if let Some((a, b)) = whole(&words_a).zip(whole(&words_b)) {
        return pair(&a, &b);
    }
    let before = words_a.iter().zip(&words_b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&words_a[before..], &words_b[before..]);
    let after = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (changed_a, changed_b) = (&rest_a[..rest_a.len() - after], &rest_b[..rest_b.len() - after]);
    let share = changed_share(changed_a, changed_b, words_a.len().max(words_b.len()));
    let near_a = &changed_a[..changed_a.len().min(MOST_WORDS)];
    let near_b = &changed_b[..changed_b.len().min(MOST_WORDS)];
    let hunks = hunks(near_a, near_b);
    let Some((first_a, first_b)) = hunks.first().cloned() else { return how_much(share).to_owned() };
    let said = pair(
        &stretch(&words_a, before + first_a.start..before + first_a.end),
        &stretch(&words_b, before + first_b.start..before + first_b.end),
    );
    let is_all = near_a.len() == changed_a.len() && near_b.len() == changed_b.len();
    match hunks.len() - 1 {
        // Two texts that begin otherwise are told by their beginnings.
        more if share > EXCERPT_SHARE && before > 0 && (!is_all || more >= MOST_CHANGES) => {
            how_much(share).to_owned()
        }
        _ if !is_all => format!("{said}, and more"),
        0 => said,
        more => format!("{said}, and {more} more"),
    }
}

/// A value in a few words.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => cut(&quoted_if_empty(&text.split_whitespace().collect::<Vec<_>>().join(" "))),
        _ => cut(&value.to_string()),
    }
}

/// The values in these that have none below them, with their paths; the first `most`.
pub(super) fn listed<'a>(values: &[Named<'a>], most: usize) -> Vec<(String, &'a Value)> {
    let mut list = Vec::new();
    for (name, value) in values {
        let mut path: Vec<Step<'a>> = name.map(Step::Key).into_iter().collect();
        list_below(value, &mut path, most, &mut list);
    }
    list
}

fn list_below<'a>(
    value: &'a Value,
    path: &mut Vec<Step<'a>>,
    most: usize,
    list: &mut Vec<(String, &'a Value)>,
) {
    if list.len() >= most {
        return;
    }
    let mut below = |step: Step<'a>, value: &'a Value| {
        path.push(step);
        list_below(value, path, most, list);
        path.pop();
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| below(Step::Key(key), value)),
        Value::Array(items) => {
            items.iter().take(most).enumerate().for_each(|(at, value)| below(Step::At(at), value));
        }
        _ => list.push((written_path(path), value)),
    }
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    At(usize),
}

/// A value that is another one, or that one side alone has.
struct Change<'a> {
    path: String,
    a: Option<&'a Value>,
    b: Option<&'a Value>,
    /// Whether only ids or times in it are others.
    is_volatile: bool,
}

impl Change<'_> {
    fn said(&self) -> String {
        let what = match (self.a, self.b) {
            (Some(Value::String(a)), Some(Value::String(b))) => of_texts(a, b),
            (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() != b.len() && !are_short(a, b) => {
                format!("{} → {} items", count(a.len() as u64), count(b.len() as u64))
            }
            (a, b) => {
                // A text that reads like a number is told from a number.
                let is_plain = |value: Option<&Value>| {
                    matches!(value, Some(Value::Null | Value::Bool(_) | Value::Number(_)))
                };
                let side = |value: Option<&Value>, other: Option<&Value>| match value {
                    None => "nothing".to_owned(),
                    Some(text @ Value::String(_)) if is_plain(other) => cut(&text.to_string()),
                    Some(value) => shown(value),
                };
                pair(&side(a, b), &side(b, a))
            }
        };
        if self.path.is_empty() { what } else { format!("{}: {what}", self.path) }
    }
}

#[derive(Default)]
struct Walk<'a> {
    path: Vec<Step<'a>>,
    changes: Vec<Change<'a>>,
}

impl<'a> Walk<'a> {
    fn pair(&mut self, a: Option<&'a Value>, b: Option<&'a Value>) {
        match (a, b) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                for (key, value) in a {
                    self.below(Step::Key(key), Some(value), b.get(key));
                }
                for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                    self.below(Step::Key(key), None, Some(value));
                }
            }
            (Some(Value::Array(items_a)), Some(Value::Array(items_b))) if !are_short(items_a, items_b) => {
                if !self.items(items_a, items_b) {
                    self.change(a, b);
                }
            }
            _ if a == b => {}
            _ => self.change(a, b),
        }
    }

    fn change(&mut self, a: Option<&'a Value>, b: Option<&'a Value>) {
        let (path, is_volatile) = (written_path(&self.path), self.is_volatile(a, b));
        self.changes.push(Change { path, a, b, is_volatile });
    }

    fn below(&mut self, step: Step<'a>, a: Option<&'a Value>, b: Option<&'a Value>) {
        self.path.push(step);
        self.pair(a, b);
        self.path.pop();
    }

    /// Items one by one, without those that are the same at both ends; whether there are as many between these, or one more.
    fn items(&mut self, a: &'a [Value], b: &'a [Value]) -> bool {
        let before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let (rest_a, rest_b) = (&a[before..], &b[before..]);
        let after = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
        let (changed_a, changed_b) = (&rest_a[..rest_a.len() - after], &rest_b[..rest_b.len() - after]);
        if changed_a.len() != changed_b.len() && changed_a.len() + changed_b.len() != 1 {
            return false;
        }
        for at in 0..changed_a.len().max(changed_b.len()) {
            self.below(Step::At(before + at), changed_a.get(at), changed_b.get(at));
        }
        true
    }

    fn is_volatile(&self, a: Option<&Value>, b: Option<&Value>) -> bool {
        let name = self.path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::At(_) => None,
        });
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let texts = a.and_then(text).zip(b.and_then(text));
        texts.is_some_and(|(a, b)| is_same_but_for_ids_and_times(name.unwrap_or_default(), &a, &b))
    }
}

/// Whether both lists are shown whole: values without any below them, few and short.
fn are_short(a: &[Value], b: &[Value]) -> bool {
    [a, b].into_iter().all(|items| {
        let mut characters = 0;
        items.iter().all(|item| {
            characters += match item {
                Value::Object(_) | Value::Array(_) => SHOWN_CHARACTERS,
                Value::String(text) => text.len() + 4,
                _ => 6,
            };
            characters < SHOWN_CHARACTERS
        })
    })
}

/// How many values without any below them there are.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(leaves).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

/// `filters.color[2]`; of a long one its end.
fn written_path(path: &[Step<'_>]) -> String {
    let mut written = String::new();
    for step in path {
        match step {
            Step::Key(key) if written.is_empty() => written.push_str(key),
            Step::Key(key) => written.extend([".", key]),
            Step::At(at) => written.push_str(&format!("[{at}]")),
        }
    }
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    let characters = line.chars().count();
    match characters > SHOWN_CHARACTERS {
        true => format!("…{}", line.chars().skip(characters - SHOWN_CHARACTERS).collect::<String>()),
        false => line,
    }
}

/// The words, where they are no longer than is shown.
fn whole(words: &[&str]) -> Option<String> {
    let bytes: usize = words.iter().map(|word| word.len() + 1).sum();
    (bytes <= SHOWN_CHARACTERS * 4)
        .then(|| words.join(" "))
        .filter(|text| text.chars().count() <= SHOWN_CHARACTERS)
}

/// Which part of the words is another one, wherever it stands.
fn changed_share(changed_a: &[&str], changed_b: &[&str], all: usize) -> f64 {
    let mut left: HashMap<&str, usize> = HashMap::new();
    changed_a.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let stayed = changed_b.iter().filter(|word| match left.get_mut(**word) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    let changed = changed_a.len().max(changed_b.len()) - stayed.count();
    changed as f64 / all.max(1) as f64
}

fn how_much(share: f64) -> &'static str {
    match share {
        0.85.. => "nearly all of it changed",
        0.6.. => "most of it changed",
        0.4.. => "about half of it changed",
        _ => "some of it changed",
    }
}

/// Where words of A stand that are others in B: ranges of either.
fn hunks(a: &[&str], b: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, a, b) {
        let (_, of_a, of_b) = op.as_tag_tuple();
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match hunks.last_mut() {
            Some((last_a, last_b)) if of_a.start - last_a.end <= WORDS_BETWEEN => {
                (last_a.end, last_b.end) = (of_a.end, of_b.end);
            }
            _ => hunks.push((of_a, of_b)),
        }
    }
    hunks
}

/// These words, with some beside them, and marks where there are more.
fn stretch(words: &[&str], changed: Range<usize>) -> String {
    let beside = |words: &mut dyn Iterator<Item = &&str>| {
        let mut characters = 0;
        let is_near = |word: &&&str| {
            characters += word.chars().count() + 1;
            characters <= CHARACTERS_BESIDE
        };
        words.take(WORDS_BESIDE).take_while(is_near).count()
    };
    let from = changed.start - beside(&mut words[..changed.start].iter().rev());
    let to = changed.end + beside(&mut words[changed.end..].iter());
    let mark = |is_more: bool| if is_more { "…" } else { "" };
    format!("{}{}{}", mark(from > 0), words[from..to].join(" "), mark(to < words.len()))
}

/// From one to the other, each cut, without a long beginning that both have.
fn pair(a: &str, b: &str) -> String {
    const LONGEST_COMMON: usize = 24;
    const LEFT: usize = 12;
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let side = |text: &str| {
        let text = quoted_if_empty(text);
        match common > LONGEST_COMMON && text.chars().count() > SHOWN_CHARACTERS {
            true => cut(&format!("…{}", text.chars().skip(common - LEFT).collect::<String>())),
            false => cut(&text),
        }
    };
    format!("{} → {}", side(a), side(b))
}

fn quoted_if_empty(text: &str) -> String {
    if text.is_empty() { "\"\"".to_owned() } else { text.to_owned() }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end_matches(['…', ' '])),
        None => text.to_owned(),
    }
}
