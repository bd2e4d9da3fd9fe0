//! What is odd about the shape of a trace, in whole sentences with the reason, the worst first.

use super::wording::{count, duration};
use crate::analysis::{ClockOffsets, SpanFacts};
use crate::dto::{Remark, RemarkAbout};
use crate::model::{SpanFlags, SpanStatus, TraceStatus};
use crate::structure::Structure;

/// What is odd about `shape`, whose spans have these flags. `clocks` is by how much times were adjusted, where they were.
pub(super) fn remarks(
    shape: &Structure,
    flags: &[SpanFlags],
    clocks: Option<&ClockOffsets>,
    parents_unknown: bool,
    has_run: bool,
    status: TraceStatus,
) -> Vec<Remark> {
    let mut remarks = Remarks { total: shape.tree.rows.len() as u64, remarks: Vec::new() };
    remarks.of_times(shape);
    remarks.of_parents(shape, parents_unknown, has_run, status);
    remarks.of_starts(shape);
    remarks.of_ends(shape, status);
    remarks.of_flags(flags);
    if let Some(clocks) = clocks {
        remarks.of_clocks(clocks);
    }
    remarks.remarks.sort_by_key(|remark| remark.about);
    remarks.remarks
}

struct Remarks {
    /// Steps in all.
    total: u64,
    remarks: Vec<Remark>,
}

impl Remarks {
    fn add(&mut self, about: RemarkAbout, steps: u32, text: String) {
        self.remarks.push(Remark { about, steps, text });
    }

    /// Adds "`steps` of `total` steps" and what they do, in the singular or the plural; nothing for none.
    fn add_steps(&mut self, about: RemarkAbout, steps: u32, one: &str, many: &str, rest: &str) {
        if steps == 0 {
            return;
        }
        let total = if self.total == 1 { "1 step".into() } else { format!("{} steps", count(self.total)) };
        let does = if steps == 1 { one } else { many };
        self.add(about, steps, format!("{} of {total} {does} {rest}", count(steps.into())));
    }

    fn of_times(&mut self, shape: &Structure) {
        let facts = &shape.facts;
        if shape.flags.contains(SpanFlags::LAID_OUT) {
            let text = "The source gives durations but no times: steps are laid out end to end in their order, from 0.";
            self.add(RemarkAbout::TimesUnknown, 0, text.into());
        } else if !facts.is_empty()
            && facts.iter().all(|span| span.start_ns.is_none() && span.end_ns.is_none())
        {
            let text = "The source gives no times: steps are laid out in their order.";
            self.add(RemarkAbout::TimesUnknown, 0, text.into());
        }
    }

    fn of_parents(&mut self, shape: &Structure, parents_unknown: bool, has_run: bool, status: TraceStatus) {
        let tree = &shape.tree;
        if parents_unknown && tree.inferred > 0 {
            self.add_steps(
                RemarkAbout::ParentsUnknown,
                tree.inferred,
                "was placed by its times:",
                "were placed by their times:",
                "the source gives no parents, so the tree is inferred from time intervals.",
            );
        } else if parents_unknown && self.total > 0 {
            let text = "The source gives no parents, and no step lies within another: the steps are shown side by side.";
            self.add(RemarkAbout::ParentsUnknown, 0, text.into());
        }
        let reason = match status {
            TraceStatus::Running => "that is not in this trace so far (it may be still to come).",
            _ => "that is not in this trace (not exported, sampled out, or still to come).",
        };
        self.add_steps(
            RemarkAbout::Orphans,
            tree.orphans,
            "has no parent: it names a parent",
            "have no parent: they name a parent",
            reason,
        );
        if tree.cycles > 0 {
            let text = format!(
                "{} of parents {} cut: steps are each other's parents. Each is shown from its earliest step.",
                plural(tree.cycles, "cycle"),
                if tree.cycles == 1 { "was" } else { "were" },
            );
            self.add(RemarkAbout::Cycles, tree.cycles, text);
        }
        self.add_steps(
            RemarkAbout::OutsideParents,
            tree.outside_parent,
            "lies",
            "lie",
            "outside the time of the parent, or partly so: it went on by itself, or clocks disagree.",
        );
        let roots = tree.roots().count() as u32;
        let true_roots = roots.saturating_sub(tree.orphans);
        // Under the run itself several steps are nothing odd.
        if true_roots > 1 && !parents_unknown && !has_run {
            let text =
                format!("The trace has {}: more than one step names no parent.", plural(true_roots, "root"));
            self.add(RemarkAbout::Roots, true_roots, text);
        }
    }

    fn of_starts(&mut self, shape: &Structure) {
        let is_without = |span: &&SpanFacts| span.start_ns.is_none() && span.end_ns.is_some();
        let steps = shape.facts.iter().filter(is_without).count() as u32;
        self.add_steps(
            RemarkAbout::NoStarts,
            steps,
            "names",
            "name",
            "an end but no start: shown where it ended, without a duration.",
        );
    }

    fn of_ends(&mut self, shape: &Structure, status: TraceStatus) {
        // That a run goes on is nothing odd.
        if status == TraceStatus::Running {
            return;
        }
        // Where no step has an end, the source knows of none.
        let knows_ends = shape.facts.iter().any(|span| span.end_ns.is_some());
        let is_without = |span: &&SpanFacts| {
            span.status == SpanStatus::Open
                || (knows_ends && span.end_ns.is_none() && span.start_ns.is_some())
        };
        let open = shape.facts.iter().filter(is_without).count() as u32;
        self.add_steps(RemarkAbout::NoEnds, open, "has", "have", "no end: what was read stops before it.");
    }

    fn of_flags(&mut self, flags: &[SpanFlags]) {
        let with = |flag: SpanFlags| flags.iter().filter(|flags| flags.contains(flag)).count() as u32;
        for (about, flag, one, many, rest) in [
            (RemarkAbout::Truncated, SpanFlags::TRUNCATED, "was", "were", "cut short at the source."),
            (
                RemarkAbout::NegativeDurations,
                SpanFlags::NEGATIVE_DURATION,
                "ends",
                "end",
                "before the start in the source; shown without a duration.",
            ),
            (
                RemarkAbout::SharedIds,
                SpanFlags::SHARED_ID,
                "has",
                "have",
                "the id of another step; all are shown, and what names the id as its parent stands under the first.",
            ),
            (
                RemarkAbout::Masked,
                SpanFlags::MASKED,
                "holds",
                "hold",
                "something that looked like a secret; it was masked before it was stored.",
            ),
        ] {
            self.add_steps(about, with(flag), one, many, rest);
        }
    }

    fn of_clocks(&mut self, clocks: &ClockOffsets) {
        let steps = clocks.steps();
        if steps == 0 {
            let text = "Times are to be adjusted, and there is nothing to adjust.";
            self.add(RemarkAbout::TimesAdjusted, 0, text.into());
            return;
        }
        let largest_ns = clocks.shifts.iter().map(|shift| shift.offset_ns.unsigned_abs()).max().unwrap_or(0);
        let rest = format!(
            "by up to {}, since clocks disagree. Nothing stored was changed; lists and totals are as recorded.",
            duration(largest_ns as f64)
        );
        self.add_steps(RemarkAbout::TimesAdjusted, steps, "is shown moved", "are shown moved", &rest);
    }
}

fn plural(number: u32, noun: &str) -> String {
    format!("{} {noun}{}", count(number.into()), if number == 1 { "" } else { "s" })
}
