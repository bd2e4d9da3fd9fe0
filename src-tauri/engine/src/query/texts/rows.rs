//! A text as rows of a screen: lines, broken after so many characters. Every so many rows it is noted where one begins, which
//! is enough to find any row by its number or by what stands in it.

use crate::dto::{TextRow, TextRowPage, TextRowsRequest};

/// A note is taken every so many rows.
const STRIDE: u64 = 256;
const MOST_ROWS: u32 = 1_000;

/// Where the rows of a text begin, at one width.
pub(super) struct RowIndex {
    columns: usize,
    notes: Vec<Row>,
    rows: u64,
    lines: u64,
}

/// The beginning of a row.
#[derive(Clone, Copy)]
struct Row {
    from: usize,
    /// From 1.
    line: u64,
    continues: bool,
}

impl RowIndex {
    /// Looks through the text once.
    pub(super) fn new(text: &str, columns: usize) -> Self {
        let mut index = Self { columns, notes: Vec::new(), rows: 0, lines: 1 };
        for (row, _) in (Rows { text, columns, next: Some(FIRST) }) {
            if index.rows.is_multiple_of(STRIDE) {
                index.notes.push(row);
            }
            index.rows += 1;
            index.lines = row.line;
        }
        index
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The rows asked for. `text` is the one that the index was made of.
    pub(super) fn page(&self, text: &str, request: &TextRowsRequest) -> TextRowPage {
        let first = match request.at_byte {
            Some(byte) => self.row_at(text, usize::try_from(byte).unwrap_or(usize::MAX)),
            None => request.first_row.min(self.rows.saturating_sub(1)),
        };
        let note = self.notes.get((first / STRIDE) as usize).copied();
        let rows = Rows { text, columns: self.columns, next: note }
            .skip((first % STRIDE) as usize)
            .take(request.rows.min(MOST_ROWS) as usize)
            .map(|(row, end)| TextRow {
                from_byte: row.from as u64,
                line: row.line,
                continues: row.continues,
                text: shown(text, row.from, end).to_owned(),
            })
            .collect();
        TextRowPage {
            first_row: first,
            rows,
            total_rows: self.rows,
            total_lines: self.lines,
            total_bytes: text.len() as u64,
        }
    }

    /// The number of the row that a byte stands in.
    fn row_at(&self, text: &str, byte: usize) -> u64 {
        let note = self.notes.partition_point(|note| note.from <= byte).saturating_sub(1);
        let rows = Rows { text, columns: self.columns, next: self.notes.get(note).copied() };
        let before = rows.take_while(|(row, _)| row.from <= byte).count().saturating_sub(1);
        note as u64 * STRIDE + before as u64
    }
}

const FIRST: Row = Row { from: 0, line: 1, continues: false };

/// Rows with their ends, a line's end included.
struct Rows<'a> {
    text: &'a str,
    columns: usize,
    next: Option<Row>,
}

impl Iterator for Rows<'_> {
    type Item = (Row, usize);

    fn next(&mut self) -> Option<(Row, usize)> {
        let row = self.next?;
        let bytes = self.text.as_bytes();
        let end = self.row_end(row.from);
        let ends_line = end > row.from && bytes.get(end - 1) == Some(&b'\n');
        let following = Row { from: end, line: row.line + u64::from(ends_line), continues: !ends_line };
        // A text that ends with a line's end has no empty row after it; an empty text has one row.
        self.next = (end < bytes.len()).then_some(following);
        Some((row, end))
    }
}

impl Rows<'_> {
    /// Where the row ends that begins at `from`.
    fn row_end(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        // No row needs more bytes than this.
        let near = rest.as_bytes().get(..4 * self.columns + 2).unwrap_or(rest.as_bytes());
        let line = memchr::memchr(b'\n', near);
        let wide = match rest.as_bytes().get(..self.columns) {
            Some(start) if start.is_ascii() => Some(self.columns),
            Some(_) => rest.char_indices().nth(self.columns).map(|(at, _)| at),
            None => None,
        };
        from + match (line, wide) {
            (Some(line), Some(wide)) if line > wide => wide,
            (Some(line), _) => line + 1,
            (None, Some(wide)) => wide,
            (None, None) => rest.len(),
        }
    }
}

/// What is shown of a row: without the line's end.
fn shown(text: &str, from: usize, end: usize) -> &str {
    let row = text.get(from..end).unwrap_or_default();
    match row.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => row,
    }
}
