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
    /// Time lost to failed attempts and the pauses after them, in nanoseconds.
    Waste,
}

impl NumberField {
    /// Whether it is a length of time.
    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::Duration | Self::Waste)
    }
}

/// Text that a trace has one or several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordField {
    /// Models called.
    Model,
    /// Tools called.
    Tool,
    /// What failed steps, or the run, say.
    Error,
    /// The person's tags.
    Tag,
    /// The person's notes, on the run and on its steps.
    Note,
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
    /// Tools, models and steps that were tried more than once.
    Retried,
    /// Its id in the source.
    Key,
}

impl WordField {
    /// Whether a value without wildcards is looked for inside of it; `=` before the value asks for the whole of it.
    pub(super) fn matches_in_part(self) -> bool {
        matches!(self, Self::Name | Self::Source | Self::Error | Self::Note)
    }
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
    /// A call of a tool.
    Tool,
    /// A call of a model.
    Model,
    /// A project.
    Project,
    /// An environment.
    Environment,
    /// A conversation that it belongs to.
    Conversation,
    /// A tag.
    Tag,
    /// A note.
    Note,
    /// Something that the person was told of and has not looked at.
    Alert,
}

impl Has {
    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("retry", Self::Retry),
        ("retries", Self::Retry),
        ("error", Self::Error),
        ("errors", Self::Error),
        ("cost", Self::Cost),
        ("tokens", Self::Tokens),
        ("tool", Self::Tool),
        ("model", Self::Model),
        ("project", Self::Project),
        ("environment", Self::Environment),
        ("conversation", Self::Conversation),
        ("tag", Self::Tag),
        ("note", Self::Note),
        ("alert", Self::Alert),
    ];
}

/// Something a trace may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Over the threshold of the settings.
    Slow,
    /// Out of the ordinary for its task in some measure.
    Outlier,
    /// Marked with a star.
    Starred,
    /// A step of it is pinned.
    Pinned,
    /// One of several tries of a run in its conversation.
    Rerun,
    /// Of a project or environment that the person has hidden.
    Hidden,
}

impl Flag {
    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("slow", Self::Slow),
        ("outlier", Self::Outlier),
        ("starred", Self::Starred),
        ("pinned", Self::Pinned),
        ("rerun", Self::Rerun),
        ("hidden", Self::Hidden),
    ];
}

/// A number by which a run may be out of the ordinary for its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Duration.
    Duration,
    /// Tokens.
    Tokens,
    /// Cost.
    Cost,
    /// Steps.
    Steps,
    /// Retries.
    Retries,
}

impl Measure {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Duration, Self::Tokens, Self::Cost, Self::Steps, Self::Retries];

    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("duration", Self::Duration),
        ("tokens", Self::Tokens),
        ("cost", Self::Cost),
        ("steps", Self::Steps),
        ("retries", Self::Retries),
    ];

    /// Its word in filters.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, measure)| *measure == self).map_or("", |(word, _)| word)
    }
}

/// What stands before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Status,
    Started,
    Cost,
    Has,
    Is,
    Kind,
    Outcome,
    Cause,
    Outlier,
    Number(NumberField),
    Word(WordField),
}

/// A name, what it names, and what that is in a few words; the first name of a field is the one shown.
const FIELDS: &[(&str, Field, &str)] = &[
    ("status", Field::Status, "how the run ended: success, warning, failed, running, lost"),
    ("duration", Field::Number(NumberField::Duration), "how long it took: >2s, 200ms..1s"),
    ("is", Field::Is, "slow, outlier, starred, pinned (a step of it) or hidden"),
    ("has", Field::Has, "something that is there: retry, error, cost, note, …"),
    ("error", Field::Word(WordField::Error), "text of its errors"),
    ("tool", Field::Word(WordField::Tool), "a tool that was called"),
    ("model", Field::Word(WordField::Model), "a model that was called"),
    ("kind", Field::Kind, "a kind of step in it: llm, tool, retrieval, …"),
    ("name", Field::Word(WordField::Name), "part of the run's name"),
    ("project", Field::Word(WordField::Project), "project or service"),
    ("environment", Field::Word(WordField::Environment), "production, staging, …"),
    ("env", Field::Word(WordField::Environment), "short for environment"),
    ("started", Field::Started, "when it started: >-24h, 2026-05-01"),
    ("retries", Field::Number(NumberField::Retries), "how many retries"),
    ("retried", Field::Word(WordField::Retried), "a tool or model that was tried more than once"),
    ("outcome", Field::Outcome, "what became of what was tried again: recovered, gaveup, abandoned, trying"),
    ("cause", Field::Cause, "why a try failed: ratelimit, timeout, server, …"),
    ("waste", Field::Number(NumberField::Waste), "time lost to failed attempts"),
    ("errors", Field::Number(NumberField::Errors), "how many failed steps"),
    ("steps", Field::Number(NumberField::Steps), "how many steps"),
    ("tokens", Field::Number(NumberField::Tokens), "how many tokens: >10k"),
    ("cost", Field::Cost, "US dollars: >0.5"),
    ("outlier", Field::Outlier, "out of the ordinary in duration, tokens, cost, steps or retries"),
    ("conversation", Field::Word(WordField::Conversation), "session, thread or group"),
    ("tag", Field::Word(WordField::Tag), "one of your tags"),
    ("note", Field::Word(WordField::Note), "text of your notes on it or its steps"),
    ("source", Field::Word(WordField::Source), "part of the file or feed it came from"),
    ("format", Field::Word(WordField::Format), "the format it came in"),
    ("key", Field::Word(WordField::Key), "its id in the source"),
];

impl Field {
    /// The field of that name, in either case.
    pub(super) fn named(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)).map(|(_, field, _)| *field)
    }

    /// The name it is shown by.
    pub(super) fn name(self) -> &'static str {
        FIELDS.iter().find(|(_, field, _)| *field == self).map_or("", |(name, ..)| name)
    }

    /// All names, what they name and what that is, in the order in which they are offered.
    pub(super) fn all() -> impl Iterator<Item = (&'static str, Self, &'static str)> {
        FIELDS.iter().copied()
    }

    /// The error for a field that does not exist.
    pub(super) fn unknown(at: usize, name: &str) -> FilterError {
        let names = || FIELDS.iter().map(|(name, ..)| *name);
        let hint = match nearest(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}; to look for this text, put it in quotes", listed(names(), "and")),
        };
        FilterError::at(at..at + name.len(), format!("unknown field \"{}\"; {hint}", shortened(name)))
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
