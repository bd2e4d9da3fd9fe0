//! The clocks of a Perfetto trace: which one a packet's time is of, and which date that is.
//!
//! Snapshots say what several clocks showed at one moment. Clocks 64 to 127 belong to one sequence of packets, may have a unit of
//! their own, and may count from the packet before.

use std::collections::HashMap;

use super::super::protobuf::{FieldValue, Fields};

const REAL: u64 = 1;
/// The clock of packets that name none: since the machine's start.
const BOOT: u64 = 6;

/// The clocks that all packets share.
#[derive(Clone, Default)]
pub struct Clocks {
    /// What each showed in the first snapshot that has it beside the date.
    shown_ns: HashMap<u64, i64>,
    real_ns: Option<i64>,
    /// What is added to a clock to get the date; settled when it is first asked for, so that one clock keeps one zero.
    to_date_ns: HashMap<u64, i64>,
}

/// The clocks of one sequence.
#[derive(Clone, Default)]
pub struct OwnClocks {
    clocks: HashMap<u64, OwnClock>,
    /// The clock of packets that name none.
    pub default: Option<u64>,
}

#[derive(Clone)]
struct OwnClock {
    unit_ns: i64,
    counts_from_last: bool,
    /// What it shows, or showed at the packet before if it counts from there.
    last_ns: i64,
    /// What is added to it to get a shared clock, and which.
    to_shared_ns: i64,
    shared: u64,
}

/// A clock in a snapshot.
#[derive(Default)]
struct Reading {
    clock: u64,
    time: i64,
    counts_from_last: bool,
    unit_ns: Option<i64>,
}

impl Clocks {
    /// Takes a snapshot that came in a sequence with the clocks `own`.
    pub fn learn(&mut self, snapshot: &[u8], own: &mut OwnClocks) {
        let readings: Vec<Reading> = Fields(snapshot)
            .flatten()
            .filter_map(|(field, value)| match (field, value) {
                (1, FieldValue::Bytes(clock)) => Some(Reading::of(clock)),
                _ => None,
            })
            .collect();
        let real_ns = readings.iter().find(|reading| reading.clock == REAL && reading.time > 0);
        if let (None, Some(real)) = (self.real_ns, real_ns) {
            self.real_ns = Some(real.time);
            let shared = readings.iter().filter(|reading| !is_own(reading.clock));
            self.shown_ns = shared.map(|reading| (reading.clock, reading.time)).collect();
        }
        let shared = readings
            .iter()
            .find(|reading| reading.clock == BOOT)
            .or_else(|| readings.iter().find(|reading| !is_own(reading.clock)));
        let Some(shared) = shared else { return };
        for reading in readings.iter().filter(|reading| is_own(reading.clock)) {
            let unit_ns = reading.unit_ns.filter(|unit| *unit > 0).unwrap_or(1);
            let last_ns = reading.time.saturating_mul(unit_ns);
            let clock = OwnClock {
                unit_ns,
                counts_from_last: reading.counts_from_last,
                last_ns,
                to_shared_ns: shared.time.saturating_sub(last_ns),
                shared: shared.clock,
            };
            own.clocks.insert(reading.clock, clock);
        }
    }

    /// The time of a packet: a date where clocks were told, else what its clock showed. `None` for a clock of the sequence's
    /// own that nothing was told of.
    pub fn time_ns(&mut self, time: u64, clock: Option<u64>, own: &mut OwnClocks) -> Option<i64> {
        let clock = clock.or(own.default).unwrap_or(BOOT);
        let time = i64::try_from(time).ok()?;
        let (shared, ns) = if is_own(clock) {
            let own = own.clocks.get_mut(&clock)?;
            let ns = time.saturating_mul(own.unit_ns);
            let ns = if own.counts_from_last { own.last_ns.saturating_add(ns) } else { ns };
            own.last_ns = ns;
            (own.shared, ns.saturating_add(own.to_shared_ns))
        } else {
            (clock, time)
        };
        let told = self.real_ns.zip(self.shown_ns.get(&shared));
        let offset_ns = told.map_or(0, |(real, shown)| real.saturating_sub(*shown));
        Some(ns.saturating_add(*self.to_date_ns.entry(shared).or_insert(offset_ns)))
    }
}

impl Reading {
    fn of(clock: &[u8]) -> Self {
        let mut reading = Self::default();
        for (field, value) in Fields(clock).flatten() {
            let FieldValue::Number(number) = value else { continue };
            match field {
                1 => reading.clock = number,
                2 => reading.time = i64::try_from(number).unwrap_or(0),
                3 => reading.counts_from_last = number != 0,
                4 => reading.unit_ns = i64::try_from(number).ok(),
                _ => {}
            }
        }
        reading
    }
}

fn is_own(clock: u64) -> bool {
    (64..128).contains(&clock)
}
