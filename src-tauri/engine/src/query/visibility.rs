//! Which traces lists leave out whatever they are asked for: deleted ones, and those of hidden projects and environments.

use super::filter::{Filter, Test, WordField};

/// The traces that are there, as a condition on the table `trace`.
pub const THERE: &str = "deleted_ns IS NULL";

/// The traces that a list with this filter may show, as a condition on the table `trace`. A filter that names projects is
/// asked of hidden ones too, and so for environments.
pub fn visible(filter: &Filter) -> String {
    let names = |field: WordField| {
        filter.terms.iter().any(|term| matches!(&term.test, Test::Word(named, _) if *named == field))
    };
    let mut clause = THERE.to_owned();
    for (field, column) in [(WordField::Project, "project"), (WordField::Environment, "environment")] {
        if !names(field) {
            clause.push_str(&format!(
                " AND ({column} IS NULL OR {column} NOT IN
                   (SELECT value FROM label WHERE field = '{column}' AND is_hidden))"
            ));
        }
    }
    clause
}
