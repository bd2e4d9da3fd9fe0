//! Columns of text that line up.

use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::text;

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A cell: its text, fit for a terminal, and how it is set off.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell with a text that may come from anywhere.
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text::printable(text).into_owned(), style: Style::Plain }
    }

    /// The same, set off.
    pub(crate) fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// Rows under headings. The last column gives way where a line would be too long for the terminal.
pub(crate) struct Table {
    headings: Vec<(&'static str, Align)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    const GAP: &'static str = "  ";
    /// The least the last column is cut to.
    const LEAST_COLUMNS: usize = 12;

    /// An empty table.
    pub(crate) fn new(headings: &[(&'static str, Align)]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row with as many cells as there are headings.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Writes headings and rows.
    pub(crate) fn write(&self, out: &mut Output) -> Result<(), Failure> {
        let mut widths: Vec<usize> = self.headings.iter().map(|(heading, _)| text::width(heading)).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(text::width(&cell.text));
            }
        }
        if let (Some(columns), Some((last, others))) = (out.columns(), widths.split_last_mut()) {
            let before = others.iter().sum::<usize>() + others.len() * Self::GAP.len();
            *last = (*last).min(columns.saturating_sub(before).max(Self::LEAST_COLUMNS));
        }
        let headings = self.headings.iter().map(|(heading, _)| (*heading, Style::Faint));
        self.line(out, &widths, headings)?;
        for row in &self.rows {
            self.line(out, &widths, row.iter().map(|cell| (cell.text.as_str(), cell.style)))?;
        }
        Ok(())
    }

    fn line<'a>(
        &self,
        out: &mut Output,
        widths: &[usize],
        cells: impl Iterator<Item = (&'a str, Style)>,
    ) -> Result<(), Failure> {
        let mut line = String::new();
        for ((width, (_, align)), (whole, style)) in widths.iter().zip(&self.headings).zip(cells) {
            if !line.is_empty() {
                line.push_str(Self::GAP);
            }
            let shown = text::cut(whole, *width);
            let blank = " ".repeat(width.saturating_sub(text::width(&shown)));
            let shown = out.styled(style, &shown);
            match align {
                Align::Left => line.extend([shown, blank]),
                Align::Right => line.extend([blank, shown]),
            }
        }
        out.line(line.trim_end())
    }
}
