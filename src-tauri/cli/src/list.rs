//! `tracex list`.

use std::process::ExitCode;

use engine::api::dto::{TraceList, TraceListRequest, TraceSummary};
use engine::query::filter;

use crate::args::{Args, List};
use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::quantity::{self, UNKNOWN};
use crate::table::{Align, Cell, Table};
use crate::{host, text};

/// The most traces asked for at once.
const WINDOW: u32 = 1_000;

pub(crate) fn run(args: &Args, list: &List, out: &mut Output) -> Result<ExitCode, Failure> {
    filter::parse(&list.filter).map_err(|error| filter_failure(&list.filter, &error))?;
    let engine = host::open_existing(args)?;
    let most = if list.limit == 0 { u32::MAX } else { list.limit };
    let mut table = Table::new(&[
        ("ID", Align::Right),
        ("STATUS", Align::Left),
        ("STARTED", Align::Left),
        ("DURATION", Align::Right),
        ("STEPS", Align::Right),
        ("ERRORS", Align::Right),
        ("RETRIES", Align::Right),
        ("TOKENS", Align::Right),
        ("COST", Align::Right),
        ("MODEL", Align::Left),
        ("NAME", Align::Left),
    ]);
    let mut shown = 0;
    let total = loop {
        let request = TraceListRequest {
            filter: list.filter.clone(),
            sort: list.sort.key(),
            descending: list.sort.largest_first() != list.reverse,
            offset: shown,
            limit: WINDOW.min(most - shown),
        };
        let window: TraceList = host::call(&engine, "trace_list", &request)?;
        for trace in &window.items {
            if list.json {
                out.json(trace)?;
            } else {
                table.push(row(trace));
            }
        }
        shown = shown.saturating_add(u32::try_from(window.items.len()).unwrap_or(u32::MAX));
        if window.items.is_empty() || shown >= most || shown >= window.total {
            break window;
        }
    };
    if !list.json && shown > 0 {
        table.write(out)?;
    }
    out.flush()?;
    tell_the_rest(list, &total, shown);
    Ok(ExitCode::SUCCESS)
}

/// Says on stderr what the list does not show.
fn tell_the_rest(list: &List, window: &TraceList, shown: u32) {
    if window.total_unfiltered == 0 {
        eprintln!("There are no traces yet. Import some: tracex import FILES");
    } else if window.total == 0 {
        eprintln!(
            "None of {} matches the filter.",
            quantity::counted(window.total_unfiltered.into(), "trace")
        );
    } else if shown < window.total {
        eprintln!(
            "{} of {} are listed; --limit {} lists more, --limit 0 all.",
            quantity::count(shown.into()),
            quantity::counted(window.total.into(), "trace"),
            list.limit.saturating_mul(10)
        );
    }
}

fn row(trace: &TraceSummary) -> Vec<Cell> {
    let known = |text: Option<String>| Cell::new(text.as_deref().unwrap_or(UNKNOWN));
    let some = |number: u32, style: Style| {
        Cell::new(&quantity::count(number.into())).styled(if number > 0 { style } else { Style::Faint })
    };
    vec![
        Cell::new(&trace.trace_id.to_string()).styled(Style::Bold),
        Cell::new(trace.status.word()).styled(quantity::trace_style(trace.status)),
        known(trace.start_unix_ms.map(quantity::time)),
        known(trace.duration_ns.map(quantity::duration)),
        Cell::new(&quantity::count(trace.steps.into())),
        some(trace.errors, Style::Bad),
        some(trace.retries, Style::Warning),
        known(trace.total_tokens.map(quantity::count)),
        known(trace.cost_usd.map(quantity::cost)),
        known(trace.model.clone()),
        Cell::new(&trace.name),
    ]
}

/// The filter with a mark under the place that is wrong.
fn filter_failure(filter: &str, error: &filter::FilterError) -> Failure {
    let before = text::printable(filter.get(..error.at).unwrap_or_default());
    Failure::Usage(format!(
        "{}\n  {}\n  {}^",
        text::printable(&error.message),
        text::printable(filter),
        " ".repeat(text::width(&before))
    ))
}
