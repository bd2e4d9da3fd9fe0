//! Values of the types that the api declares in TypeScript: what a request may be is read from there, so that a command that
//! is new is tried like all others.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value, json};

/// A type, as far as requests have them.
#[derive(Clone, Debug)]
enum Type {
    Null,
    Number,
    Text,
    Flag,
    Any,
    Word(String),
    List(Box<Type>),
    Tuple(Vec<Type>),
    Fields(Vec<(String, Type)>),
    /// One of these.
    Choice(Vec<Type>),
    /// The fields of all of these.
    Joined(Vec<Type>),
    Named(String),
}

/// The declared types, and what each command takes.
pub struct Declared {
    types: BTreeMap<String, Type>,
    requests: BTreeMap<String, Type>,
}

impl Declared {
    pub fn read(typescript: &str) -> Self {
        let without_comments = Regex::new(r"(?s)/\*.*?\*/").unwrap().replace_all(typescript, "").into_owned();
        let declaration = Regex::new(r"(?s)export type (\w+) =(.*?);").unwrap();
        let mut types = BTreeMap::new();
        let mut at = 0;
        while let Some(found) = declaration.captures_at(&without_comments, at) {
            types.insert(found[1].to_owned(), Parser::parse(&found[2]));
            at = found.get(2).unwrap().end();
        }
        let command = Regex::new(r"(?m)^  (\w+): \{ request: (.*?); response: ").unwrap();
        let requests = command
            .captures_iter(&without_comments)
            .map(|found| (found[1].to_owned(), Parser::parse(&found[2])))
            .collect();
        Self { types, requests }
    }

    /// Well-formed requests of a command: one for each choice there is somewhere in it. `known` gives values by the name of
    /// their field.
    pub fn requests(&self, command: &str, known: &Map<String, Value>) -> Vec<Value> {
        let request = self.requests.get(command).unwrap_or_else(|| panic!("{command} is declared"));
        let choices = self.choices(request, 0);
        (0..choices).map(|choice| self.value(request, "", choice, known)).collect()
    }

    fn choices(&self, of: &Type, depth: usize) -> usize {
        if depth > 6 {
            return 1;
        }
        let most =
            |types: &mut dyn Iterator<Item = &Type>| types.map(|one| self.choices(one, depth + 1)).max();
        match of {
            Type::Choice(all) => all.len().max(most(&mut all.iter()).unwrap_or(1)),
            Type::Joined(all) | Type::Tuple(all) => most(&mut all.iter()).unwrap_or(1),
            Type::Fields(fields) => most(&mut fields.iter().map(|(_, of)| of)).unwrap_or(1),
            Type::List(of) => self.choices(of, depth + 1),
            Type::Named(name) => self.types.get(name).map_or(1, |of| self.choices(of, depth + 1)),
            _ => 1,
        }
    }

    fn value(&self, of: &Type, field: &str, choice: usize, known: &Map<String, Value>) -> Value {
        match of {
            Type::Null => Value::Null,
            Type::Number => known.get(field).cloned().unwrap_or(json!(1)),
            Type::Text => known.get(field).cloned().unwrap_or(json!("text")),
            Type::Flag => json!(choice.is_multiple_of(2)),
            Type::Any => json!({ "any": 1 }),
            Type::Word(word) => json!(word),
            Type::List(of) => json!([self.value(of, field.trim_end_matches('s'), choice, known)]),
            Type::Tuple(all) => all.iter().map(|of| self.value(of, field, choice, known)).collect(),
            Type::Fields(fields) => fields
                .iter()
                .map(|(name, of)| (name.clone(), self.value(of, name, choice, known)))
                .collect::<Map<String, Value>>()
                .into(),
            Type::Choice(all) => self.value(&all[choice % all.len()], field, choice, known),
            Type::Joined(all) => {
                let mut fields = Map::new();
                for of in all {
                    if let Value::Object(more) = self.value(of, field, choice, known) {
                        fields.extend(more);
                    }
                }
                fields.into()
            }
            Type::Named(name) => match self.types.get(name) {
                Some(of) => self.value(of, field, choice, known),
                None => panic!("the type {name} is declared"),
            },
        }
    }
}

/// Reads the text of a type.
struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl Parser<'_> {
    fn parse(text: &str) -> Type {
        let token = Regex::new(r#""[^"]*"|'[^']*'|\w+|[^\s\w]"#).unwrap();
        let tokens = token.find_iter(text).map(|found| found.as_str()).collect();
        let mut parser = Parser { tokens, at: 0 };
        let parsed = parser.choice();
        assert_eq!(parser.at, parser.tokens.len(), "the whole of it is read: {text}");
        parsed
    }

    fn is(&mut self, token: &str) -> bool {
        let is = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, token: &str) {
        assert!(self.is(token), "{token} at {} of {:?}", self.at, self.tokens);
    }

    fn choice(&mut self) -> Type {
        self.is("|");
        let mut all = vec![self.joined()];
        while self.is("|") {
            all.push(self.joined());
        }
        if all.len() == 1 { all.remove(0) } else { Type::Choice(all) }
    }

    fn joined(&mut self) -> Type {
        let mut all = vec![self.one()];
        while self.is("&") {
            all.push(self.one());
        }
        if all.len() == 1 { all.remove(0) } else { Type::Joined(all) }
    }

    fn one(&mut self) -> Type {
        let mut of = if self.is("{") {
            self.fields()
        } else if self.is("(") {
            let of = self.choice();
            self.expect(")");
            of
        } else if self.is("[") {
            let mut all = Vec::new();
            while !self.is("]") {
                all.push(self.choice());
                self.is(",");
            }
            Type::Tuple(all)
        } else {
            let name = self.tokens[self.at];
            self.at += 1;
            match name {
                "null" => Type::Null,
                "number" | "bigint" => Type::Number,
                "string" => Type::Text,
                "boolean" => Type::Flag,
                "JsonValue" | "unknown" => Type::Any,
                "Array" => {
                    self.expect("<");
                    let of = self.choice();
                    self.expect(">");
                    Type::List(Box::new(of))
                }
                "Record" => {
                    while !self.is(">") {
                        self.at += 1;
                    }
                    Type::Fields(Vec::new())
                }
                word if word.starts_with(['"', '\'']) => Type::Word(word[1..word.len() - 1].to_owned()),
                name => Type::Named(name.to_owned()),
            }
        };
        while self.tokens.get(self.at) == Some(&"[") && self.tokens.get(self.at + 1) == Some(&"]") {
            self.at += 2;
            of = Type::List(Box::new(of));
        }
        of
    }

    fn fields(&mut self) -> Type {
        let mut fields = Vec::new();
        while !self.is("}") {
            if self.is("[") {
                // Any keys: none are given.
                while !self.is("]") {
                    self.at += 1;
                }
                self.is("?");
                self.expect(":");
                self.choice();
            } else {
                let name = self.tokens[self.at].trim_matches('"').to_owned();
                self.at += 1;
                self.is("?");
                self.expect(":");
                fields.push((name, self.choice()));
            }
            let _ = self.is(",") || self.is(";");
        }
        Type::Fields(fields)
    }
}
