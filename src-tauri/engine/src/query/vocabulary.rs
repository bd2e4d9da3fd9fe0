//! The words that traces are sorted by: tags, projects, environments, each with how many traces have it.

use rusqlite::Connection;

use crate::dto::{LabelField, LabelItem, TagCount};
use crate::error::Result;
use crate::store::label::{self, Label};

/// Tags in use, the most frequent first.
pub fn tags(connection: &Connection) -> Result<Vec<TagCount>> {
    let mut statement = connection.prepare_cached(
        "SELECT value, count(*) FROM trace, json_each(trace.tags) WHERE tags IS NOT NULL AND deleted_ns IS NULL
         GROUP BY value ORDER BY count(*) DESC, value",
    )?;
    let tags = statement
        .query_map([], |row| Ok(TagCount { tag: row.get(0)?, traces: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(tags)
}

/// Projects and environments in use or with a label, the most frequent first.
pub fn labels(connection: &Connection) -> Result<Vec<LabelItem>> {
    let mut left = label::all(connection)?;
    let mut items = Vec::new();
    for (field, sql) in [
        (
            LabelField::Project,
            "SELECT project, count(*) FROM trace WHERE project IS NOT NULL AND deleted_ns IS NULL GROUP BY project
             ORDER BY count(*) DESC, project",
        ),
        (
            LabelField::Environment,
            "SELECT environment, count(*) FROM trace WHERE environment IS NOT NULL AND deleted_ns IS NULL
             GROUP BY environment ORDER BY count(*) DESC, environment",
        ),
    ] {
        let mut statement = connection.prepare_cached(sql)?;
        for row in statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))? {
            let (value, traces) = row?;
            let known = left.iter().position(|label| label.field == field.column() && label.value == value);
            let label = known.map(|index| left.swap_remove(index));
            items.push(LabelItem {
                field,
                value,
                shown_as: label.as_ref().and_then(|label| label.shown_as.clone()),
                is_hidden: label.is_some_and(|label| label.hidden),
                traces,
            });
        }
    }
    for Label { field, value, shown_as, hidden } in left {
        let field =
            if field == LabelField::Project.column() { LabelField::Project } else { LabelField::Environment };
        items.push(LabelItem { field, value, shown_as, is_hidden: hidden, traces: 0 });
    }
    Ok(items)
}

impl LabelField {
    /// The column of `trace`, and the word in `label`.
    pub fn column(self) -> &'static str {
        match self {
            Self::Project => label::FIELDS[0],
            Self::Environment => label::FIELDS[1],
        }
    }
}
