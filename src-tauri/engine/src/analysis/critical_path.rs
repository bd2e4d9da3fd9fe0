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
/// model's answer is still coming in. Children are cut to the time of what they are part of.
///
/// O(n log n), and iterative: no depth is too deep.
pub fn critical_path(activities: &[Activity], window: Window) -> Vec<Stretch> {
    let children = ByEnd::new(activities);
    let mut path: Vec<Stretch> = Vec::new();
    let mut frames = vec![Frame::new(&children, None, window.start_ns, window.end_ns, 0)];
    // For each frame from its base on: children that end at the cursor or later, the one to end first on top.
    let mut running: Vec<u32> = Vec::new();
    while let Some(frame) = frames.last_mut() {
        while let Some(child) = frame.peek(&children)
            && activities[child as usize].end_ns >= frame.cursor_ns
        {
            running.push(child);
            frame.next += 1;
        }
        while let Some(child) = running.get(frame.running_from..).and_then(<[u32]>::last)
            && activities[*child as usize].start_ns >= frame.cursor_ns
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
        let child = child.filter(|child| activities[*child as usize].end_ns > frame.from_ns);
        let own_from_ns =
            child.map_or(frame.from_ns, |child| activities[child as usize].end_ns.min(frame.cursor_ns));
        if own_from_ns < frame.cursor_ns {
            path.push(Stretch { activity: frame.activity, start_ns: own_from_ns, end_ns: frame.cursor_ns });
        }
        match child.filter(|_| frame.cursor_ns > frame.from_ns) {
            Some(child) => {
                let from_ns = activities[child as usize].start_ns.max(frame.from_ns);
                frame.cursor_ns = from_ns;
                frames.push(Frame::new(&children, Some(child), from_ns, own_from_ns, running.len()));
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

/// An activity that the walk is in.
struct Frame {
    activity: Option<u32>,
    /// Where the walk leaves it.
    from_ns: i64,
    /// How far back the walk has come.
    cursor_ns: i64,
    /// Its children that have not been looked at, as a range of [`ByEnd::sorted`].
    next: usize,
    end: usize,
    running_from: usize,
}

impl Frame {
    fn new(
        children: &ByEnd,
        activity: Option<u32>,
        from_ns: i64,
        cursor_ns: i64,
        running_from: usize,
    ) -> Self {
        let (next, end) = children.range(activity);
        Self { activity, from_ns, cursor_ns, next, end, running_from }
    }

    fn peek(&self, children: &ByEnd) -> Option<u32> {
        (self.next < self.end).then(|| children.sorted.get(self.next).copied()).flatten()
    }
}

/// The children of every activity in one array, the last to end first; those that take no time are left out. Activities that
/// are part of no other are the children of slot 0.
struct ByEnd {
    offsets: Vec<u32>,
    sorted: Vec<u32>,
}

impl ByEnd {
    fn new(activities: &[Activity]) -> Self {
        let slot = |activity: &Activity| activity.above.map_or(0, |above| above as usize + 1);
        let mut sorted: Vec<u32> = (0..activities.len() as u32)
            .filter(|index| activities[*index as usize].length_ns() > 0)
            .collect();
        sorted.sort_unstable_by_key(|index| {
            let activity = &activities[*index as usize];
            (slot(activity), std::cmp::Reverse(activity.end_ns), *index)
        });
        let mut offsets = vec![0_u32; activities.len() + 2];
        for index in &sorted {
            offsets[slot(&activities[*index as usize]) + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        Self { offsets, sorted }
    }

    fn range(&self, activity: Option<u32>) -> (usize, usize) {
        let slot = activity.map_or(0, |activity| activity as usize + 1);
        (self.offsets[slot] as usize, self.offsets[slot + 1] as usize)
    }
}
