//! Steps that one run alone has, of one name: told apart by what they were given.

use std::collections::BTreeMap;

use super::words::Teller;
use crate::dto::RunDifference;
use crate::error::Result;

/// So many of one name are told apart.
const MOST_ALIKE: usize = 20;

impl Teller<'_> {
    /// Sentences that say the same of other steps get the first of their values that is not the same in all: `B alone has
    /// search (query: red).`
    pub(super) fn tell_apart(&mut self, told: &mut [RunDifference]) -> Result<()> {
        let (a, b, alignment) = (self.a, self.b, self.alignment);
        let alone = |told: &RunDifference| {
            let pair = alignment.pairs.get(told.pair as usize)?;
            match (pair.a, pair.b) {
                (Some(row), None) => Some((a, row)),
                (None, Some(row)) => Some((b, row)),
                _ => None,
            }
        };
        let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, difference) in told.iter().enumerate().filter(|(_, told)| alone(told).is_some()) {
            alike.entry(&difference.sentence).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = alike.into_values().filter(|group| group.len() > 1).collect();
        groups.sort();
        for group in groups {
            let mut given = Vec::new();
            for at in group.into_iter().take(MOST_ALIKE) {
                if let Some((side, row)) = alone(&told[at]) {
                    given.push((at, self.changes.given(side, row)?));
                }
            }
            let value_of = |values: &[(String, String)], path: &str| {
                values.iter().find(|(of, _)| of == path).map(|(_, value)| value.clone())
            };
            let varies = |path: &str| {
                let mut values = given.iter().map(|(_, values)| value_of(values, path));
                let first = values.next();
                values.any(|value| Some(value) != first)
            };
            let paths = || given.iter().flat_map(|(_, values)| values).map(|(path, _)| path);
            let is_in_all = |path: &str| given.iter().all(|(_, values)| value_of(values, path).is_some());
            let varying = paths().find(|path| is_in_all(path) && varies(path));
            let Some(path) = varying.or_else(|| paths().find(|path| varies(path))) else { continue };
            for (at, values) in &given {
                if let Some(value) = value_of(values, path) {
                    let sentence = &mut told[*at].sentence;
                    let end = if sentence.ends_with('.') { sentence.len() - 1 } else { sentence.len() };
                    let value = if path.is_empty() { value } else { format!("{path}: {value}") };
                    sentence.insert_str(end, &format!(" ({value})"));
                }
            }
        }
        Ok(())
    }
}
