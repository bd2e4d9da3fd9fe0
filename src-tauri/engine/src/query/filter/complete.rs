//! What could be written at a place in a filter text.

use super::edit::duration_text;
use super::field::{Field, Flag, Has, Measure};
use super::read::{bytes, utf16};
use super::{NumberField, WordField, quoted};
use crate::dto::{FilterCompletion, FilterCompletions};
use crate::model::{AttemptOutcome, FailureCause, SpanKind, TraceStatus};
use crate::query::catalog::{Columns, Run, Vocabulary};
use crate::store::digest::cause_bit;

/// Most items given.
const MOST: usize = 50;

/// What could be written where the cursor stands, in UTF-16 code units: fields, their values as they are among the traces, words
/// of the language.
pub fn complete(columns: &Columns, text: &str, cursor: u32) -> FilterCompletions {
    let cursor = bytes(text, cursor);
    let place = Place::at(text, cursor);
    let mut items = match place.field {
        Some(field) => values(columns, field, place.typed),
        None => fields(place.typed),
    };
    items.truncate(MOST);
    FilterCompletions { from: utf16(text, place.from), to: utf16(text, place.to), items }
}

/// What is being typed.
struct Place<'a> {
    /// The field whose value it is; `None` for the beginning of a term.
    field: Option<Field>,
    /// What is typed of it, without an opening quote.
    typed: &'a str,
    /// What an item is put in the place of.
    from: usize,
    to: usize,
}

impl<'a> Place<'a> {
    fn at(text: &'a str, cursor: usize) -> Self {
        let before = text.get(..cursor).unwrap_or(text);
        // The start of the word under the cursor, and of the alternative in it.
        let (mut word, mut value, mut in_quotes, mut escaped, mut has_field) = (0, 0, false, false, false);
        for (at, letter) in before.char_indices() {
            let next = at + letter.len_utf8();
            match letter {
                _ if escaped => escaped = false,
                '\\' if in_quotes => escaped = true,
                '"' => in_quotes = !in_quotes,
                _ if in_quotes => {}
                '(' | ')' => (word, value, has_field) = (next, next, false),
                _ if letter.is_whitespace() => (word, value, has_field) = (next, next, false),
                '-' if at == word => (word, value) = (next, next),
                ':' if !has_field => (value, has_field) = (next, true),
                ',' if has_field => value = next,
                _ => {}
            }
        }
        let rest = text.get(cursor..).unwrap_or_default();
        let ends = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '(' | ')' | '"');
        let to = cursor + rest.find(ends).unwrap_or(rest.len());
        let name = text.get(word..value.saturating_sub(1)).unwrap_or_default();
        let name = name.split(':').next().unwrap_or_default();
        match has_field.then(|| Field::named(name)).flatten() {
            Some(field) => {
                let typed = text.get(value..cursor).unwrap_or_default().trim_start_matches('"');
                Self {
                    field: Some(field),
                    typed,
                    from: value,
                    to: if in_quotes { closing(text, to) } else { to },
                }
            }
            None => Self { field: None, typed: text.get(word..cursor).unwrap_or_default(), from: word, to },
        }
    }
}

/// Past a quote that closes right there.
fn closing(text: &str, at: usize) -> usize {
    at + usize::from(text.get(at..).is_some_and(|rest| rest.starts_with('"')))
}

fn fields(typed: &str) -> Vec<FilterCompletion> {
    let typed = typed.to_ascii_lowercase();
    let named = Field::all()
        // Short names stand for others: they are taken, not offered, unless they are typed.
        .filter(|(name, field, _)| field.name() == *name || (!typed.is_empty() && name.starts_with(&typed)))
        .filter(|(name, ..)| name.contains(&typed));
    let mut found: Vec<(bool, FilterCompletion)> = named
        .map(|(name, _, detail)| {
            let item = FilterCompletion {
                insert: format!("{name}:"),
                label: format!("{name}:"),
                detail: detail.into(),
                count: None,
                ends_term: false,
            };
            (!name.starts_with(&typed), item)
        })
        .collect();
    found.sort_by_key(|(is_inside, _)| *is_inside);
    found.into_iter().map(|(_, item)| item).collect()
}

fn values(columns: &Columns, field: Field, typed: &str) -> Vec<FilterCompletion> {
    match field {
        Field::Word(field) => words(columns, field, typed),
        Field::Status => {
            let words = TraceStatus::ALL.iter().map(|status| status.word());
            counted(columns, words, typed, |run, word| run.status.word() == word)
        }
        Field::Kind => {
            let words = SpanKind::ALL.iter().map(|kind| kind.word());
            counted(columns, words, typed, |run, word| {
                SpanKind::from_word(word).is_some_and(|kind| run.has_kind(kind))
            })
        }
        Field::Outcome => {
            let words = AttemptOutcome::ALL.iter().map(|outcome| outcome.word());
            counted(columns, words, typed, |run, word| {
                run.retried.iter().any(|retried| retried.outcome.word() == word)
            })
        }
        Field::Cause => {
            let words = FailureCause::ALL.iter().map(|cause| cause.word());
            counted(columns, words, typed, |run, word| {
                let bit = FailureCause::from_word(word).map_or(0, cause_bit);
                run.retried.iter().any(|retried| retried.causes & bit != 0)
            })
        }
        Field::Has => plain(Has::WORDS.iter().map(|(word, _)| (*word, "")), typed),
        Field::Is => plain(Flag::WORDS.iter().map(|(word, flag)| (*word, flag_meaning(*flag))), typed),
        Field::Outlier => {
            counted(columns, Measure::WORDS.iter().map(|(word, _)| *word), typed, |run, word| {
                let measure = Measure::ALL.into_iter().find(|measure| measure.word() == word);
                measure.is_some_and(|measure| columns.is_outlier(run, &[measure]))
            })
        }
        Field::Started => plain(
            [
                (">-15min", "in the last quarter of an hour"),
                (">-1h", "in the last hour"),
                (">-24h", "in the last day"),
                (">-7d", "in the last week"),
                (">-30d", "in the last 30 days"),
            ]
            .into_iter(),
            typed,
        ),
        Field::Number(field) => numbers(columns, field, typed),
        Field::Cost => plain([(">0.01", ""), (">0.1", ""), (">1", "")].into_iter(), typed),
    }
}

fn flag_meaning(flag: Flag) -> &'static str {
    match flag {
        Flag::Slow => "over the threshold of the settings",
        Flag::Outlier => "out of the ordinary for its task",
        Flag::Starred => "marked with a star",
        Flag::Pinned => "with a pinned step",
        Flag::Rerun => "a run that was tried again in its conversation, or a further try",
        Flag::Hidden => "of a hidden project or environment",
    }
}

fn plain<'a>(words: impl Iterator<Item = (&'a str, &'a str)>, typed: &str) -> Vec<FilterCompletion> {
    let typed = typed.to_ascii_lowercase();
    let mut items: Vec<FilterCompletion> = words
        .filter(|(word, _)| word.contains(&typed))
        .map(|(word, detail)| FilterCompletion {
            insert: word.into(),
            label: word.into(),
            detail: detail.into(),
            count: None,
            ends_term: true,
        })
        .collect();
    items.sort_by_key(|item| !item.label.starts_with(&typed));
    items
}

fn counted<'a>(
    columns: &Columns,
    words: impl Iterator<Item = &'a str>,
    typed: &str,
    is: impl Fn(&Run, &str) -> bool,
) -> Vec<FilterCompletion> {
    let mut items = plain(words.map(|word| (word, "")), typed);
    for item in &mut items {
        let rows = columns.live().iter().filter(|row| is(&columns.runs[*row], &item.label));
        item.count = Some(rows.count() as u32);
    }
    items.sort_by_key(|item| (!item.label.starts_with(typed), item.count == Some(0)));
    items
}

/// Limits that some of the runs lie above.
fn numbers(columns: &Columns, field: NumberField, typed: &str) -> Vec<FilterCompletion> {
    let mut known: Vec<i64> =
        columns.live().iter().filter_map(|row| super::select::number(&columns.runs[row], field)).collect();
    known.sort_unstable();
    let mut items: Vec<FilterCompletion> = Vec::new();
    if field != NumberField::Duration && field != NumberField::Tokens {
        items.push(FilterCompletion {
            insert: ">0".into(),
            label: ">0".into(),
            detail: "any".into(),
            count: Some((known.len() - known.partition_point(|value| *value <= 0)) as u32),
            ends_term: true,
        });
    }
    for (share, detail) in [(0.5, "half of the runs"), (0.9, "1 run of 10"), (0.99, "1 run of 100")] {
        let Some(limit) = known.get((known.len() as f64 * share) as usize).map(|value| rounded(*value))
        else {
            continue;
        };
        let written = if field.is_time() { duration_text(limit as f64) } else { limit.to_string() };
        let insert = format!(">={written}");
        if items.iter().any(|item| item.insert == insert) || limit <= 0 {
            continue;
        }
        items.push(FilterCompletion {
            label: insert.clone(),
            insert,
            detail: format!("about {detail}"),
            count: Some((known.len() - known.partition_point(|value| *value < limit)) as u32),
            ends_term: true,
        });
    }
    items.retain(|item| item.insert.contains(typed));
    items
}

/// To two digits.
fn rounded(value: i64) -> i64 {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0);
    let step = 10_i64.pow(digits.saturating_sub(1));
    value / step * step
}

fn words(columns: &Columns, field: WordField, typed: &str) -> Vec<FilterCompletion> {
    let words = &columns.words;
    let (vocabulary, add): (&Vocabulary, fn(&Run, &mut [u32])) = match field {
        WordField::Name => (&words.names, |run, counts| count(counts, [run.name])),
        WordField::Project => (&words.projects, |run, counts| count(counts, run.project)),
        WordField::Environment => (&words.environments, |run, counts| count(counts, run.environment)),
        WordField::Format => (&words.formats, |run, counts| count(counts, [run.format])),
        WordField::Source => (&words.sources, |run, counts| count(counts, [run.source])),
        WordField::Conversation => (&words.conversations, |run, counts| count(counts, run.conversation)),
        WordField::Model => (&words.models, |run, counts| count(counts, run.models_used())),
        WordField::Tool => {
            (&words.tools, |run, counts| count(counts, run.tools.iter().map(|calls| calls.name)))
        }
        WordField::Tag => (&words.tags, |run, counts| count(counts, run.tags.iter().copied())),
        WordField::Error => {
            (&words.errors, |run, counts| count(counts, run.error_texts.iter().map(|(word, _)| *word)))
        }
        WordField::Retried => (&words.retried, |run, counts| {
            // Once a trace, however many entries it has of one name.
            let mut names: Vec<u32> = run.retried.iter().map(|retried| retried.name).collect();
            names.sort_unstable();
            names.dedup();
            count(counts, names);
        }),
        // An id is pasted and a note is searched in; neither is chosen from a list.
        WordField::Key | WordField::Note => return Vec::new(),
    };
    let mut counts = vec![0; vocabulary.len()];
    columns.live().iter().for_each(|row| add(&columns.runs[row], &mut counts));
    let typed = typed.to_lowercase();
    let mut found: Vec<(bool, u32, &str)> = vocabulary
        .iter()
        .zip(&counts)
        .filter(|(text, count)| **count > 0 && !text.is_empty())
        .filter_map(|(text, count)| {
            let at = text.to_lowercase().find(&typed)?;
            Some((at > 0, *count, text))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(b.2)));
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(_, count, text)| FilterCompletion {
            insert: quoted(text),
            label: text.into(),
            detail: String::new(),
            count: Some(count),
            ends_term: true,
        })
        .collect()
}

fn count(counts: &mut [u32], words: impl IntoIterator<Item = u32>) {
    for word in words {
        if let Some(count) = counts.get_mut(word as usize) {
            *count += 1;
        }
    }
}
