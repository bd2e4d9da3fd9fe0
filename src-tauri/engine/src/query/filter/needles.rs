//! The texts that a filter looks for, to be marked where they stand.

use super::{Node, NodeKind, Test, parse};

/// The texts that traces may match the filter by having them in it; not those that they must not have. Empty for a filter that
/// can't be understood.
pub fn needles(filter: &str) -> Vec<String> {
    let Ok(filter) = parse(filter) else { return Vec::new() };
    let mut needles: Vec<String> = Vec::new();
    let mut waiting: Vec<(&Node, bool)> = filter.root.iter().map(|root| (root, false)).collect();
    while let Some((node, negated)) = waiting.pop() {
        match &node.kind {
            NodeKind::All(nodes) | NodeKind::Any(nodes) => {
                waiting.extend(nodes.iter().rev().map(|node| (node, negated)));
            }
            NodeKind::Not(inner) => waiting.push((inner, !negated)),
            NodeKind::Group(inner) => waiting.push((inner, negated)),
            NodeKind::Term(term) => {
                if let Test::Text(texts) = &term.test
                    && !negated
                {
                    needles.extend(texts.iter().cloned());
                }
            }
        }
    }
    needles
}
