//! The CSV export: a row per trace, without steps and responses.

use serde_json::{Map, Value};

use super::trace;
use crate::wire::rows::{self, Rows};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, json};

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
        let columns = rows::columns(sample);
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
        Box::<CsvReader>::default()
    }
}

#[derive(Clone, Default)]
struct CsvReader {
    rows: Rows,
}

impl Reader for CsvReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(cells) = self.rows.read(frame, out) else { return };
        let row: Map<String, Value> =
            cells.into_iter().map(|(column, cell)| (column.to_owned(), typed(column, cell))).collect();
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
