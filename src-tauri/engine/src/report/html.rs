//! A comparison as one page of HTML that needs no network, no script and no other file.

use std::collections::HashMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::Report;
use crate::dto::{ComparedRun, DiffLine, DiffPiece, LineChange, PairRelation, PartDifference, TraceSummary};
use crate::masking::{MaskCounts, Masker};
use crate::model::{SpanStatus, TraceStatus};
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
    page.text(&report.made_at)?;
    let masked = std::mem::take(&mut page.masked);
    if !masked.is_empty() {
        let kinds: Vec<String> =
            masked.by_count().into_iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
        page.raw(". Masked as it was written: ")?;
        page.text(&kinds.join(", "))?;
    }
    page.raw(". This file loads nothing and runs nothing.</p>\n</body></html>\n")?;
    Ok(masked)
}

/// The page's one sheet of style, which its content policy names by its hash: no other style is obeyed, nor an attribute.
fn style() -> String {
    let mut style = include_str!("report.css").to_owned();
    for depth in 1..=DEEPEST {
        style.push_str(&format!("tr.d{depth} td.step {{ padding-left: {}px; }}\n", 8 + depth * 16));
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
            let written: &str = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                // They turn around what stands beside them.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => "\u{fffd}",
                '\t' | '\n' => continue,
                _ if character.is_control() => "\u{fffd}",
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
        page.text(&run.summary.name)?;
        page.element("span", "kind", &started(&run.summary))?;
        page.element("span", "kind", &run.summary.format)?;
        page.element("span", "kind", &run.summary.key)?;
        page.raw("</p>\n")?;
    }
    page.raw("<ul class=\"summary\">")?;
    for sentence in report.comparison.summary.iter().chain(&report.comparison.remarks) {
        page.element("li", "", sentence)?;
    }
    page.raw("</ul>\n")
}

fn started(trace: &TraceSummary) -> String {
    let start = trace.start_unix_ms.and_then(|ms| chrono::DateTime::from_timestamp_millis(ms as i64));
    start.map_or_else(String::new, |start| start.format("%Y-%m-%d %H:%M:%S UTC").to_string())
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
         <th class=\"number\">B against A</th></tr></thead><tbody>",
    )?;
    let mut row = |label: &str, a: &str, b: &str, by: &str| -> io::Result<()> {
        page.raw("<tr>")?;
        page.element("th", "", label)?;
        for cell in [a, b, by] {
            page.element("td", "number", cell)?;
        }
        page.raw("</tr>")
    };
    row("Status", status(a), status(b), "")?;
    // Where nothing was tried again, nothing was lost.
    let lost = |trace: &TraceSummary| if trace.retries == 0 { Some(0.0) } else { trace.retry_waste_ns };
    let times = [("Duration", a.duration_ns, b.duration_ns), ("Time lost to retries", lost(a), lost(b))];
    for (label, a, b) in times {
        let shown = |ns: Option<f64>| ns.map_or(UNKNOWN.to_owned(), duration);
        let by = a
            .zip(b)
            .map_or(UNKNOWN.to_owned(), |(a, b)| format!("{}{}", sign(b - a), duration((b - a).abs())));
        row(label, &shown(a), &shown(b), &by)?;
    }
    let counts = [
        ("Steps", Some(u64::from(a.steps)), Some(u64::from(b.steps))),
        ("Failed steps", Some(u64::from(a.errors)), Some(u64::from(b.errors))),
        ("Retries", Some(u64::from(a.retries)), Some(u64::from(b.retries))),
        ("Tokens", a.total_tokens, b.total_tokens),
    ];
    for (label, a, b) in counts {
        let shown = |number: Option<u64>| number.map_or(UNKNOWN.to_owned(), count);
        let by = a.zip(b).map_or(UNKNOWN.to_owned(), |(a, b)| {
            format!("{}{}", sign(b as f64 - a as f64), count(a.abs_diff(b)))
        });
        row(label, &shown(a), &shown(b), &by)?;
    }
    let dollars = |usd: Option<f64>| usd.map_or(UNKNOWN.to_owned(), cost);
    let by = a
        .cost_usd
        .zip(b.cost_usd)
        .map_or(UNKNOWN.to_owned(), |(a, b)| format!("{}{}", sign(b - a), cost((b - a).abs())));
    row("Cost", &dollars(a.cost_usd), &dollars(b.cost_usd), &by)?;
    page.raw("</tbody></table>\n")
}

fn sign(by: f64) -> &'static str {
    if by > 0.0 {
        "+"
    } else if by < 0.0 {
        "−"
    } else {
        "±"
    }
}

fn ranked(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    const MOST: usize = 50;
    let differences = &report.comparison.differences;
    if differences.is_empty() {
        return Ok(());
    }
    page.raw(
        "<h2>What differs, that which explains most first</h2><table><thead><tr><th>Difference</th>\
         <th class=\"number\">Time</th><th class=\"number\">Tokens</th></tr></thead><tbody>",
    )?;
    for difference in differences.iter().take(MOST) {
        page.raw(&format!("<tr><td><a href=\"#p{}\">", difference.pair))?;
        page.text(&difference.sentence)?;
        page.raw("</a></td>")?;
        let time = format!("{}{}", sign(difference.time_ns), duration(difference.time_ns.abs()));
        let tokens = format!("{}{}", sign(difference.tokens), count(difference.tokens.abs() as u64));
        page.element("td", "number", &time)?;
        page.element("td", "number", &tokens)?;
        page.raw("</tr>")?;
    }
    page.raw("</tbody></table>\n")?;
    match differences.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => {
            page.element("p", "muted", &format!("{more} further differences stand with their steps below."))
        }
    }
}

fn steps(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let comparison = &report.comparison;
    let told: HashMap<u32, &[PartDifference]> =
        report.told.iter().map(|(pair, difference)| (*pair, difference.parts.as_slice())).collect();
    page.raw(
        "<h2>Steps</h2><table class=\"steps\"><thead><tr><th>A</th><th class=\"number\">Time</th>\
         <th>B</th><th class=\"number\">Time</th><th class=\"differs\">Differs in</th></tr></thead><tbody>",
    )?;
    for pair in 0..comparison.row_a.len().min(MOST_ROWS) {
        let rows = report.rows(pair);
        let is_first = comparison.first_difference == Some(pair as u32);
        let class = match (is_first, rows) {
            (true, _) => "first",
            (false, [Some(_), Some(_)]) => "",
            _ => "alone",
        };
        page.raw(&format!("<tr id=\"p{pair}\" class=\"{class} d{}\">", comparison.depth[pair].min(DEEPEST)))?;
        for (run, row) in [&comparison.a, &comparison.b].into_iter().zip(rows) {
            match row {
                Some(row) => step(run, row, page)?,
                None => page.raw("<td class=\"none\"></td><td class=\"none\"></td>")?,
            }
        }
        page.raw("<td>")?;
        if is_first {
            page.raw("<span class=\"first-mark\">Here they part. </span>")?;
        }
        page.element("span", "what", &what(report, pair))?;
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

fn step(run: &ComparedRun, row: u32, page: &mut Page<'_>) -> io::Result<()> {
    let (tree, at) = (&run.tree, row as usize);
    page.raw("<td class=\"step\">")?;
    page.text(tree.name_at(row))?;
    page.element("span", "kind", tree.kind_at(row).word())?;
    match tree.status_at(row) {
        SpanStatus::Error => page.raw(" <span class=\"failed\">failed</span>")?,
        SpanStatus::Open => page.raw(" <span class=\"kind\">not ended</span>")?,
        _ => {}
    }
    page.raw("</td>")?;
    let took = tree.duration_ns.get(at).copied().filter(|ns| *ns >= 0.0).map_or("–".to_owned(), duration);
    page.element("td", "number", &took)
}

fn what(report: &Report, pair: usize) -> String {
    const WORDS: [&str; 8] = [
        "name",
        "model",
        "status",
        "input",
        "wording of the input",
        "output",
        "wording of the output",
        "tries",
    ];
    let comparison = &report.comparison;
    let relation = PairRelation::ALL.get(usize::from(comparison.relation[pair])).copied().unwrap_or_default();
    let again = comparison.repeats[pair] >= 0;
    let mut said: Vec<&str> = match relation {
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
