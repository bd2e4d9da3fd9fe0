//! `tracex compare`.

use std::path::Path;
use std::process::ExitCode;

use engine::api::comparison_saved;
use engine::api::dto::{ComparisonForm, ComparisonSave, Ignored, RunDifference, TraceSummary};

use crate::args::{Args, Compare};
use crate::export::tell_of_masked;
use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::{host, quantity, show, text};

/// What the program ends with where the runs differ: 1 and 2 are for what went wrong.
const DIFFERS: u8 = 3;
/// Further differences are counted.
const MOST_DIFFERENCES: usize = 20;

pub(crate) fn run(args: &Args, compare: &Compare, out: &mut Output) -> Result<ExitCode, Failure> {
    let engine = host::open_existing(args)?;
    let a = show::find(&engine, &compare.a)?.summary;
    let b = show::find(&engine, &compare.b)?.summary;
    let form = if compare.json { ComparisonForm::Json } else { ComparisonForm::Html };
    let request = ComparisonSave { a: a.trace_id, b: b.trace_id, form, ignore: Ignored::default() };
    let report = engine::api::comparison_to_save(&engine, request, &|| false)?;
    if compare.json {
        let saved = report.write(form, &mut out.json_lines())?;
        tell_of_masked(&comparison_saved(&saved).masked);
    } else if let Some(path) = &compare.html {
        let saved = if path == Path::new("-") {
            report.write(form, out.raw())?
        } else {
            engine::api::write_file(&engine, path, |out| report.write(form, out))?
        };
        eprintln!("Comparison written ({}).", quantity::bytes(saved.bytes));
        tell_of_masked(&comparison_saved(&saved).masked);
    } else {
        let comparison = report.comparison();
        for (letter, trace) in [("A", &a), ("B", &b)] {
            out.line(&format!("{letter}  {}", line(trace)))?;
        }
        out.line("")?;
        for sentence in &comparison.summary {
            out.line(&text::printable(sentence))?;
        }
        for remark in &comparison.remarks {
            out.line(&out.styled(Style::Warning, &text::printable(remark)))?;
        }
        let all = comparison.difference_count() as u64;
        let title = format!("{}, that which explains most first:", quantity::counted(all, "difference"));
        list(&title, &comparison.differences, all, out)?;
        let drifts = &comparison.drifts;
        list("The same, in another time or for other tokens or cost:", drifts, drifts.len() as u64, out)?;
    }
    Ok(if report.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}

/// The first of `all` that there are; nothing where there are none.
fn list(title: &str, listed: &[RunDifference], all: u64, out: &mut Output) -> Result<(), Failure> {
    if listed.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.line(title)?;
    let places = listed.iter().take(MOST_DIFFERENCES).map(|difference| difference.place.chars().count());
    let columns = places.max().unwrap_or(0);
    for difference in listed.iter().take(MOST_DIFFERENCES) {
        let sign = if difference.time_ns < 0.0 { "−" } else { "+" };
        let time = match difference.time_ns.abs() {
            0.0 => String::new(),
            by_ns => format!("{sign}{}", quantity::duration(by_ns)),
        };
        let RunDifference { place, sentence, .. } = difference;
        out.line(&format!("{time:>12}  {place:<columns$}  {}", text::printable(sentence)))?;
    }
    match all.saturating_sub(MOST_DIFFERENCES as u64) {
        0 => Ok(()),
        more => out.line(&format!("{:>12}  {}", "", quantity::counted(more, "further difference"))),
    }
}

fn line(trace: &TraceSummary) -> String {
    let took = trace.duration_ns.map(quantity::duration).unwrap_or_default();
    format!("{}  {}  {}", text::printable(&trace.name), text::printable(&trace.key), took)
}
