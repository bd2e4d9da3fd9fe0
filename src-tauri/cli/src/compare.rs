//! `tracex compare`.

use std::path::Path;
use std::process::ExitCode;

use engine::api::comparison_saved;
use engine::api::dto::{
    ComparisonForm, ComparisonSave, Ignored, Link, LinkTarget, RunDifference, TraceDetail, TraceRef,
    TraceSummary,
};
use engine::engine::Engine;
use engine::query::link::is_link;
use engine::report::Report;

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
    let (a, b) = match &compare.b {
        Some(b) => (show::find(&engine, &compare.a)?.summary, show::find(&engine, b)?.summary),
        None => linked(&engine, &compare.a)?,
    };
    let form = if compare.json { ComparisonForm::Json } else { ComparisonForm::Html };
    let request = ComparisonSave { a: a.trace_id, b: b.trace_id, form, ignore: Ignored::default() };
    let report = engine::api::comparison_to_save(&engine, request, &|| false)?;
    let code = if report.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) };
    match write(&engine, compare, &report, (&a, &b), out) {
        // Whoever reads has enough; what the runs did is known all the same.
        Ok(()) | Err(Failure::ReaderGone) => Ok(code),
        Err(failure) => Err(failure),
    }
}

/// The two runs that a link leads to.
fn linked(engine: &Engine, link: &str) -> Result<(TraceSummary, TraceSummary), Failure> {
    let one_run =
        || Failure::Usage("a run is compared with another: name both, or give a link to two runs".into());
    if !is_link(link) {
        return Err(one_run());
    }
    let target: LinkTarget = host::call(engine, "link_resolve", &Link { link: link.to_owned() })?;
    let b = target.compared_with.ok_or_else(one_run)?;
    let summary = |trace_id: i64| -> Result<TraceSummary, Failure> {
        let detail: TraceDetail = host::call(engine, "trace_get", &TraceRef { trace_id })?;
        Ok(detail.summary)
    };
    Ok((summary(target.trace_id)?, summary(b.trace_id)?))
}

/// Writes it as was asked for.
fn write(
    engine: &Engine,
    compare: &Compare,
    report: &Report,
    (a, b): (&TraceSummary, &TraceSummary),
    out: &mut Output,
) -> Result<(), Failure> {
    if compare.json {
        let saved = out.json_lines(|out| report.write(ComparisonForm::Json, out))?;
        tell_of_masked(&comparison_saved(&saved).masked);
    } else if let Some(path) = &compare.html {
        let saved = if path == Path::new("-") {
            out.raw(|out| report.write(ComparisonForm::Html, out))?
        } else {
            engine::api::write_file(engine, path, |out| report.write(ComparisonForm::Html, out))?
        };
        eprintln!("Comparison written ({}).", quantity::bytes(saved.bytes));
        tell_of_masked(&comparison_saved(&saved).masked);
    } else {
        let comparison = report.comparison();
        for (letter, trace) in [("A", a), ("B", b)] {
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
    Ok(())
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
