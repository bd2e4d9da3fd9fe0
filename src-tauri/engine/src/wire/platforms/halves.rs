//! Records told in halves: one event when a step starts, another, which says only what is new, when it has ended.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::model::Position;
use crate::wire::draft::is_nothing;

/// How much of the source is held, parsed, before the oldest halves go out as they are.
const HELD_BYTES: usize = 16 << 20;

/// Halves that wait for what completes them.
#[derive(Clone, Default)]
pub struct Halves {
    held: HashMap<String, Half>,
    order: BTreeMap<u64, String>,
    next: u64,
    bytes: usize,
}

#[derive(Clone)]
struct Half {
    number: u64,
    at: Position,
    bytes: usize,
    record: Map<String, Value>,
}

impl Halves {
    /// Adds `half` (about `bytes` of source at `at`) to what is known under `key`. Gives the record and where it began if
    /// that makes it whole, or the oldest one held if too much is.
    pub fn add(
        &mut self,
        key: String,
        half: Map<String, Value>,
        at: Position,
        bytes: usize,
        is_whole: impl Fn(&Map<String, Value>) -> bool,
    ) -> Option<(Map<String, Value>, Position)> {
        let (record, at, bytes) = match self.take(&key) {
            Some(known) => (merged(known.record, half), known.at, known.bytes + bytes),
            None => (half, at, bytes),
        };
        if is_whole(&record) {
            return Some((record, at));
        }
        let number = self.next;
        self.next += 1;
        self.bytes += bytes;
        self.order.insert(number, key.clone());
        self.held.insert(key, Half { number, at, bytes, record });
        if self.bytes <= HELD_BYTES {
            return None;
        }
        let oldest = self.order.values().next().cloned()?;
        self.take(&oldest).map(|half| (half.record, half.at))
    }

    /// What is left, in the order in which it was last told of.
    pub fn finish(&mut self) -> Vec<(Map<String, Value>, Position)> {
        self.bytes = 0;
        let mut held = std::mem::take(&mut self.held);
        let order = std::mem::take(&mut self.order);
        order.into_values().filter_map(|key| held.remove(&key)).map(|half| (half.record, half.at)).collect()
    }

    fn take(&mut self, key: &str) -> Option<Half> {
        let half = self.held.remove(key)?;
        self.order.remove(&half.number);
        self.bytes -= half.bytes;
        Some(half)
    }
}

/// `known` with what `news` says; what is empty there takes nothing away, and objects within are merged alike.
fn merged(mut known: Map<String, Value>, news: Map<String, Value>) -> Map<String, Value> {
    for (key, value) in news {
        match known.get_mut(&key) {
            Some(_) if is_nothing(&value) => {}
            Some(Value::Object(old)) if matches!(key.as_str(), "metadata" | "extra") => {
                if let Value::Object(new) = value {
                    *old = merged(std::mem::take(old), new);
                }
            }
            Some(slot) => *slot = value,
            None => {
                known.insert(key, value);
            }
        }
    }
    known
}
