//! From text to terms: one pass over the characters, no recursion.

use super::field::{Field, Has, NumberField, WordField, listed, nearest, shortened};
use super::value::{self, Operator};
use super::{Filter, FilterError, Pattern, Term, Test};
use crate::model::TraceStatus;

/// The longest text that is taken, in bytes. Together with [`MOST_CONDITIONS`] it keeps the SQL inside SQLite's limits.
const LONGEST_BYTES: usize = 8 * 1024;
/// The most alternatives of all terms together.
const MOST_CONDITIONS: usize = 200;

/// Reads a filter text.
///
/// # Errors
/// The first thing that can't be understood: where it is and what was expected there.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > LONGEST_BYTES {
        return Err(FilterError::new(0, format!("a filter has at most {LONGEST_BYTES} bytes")));
    }
    let mut cursor = Cursor { text, at: 0 };
    let mut filter = Filter::default();
    let mut conditions = 0;
    loop {
        cursor.skip_white_space();
        let start = cursor.at;
        if cursor.peek().is_none() {
            return Ok(filter);
        }
        let negated = cursor.take_negation();
        let (test, alternatives) = match cursor.take_field()? {
            Some((field, values_start)) => {
                let values = cursor.take_values(Commas::Separate)?;
                (field_test(field, values_start, &values)?, values.len())
            }
            None => {
                let words = cursor.take_values(Commas::Keep)?;
                (Test::Text(words.into_iter().flat_map(|word| word.pieces).collect::<Raw>().contained()), 1)
            }
        };
        conditions += alternatives;
        if conditions > MOST_CONDITIONS {
            let message = format!("a filter has at most {MOST_CONDITIONS} conditions");
            return Err(FilterError::new(start, message));
        }
        filter.terms.push(Term { negated, test });
    }
}

/// The test of a field against its alternatives.
fn field_test(field: Field, values_start: usize, values: &[Value]) -> Result<Test, FilterError> {
    for value in values {
        if value.raw.is_empty() && !value.quoted {
            let after =
                if value.at == values_start { format!("{}:", field.name()) } else { "the comma".into() };
            let message = format!("expected a value right after {after}, without a space between");
            return Err(FilterError::new(value.at, message));
        }
    }
    Ok(match field {
        Field::Word(field) => Test::Word(field, each(values, |value| word(field, value))?),
        Field::Status => Test::Status(each(values, status)?),
        Field::Has => Test::Has(each(values, has)?),
        Field::Cost => Test::Cost(each(values, |value| {
            let (operator, at, text) = value.compared(field)?;
            value::cost(operator, at, text)
        })?),
        Field::Number(number) => Test::Number(
            number,
            each(values, |value| {
                let (operator, at, text) = value.compared(field)?;
                let units = if number == NumberField::Duration { &value::DURATION } else { &value::COUNT };
                value::number(units, operator, at, text)
            })?,
        ),
        Field::Started => Test::Started(each(values, |value| {
            let (operator, at, text) = value.compared(field)?;
            value::started(operator, at, text)
        })?),
    })
}

fn each<T>(values: &[Value], read: impl Fn(&Value) -> Result<T, FilterError>) -> Result<Vec<T>, FilterError> {
    values.iter().map(read).collect()
}

fn word(field: WordField, value: &Value) -> Result<Pattern, FilterError> {
    let name = Field::Word(field).name();
    if !value.quoted && value.text().starts_with(['<', '>']) {
        let message = format!("{name} is text and has no order; write {name}:value, or quote the value");
        return Err(FilterError::new(value.at, message));
    }
    let pieces: Raw = value.pieces.iter().cloned().collect();
    Ok(match field {
        WordField::Name | WordField::Source => pieces.contained_unless_wild(),
        _ => pieces.whole(),
    })
}

fn status(value: &Value) -> Result<TraceStatus, FilterError> {
    let text = value.plain(Field::Status)?.to_ascii_lowercase();
    TraceStatus::from_word(&text).ok_or_else(|| {
        let words = || TraceStatus::ALL.iter().map(|status| status.word());
        unknown_word("status", value.at, &text, words)
    })
}

fn has(value: &Value) -> Result<Has, FilterError> {
    const WORDS: [&str; 4] = ["retry", "error", "cost", "tokens"];
    let text = value.plain(Field::Has)?.to_ascii_lowercase();
    match text.as_str() {
        "retry" | "retries" => Ok(Has::Retry),
        "error" | "errors" => Ok(Has::Error),
        "cost" => Ok(Has::Cost),
        "tokens" => Ok(Has::Tokens),
        _ => Err(unknown_word("has", value.at, &text, || WORDS.into_iter())),
    }
}

fn unknown_word<'a, Words: Iterator<Item = &'a str>>(
    field: &str,
    at: usize,
    word: &str,
    words: impl Fn() -> Words,
) -> FilterError {
    let hint = match nearest(word, words()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("expected {}", listed(words(), "or")),
    };
    FilterError::new(at, format!("{field}:{} is not known; {hint}", shortened(word)))
}

/// A piece of a value as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Wildcard,
}

/// One alternative as typed.
struct Value {
    /// Where it starts.
    at: usize,
    pieces: Vec<Piece>,
    /// What was typed, quotes included.
    raw: String,
    /// Whether it begins with a quote.
    quoted: bool,
}

impl Value {
    /// Its text, wildcards as `*`.
    fn text(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Wildcard => "*",
        });
        texts.collect()
    }

    /// Its text, for fields that know no wildcards.
    fn plain(&self, field: Field) -> Result<String, FilterError> {
        if self.pieces.contains(&Piece::Wildcard) {
            return Err(FilterError::new(self.at, format!("{} takes no *", field.name())));
        }
        Ok(self.text())
    }

    /// Its operator, and the place and text of what follows it.
    fn compared(&self, field: Field) -> Result<(Operator, usize, String), FilterError> {
        let text = self.plain(field)?;
        let (operator, length) = Operator::leading(&text);
        let rest = text.get(length..).unwrap_or_default().to_owned();
        let at = if self.quoted { self.at } else { self.at + length };
        if rest.is_empty() {
            return Err(FilterError::new(at, format!("expected a value for {} here", field.name())));
        }
        Ok((operator, at, rest))
    }
}

/// Pieces on their way to a pattern.
struct Raw {
    pieces: Vec<String>,
}

impl FromIterator<Piece> for Raw {
    fn from_iter<Pieces: IntoIterator<Item = Piece>>(typed: Pieces) -> Self {
        let mut pieces = vec![String::new()];
        for piece in typed {
            let wildcard_just_before = pieces.len() > 1 && pieces.last().is_some_and(String::is_empty);
            match (piece, pieces.last_mut()) {
                (Piece::Literal(text), Some(last)) => last.push_str(&text),
                (Piece::Literal(text), None) => pieces.push(text),
                // Several wildcards in a row say no more than one.
                (Piece::Wildcard, _) if wildcard_just_before => {}
                (Piece::Wildcard, _) => pieces.push(String::new()),
            }
        }
        Self { pieces }
    }
}

impl Raw {
    fn whole(self) -> Pattern {
        Pattern { pieces: self.pieces }
    }

    fn contained(mut self) -> Pattern {
        if self.pieces.len() == 1 || self.pieces.first().is_some_and(|first| !first.is_empty()) {
            self.pieces.insert(0, String::new());
        }
        if self.pieces.last().is_some_and(|last| !last.is_empty()) {
            self.pieces.push(String::new());
        }
        Pattern { pieces: self.pieces }
    }

    fn contained_unless_wild(self) -> Pattern {
        if self.pieces.len() == 1 { self.contained() } else { self.whole() }
    }
}

/// What a comma outside quotes does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Commas {
    Separate,
    Keep,
}

/// A place in the text.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_white_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes a minus sign with something after it; a lone one is text.
    fn take_negation(&mut self) -> bool {
        let negated = match self.rest().strip_prefix('-') {
            Some(rest) => rest.starts_with(|after: char| !after.is_whitespace()),
            None => false,
        };
        self.at += usize::from(negated);
        negated
    }

    /// Takes `field:`, and gives the field and where its values start. `field>` and the like are taken too, for they are
    /// easily typed; there the operator is left for the value, but for `=`, which says no more than a colon.
    fn take_field(&mut self) -> Result<Option<(Field, usize)>, FilterError> {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let field = Field::named(name);
        let taken = match (after.chars().next(), field) {
            (Some(':'), _) if !name.is_empty() => 1,
            (Some('='), Some(_)) => 1,
            (Some('<' | '>'), Some(_)) => 0,
            _ => return Ok(None),
        };
        let field = field.ok_or_else(|| Field::unknown(self.at, name))?;
        self.at += length + taken;
        Ok(Some((field, self.at)))
    }

    /// Takes what follows up to white space outside quotes.
    fn take_values(&mut self, commas: Commas) -> Result<Vec<Value>, FilterError> {
        let mut values = vec![self.value()];
        while let Some(letter) = self.peek() {
            if letter.is_whitespace() {
                break;
            }
            if letter == ',' && commas == Commas::Separate {
                self.at += 1;
                values.push(self.value());
                continue;
            }
            let from = self.at;
            let piece = match letter {
                '"' => Piece::Literal(self.take_quoted()?),
                '*' => {
                    self.at += 1;
                    Piece::Wildcard
                }
                _ => {
                    let special = |next: char| next.is_whitespace() || matches!(next, '"' | '*' | ',');
                    let first = letter.len_utf8();
                    let rest = self.rest().get(first..).unwrap_or_default();
                    self.at += first + rest.find(special).unwrap_or(rest.len());
                    Piece::Literal(self.text.get(from..self.at).unwrap_or_default().into())
                }
            };
            if let Some(value) = values.last_mut() {
                value.pieces.push(piece);
                value.raw.push_str(self.text.get(from..self.at).unwrap_or_default());
            }
        }
        Ok(values)
    }

    fn value(&self) -> Value {
        Value { at: self.at, pieces: Vec::new(), raw: String::new(), quoted: self.peek() == Some('"') }
    }

    /// Takes a quoted text; `\"` and `\\` stand for a quote and a backslash.
    fn take_quoted(&mut self) -> Result<String, FilterError> {
        let mut text = String::new();
        let mut escaped = false;
        for (offset, letter) in self.rest().char_indices().skip(1) {
            match letter {
                '"' if !escaped => {
                    self.at += offset + 1;
                    return Ok(text);
                }
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '"' | '\\' => {}
                _ if escaped => text.push('\\'),
                _ => {}
            }
            escaped = false;
            text.push(letter);
        }
        Err(FilterError::new(self.at, "the quote opened here is not closed; add a \" at its end"))
    }
}
