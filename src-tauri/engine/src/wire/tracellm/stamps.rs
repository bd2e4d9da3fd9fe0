//! What a trace's times mean. `created_at` and a step's `timestamp` are each a start or an end, depending on which of
//! TraceLLM's producers wrote the trace, and the trace does not say which; the steps show it.

/// Times as the trace has them, in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Stamps {
    /// `created_at`.
    pub created_ns: Option<i64>,
    /// `updated_at`: when it was saved.
    pub updated_ns: Option<i64>,
    /// `latency`.
    pub latency_ns: Option<i64>,
    /// `timestamp` and `duration` of each step.
    pub steps: Vec<(Option<i64>, Option<i64>)>,
    /// Which producer it looks like.
    pub producer: Producer,
}

/// Who wrote the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Producer {
    /// `@trace`, `@trace_tool`, the demo: `created_at` is the start, `timestamp` the end.
    #[default]
    Decorator,
    /// The OpenAI wrapper: both are ends.
    OpenAi,
    /// The LangChain handler: both are starts.
    LangChain,
}

/// What the two fields are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `created_at` is the end of the run.
    pub created_is_end: bool,
    /// `timestamp` is the start of the step.
    pub timestamp_is_start: bool,
    /// Both times of the trace were filled in when it was read out, so they say nothing of the run.
    pub filled_in: bool,
}

/// Times are stored in milliseconds, cut off, and durations are rounded.
const SLACK_NS: i64 = 2_000_000;

impl Stamps {
    /// The reading under which most steps lie inside the run; of equals, the one the producer is known for.
    pub fn reading(&self) -> Reading {
        let reading = |created_is_end, timestamp_is_start| Reading {
            created_is_end,
            timestamp_is_start,
            filled_in: false,
        };
        let (starts, ends, usual, odd) =
            (reading(false, true), reading(true, false), reading(false, false), reading(true, true));
        let order = match self.producer {
            Producer::Decorator => [usual, ends, starts, odd],
            Producer::OpenAi => [ends, usual, starts, odd],
            Producer::LangChain => [starts, usual, ends, odd],
        };
        let timed = self.steps.iter().any(|(timestamp, _)| timestamp.is_some());
        if !timed || self.created_ns.is_none() {
            let [first, ..] = order;
            return Reading {
                created_is_end: self.saved_too_soon(),
                filled_in: self.saved_at_once(),
                ..first
            };
        }
        let mut best = usual;
        let mut most = None;
        for reading in order {
            let inside = self.steps_inside(reading);
            if most.is_none_or(|most| inside > most) {
                (best, most) = (reading, Some(inside));
            }
        }
        best
    }

    /// Start and end of the run.
    pub fn run(&self, reading: Reading) -> (Option<i64>, Option<i64>) {
        let latency = self.latency_ns;
        if reading.created_is_end {
            let start = self.created_ns.zip(latency).and_then(|(end, latency)| end.checked_sub(latency));
            (start, self.created_ns)
        } else {
            let end = self.created_ns.zip(latency).and_then(|(start, latency)| start.checked_add(latency));
            (self.created_ns, end)
        }
    }

    fn steps_inside(&self, reading: Reading) -> usize {
        let (start, end) = self.run(reading);
        let start = start.unwrap_or(i64::MIN).saturating_sub(SLACK_NS);
        let end = end.unwrap_or(i64::MAX).saturating_add(SLACK_NS);
        let inside = |(timestamp, duration): &&(Option<i64>, Option<i64>)| {
            let (from, to) = step_times(*timestamp, *duration, reading);
            from.or(to).is_some_and(|time| time >= start) && to.or(from).is_some_and(|time| time <= end)
        };
        self.steps.iter().filter(inside).count()
    }

    /// Saved well before the latency had passed: `created_at` cannot be the start.
    fn saved_too_soon(&self) -> bool {
        match (self.created_ns, self.updated_ns, self.latency_ns) {
            (Some(created), Some(updated), Some(latency)) => {
                latency > SLACK_NS && updated.saturating_sub(created) < latency / 2
            }
            _ => false,
        }
    }

    /// Created and saved in the same moment, with no latency to speak of: the reader filled both in.
    fn saved_at_once(&self) -> bool {
        match (self.created_ns, self.updated_ns) {
            (Some(created), Some(updated)) => {
                (updated.saturating_sub(created)).saturating_abs() < SLACK_NS
                    && self.latency_ns.is_none_or(|ns| ns < 1_000_000)
            }
            _ => false,
        }
    }
}

/// Start and end of a step from its `timestamp` and `duration`.
pub fn step_times(
    timestamp: Option<i64>,
    duration: Option<i64>,
    reading: Reading,
) -> (Option<i64>, Option<i64>) {
    let both = timestamp.zip(duration);
    if reading.timestamp_is_start {
        (timestamp, both.and_then(|(start, duration)| start.checked_add(duration)))
    } else {
        (both.and_then(|(end, duration)| end.checked_sub(duration)), timestamp)
    }
}
