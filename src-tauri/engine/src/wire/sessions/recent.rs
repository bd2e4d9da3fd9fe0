//! What is remembered of ids: the latest of them, so that memory does not grow with the file.

use std::collections::{HashMap, VecDeque};

/// How many ids are remembered. What refers further back is read as if it referred to nothing.
const REMEMBERED: usize = 1 << 16;

/// Values by id, the latest ids only.
#[derive(Clone)]
pub struct Recent<V> {
    values: HashMap<u64, V>,
    order: VecDeque<u64>,
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self { values: HashMap::new(), order: VecDeque::new() }
    }
}

impl<V> Recent<V> {
    /// Remembers `value` of `id`. Says whether the id is new.
    pub fn insert(&mut self, id: &str, value: V) -> bool {
        let key = hash(id);
        if self.values.insert(key, value).is_some() {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
        true
    }

    /// The value of `id`.
    pub fn get(&self, id: &str) -> Option<&V> {
        self.values.get(&hash(id))
    }

    /// Whether `id` is remembered.
    pub fn contains(&self, id: &str) -> bool {
        self.get(id).is_some()
    }
}

fn hash(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes())
}
