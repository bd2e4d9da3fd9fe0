//! Changes a filter text in what it asks of one field, and leaves the rest as typed.

use chrono::{DateTime, SecondsFormat, Utc};

use super::field::Field;
use super::{Filter, FilterError, Node, NodeKind, Term, parse};
use crate::dto::FilterEdit;

/// The text with the edit made to the conditions on `field` that stand by themselves; those inside parentheses or an `or` stay.
///
/// # Errors
/// The text can't be understood, or there is no such field.
pub fn edit(text: &str, field: &str, edit: &FilterEdit) -> Result<String, FilterError> {
    let filter = parse(text)?;
    let field = Field::named(field).ok_or_else(|| Field::unknown(0, field))?;
    let parts = Parts::of(text, &filter, field);
    Ok(match edit {
        FilterEdit::Clear => parts.with(None),
        FilterEdit::Set { values } => {
            let values: Vec<String> = values.iter().map(|value| written(field, value)).collect();
            parts.with((!values.is_empty()).then(|| format!("{}:{}", field.name(), values.join(","))))
        }
        FilterEdit::Range { from, below } => parts.with(range(field, *from, *below)),
        FilterEdit::Toggle { value } => parts.toggled(field, value, false),
        FilterEdit::Exclude { value } => parts.toggled(field, value, true),
    })
}

/// Two filter texts as one that asks for both.
pub fn joined(one: &str, other: &str) -> String {
    let part = |text: &str| match parse(text) {
        Ok(Filter { root: Some(Node { kind: NodeKind::Any(_), .. }) }) => format!("({})", text.trim()),
        _ => text.trim().to_owned(),
    };
    [part(one), part(other)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text as a value of a filter, in quotes where they are needed.
pub fn quoted(value: &str) -> String {
    let is_special = |letter: char| letter.is_whitespace() || matches!(letter, '"' | ',' | '*' | '(' | ')');
    if !value.is_empty() && !value.contains(is_special) && !value.starts_with(['<', '>', '=']) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value to write: texts are quoted, those that would match in part marked as whole; numbers stand as they are.
fn written(field: Field, value: &str) -> String {
    match field {
        Field::Word(field) if field.matches_in_part() => format!("={}", quoted(value)),
        Field::Word(_) => quoted(value),
        _ => value.to_owned(),
    }
}

/// A filter text taken apart into the conditions that must hold.
struct Parts<'a> {
    text: &'a str,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    text: &'a str,
    /// The term, and whether it is negated, if it is one on the field.
    own: Option<(&'a Term, bool)>,
    is_any: bool,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str, filter: &'a Filter, field: Field) -> Self {
        let part = |node: &'a Node| Part {
            text: text.get(node.from..node.to).unwrap_or_default(),
            own: node.as_term().filter(|(term, _)| term.field == Some(field.name())),
            is_any: matches!(node.kind, NodeKind::Any(_)),
        };
        Self { text, parts: filter.conjuncts().into_iter().map(part).collect() }
    }

    /// Without the terms on the field, and with `term` in the place of the first of them.
    fn with(&self, term: Option<String>) -> String {
        let mut term = term;
        let mut kept = Vec::new();
        for part in &self.parts {
            match part.own {
                Some(_) => kept.extend(term.take()),
                None => kept.push(part.whole()),
            }
        }
        kept.extend(term);
        kept.join(" ")
    }

    /// With the value put among the alternatives of the terms on the field, or taken out if it is there.
    fn toggled(&self, field: Field, value: &str, negated: bool) -> String {
        let has = |term: &Term| term.values.iter().any(|known| known.text.eq_ignore_ascii_case(value));
        let was_there = self
            .parts
            .iter()
            .any(|part| part.own.is_some_and(|(term, is_negated)| is_negated == negated && has(term)));
        let mut is_added = was_there;
        let mut kept = Vec::new();
        for part in &self.parts {
            let Some((term, is_negated)) = part.own else {
                kept.push(part.whole());
                continue;
            };
            let others = term.values.iter().filter(|known| !known.text.eq_ignore_ascii_case(value));
            let mut values: Vec<String> =
                others.filter_map(|known| self.text.get(known.from..known.to)).map(str::to_owned).collect();
            if is_negated == negated && !is_added {
                values.push(written(field, value));
                is_added = true;
            } else if values.len() == term.values.len() {
                kept.push(part.text.to_owned());
                continue;
            }
            if !values.is_empty() {
                let sign = if is_negated { "-" } else { "" };
                kept.push(format!("{sign}{}:{}", field.name(), values.join(",")));
            }
        }
        if !is_added {
            let sign = if negated { "-" } else { "" };
            kept.push(format!("{sign}{}:{}", field.name(), written(field, value)));
        }
        kept.join(" ")
    }
}

impl Part<'_> {
    /// As it stands in a list of conditions that must all hold.
    fn whole(&self) -> String {
        if self.is_any { format!("({})", self.text) } else { self.text.to_owned() }
    }
}

/// A condition that a number lies in an interval; `None` where both ends are open.
fn range(field: Field, from: Option<f64>, below: Option<f64>) -> Option<String> {
    let write = |value: f64| match field {
        Field::Started => moment(value),
        Field::Number(number) if number.is_time() => duration_text(value),
        Field::Number(_) => format!("{:.0}", value.ceil()),
        _ => format!("{value}"),
    };
    let name = field.name();
    match (from.map(write), below.map(write)) {
        (None, None) => None,
        (Some(from), None) => Some(format!("{name}:>={from}")),
        (None, Some(below)) => Some(format!("{name}:<{below}")),
        (Some(from), Some(below)) => Some(format!("{name}:{from}..{below}")),
    }
}

/// Milliseconds since the Unix epoch as a time of day in UTC.
fn moment(unix_ms: f64) -> String {
    let micros = (unix_ms * 1e3).round() as i64;
    let format = match micros {
        micros if micros % 1_000_000 == 0 => SecondsFormat::Secs,
        micros if micros % 1_000 == 0 => SecondsFormat::Millis,
        _ => SecondsFormat::Micros,
    };
    DateTime::<Utc>::from_timestamp_micros(micros)
        .map_or_else(String::new, |time| time.to_rfc3339_opts(format, true))
}

/// Nanoseconds as written in a filter, in the largest unit that says them in few digits.
pub(super) fn duration_text(ns: f64) -> String {
    let ns = ns.round().max(0.0) as u64;
    for (unit, size) in
        [("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000)]
    {
        if ns >= size && ns.is_multiple_of((size / 1_000).max(1)) {
            return format!("{}{unit}", ns as f64 / size as f64);
        }
    }
    format!("{ns}ns")
}
