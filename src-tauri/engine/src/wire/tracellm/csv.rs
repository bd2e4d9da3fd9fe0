//! The CSV export: a row per trace, without steps and responses.

use serde_json::{Map, Value};

use super::trace;
use crate::model::Problem;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, json};

/// TraceLLM as CSV.
#[derive(Clone, Copy, Debug)]
pub struct TraceLlmCsv;

impl Format for TraceLlmCsv {
    fn id(&self) -> &'static str {
        "tracellm-csv"
    }

    fn label(&self) -> &'static str {
        "TraceLLM (CSV)"
    }

    fn identity(&self) -> &'static str {
        "tracellm"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let header = sample.bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
        let Ok(header) = std::str::from_utf8(header) else { return 0 };
        let columns: Vec<&str> = header.split(',').map(|column| column.trim().trim_matches('"')).collect();
        let has = |column: &str| columns.contains(&column);
        if has("trace_id")
            && ["prompt", "latency", "token_count", "retry_count"].iter().all(|column| has(column))
        {
            return 97;
        }
        if has("trace_id") && has("prompt") && (has("latency") || has("model_name")) { 70 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Csv
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(CsvReader { columns: Vec::new() })
    }
}

struct CsvReader {
    columns: Vec<String>,
}

impl Reader for CsvReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let mut reader =
            ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(frame.bytes);
        let mut record = ::csv::ByteRecord::new();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                out.problem(Problem::new(frame.at, format!("not a row of CSV: {error}")));
                return;
            }
        }
        let mut damaged = false;
        let mut cells = record.iter().map(|cell| {
            let text = String::from_utf8_lossy(cell);
            damaged |= matches!(text, std::borrow::Cow::Owned(_));
            text.into_owned()
        });
        if frame.shape == Shape::Header {
            self.columns =
                cells.map(|column| column.trim().trim_start_matches('\u{feff}').to_owned()).collect();
            return;
        }
        let mut row = Map::new();
        for (column, cell) in self.columns.iter().zip(&mut cells) {
            row.insert(column.clone(), typed(column, cell));
        }
        drop(cells);
        if record.len() != self.columns.len() {
            let reason = format!(
                "a row of {} cells under {} columns; what fits is kept",
                record.len(),
                self.columns.len()
            );
            out.problem(Problem::new(frame.at, reason));
        }
        if damaged {
            out.problem(Problem::new(frame.at, "a cell is not UTF-8; the bytes that are not were replaced"));
        }
        if let Some(steps) = row.get("step_count").and_then(json::count).filter(|steps| *steps > 0) {
            out.skipped("steps that CSV exports leave out", steps);
        }
        trace::read(row, frame.at, out);
    }
}

/// A cell as the JSON export has it. Python writes `None` as nothing.
fn typed(column: &str, cell: String) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    let typed = match column {
        "latency" => serde_json::from_str::<serde_json::Number>(cell.trim()).ok().map(Value::Number),
        "token_count" | "retry_count" | "step_count" => cell.trim().parse::<u64>().ok().map(Value::from),
        "slow_request" => json::truth(&Value::String(cell.clone())).map(Value::Bool),
        _ => None,
    };
    typed.unwrap_or(Value::String(cell))
}
