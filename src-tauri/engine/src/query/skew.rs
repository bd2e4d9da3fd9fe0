//! Clocks of a trace that seem to disagree, and its steps with their times adjusted where the person has asked for that.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::analysis::{self, ClockOffsets, Clocks, SpanFacts};
use crate::dto::{ClockSkew, ShiftedSteps};
use crate::error::{Error, Result};
use crate::model::SpanFlags;
use crate::store::payload::{PayloadPlace, PayloadReader};
use crate::store::span::{self, SpanRow};
use crate::store::trace as trace_table;

const MOST_SHIFTS: usize = 50;
/// Steps whose payload is read to learn what clock they were timed by; of others nothing is known.
const MOST_CLOCKS: usize = 2_000;
/// Larger payloads are not read for it.
const MOST_PAYLOAD_BYTES: u32 = 1 << 20;

/// Attributes of a resource that name what has a clock, from the machine to the process. The first that both steps have
/// decides.
const CLOCK_ATTRIBUTES: [&[&str]; 3] = [
    &["host.id", "host.name", "hostname", "ip", "host.ip", "net.host.ip", "k8s.node.name"],
    &["k8s.pod.uid", "k8s.pod.name", "container.id", "service.instance.id"],
    &["service.name"],
];

/// The spans of a trace in order, with their times as they are shown: adjusted where the person has asked for that. Those that
/// were moved are flagged.
pub fn shown_spans(connection: &Connection, trace_id: i64) -> Result<(Vec<SpanRow>, Option<ClockOffsets>)> {
    let mut rows = span::of_trace(connection, trace_id)?;
    if !is_adjusted(connection, trace_id)? {
        return Ok((rows, None));
    }
    let offsets = offsets(connection, trace_id, &rows)?;
    for (row, offset_ns) in rows.iter_mut().zip(&offsets.by_span) {
        if *offset_ns != 0 {
            row.start_ns = row.start_ns.map(|ns| ns.saturating_add(*offset_ns));
            row.end_ns = row.end_ns.map(|ns| ns.saturating_add(*offset_ns));
            row.flags.insert(SpanFlags::TIME_ADJUSTED);
        }
    }
    Ok((rows, Some(offsets)))
}

/// How far clocks of trace `trace_id` seem to be apart. Error `NotFound` if the trace is not there.
pub fn clock_skew(connection: &Connection, trace_id: i64) -> Result<ClockSkew> {
    let is_adjusted = is_adjusted(connection, trace_id)?;
    let rows = span::of_trace(connection, trace_id)?;
    let offsets = offsets(connection, trace_id, &rows)?;
    let mut shifts = offsets.shifts.clone();
    shifts.sort_by_key(|shift| std::cmp::Reverse(shift.offset_ns.unsigned_abs()));
    Ok(ClockSkew {
        is_adjusted,
        steps: offsets.steps(),
        shifts_total: shifts.len() as u32,
        shifts: shifts
            .iter()
            .take(MOST_SHIFTS)
            .map(|shift| {
                let row = &rows[shift.span as usize];
                ShiftedSteps {
                    span_id: row.span_id.clone(),
                    name: row.name.clone(),
                    offset_ns: shift.offset_ns as f64,
                    steps: shift.steps,
                }
            })
            .collect(),
    })
}

/// Whether the person has asked for adjusted times. Error `NotFound` if the trace is not there.
pub fn is_adjusted(connection: &Connection, trace_id: i64) -> Result<bool> {
    connection
        .prepare_cached("SELECT adjusts_clocks FROM trace WHERE id = ?1 AND deleted_ns IS NULL")?
        .query_row([trace_id], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))
}

fn offsets(connection: &Connection, trace_id: i64, rows: &[SpanRow]) -> Result<ClockOffsets> {
    let (_, parents_unknown) = trace_table::reported(connection, trace_id)?;
    let has_times = !rows.iter().any(|row| row.flags.contains(SpanFlags::LAID_OUT));
    if parents_unknown || !has_times {
        return Ok(ClockOffsets { by_span: vec![0; rows.len()], shifts: Vec::new() });
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.span_id.as_str()).collect();
    let named: Vec<Option<&str>> = rows.iter().map(|row| row.parent_id.as_deref()).collect();
    let facts: Vec<SpanFacts> = rows
        .iter()
        .zip(analysis::resolve_parents(&ids, &named))
        .map(|(row, parent)| SpanFacts {
            parent,
            start_ns: row.start_ns,
            end_ns: row.end_ns,
            ..SpanFacts::new(0)
        })
        .collect();
    let tree = analysis::tree(&facts);
    if tree.outside_parent == 0 {
        return Ok(ClockOffsets { by_span: vec![0; rows.len()], shifts: Vec::new() });
    }
    let mut resources = Resources { connection, payloads: PayloadReader::default(), known: HashMap::new() };
    Ok(analysis::clock_offsets(&facts, &tree, |child, parent| {
        let place = |span: u32| rows[span as usize].payload;
        resources.clocks(place(child), place(parent))
    }))
}

/// What names the clock of a step, a text for each of [`CLOCK_ATTRIBUTES`].
type Clock = [Option<String>; CLOCK_ATTRIBUTES.len()];

struct Resources<'a> {
    connection: &'a Connection,
    payloads: PayloadReader,
    known: HashMap<(i64, u32), Clock>,
}

impl Resources<'_> {
    fn clocks(&mut self, child: PayloadPlace, parent: PayloadPlace) -> Clocks {
        let (child, parent) = (self.clock(child), self.clock(parent));
        let both = child.into_iter().zip(parent).enumerate();
        let mut named = both.filter_map(|(level, (child, parent))| Some((level, child? == parent?)));
        match named.next() {
            Some((_, false)) => Clocks::Different,
            // Several machines may run one service.
            Some((level, true)) if level + 1 < CLOCK_ATTRIBUTES.len() => Clocks::Same,
            _ => Clocks::Unknown,
        }
    }

    fn clock(&mut self, place: PayloadPlace) -> Clock {
        let key = (place.block, place.offset);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.known.len() >= MOST_CLOCKS || place.bytes > MOST_PAYLOAD_BYTES {
            return Clock::default();
        }
        // One that can't be read tells nothing.
        let read = self.payloads.read(self.connection, place).unwrap_or_default();
        let resource = serde_json::from_slice::<Resource>(&read).unwrap_or_default().resource;
        let clock = CLOCK_ATTRIBUTES.map(|names| named(&resource, names));
        self.known.insert(key, clock.clone());
        clock
    }
}

fn named(resource: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let value = names.iter().find_map(|name| resource.get(*name))?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// The part of a payload that names where it comes from.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    resource: Map<String, Value>,
}
