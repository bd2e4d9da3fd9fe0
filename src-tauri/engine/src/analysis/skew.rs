//! Clocks that disagree: steps of one machine shown by the clock of another, so that children lie within the parents that
//! waited for them. The estimate is the one of Jaeger's clock skew adjuster (jaegertracing/jaeger,
//! `model/adjuster/clockskew.go`): the way there and the way back are taken to last equally long, so that a child which fits
//! into its parent stands in the middle of it. Here it is only ever offered, and nothing moves that can be explained otherwise.

use super::{Parent, SpanFacts, Tree};

/// Differences up to this are rounding, not clocks.
const ROUNDING_NS: i64 = 1_000_000;

/// What is known of the clocks of a span and its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clocks {
    /// They were timed by one clock.
    Same,
    /// They were timed by two.
    Different,
    /// Nothing tells.
    Unknown,
}

/// Steps that move together, since those below a step go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockShift {
    /// The uppermost of them, as an index into the spans.
    pub span: u32,
    /// By how much, in nanoseconds; later if above 0.
    pub offset_ns: i64,
    /// How many they are.
    pub steps: u32,
}

/// By how much each span would have to move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockOffsets {
    /// Nanoseconds to add to the times of each span, in the order of the input.
    pub by_span: Vec<i64>,
    /// The same by what moves together, in display order.
    pub shifts: Vec<ClockShift>,
}

impl ClockOffsets {
    /// How many steps move.
    pub fn steps(&self) -> u32 {
        self.shifts.iter().map(|shift| shift.steps).sum()
    }
}

/// Estimates how far clocks are apart. `clocks` is asked of a span and its parent (as indices), only where the span does not lie
/// within the parent.
///
/// ```text
///   parent        ├────────────────┤
///   child   ├───────┤                      before its parent: impossible by one clock; centred
///   child                  ├──────────┤    begins within, ends after: it goes on by itself; stays
///   child                            ├──┤  after it: centred if timed by another clock, else it stays
/// ```
///
/// A child longer than its parent is moved no further than to the parent's start. A span without both times goes with the one
/// above it, and so does one whose parent was inferred.
pub fn clock_offsets(
    spans: &[SpanFacts],
    tree: &Tree,
    mut clocks: impl FnMut(u32, u32) -> Clocks,
) -> ClockOffsets {
    let mut offsets = ClockOffsets { by_span: vec![0; spans.len()], shifts: Vec::new() };
    // The shift each row is part of: an index from 1, 0 for none.
    let mut shift_of = vec![0_u32; tree.rows.len()];
    for (at, row) in tree.rows.iter().enumerate() {
        // Parents stand above their children, so they have been moved already.
        let Some(parent_row) = row.parent else { continue };
        let parent = tree.rows[parent_row as usize].span;
        let inherited_ns = offsets.by_span[parent as usize];
        let offset_ns = own_offset(spans, row.span, parent, inherited_ns, &mut clocks);
        offsets.by_span[row.span as usize] = offset_ns;
        if offset_ns == 0 {
            continue;
        }
        if offset_ns == inherited_ns {
            shift_of[at] = shift_of[parent_row as usize];
        } else {
            offsets.shifts.push(ClockShift { span: row.span, offset_ns, steps: 0 });
            shift_of[at] = offsets.shifts.len() as u32;
        }
        if let Some(shift) = (shift_of[at] as usize).checked_sub(1) {
            offsets.shifts[shift].steps += 1;
        }
    }
    offsets
}

/// What to add to the times of `span`, whose parent is moved by `inherited_ns`.
fn own_offset(
    spans: &[SpanFacts],
    span: u32,
    parent: u32,
    inherited_ns: i64,
    clocks: &mut impl FnMut(u32, u32) -> Clocks,
) -> i64 {
    let (child, above) = (&spans[span as usize], &spans[parent as usize]);
    if matches!(child.parent, Parent::Inferred(_)) {
        return inherited_ns;
    }
    let (Some(own), Some(bounds)) = (Interval::of(child), Interval::of(above)) else { return inherited_ns };
    if own.is_within(bounds) {
        return inherited_ns;
    }
    let known = clocks(span, parent);
    // Two clocks are compared as they stand, what may be one clock as it moves with the parent.
    let (bounds, moved_ns) = match known {
        Clocks::Same => return inherited_ns,
        Clocks::Different => (bounds.moved(inherited_ns), 0),
        Clocks::Unknown => (bounds, inherited_ns),
    };
    if own.is_within(bounds) {
        return moved_ns;
    }
    let is_before = own.start_ns < bounds.start_ns.saturating_sub(ROUNDING_NS);
    let is_after = own.start_ns > bounds.end_ns && known == Clocks::Different;
    if !is_before && !is_after {
        return moved_ns;
    }
    let room_ns = bounds.length().saturating_sub(own.length());
    let by_ns = if room_ns >= 0 {
        bounds.start_ns.saturating_add(room_ns / 2).saturating_sub(own.start_ns)
    } else if is_before {
        bounds.start_ns.saturating_sub(own.start_ns)
    } else {
        0
    };
    moved_ns.saturating_add(by_ns)
}

#[derive(Clone, Copy)]
struct Interval {
    start_ns: i64,
    end_ns: i64,
}

impl Interval {
    fn of(span: &SpanFacts) -> Option<Self> {
        let (start_ns, end_ns) = (span.start_ns?, span.end_ns?);
        (start_ns <= end_ns).then_some(Self { start_ns, end_ns })
    }

    fn length(self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }

    fn moved(self, by_ns: i64) -> Self {
        Self { start_ns: self.start_ns.saturating_add(by_ns), end_ns: self.end_ns.saturating_add(by_ns) }
    }

    fn is_within(self, bounds: Self) -> bool {
        self.start_ns >= bounds.start_ns && self.end_ns <= bounds.end_ns
    }
}
