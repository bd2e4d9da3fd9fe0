//! `tracex show`.

use std::process::ExitCode;

use engine::api::dto::{
    Link, LinkTarget, RunTime, SpanTree, StepDetail, StepRef, TraceDetail, TraceList, TraceListRequest,
    TraceRef, TraceSort, TraceSummary,
};
use engine::engine::Engine;
use engine::error::Code;
use engine::model::{SpanKind, SpanStatus, TimePart};
use engine::query::link::is_link;
use serde::Serialize;

use crate::args::{Args, Show};
use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::tree::Branches;
use crate::{host, quantity, text};

/// The most traces named where an id fits several.
const MOST_CANDIDATES: u32 = 10;
/// A shorter text is no beginning of an id.
const LEAST_BEGINNING_CHARACTERS: usize = 4;
/// The most failed steps whose error is looked up; of the others only the failure is shown.
const MOST_ERRORS: usize = 1_000;

pub(crate) fn run(args: &Args, show: &Show, out: &mut Output) -> Result<ExitCode, Failure> {
    let engine = host::open_existing(args)?;
    let (detail, linked) = find_step(&engine, &show.trace)?;
    let trace = TraceRef { trace_id: detail.summary.trace_id };
    let tree: SpanTree = host::call(&engine, "span_tree", &trace)?;
    let steps = steps(&engine, trace, &tree, linked.as_deref())?;
    if show.json {
        out.json(&detail.summary)?;
        for step in &steps {
            out.json(step)?;
        }
    } else {
        card(&detail, out)?;
        for remark in &tree.remarks {
            out.line(&out.styled(Style::Warning, &text::printable(&remark.text)))?;
        }
        budget(&host::call(&engine, "run_time", &trace)?, out)?;
        out.line("")?;
        draw(&tree, &steps, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The trace that `wanted` names: a number in this store, an id in the source, a name, the beginning of an id that no other has
/// (which is said), or a link.
pub(crate) fn find(engine: &Engine, wanted: &str) -> Result<TraceDetail, Failure> {
    Ok(find_step(engine, wanted)?.0)
}

/// As [`find`], with the id of the step that a link names.
fn find_step(engine: &Engine, wanted: &str) -> Result<(TraceDetail, Option<String>), Failure> {
    if !is_link(wanted) {
        return Ok((find_trace(engine, wanted)?, None));
    }
    let target: LinkTarget = host::call(engine, "link_resolve", &Link { link: wanted.to_owned() })?;
    if target.compared_with.is_some() {
        return Err(Failure::Usage(
            "this link leads to two runs side by side: give it to `tracex compare` alone, or open it in the app"
                .to_owned(),
        ));
    }
    if let Some(remark) = &target.remark {
        eprintln!("tracex: {}", text::printable(remark));
    }
    let detail = host::call(engine, "trace_get", &TraceRef { trace_id: target.trace_id })?;
    Ok((detail, target.span_id))
}

fn find_trace(engine: &Engine, wanted: &str) -> Result<TraceDetail, Failure> {
    if let Ok(trace_id) = wanted.parse::<i64>() {
        let request = serde_json::to_string(&TraceRef { trace_id })?;
        match engine::api::call(engine, "trace_get", &request) {
            Ok(detail) => return Ok(detail.read()?),
            // It may yet be the start of an id in the source.
            Err(error) if error.code == Code::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    let quoted = wanted.replace('\\', "\\\\").replace('"', "\\\"");
    let matching = |filter: String| {
        let request = TraceListRequest {
            filter,
            sort: TraceSort::Started,
            descending: true,
            offset: 0,
            limit: MOST_CANDIDATES,
        };
        host::call::<TraceList>(engine, "trace_list", &request)
    };
    let get = |trace: &TraceSummary| host::call(engine, "trace_get", &TraceRef { trace_id: trace.trace_id });
    // What is meant exactly goes before what begins so.
    let exactly = [("key:", "that id"), ("name:=", "that name")];
    for (field, has) in exactly.into_iter().filter(|_| !wanted.is_empty()) {
        let found = matching(format!("{field}\"{quoted}\""))?;
        match found.items.as_slice() {
            [] => {}
            [trace] => return get(trace),
            candidates => return Err(ambiguous(wanted, has, found.total, candidates)),
        }
    }
    let is_beginning = wanted.chars().count() >= LEAST_BEGINNING_CHARACTERS;
    let found = if is_beginning { Some(matching(format!("key:\"{quoted}\"*"))?) } else { None };
    match found.as_ref().map_or(&[][..], |found| found.items.as_slice()) {
        [] => Err(Failure::Failed(format!(
            "There is no trace \"{wanted}\"; `tracex list` shows the numbers and names of those there are."
        ))),
        [trace] => {
            let (wanted, key) = (text::printable(wanted), text::printable(&trace.key));
            eprintln!("tracex: No trace is called \"{wanted}\"; {key} begins so, and is taken.");
            get(trace)
        }
        candidates => {
            let total = found.as_ref().map_or(0, |found| found.total);
            Err(ambiguous(wanted, "an id that begins so", total, candidates))
        }
    }
}

fn ambiguous(wanted: &str, has: &str, total: u32, candidates: &[TraceSummary]) -> Failure {
    let mut message = format!(
        "\"{}\": {} have {has}; name one by its number:",
        text::printable(wanted),
        quantity::counted(total.into(), "trace"),
    );
    for trace in candidates {
        let (key, name) = (text::printable(&trace.key), text::printable(&trace.name));
        message.push_str(&format!("\n  {}  {key}  {name}", trace.trace_id));
    }
    Failure::Usage(message)
}

/// A step as a line of JSON.
#[derive(Serialize)]
struct Step<'a> {
    row: usize,
    parent_row: Option<usize>,
    depth: u16,
    /// Whether this is the run itself rather than a step.
    run: bool,
    /// Whether this is no step, but what stands above those whose parent is not in the trace.
    orphans: bool,
    span_id: &'a str,
    name: &'a str,
    kind: &'static str,
    status: &'static str,
    start_ns: f64,
    duration_ns: Option<f64>,
    tokens: Option<u64>,
    model: Option<&'a str>,
    attempt: Option<u16>,
    attempts: Option<usize>,
    error: Option<String>,
    flags: u32,
    /// Whether the link that was given leads here.
    linked: bool,
}

/// The rows of the tree as steps, failed ones with their error.
fn steps<'a>(
    engine: &Engine,
    trace: TraceRef,
    tree: &'a SpanTree,
    linked: Option<&str>,
) -> Result<Vec<Step<'a>>, Failure> {
    let string = |index: Option<usize>| index.and_then(|index| tree.strings.get(index)).map(String::as_str);
    let known = |column: &[f64], row: usize| column.get(row).copied().filter(|value| *value >= 0.0);
    let mut errors_left = MOST_ERRORS;
    let mut steps = Vec::with_capacity(tree.span_id.len());
    for (row, span_id) in tree.span_id.iter().enumerate() {
        let index = |column: &[i32]| column.get(row).and_then(|index| usize::try_from(*index).ok());
        let name = tree.name.get(row).and_then(|index| usize::try_from(*index).ok());
        let status = tree.status.get(row).and_then(|code| SpanStatus::from_code((*code).into()));
        let kind = tree.kind.get(row).and_then(|code| SpanKind::from_code((*code).into()));
        let status = status.unwrap_or(SpanStatus::Unset);
        let run = tree.run_row && row == 0;
        let mut error = None;
        if status == SpanStatus::Error && !run && errors_left > 0 {
            errors_left -= 1;
            let step = StepRef { trace_id: trace.trace_id, span_id: span_id.clone() };
            error = host::call::<StepDetail>(engine, "step_get", &step)?.error;
        }
        steps.push(Step {
            row,
            parent_row: index(&tree.parent),
            depth: tree.depth.get(row).copied().unwrap_or(0),
            run,
            orphans: tree.orphan_row.is_some_and(|orphans| orphans as usize == row),
            span_id,
            name: string(name).unwrap_or_default(),
            kind: kind.unwrap_or(SpanKind::Other).word(),
            status: status.word(),
            start_ns: tree.start_ns.get(row).copied().unwrap_or(0.0),
            duration_ns: known(&tree.duration_ns, row),
            tokens: known(&tree.tokens, row).map(|tokens| tokens as u64),
            model: string(index(&tree.model)),
            attempt: tree.attempt.get(row).copied().filter(|attempt| *attempt > 0),
            attempts: index(&tree.group)
                .and_then(|group| tree.groups.get(group))
                .map(|group| group.rows.len()),
            error,
            flags: tree.flags.get(row).copied().unwrap_or(0),
            linked: linked == Some(span_id.as_str()),
        });
    }
    Ok(steps)
}

/// The card above the tree.
fn card(detail: &TraceDetail, out: &mut Output) -> Result<(), Failure> {
    let trace = &detail.summary;
    let status = out.styled(quantity::trace_style(trace.status), trace.status.word());
    out.line(&format!("{}  {status}", out.styled(Style::Bold, &text::printable(&trace.name))))?;
    let mut lines = vec![
        ("Trace".to_owned(), format!("{} ({})", text::printable(&trace.key), trace.trace_id), String::new()),
        ("Source".to_owned(), text::printable(&trace.source).into_owned(), trace.format.clone()),
    ];
    for fact in &detail.facts {
        let value = text::printable(&fact.value).into_owned();
        lines.push((text::printable(&fact.label).into_owned(), value, fact.provenance.word().to_owned()));
    }
    if let Some(preview) = &trace.preview {
        lines.push(("Prompt".to_owned(), text::printable(preview).into_owned(), String::new()));
    }
    let columns = lines.iter().map(|(label, ..)| text::width(label)).max().unwrap_or(0);
    for (label, value, remark) in lines {
        let blank = " ".repeat(columns.saturating_sub(text::width(&label)));
        let label = out.styled(Style::Faint, &label);
        let remark = match remark.as_str() {
            "" => String::new(),
            remark => out.styled(Style::Faint, &format!("  {}", text::printable(remark))),
        };
        out.line(&format!("{label}{blank}  {value}{remark}"))?;
    }
    Ok(())
}

/// What the time went into, in one line; nothing where the source gives no times.
fn budget(time: &RunTime, out: &mut Output) -> Result<(), Failure> {
    let parts = time.parts.iter().filter(|share| share.wall_ns > 0.0).map(|share| {
        let of_all = quantity::share(share.wall_ns, time.total_ns);
        format!("{} {} ({of_all})", part_name(share.part), quantity::duration(share.wall_ns))
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return Ok(());
    }
    out.line(&format!("{}  {}", out.styled(Style::Faint, "Time went into"), parts.join(" · ")))
}

fn part_name(part: TimePart) -> &'static str {
    match part {
        TimePart::Model => "model",
        TimePart::Tool => "tools",
        TimePart::Retrieval => "retrieval",
        TimePart::Human => "waiting for a person",
        TimePart::Throttled => "rate limit",
        TimePart::Backoff => "back-off",
        TimePart::Own => "own code",
        TimePart::Idle => "idle",
    }
}

/// The tree: a line for each step, and one below it for its error.
fn draw(tree: &SpanTree, steps: &[Step<'_>], out: &mut Output) -> Result<(), Failure> {
    let mut branches = Branches::new(&tree.parent, &tree.descendants);
    for step in steps {
        let (before, below) = branches.next(step.row, step.depth.into());
        let status = SpanStatus::from_word(step.status).unwrap_or(SpanStatus::Unset);
        let style = quantity::step_style(status);
        let mut parts = vec![
            out.styled(style, quantity::step_sign(status)),
            out.styled(Style::Faint, if step.run { "run" } else { step.kind }),
            text::printable(step.name).into_owned(),
        ];
        if let Some(model) = step.model {
            parts.push(out.styled(Style::Faint, &text::printable(model)));
        }
        let mut numbers = vec![match step.duration_ns {
            Some(duration_ns) => quantity::duration(duration_ns),
            None if status == SpanStatus::Open => "not ended".to_owned(),
            None => "no time".to_owned(),
        }];
        if step.start_ns > 0.0 {
            numbers.push(format!("at +{}", quantity::duration(step.start_ns)));
        }
        if let Some(tokens) = step.tokens {
            numbers.push(quantity::counted(tokens, "token"));
        }
        parts.push(out.styled(Style::Faint, &numbers.join(" · ")));
        if let (Some(attempt), Some(attempts)) = (step.attempt, step.attempts) {
            parts.push(out.styled(Style::Warning, &format!("attempt {attempt}/{attempts}")));
        }
        if step.linked {
            parts.push(out.styled(Style::Bold, "← the link"));
        }
        out.line(&format!("{}{}", out.styled(Style::Faint, &before), parts.join(" ")))?;
        if let Some(error) = &step.error {
            let error = text::printable(error);
            let room = out.columns().map_or(usize::MAX, |columns| {
                columns.saturating_sub(text::width(&below)).max(LEAST_ERROR_COLUMNS)
            });
            let error = out.styled(Style::Bad, &text::cut(&error, room));
            out.line(&format!("{}{error}", out.styled(Style::Faint, &below)))?;
        }
    }
    Ok(())
}

/// The least room an error gets.
const LEAST_ERROR_COLUMNS: usize = 24;
