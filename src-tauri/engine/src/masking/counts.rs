//! How much of what was masked.

use std::collections::BTreeMap;

/// Counts by kind (`bearer-token`, `email`, the name of a person's own pattern).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaskCounts(BTreeMap<String, u64>);

impl MaskCounts {
    /// Counts one more.
    pub fn add(&mut self, kind: &str) {
        match self.0.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(kind.to_owned(), 1);
            }
        }
    }

    /// Adds those of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            *self.0.entry(kind.clone()).or_default() += count;
        }
    }

    /// Whether nothing was masked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them together.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Kinds with their counts, the most frequent first.
    pub fn by_count(&self) -> Vec<(&str, u64)> {
        let mut kinds: Vec<_> = self.0.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds
    }
}
