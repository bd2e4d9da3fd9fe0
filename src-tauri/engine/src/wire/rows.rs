//! Rows of CSV under the names of their columns.

use super::{Frame, Sample, Shape, Sink};
use crate::model::Problem;

/// The rows of one source. What its header row says is kept from the first frame on.
#[derive(Clone, Default)]
pub struct Rows {
    columns: Vec<String>,
}

impl Rows {
    /// The cells of a row with the names of their columns; nothing for the header. What is not as it should be (another
    /// number of cells, bytes that are no UTF-8) is a problem, and what fits is given all the same.
    pub fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) -> Option<Vec<(&str, String)>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(frame.bytes);
        let mut record = csv::ByteRecord::new();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                out.problem(Problem::new(frame.at, format!("not a row of CSV: {error}")));
                return None;
            }
        }
        let mut damaged = false;
        let cells: Vec<String> = record
            .iter()
            .map(|cell| {
                let text = String::from_utf8_lossy(cell);
                damaged |= matches!(text, std::borrow::Cow::Owned(_));
                text.into_owned()
            })
            .collect();
        if frame.shape == Shape::Header {
            self.columns = cells
                .into_iter()
                .map(|column| column.trim().trim_start_matches('\u{feff}').to_owned())
                .collect();
            return None;
        }
        if cells.len() != self.columns.len() {
            let reason = format!(
                "a row of {} cells under {} columns; what fits is kept",
                cells.len(),
                self.columns.len()
            );
            out.problem(Problem::new(frame.at, reason));
        }
        if damaged {
            out.problem(Problem::new(frame.at, "a cell is not UTF-8; the bytes that are not were replaced"));
        }
        Some(self.columns.iter().map(String::as_str).zip(cells).collect())
    }
}

/// The columns that a source begins with, if it is CSV at all.
pub fn columns<'a>(sample: &'a Sample<'_>) -> Vec<&'a str> {
    let header = sample.bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let header = std::str::from_utf8(header).unwrap_or_default();
    header.split(',').map(|column| column.trim().trim_matches('"')).collect()
}
