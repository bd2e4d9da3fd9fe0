//! From text to conditions: a recursive descent over `or`, `and`, `not`, parentheses and terms.

use std::ops::Range;

use super::field::{Field, Flag, Has, WordField, listed, nearest, shortened};
use super::value::{self, Operator};
use super::{Filter, FilterError, Measure, Node, NodeKind, Pattern, Term, Test, Written};
use crate::model::{AttemptOutcome, FailureCause, SpanKind, TraceStatus};

/// The longest text that is taken, in bytes.
const LONGEST_BYTES: usize = 8 * 1024;
/// The most alternatives of all terms together.
const MOST_CONDITIONS: usize = 200;
/// How deep parentheses and `not` may nest.
const DEEPEST: usize = 32;

/// Reads a filter text.
///
/// # Errors
/// The first thing that can't be understood: where it is and what was expected there.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    whole(text).map_err(|error| {
        // A mark under one letter may reach past the text, or into a letter of several bytes.
        let mut end = error.end.clamp(error.at, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        FilterError { end, ..error }
    })
}

fn whole(text: &str) -> Result<Filter, FilterError> {
    if text.len() > LONGEST_BYTES {
        return Err(FilterError::at(0..text.len(), format!("a filter has at most {LONGEST_BYTES} bytes")));
    }
    let mut parser = Parser { cursor: Cursor { text, at: 0, open: 0 }, conditions: 0, depth: 0 };
    parser.cursor.skip_white_space();
    let root = if parser.cursor.peek().is_none() { None } else { Some(parser.any()?) };
    parser.cursor.skip_white_space();
    match parser.cursor.peek() {
        None => Ok(Filter { root }),
        Some(_) => {
            let at = parser.cursor.at;
            Err(FilterError::at(at..at + 1, "this ) closes nothing; take it away, or put it in quotes"))
        }
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    conditions: usize,
    depth: usize,
}

impl Parser<'_> {
    /// Alternatives with `or` between them.
    fn any(&mut self) -> Result<Node, FilterError> {
        let first = self.all()?;
        let mut nodes = vec![first];
        while self.cursor.take_keyword("or") {
            nodes.push(self.all()?);
        }
        Ok(joined(nodes, NodeKind::Any))
    }

    /// Conditions one after another, with or without `and` between them.
    fn all(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.one()?];
        loop {
            let asked = self.cursor.take_keyword("and");
            self.cursor.skip_white_space();
            let ends = match self.cursor.peek() {
                None | Some(')') => true,
                Some(_) => self.cursor.sees_keyword("or"),
            };
            if ends && !asked {
                return Ok(joined(nodes, NodeKind::All));
            }
            nodes.push(self.one()?);
        }
    }

    /// A term, a group, or the negation of one.
    fn one(&mut self) -> Result<Node, FilterError> {
        self.cursor.skip_white_space();
        let from = self.cursor.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(FilterError::at(from..from + 1, format!("parentheses nest at most {DEEPEST} deep")));
        }
        let node = if self.cursor.take_negation() || self.cursor.take_keyword("not") {
            let inner = self.one()?;
            Node { from, to: inner.to, kind: NodeKind::Not(Box::new(inner)) }
        } else if self.cursor.peek() == Some('(') {
            self.group()?
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn group(&mut self) -> Result<Node, FilterError> {
        let from = self.cursor.at;
        self.cursor.at += 1;
        self.cursor.open += 1;
        let inner = self.any()?;
        self.cursor.skip_white_space();
        if self.cursor.peek() != Some(')') {
            return Err(FilterError::at(from..from + 1, "this ( is not closed; add a ) at its end"));
        }
        self.cursor.at += 1;
        self.cursor.open -= 1;
        Ok(Node { from, to: self.cursor.at, kind: NodeKind::Group(Box::new(inner)) })
    }

    fn term(&mut self) -> Result<Node, FilterError> {
        let from = self.cursor.at;
        let keyword = ["and", "or"].into_iter().find(|word| self.cursor.sees_keyword(word));
        if self.cursor.peek().is_none() || keyword.is_some() || self.cursor.peek() == Some(')') {
            let found = keyword.map_or(1, str::len);
            let message = match keyword {
                Some(word) => {
                    format!("expected a condition before \"{word}\"; to look for the word, put it in quotes")
                }
                None => "expected a condition here".into(),
            };
            return Err(FilterError::at(from..from + found, message));
        }
        let (field, test, values) = match self.cursor.take_field()? {
            Some((field, values_start)) => {
                let values = self.cursor.take_values(Commas::Separate)?;
                let test = field_test(field, values_start, &values)?;
                (Some(field.name()), test, values)
            }
            None => {
                let values = self.cursor.take_values(Commas::Keep)?;
                let typed: Raw = values.iter().flat_map(|value| value.pieces.iter().cloned()).collect();
                let texts = typed.pieces.into_iter().filter(|text| !text.trim().is_empty());
                (None, Test::Text(texts.collect()), values)
            }
        };
        let to = self.cursor.at;
        self.conditions += values.len();
        if self.conditions > MOST_CONDITIONS {
            let message = format!("a filter has at most {MOST_CONDITIONS} conditions");
            return Err(FilterError::at(from..to, message));
        }
        let values = values
            .iter()
            .map(|value| Written { from: value.at, to: value.at + value.raw.len(), text: value.written() })
            .collect();
        Ok(Node { from, to, kind: NodeKind::Term(Term { field, test, values }) })
    }
}

/// Several nodes as one, a single one as itself.
fn joined(mut nodes: Vec<Node>, kind: fn(Vec<Node>) -> NodeKind) -> Node {
    match (nodes.pop(), nodes.first().map(|first| first.from)) {
        (Some(last), Some(from)) => {
            let to = last.to;
            nodes.push(last);
            Node { from, to, kind: kind(nodes) }
        }
        (Some(only), None) => only,
        (None, _) => Node { from: 0, to: 0, kind: kind(Vec::new()) },
    }
}

/// The test of a field against its alternatives.
fn field_test(field: Field, values_start: usize, values: &[Value]) -> Result<Test, FilterError> {
    for value in values {
        if value.raw.is_empty() && !value.quoted {
            let after =
                if value.at == values_start { format!("{}:", field.name()) } else { "the comma".into() };
            let message = format!("expected a value right after {after}, without a space between");
            return Err(FilterError::at(value.at..value.at, message));
        }
    }
    Ok(match field {
        Field::Word(field) => Test::Word(field, each(values, |value| word(field, value))?),
        Field::Status => {
            Test::Status(each(values, |value| named(field, value, TraceStatus::ALL, TraceStatus::word))?)
        }
        Field::Has => Test::Has(each(values, |value| vocabulary(field, value, Has::WORDS))?),
        Field::Is => Test::Is(each(values, |value| vocabulary(field, value, Flag::WORDS))?),
        Field::Kind => Test::Kind(each(values, |value| named(field, value, SpanKind::ALL, SpanKind::word))?),
        Field::Outcome => Test::Outcome(each(values, |value| {
            named(field, value, AttemptOutcome::ALL, AttemptOutcome::word)
        })?),
        Field::Cause => {
            Test::Cause(each(values, |value| named(field, value, FailureCause::ALL, FailureCause::word))?)
        }
        Field::Outlier => Test::Outlier(each(values, |value| vocabulary(field, value, Measure::WORDS))?),
        Field::Cost => Test::Cost(each(values, |value| {
            let (operator, at, text) = value.compared(field)?;
            value::cost(operator, at, &text)
        })?),
        Field::Number(number) => Test::Number(
            number,
            each(values, |value| {
                let (operator, at, text) = value.compared(field)?;
                let units = if number.is_time() { &value::DURATION } else { &value::COUNT };
                value::number(units, operator, at, &text)
            })?,
        ),
        Field::Started => Test::Started(each(values, |value| {
            let (operator, at, text) = value.compared(field)?;
            value::started(operator, at, &text)
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
        return Err(FilterError::at(value.range(), message));
    }
    let mut pieces = value.pieces.clone();
    let is_whole = value.is_whole();
    if is_whole && let Some(Piece::Literal(first)) = pieces.first_mut() {
        first.remove(0);
    }
    let typed: Raw = pieces.into_iter().collect();
    Ok(if field.matches_in_part() && !is_whole { typed.contained_unless_wild() } else { typed.whole() })
}

/// A value of a closed vocabulary of the model.
fn named<T: Copy>(
    field: Field,
    value: &Value,
    all: &[T],
    word_of: impl Fn(T) -> &'static str,
) -> Result<T, FilterError> {
    let text = value.plain(field)?.to_ascii_lowercase();
    all.iter()
        .copied()
        .find(|item| word_of(*item) == text)
        .ok_or_else(|| unknown_word(field.name(), value.at, &text, || all.iter().map(|item| word_of(*item))))
}

/// A word of a closed list.
fn vocabulary<T: Copy>(field: Field, value: &Value, words: &[(&'static str, T)]) -> Result<T, FilterError> {
    let text = value.plain(field)?.to_ascii_lowercase();
    words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, meaning)| *meaning)
        .ok_or_else(|| unknown_word(field.name(), value.at, &text, || words.iter().map(|(word, _)| *word)))
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
    FilterError::at(at..at + word.len(), format!("{field}:{} is not known; {hint}", shortened(word)))
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
    /// Where it stands.
    fn range(&self) -> Range<usize> {
        self.at..self.at + self.raw.len()
    }

    /// Whether `=` stands before it.
    fn is_whole(&self) -> bool {
        !self.quoted && self.raw.starts_with('=')
    }

    /// Its text, wildcards as `*`.
    fn text(&self) -> String {
        let texts = self.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Wildcard => "*",
        });
        texts.collect()
    }

    /// Its text without what only says how to compare texts.
    fn written(&self) -> String {
        let text = self.text();
        if self.is_whole() { text.chars().skip(1).collect() } else { text }
    }

    /// Its text, for fields that know no wildcards.
    fn plain(&self, field: Field) -> Result<String, FilterError> {
        if self.pieces.contains(&Piece::Wildcard) {
            return Err(FilterError::at(self.range(), format!("{} takes no *", field.name())));
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
            return Err(FilterError::at(at..at, format!("expected a value for {} here", field.name())));
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
    /// Parentheses that are open.
    open: usize,
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

    /// Whether that word stands here by itself, in either case.
    fn sees_keyword(&self, word: &str) -> bool {
        let rest = self.rest();
        let ends = |after: &str| {
            after.chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')'))
        };
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && rest.get(word.len()..).is_some_and(ends)
    }

    /// Takes that word, and white space before it, if it stands here by itself.
    fn take_keyword(&mut self, word: &str) -> bool {
        let before = self.at;
        self.skip_white_space();
        let is_there = self.sees_keyword(word);
        self.at = if is_there { self.at + word.len() } else { before };
        is_there
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
        // Parentheses inside a word belong to it as long as they pair up.
        let mut own = 0_usize;
        while let Some(letter) = self.peek() {
            if letter.is_whitespace() || (letter == ')' && own == 0 && self.open > 0) {
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
                    match letter {
                        '(' => own += 1,
                        ')' => own = own.saturating_sub(1),
                        _ => {}
                    }
                    let special =
                        |next: char| next.is_whitespace() || matches!(next, '"' | '*' | ',' | '(' | ')');
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
        Err(FilterError::at(
            self.at..self.text.len(),
            "the quote opened here is not closed; add a \" at its end",
        ))
    }
}
