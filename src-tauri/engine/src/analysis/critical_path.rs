//! The critical path: the chain of stretches that decided how long a run took. A run is over sooner only if something on it
//! takes less time.

use super::activities::{Activity, Window};

/// A stretch of the critical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Index of the activity whose own time it is; `None` while nothing ran that the run waited for.
    pub activity: Option<u32>,
    /// When it begins.
    pub start_ns: i64,
    /// When it ends; the next one begins there.
    pub end_ns: i64,
}

impl Stretch {
    /// How long it is.
    pub fn length_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// The critical path through a run, in order of time: stretches that fill the window, each beginning where the one before ends.
///
/// Walks back from the end, as CRISP does ("CRISP: Critical Path Analysis of Large-Scale Microservice Architectures", Zhang et
/// al., Uber, USENIX ATC 2022) and Jaeger's critical path after it: of the children of an activity, the last to end before the
/// cursor is what the activity waited for; the path goes through that child down to its start, and on from there. What no child
/// covers is the activity's own time. Unlike there, a child that still runs at the cursor is not passed over but followed up to
/// it (of several, the one that ends first): in traces of agents steps often overlap a little, as when a tool starts while the
/// model's answer is still coming in. What of a child lies outside its parent is waited for by the nearest activity above that
/// runs then, or by the run itself: so nothing runs where the path says so, as in the time budget.
///
/// O(n log n), and iterative: no depth is too deep.
pub fn critical_path(activities: &[Activity], window: Window) -> Vec<Stretch> {
    let children = Pieces::new(activities);
    let mut path: Vec<Stretch> = Vec::new();
    let mut frames = vec![Frame::new(&children, None, window.start_ns, window.end_ns, 0)];
    // For each frame from its base on: children that end at the cursor or later, the one to end first on top.
    let mut running: Vec<Piece> = Vec::new();
    while let Some(frame) = frames.last_mut() {
        while let Some(child) = frame.peek(&children)
            && child.end_ns >= frame.cursor_ns
        {
            running.push(child);
            frame.next += 1;
        }
        while let Some(child) = running.get(frame.running_from..).and_then(<[Piece]>::last)
            && child.start_ns >= frame.cursor_ns
        {
            running.pop();
        }
        let child = if running.len() > frame.running_from {
            running.pop()
        } else {
            let ended = frame.peek(&children);
            frame.next += 1;
            ended
        };
        let child = child.filter(|child| child.end_ns > frame.from_ns);
        let own_from_ns = child.map_or(frame.from_ns, |child| child.end_ns.min(frame.cursor_ns));
        if own_from_ns < frame.cursor_ns {
            add(
                &mut path,
                Stretch { activity: frame.activity, start_ns: own_from_ns, end_ns: frame.cursor_ns },
            );
        }
        match child.filter(|_| frame.cursor_ns > frame.from_ns) {
            Some(child) => {
                let from_ns = child.start_ns.max(frame.from_ns);
                frame.cursor_ns = from_ns;
                let of = Some(child.activity);
                frames.push(Frame::new(&children, of, from_ns, own_from_ns, running.len()));
            }
            None => {
                running.truncate(frame.running_from);
                frames.pop();
            }
        }
    }
    path.reverse();
    path
}

/// Adds a stretch before the path. What goes on across the end of its parent is one stretch.
fn add(path: &mut Vec<Stretch>, stretch: Stretch) {
    match path.last_mut() {
        Some(after) if after.activity == stretch.activity && after.start_ns == stretch.end_ns => {
            after.start_ns = stretch.start_ns;
        }
        _ => path.push(stretch),
    }
}

/// An activity that the walk is in.
struct Frame {
    activity: Option<u32>,
    /// Where the walk leaves it.
    from_ns: i64,
    /// How far back the walk has come.
    cursor_ns: i64,
    /// Its children that have not been looked at, as a range of [`Pieces::sorted`].
    next: usize,
    end: usize,
    running_from: usize,
}

impl Frame {
    fn new(
        children: &Pieces,
        activity: Option<u32>,
        from_ns: i64,
        cursor_ns: i64,
        running_from: usize,
    ) -> Self {
        let (next, end) = children.range(activity);
        Self { activity, from_ns, cursor_ns, next, end, running_from }
    }

    fn peek(&self, children: &Pieces) -> Option<Piece> {
        (self.next < self.end).then(|| children.sorted.get(self.next).copied()).flatten()
    }
}

/// An activity, or what of it lies in the time of one above.
#[derive(Clone, Copy)]
struct Piece {
    activity: u32,
    start_ns: i64,
    end_ns: i64,
}

/// How far up it is looked for what the rest of an activity lies in, before it is the run's own.
const MOST_LEVELS_UP: usize = 64;

/// The children of every activity in one array, the last to end first; those that take no time are left out. Slot 0 has what is
/// part of no activity, slot i + 1 what is part of activity i: of one that lies across its parent's start or end, several slots
/// have a piece.
struct Pieces {
    offsets: Vec<u32>,
    sorted: Vec<Piece>,
}

impl Pieces {
    fn new(activities: &[Activity]) -> Self {
        let mut slotted: Vec<(u32, Piece)> = Vec::with_capacity(activities.len());
        for index in 0..activities.len() as u32 {
            cut(activities, index, &mut slotted);
        }
        slotted
            .sort_unstable_by_key(|(slot, piece)| (*slot, std::cmp::Reverse(piece.end_ns), piece.activity));
        let mut offsets = vec![0_u32; activities.len() + 2];
        for (slot, _) in &slotted {
            offsets[*slot as usize + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        Self { offsets, sorted: slotted.into_iter().map(|(_, piece)| piece).collect() }
    }

    fn range(&self, activity: Option<u32>) -> (usize, usize) {
        let slot = activity.map_or(0, |activity| activity as usize + 1);
        (self.offsets[slot] as usize, self.offsets[slot + 1] as usize)
    }
}

/// Adds the pieces of an activity with their slots: what lies in its parent, and what is left in what is above that.
fn cut(activities: &[Activity], index: u32, slotted: &mut Vec<(u32, Piece)>) {
    let whole = &activities[index as usize];
    let &Activity { mut above, start_ns, end_ns, .. } = whole;
    if start_ns >= end_ns {
        return;
    }
    let mut rest = vec![(start_ns, end_ns)];
    for _ in 0..MOST_LEVELS_UP {
        let Some(parent) = above.filter(|_| !rest.is_empty()) else { break };
        let around = &activities[parent as usize];
        let mut left = Vec::new();
        for (start_ns, end_ns) in rest {
            let (from_ns, to_ns) = (start_ns.max(around.start_ns), end_ns.min(around.end_ns));
            if from_ns >= to_ns {
                left.push((start_ns, end_ns));
                continue;
            }
            slotted.push((parent + 1, Piece { activity: index, start_ns: from_ns, end_ns: to_ns }));
            left.extend(
                [(start_ns, from_ns), (to_ns, end_ns)].into_iter().filter(|(start, end)| start < end),
            );
        }
        rest = left;
        above = around.above;
    }
    slotted
        .extend(rest.into_iter().map(|(start_ns, end_ns)| (0, Piece { activity: index, start_ns, end_ns })));
}
