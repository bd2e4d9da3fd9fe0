//! Python literals (`{'a': None, 'b': (1, "x")}`) as JSON: what `repr` and `str` leave in CSV cells and log fields.

use serde_json::{Map, Number, Value};

/// How deep lists and dicts may nest.
const DEPTH: usize = 64;

/// The value that `text` is the literal of, if all of it is one. Tuples and sets become lists, calls (`UUID('…')`,
/// `datetime(…)`) the text they are written as, NaN and infinities null.
pub fn literal(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text.trim() };
    let value = reader.value(DEPTH)?;
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Passes over `sign` and the blanks after it, if it stands here.
    fn eat(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let first = self.rest.chars().next().filter(|_| depth > 0)?;
        match first {
            '{' => self.braces(depth - 1),
            '[' => self.list('[', ']', depth - 1).map(|(items, _)| Value::Array(items)),
            // Brackets without a comma only group.
            '(' => self.list('(', ')', depth - 1).map(|(mut items, comma)| match items.pop() {
                Some(only) if items.is_empty() && !comma => only,
                last => Value::Array(items.into_iter().chain(last).collect()),
            }),
            '\'' | '"' => self.strings(),
            _ => self.word(depth - 1),
        }
    }

    /// A dict, or a set.
    fn braces(&mut self, depth: usize) -> Option<Value> {
        self.eat('{');
        let mut members = Map::new();
        let mut items = Vec::new();
        while !self.eat('}') {
            let key = self.value(depth)?;
            if self.eat(':') {
                let value = self.value(depth)?;
                members.insert(key_text(key), value);
            } else {
                items.push(key);
            }
            if !self.eat(',') && !self.rest.starts_with('}') {
                return None;
            }
        }
        Some(if items.is_empty() { Value::Object(members) } else { Value::Array(items) })
    }

    /// The items between two signs, and whether there was a comma.
    fn list(&mut self, open: char, close: char, depth: usize) -> Option<(Vec<Value>, bool)> {
        self.eat(open);
        let mut items = Vec::new();
        let mut comma = false;
        while !self.eat(close) {
            items.push(self.value(depth)?);
            if self.eat(',') {
                comma = true;
            } else if !self.rest.starts_with(close) {
                return None;
            }
        }
        Some((items, comma))
    }

    /// One string, or several one after another, which are one.
    fn strings(&mut self) -> Option<Value> {
        let mut text = String::new();
        while let Some(quote) = self.rest.chars().next().filter(|sign| matches!(sign, '\'' | '"')) {
            let (length, part) = quoted(self.rest, quote)?;
            text.push_str(&part);
            self.rest = self.rest.get(length..)?.trim_start();
        }
        Some(Value::String(text))
    }

    /// A number, `None`, `True`, a string with a prefix, or a call, whose text is kept.
    fn word(&mut self, depth: usize) -> Option<Value> {
        let start = self.rest;
        let in_word = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '.' | '+' | '-');
        let length = start.find(|sign| !in_word(sign)).unwrap_or(start.len());
        let (word, after) = start.split_at(length);
        if word.is_empty() {
            // `<Kind.SPAN: 1>`: what `repr` writes of what has no literal.
            let end = start.strip_prefix('<')?.find('>')? + 2;
            self.rest = start.get(end..)?.trim_start();
            return Some(Value::String(start.get(..end)?.to_owned()));
        }
        if after.starts_with(['\'', '"']) && matches!(word, "b" | "r" | "u" | "f" | "rb" | "br") {
            self.rest = after;
            return self.strings();
        }
        if after.starts_with('(') {
            self.rest = after;
            self.call(depth)?;
            let written = start.len() - self.rest.len();
            return Some(Value::String(start.get(..written)?.trim_end().to_owned()));
        }
        self.rest = after.trim_start();
        Some(match word {
            "None" | "nan" | "NaN" | "inf" | "-inf" | "null" => Value::Null,
            "True" | "true" => Value::Bool(true),
            "False" | "false" => Value::Bool(false),
            _ => match word.parse::<i64>() {
                Ok(whole) => Value::from(whole),
                Err(_) => match word.parse::<f64>().ok().and_then(Number::from_f64) {
                    // Ids are larger than what a float holds exactly.
                    Some(_) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
                        Value::String(word.to_owned())
                    }
                    Some(number) => Value::Number(number),
                    None => Value::String(word.to_owned()),
                },
            },
        })
    }

    /// Passes over the arguments of a call.
    fn call(&mut self, depth: usize) -> Option<()> {
        self.eat('(');
        while !self.eat(')') {
            let named = self.rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_');
            if let Some(value) = named.and_then(|end| self.rest.get(end..)?.strip_prefix('=')) {
                self.rest = value.trim_start();
            }
            self.value(depth)?;
            if !self.eat(',') && !self.rest.starts_with(')') {
                return None;
            }
        }
        Some(())
    }
}

fn key_text(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The text of the string that `source` begins with, and how many bytes it takes up, quotes included.
fn quoted(source: &str, quote: char) -> Option<(usize, String)> {
    let mut text = String::new();
    let mut signs = source.char_indices().skip(1);
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => {
                let (_, escaped) = signs.next()?;
                let digits = match escaped {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if digits > 0 {
                    let code: String = signs.by_ref().take(digits).map(|(_, digit)| digit).collect();
                    let code = u32::from_str_radix(&code, 16).ok()?;
                    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    continue;
                }
                match escaped {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    '0' => text.push('\0'),
                    '\n' => {}
                    '\\' | '\'' | '"' => text.push(escaped),
                    other => text.extend(['\\', other]),
                }
            }
            _ if sign == quote => return Some((at + 1, text)),
            _ => text.push(sign),
        }
    }
    None
}
