//! A comparison as one page of HTML that needs no network, no script and no other file.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::Report;
use crate::deceptive::{in_place_of, is_deceptive};
use crate::dto::{
    ComparedRun, Comparison, DiffLine, DiffPiece, LineChange, PairRelation, PartDifference, RunDifference,
    TraceSummary,
};
use crate::masking::{MaskCounts, Masker};
use crate::model::{SpanKind, SpanStatus, TraceStatus};
use crate::query::{cost, count, duration};

/// Further pairs are not listed.
const MOST_ROWS: usize = 20_000;
/// Deeper steps are not indented further.
const DEEPEST: u16 = 24;

/// Gives what was masked in it.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<MaskCounts> {
    let mut page = Page { out, masker: &report.masker, masked: MaskCounts::default() };
    let style = style();
    let hash = BASE64_STANDARD.encode(Sha256::digest(style.as_bytes()));
    page.raw(&format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\
         <meta name=\"referrer\" content=\"no-referrer\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Two runs side by side</title><style>",
    ))?;
    page.raw(&style)?;
    page.raw("</style></head><body>\n")?;
    head(report, &mut page)?;
    numbers(report, &mut page)?;
    ranked(report, &mut page)?;
    steps(report, &mut page)?;
    notes(report, &mut page)?;
    page.raw("<p class=\"muted\">Made by TraceLLM Explorer, ")?;
    page.text(&moment(report.made_at))?;
    let masked = std::mem::take(&mut page.masked);
    let kinds: Vec<String> =
        masked.by_count().into_iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
    if kinds.is_empty() {
        page.raw(". Looked through for secrets as it was written: nothing had to be masked")?;
    } else {
        page.raw(". Masked as it was written: ")?;
        page.text(&kinds.join(", "))?;
    }
    page.raw(". This file loads nothing and runs nothing.</p>\n</body></html>\n")?;
    Ok(masked)
}

/// The page's one sheet of style, which its content policy names by its hash: no other style is obeyed, nor an attribute.
fn style() -> String {
    let mut style = include_str!("report.css").to_owned();
    for depth in 0..=DEEPEST {
        style.push_str(&format!("tr.d{depth} {{ --depth: {depth}; }}\n"));
    }
    style
}

/// Writes text so that it is text, whatever it says.
struct Page<'a> {
    out: &'a mut dyn Write,
    masker: &'a Masker,
    masked: MaskCounts,
}

impl Page<'_> {
    /// Writes HTML of this module's own.
    fn raw(&mut self, html: &str) -> io::Result<()> {
        self.out.write_all(html.as_bytes())
    }

    /// Writes what a trace says.
    fn text(&mut self, text: &str) -> io::Result<()> {
        let masked = self.masker.text(text, &mut self.masked);
        let text = masked.as_deref().unwrap_or(text);
        let mut from = 0;
        for (at, character) in text.char_indices() {
            let shown;
            let written: &str = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                '\t' | '\n' | '\r' => continue,
                _ if is_deceptive(character) => {
                    shown = in_place_of(character);
                    &shown
                }
                _ => continue,
            };
            self.raw(text.get(from..at).unwrap_or_default())?;
            self.raw(written)?;
            from = at + character.len_utf8();
        }
        self.raw(text.get(from..).unwrap_or_default())
    }

    /// An element of one text.
    fn element(&mut self, name: &str, class: &str, text: &str) -> io::Result<()> {
        self.raw(&format!("<{name} class=\"{class}\">"))?;
        self.text(text)?;
        self.raw(&format!("</{name}>"))
    }
}

fn head(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.raw("<h1>Two runs side by side</h1>\n")?;
    for (letter, run, _) in report.sides() {
        page.raw("<p><strong>")?;
        page.raw(letter)?;
        page.raw("</strong> ")?;
        page.text(whole_name(&run.summary))?;
        for fact in facts(&run.summary) {
            page.element("span", "kind", &fact)?;
        }
        page.raw("</p>\n")?;
    }
    page.raw("<ul class=\"summary\">")?;
    for sentence in report.comparison.summary.iter().chain(&report.comparison.remarks) {
        page.element("li", "", sentence)?;
    }
    page.raw("</ul>\n")
}

/// The name of a run; where that is the cut beginning of what was asked, more of it.
fn whole_name(trace: &TraceSummary) -> &str {
    let asked = trace.name.strip_suffix('…').and_then(|start| {
        let asked = trace.preview.as_deref()?;
        asked.starts_with(start.trim_end()).then_some(asked)
    });
    asked.unwrap_or(&trace.name)
}

/// What a run is known by, beside its name.
fn facts(trace: &TraceSummary) -> Vec<String> {
    let start = trace.start_unix_ms.and_then(|ms| DateTime::from_timestamp_millis(ms as i64));
    let facts = [
        trace.model.clone(),
        trace.duration_ns.map(duration),
        start.map(moment),
        Some(trace.format.clone()),
        Some(trace.key.clone()),
    ];
    facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect()
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn numbers(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    const UNKNOWN: &str = "–";
    let (a, b) = (&report.comparison.a.summary, &report.comparison.b.summary);
    let status = |trace: &TraceSummary| match trace.status {
        TraceStatus::Success => "succeeded",
        TraceStatus::Warning => "succeeded, with errors",
        TraceStatus::Failed => "failed",
        TraceStatus::Running => "running",
        TraceStatus::Lost => "lost",
    };
    page.raw(
        "<h2>Numbers</h2><table><thead><tr><th></th><th class=\"number\">A</th><th class=\"number\">B</th>\
         <th class=\"number\">B − A</th></tr></thead><tbody>",
    )?;
    let mut row = |label: &str, a: &str, b: &str, by: &str| -> io::Result<()> {
        page.raw("<tr>")?;
        page.element("th", "", label)?;
        for cell in [a, b, by] {
            page.element("td", "number", cell)?;
        }
        page.raw("</tr>")
    };
    let differs = |differs: bool| if differs { "differs" } else { "" };
    row("Status", status(a), status(b), differs(a.status != b.status))?;
    let model = |trace: &TraceSummary| trace.model.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let is_other = a.model.as_ref().zip(b.model.as_ref()).is_some_and(|(a, b)| a != b);
    row("Model", &model(a), &model(b), differs(is_other))?;
    // Where nothing was tried again, nothing was lost.
    let lost = |trace: &TraceSummary| if trace.retries == 0 { Some(0.0) } else { trace.retry_waste_ns };
    // Of a run that did not end it is not known how long it took.
    let took = |trace: &TraceSummary| trace.duration_ns.filter(|_| trace.status != TraceStatus::Lost);
    let times = [("Duration", took(a), took(b)), ("Time lost to retries", lost(a), lost(b))];
    for (label, a, b) in times {
        let shown = |ns: Option<f64>| ns.map_or(UNKNOWN.to_owned(), duration);
        let by = a.zip(b).map_or(UNKNOWN.to_owned(), |(a, b)| signed(b - a, duration));
        row(label, &shown(a), &shown(b), &by)?;
    }
    let counts = [
        ("Steps", Some(u64::from(a.steps)), Some(u64::from(b.steps))),
        ("Failed steps", Some(u64::from(a.errors)), Some(u64::from(b.errors))),
        ("Retries", Some(u64::from(a.retries)), Some(u64::from(b.retries))),
        ("Prompt tokens", a.input_tokens, b.input_tokens),
        ("Answer tokens", a.output_tokens, b.output_tokens),
        ("Tokens", a.total_tokens, b.total_tokens),
    ];
    for (label, a, b) in counts {
        let shown = |number: Option<u64>| number.map_or(UNKNOWN.to_owned(), count);
        let by =
            a.zip(b).map_or(UNKNOWN.to_owned(), |(a, b)| signed(b as f64 - a as f64, |by| count(by as u64)));
        row(label, &shown(a), &shown(b), &by)?;
    }
    let dollars = |usd: Option<f64>| usd.map_or(UNKNOWN.to_owned(), cost);
    let by = a.cost_usd.zip(b.cost_usd).map_or(UNKNOWN.to_owned(), |(a, b)| signed(b - a, cost));
    row("Cost", &dollars(a.cost_usd), &dollars(b.cost_usd), &by)?;
    page.raw("</tbody></table>\n")
}

fn ranked(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let comparison = &report.comparison;
    let all = comparison.difference_count();
    if all > 0 {
        let noun = if all == 1 { "difference" } else { "differences, that which explains most first" };
        list(&format!("{} {noun}", count(all as u64)), &comparison.differences, all, page)?;
    }
    let drifts = &comparison.drifts;
    if !drifts.is_empty() {
        list("The same, in another time or for other tokens or cost", drifts, drifts.len(), page)?;
    }
    Ok(())
}

/// The first of `all` that there are.
fn list(title: &str, differences: &[RunDifference], all: usize, page: &mut Page<'_>) -> io::Result<()> {
    const MOST: usize = 50;
    page.element("h2", "", title)?;
    page.raw(
        "<table><thead><tr><th class=\"where\">Where</th><th>What</th>\
         <th class=\"number\">Time B − A</th><th class=\"number\">Tokens B − A</th>\
         <th class=\"number\">Cost B − A</th></tr></thead><tbody>",
    )?;
    for difference in differences.iter().take(MOST) {
        page.raw(&format!("<tr><td><a href=\"#p{}\">", difference.pair))?;
        page.text(&difference.place)?;
        page.raw("</a></td>")?;
        page.element("td", "", &difference.sentence)?;
        page.element("td", "number", &signed(difference.time_ns, duration))?;
        page.element("td", "number", &signed(difference.tokens, |tokens| count(tokens as u64)))?;
        page.element("td", "number", &signed(difference.cost_usd, cost))?;
        page.raw("</tr>")?;
    }
    page.raw("</tbody></table>\n")?;
    match all.saturating_sub(differences.len().min(MOST)) {
        0 => Ok(()),
        1 => page.element("p", "muted", "1 more stands with its step below."),
        more => {
            page.element("p", "muted", &format!("{} more stand with their steps below.", count(more as u64)))
        }
    }
}

/// By how much B is above A, with a sign; nothing where they are equal.
fn signed(by: f64, shown: impl Fn(f64) -> String) -> String {
    let sign = if by > 0.0 { "+" } else { "−" };
    if by == 0.0 { String::new() } else { format!("{sign}{}", shown(by.abs())) }
}

/// The beginning of a table of steps, whose columns are as wide in all of them.
const STEPS: &str = "<table class=\"steps\"><colgroup><col><col class=\"time\"><col><col class=\"time\">\
     <col class=\"differs\"></colgroup>";

fn steps(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let comparison = &report.comparison;
    let told: HashMap<u32, &[PartDifference]> =
        report.told.iter().map(|(pair, difference)| (*pair, difference.parts.as_slice())).collect();
    page.raw("<h2>Steps</h2>")?;
    page.raw(STEPS)?;
    page.raw(
        "<thead><tr><th>A</th><th class=\"number\">Time</th><th>B</th><th class=\"number\">Time</th>\
         <th>Differs in</th></tr></thead><tbody>",
    )?;
    let end = comparison.row_a.len().min(MOST_ROWS);
    let mut at = 0;
    while at < end {
        pair(report, &told, at, page)?;
        let operation = at;
        at += 1;
        let tries = tries_below(comparison, operation, end);
        if !tries.is_empty() {
            at = tries.end;
            page.raw(&format!(
                "<tr class=\"d{}\"><td colspan=\"5\" class=\"tries\"><details><summary>",
                comparison.depth[operation].saturating_add(1).min(DEEPEST)
            ))?;
            page.text(&tries_said(report, operation))?;
            page.raw("</summary>")?;
            page.raw(STEPS)?;
            page.raw("<tbody>")?;
            for each in tries {
                pair(report, &told, each, page)?;
            }
            page.raw("</tbody></table></details></td></tr>")?;
        }
    }
    page.raw("</tbody></table>\n")?;
    let left_out = comparison.row_a.len().saturating_sub(MOST_ROWS);
    if left_out > 0 {
        page.element("p", "muted", &format!("{} further steps are not listed.", count(left_out as u64)))?;
    }
    if report.left_out > 0 {
        let more =
            format!("Of {} further steps it is not told how they differ.", count(report.left_out as u64));
        page.element("p", "muted", &more)?;
    }
    Ok(())
}

/// The pairs that are tries of this one's operation and stand below it, with all that is below them: they come first there.
fn tries_below(comparison: &Comparison, operation: usize, end: usize) -> Range<usize> {
    let from = operation + 1;
    let is_its_try = |at: &usize| {
        let parent = usize::try_from(comparison.parent[*at]).ok();
        let is_try = comparison.try_of[*at] == operation as i32;
        parent.is_some_and(|parent| parent > operation || (parent == operation && is_try))
    };
    from..from + (from..end).take_while(is_its_try).count()
}

/// How often an operation was tried, in words.
fn tries_said(report: &Report, operation: usize) -> String {
    let comparison = &report.comparison;
    let counted = |tries: usize| if tries == 1 { "1 try".to_owned() } else { format!("{tries} tries") };
    let [row_a, row_b] = report.rows(operation);
    match (row_a.map(|row| attempts(&comparison.a, row)), row_b.map(|row| attempts(&comparison.b, row))) {
        (Some(a), Some(b)) => format!("{} in A, {b} in B", counted(a)),
        (Some(tries), None) | (None, Some(tries)) => counted(tries),
        (None, None) => String::new(),
    }
}

/// How many tries a step is one of.
fn attempts(run: &ComparedRun, row: u32) -> usize {
    let group = run.tree.group.get(row as usize).and_then(|group| usize::try_from(*group).ok());
    group.and_then(|group| run.tree.groups.get(group)).map_or(1, |group| group.rows.len())
}

/// A row of the table, and one below it for how the two steps differ.
fn pair(
    report: &Report,
    told: &HashMap<u32, &[PartDifference]>,
    pair: usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let comparison = &report.comparison;
    let rows = report.rows(pair);
    let is_first = comparison.first_difference == Some(pair as u32);
    let class = match (is_first, rows) {
        (true, _) => "first",
        (false, [Some(_), Some(_)]) => "",
        _ if report.passed_over[pair] => "alone passed-over",
        _ => "alone",
    };
    page.raw(&format!("<tr id=\"p{pair}\" class=\"{class} d{}\">", comparison.depth[pair].min(DEEPEST)))?;
    for (run, row) in [&comparison.a, &comparison.b].into_iter().zip(rows) {
        match row {
            Some(row) => {
                let first = first_try(comparison, pair, run, row);
                step(run, row, first, comparison.try_of[pair] >= 0, page)?;
            }
            None => page.raw("<td class=\"none\"></td><td class=\"none\"></td>")?,
        }
    }
    page.raw("<td>")?;
    if is_first {
        page.raw("<span class=\"first-mark\">Here they part. </span>")?;
    }
    let class = if report.passed_over[pair] { "muted" } else { "what" };
    page.element("span", class, &what(report, pair))?;
    page.raw("</td></tr>")?;
    if let Some(parts) = told.get(&(pair as u32)) {
        page.raw(if is_first {
            "<tr><td colspan=\"5\"><details open>"
        } else {
            "<tr><td colspan=\"5\"><details>"
        })?;
        page.raw("<summary>What differs</summary>")?;
        for part in *parts {
            self::part(part, page)?;
        }
        page.raw("</details></td></tr>")?;
    }
    Ok(())
}

/// Where tries stand below a pair, the first of them: it took from then on.
fn first_try(comparison: &Comparison, pair: usize, run: &ComparedRun, row: u32) -> u32 {
    let has_tries = comparison.try_of.get(pair + 1).is_some_and(|of| *of == pair as i32)
        && comparison.parent[pair + 1] == pair as i32;
    let group = run.tree.group.get(row as usize).and_then(|group| usize::try_from(*group).ok());
    let first = group.and_then(|group| run.tree.groups.get(group)?.rows.first().copied());
    first.filter(|_| has_tries).unwrap_or(row)
}

fn step(run: &ComparedRun, row: u32, first_try: u32, is_try: bool, page: &mut Page<'_>) -> io::Result<()> {
    let (tree, at) = (&run.tree, row as usize);
    page.raw("<td class=\"step\">")?;
    // As the sentences count them: the run itself is no step.
    let number = u64::from(row) + u64::from(!tree.run_row);
    if number > 0 {
        page.element("span", "place", &count(number))?;
    }
    page.text(tree.name_at(row))?;
    page.element("span", "kind", tree.kind_at(row).word())?;
    let attempt = tree.attempt.get(at).copied().unwrap_or(0);
    match attempts(run, row) {
        tries if is_try && attempt > 0 => {
            page.element("span", "kind", &format!("try {attempt} of {tries}"))?;
        }
        tries if tries > 1 => page.element("span", "kind", &format!("{tries} tries"))?,
        _ => {}
    }
    match tree.status_at(row) {
        SpanStatus::Error => page.raw(" <span class=\"failed\">failed</span>")?,
        SpanStatus::Open => page.raw(" <span class=\"kind\">not ended</span>")?,
        _ => {}
    }
    page.raw("</td>")?;
    let start_ns = |row: u32| tree.start_ns.get(row as usize).copied().unwrap_or(0.0);
    let before_ns = start_ns(row) - start_ns(first_try);
    let took_ns = tree.duration_ns.get(at).copied().filter(|ns| *ns >= 0.0).map(|ns| ns + before_ns);
    let took = took_ns.map_or("–".to_owned(), duration);
    page.element("td", "number", &took)
}

fn what(report: &Report, pair: usize) -> String {
    const WORDS: [&str; 9] = [
        "name",
        "model",
        "status",
        "input",
        "wording of the input",
        "output",
        "wording of the output",
        "tries",
        "how it failed",
    ];
    let comparison = &report.comparison;
    if report.passed_over[pair] {
        return passed_over(report, pair);
    }
    let relation = PairRelation::ALL.get(usize::from(comparison.relation[pair])).copied().unwrap_or_default();
    let again = comparison.repeats[pair] >= 0;
    let mut said: Vec<&str> = match relation {
        PairRelation::OnlyA if comparison.is_awaited[pair] == 1 => vec!["not yet in B"],
        PairRelation::OnlyB if comparison.is_awaited[pair] == 1 => vec!["not yet in A"],
        // The row of a run stands for both.
        PairRelation::OnlyA | PairRelation::OnlyB if comparison.difference[pair] != 0 => Vec::new(),
        PairRelation::Matched => Vec::new(),
        PairRelation::Moved => vec!["place"],
        PairRelation::OnlyA if again => vec!["only in A, done over again"],
        PairRelation::OnlyB if again => vec!["only in B, done over again"],
        PairRelation::OnlyA => vec!["only in A"],
        PairRelation::OnlyB => vec!["only in B"],
    };
    let bits = comparison.difference[pair];
    said.extend((0..).zip(WORDS).filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, word)| word));
    said.join(", ")
}

/// What one run alone has and is no difference, as the app's page calls it.
fn passed_over(report: &Report, pair: usize) -> String {
    let [row_a, row_b] = report.rows(pair);
    let (letter, run, row) = match (row_a, row_b) {
        (Some(row), _) => ("A", &report.comparison.a, row),
        (None, row) => ("B", &report.comparison.b, row.unwrap_or_default()),
    };
    match run.tree.kind_at(row) {
        SpanKind::Wait => format!("a pause of {letter} alone"),
        SpanKind::Llm => format!("between tries in {letter}"),
        _ => format!("a level of {letter} alone"),
    }
}

fn part(part: &PartDifference, page: &mut Page<'_>) -> io::Result<()> {
    page.raw("<div class=\"part\">")?;
    page.element("h3", "", &part.title)?;
    page.raw("<div class=\"lines\">")?;
    for line in &part.lines {
        if line.skipped > 0 {
            page.element("div", "skip", &format!("{} lines that are the same", count(line.skipped.into())))?;
            continue;
        }
        let (class_a, class_b) = match line.change {
            LineChange::Same => ("", ""),
            LineChange::Changed => ("gone", "come"),
            LineChange::Removed => ("gone", "void"),
            LineChange::Added => ("void", "come"),
        };
        let DiffLine { a, b, .. } = line;
        for (class, pieces) in [(class_a, a), (class_b, b)] {
            page.raw(&format!("<div class=\"{class}\">"))?;
            for DiffPiece { text, differs } in pieces.iter().flatten() {
                let is_marked = *differs && line.change == LineChange::Changed;
                if is_marked {
                    page.element("mark", "", text)?;
                } else {
                    page.text(text)?;
                }
            }
            page.raw("</div>")?;
        }
    }
    page.raw("</div>")?;
    if let Some(remark) = &part.remark {
        page.element("p", "muted", remark)?;
    }
    page.raw("</div>")
}

fn notes(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut said: Vec<(String, &str)> = Vec::new();
    for (letter, run, notes) in report.sides() {
        if let Some(note) = &run.summary.note {
            said.push((format!("Run {letter}"), note));
        }
        for mark in notes {
            if let Some(note) = &mark.note {
                let name = mark.step.as_ref().map_or("a step that is gone", |step| step.name.as_str());
                said.push((format!("{name} of {letter}"), note));
            }
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    page.raw("<h2>Notes</h2><table><tbody>")?;
    for (about, note) in said {
        page.raw("<tr>")?;
        page.element("th", "", &about)?;
        page.element("td", "", note)?;
        page.raw("</tr>")?;
    }
    page.raw("</tbody></table>\n")
}
