//! Dotted keys as a tree, so that `llm.input_messages.0.message.role` and the same written as nested JSON are one.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// How deep nested attribute values are followed.
const DEPTH: usize = 32;

/// A place in the tree: what stands at this key, and what stands below it. A key may have both (`ai.prompt` beside
/// `ai.prompt.messages`).
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    /// The value at exactly this key.
    pub(super) value: Option<&'a Value>,
    children: Vec<(&'a str, Node<'a>)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Node<'a> {
    /// The tree of `attributes`.
    pub(super) fn of(attributes: &'a Map<String, Value>) -> Self {
        let mut root = Self::default();
        root.add_members(attributes, DEPTH);
        root
    }

    fn add_members(&mut self, members: &'a Map<String, Value>, depth: usize) {
        for (key, value) in members {
            let mut node = &mut *self;
            // Keys may be long, levels are bounded: the last one takes the rest of the key.
            for word in key.splitn(DEPTH, '.') {
                node = node.child_or_new(word);
            }
            node.put(value, depth);
        }
    }

    fn put(&mut self, value: &'a Value, depth: usize) {
        self.value = Some(value);
        if depth == 0 {
            return;
        }
        if let Value::Object(members) = value {
            self.add_members(members, depth - 1);
        }
    }

    fn child_or_new(&mut self, word: &'a str) -> &mut Self {
        let place = *self.places.entry(word).or_insert(self.children.len());
        if place == self.children.len() {
            self.children.push((word, Self::default()));
        }
        &mut self.children[place].1
    }

    /// The place at the dotted `path` below.
    pub(super) fn at(&self, path: &str) -> Option<&Node<'a>> {
        path.split('.').try_fold(self, |node, word| node.child(word))
    }

    fn child(&self, word: &str) -> Option<&Node<'a>> {
        self.children.get(*self.places.get(word)?).map(|(_, node)| node)
    }

    /// The value at the dotted `path` below.
    pub(super) fn get(&self, path: &str) -> Option<&'a Value> {
        self.at(path)?.value.filter(|value| !value.is_null())
    }

    /// The text at `path`, if it is not empty.
    pub(super) fn text(&self, path: &str) -> Option<&'a str> {
        self.get(path)?.as_str().filter(|text| !text.is_empty())
    }

    /// What stands below, in the order of the source.
    pub(super) fn children(&self) -> impl Iterator<Item = (&'a str, &Node<'a>)> {
        self.children.iter().map(|(key, node)| (*key, node))
    }

    /// The elements of the list below: keys that are numbers, in their order, each as one JSON value.
    pub(super) fn list(&self) -> Vec<Value> {
        if let Some(Value::Array(list)) = self.value {
            return list.clone();
        }
        let mut numbered: Vec<(usize, &Node<'_>)> =
            self.children.iter().filter_map(|(key, node)| Some((key.parse().ok()?, node))).collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, node)| node.to_value()).collect()
    }

    /// This place and what is below as one JSON value; numbered keys become a list.
    pub(super) fn to_value(&self) -> Value {
        if self.children.is_empty() {
            return self.value.cloned().unwrap_or(Value::Null);
        }
        if self.children.iter().all(|(key, _)| key.parse::<usize>().is_ok()) {
            return Value::Array(self.list());
        }
        Value::Object(self.children.iter().map(|(key, node)| ((*key).to_owned(), node.to_value())).collect())
    }
}
