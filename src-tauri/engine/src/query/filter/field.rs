//! The fields a filter can name, and the nearest one to a name that is none.

use super::FilterError;

/// A column of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberField {
    /// Duration in nanoseconds.
    Duration,
    /// Number of retries.
    Retries,
    /// Number of failed steps.
    Errors,
    /// Number of steps.
    Steps,
    /// Number of tokens.
    Tokens,
}

/// A column of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordField {
    /// Model.
    Model,
    /// Project.
    Project,
    /// Environment.
    Environment,
    /// Name of the run.
    Name,
    /// Format it came in.
    Format,
    /// File or feed it came from.
    Source,
    /// Conversation.
    Conversation,
    /// Its id in the source.
    Key,
}

/// Something a trace may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// At least one retry.
    Retry,
    /// At least one failed step.
    Error,
    /// A known cost.
    Cost,
    /// A known number of tokens.
    Tokens,
}

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Status,
    Started,
    Cost,
    Has,
    Number(NumberField),
    Word(WordField),
}

/// Names and what they name; the first name of a field is the one shown.
const FIELDS: &[(&str, Field)] = &[
    ("status", Field::Status),
    ("duration", Field::Number(NumberField::Duration)),
    ("retries", Field::Number(NumberField::Retries)),
    ("errors", Field::Number(NumberField::Errors)),
    ("steps", Field::Number(NumberField::Steps)),
    ("tokens", Field::Number(NumberField::Tokens)),
    ("cost", Field::Cost),
    ("model", Field::Word(WordField::Model)),
    ("project", Field::Word(WordField::Project)),
    ("environment", Field::Word(WordField::Environment)),
    ("env", Field::Word(WordField::Environment)),
    ("name", Field::Word(WordField::Name)),
    ("format", Field::Word(WordField::Format)),
    ("source", Field::Word(WordField::Source)),
    ("conversation", Field::Word(WordField::Conversation)),
    ("key", Field::Word(WordField::Key)),
    ("started", Field::Started),
    ("has", Field::Has),
];

impl Field {
    /// The field of that name, in either case.
    pub(super) fn named(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field)
    }

    /// The name it is shown by.
    pub(super) fn name(self) -> &'static str {
        FIELDS.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }

    /// The error for a field that does not exist.
    pub(super) fn unknown(at: usize, name: &str) -> FilterError {
        let names = || FIELDS.iter().map(|(name, _)| *name);
        let hint = match nearest(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}; to look for this text, put it in quotes", listed(names(), "and")),
        };
        FilterError::new(at, format!("unknown field \"{}\"; {hint}", shortened(name)))
    }
}

/// `words` as a list in a sentence, `last` before the last one.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>, last: &str) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// `text` cut to what fits into a message.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.into();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// The candidate that is at most two slips of the keyboard away from `word` (one, for short words), if any.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 24;
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    let allowed = if word.len() < 6 { 1 } else { 2 };
    candidates
        .map(|candidate| (slips(&word, &candidate.chars().collect::<Vec<_>>()), candidate))
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, remove, replace or swap with their neighbour to get from one word to the other.
fn slips(from: &[char], to: &[char]) -> usize {
    let at = |text: &[char], index: usize| text.get(index).copied();
    let mut rows: [Vec<usize>; 3] = [vec![0; to.len() + 1], (0..=to.len()).collect(), vec![0; to.len() + 1]];
    for i in 0..from.len() {
        let [before, last, next] = &mut rows;
        next[0] = i + 1;
        for j in 0..to.len() {
            let replaced = last[j] + usize::from(at(from, i) != at(to, j));
            let mut least = replaced.min(last[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && at(from, i) == at(to, j - 1) && at(from, i - 1) == at(to, j) {
                least = least.min(before[j - 1] + 1);
            }
            next[j + 1] = least;
        }
        rows.rotate_left(1);
    }
    rows[1][to.len()]
}
