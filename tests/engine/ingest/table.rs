//! Tables of what files for tests give, kept in `docs/files` and held to what is true.

use std::path::Path;

use engine::dto::FileStatus;

const COLUMNS: [&str; 9] =
    ["file", "format found", "traces", "spans", "errors", "retries", "tokens", "problems", "remarks"];

/// A table in the making.
pub struct Table(String);

impl Table {
    /// With `introduction` above it.
    pub fn new(introduction: &str) -> Self {
        let head = format!("| {} |\n|{}\n", COLUMNS.join(" | "), " --- |".repeat(COLUMNS.len()));
        Self(format!("{introduction}\n\n{head}"))
    }

    /// Adds what came of a file; `why` explains a count that is not the expected one.
    pub fn row(&mut self, file: &str, found: &FileStatus, why: Option<&str>) {
        let remarks: Vec<&str> = why.into_iter().chain(found.message.as_deref()).collect();
        let cells = [
            format!("`{file}`"),
            found.format.as_ref().map_or("–".into(), |format| format!("`{format}`")),
            found.counts.traces.to_string(),
            found.counts.spans.to_string(),
            found.errors.to_string(),
            found.retries.to_string(),
            found.tokens.map_or("–".into(), |tokens| tokens.to_string()),
            found.problems.to_string(),
            // A file of no format gets a long message that names them all.
            remarks.join("; ").split(" Accepted: ").next().unwrap_or_default().replace('|', "\\|"),
        ];
        self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    /// Holds the committed table `docs/files/<name>` to this one, or writes it if `UPDATE_TABLES` is set.
    pub fn hold_to(self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/files").join(name);
        if std::env::var_os("UPDATE_TABLES").is_some() {
            std::fs::write(&path, &self.0).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let stale = self.0.lines().find(|line| !committed.lines().any(|other| other == *line));
        assert!(
            committed == self.0,
            "docs/files/{name} is stale: run `make tables` and look at the difference. New: {stale:?}"
        );
    }
}
