//! Perfetto's own traces (`.pftrace`): a list of packets in protobuf, of which track events are read
//! (`protos/perfetto/trace/track_event`). Names may be interned per sequence of packets. Other packets (counters, the kernel's
//! scheduler) are counted as left out.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3Default;

use super::super::draft::Draft;
use super::super::protobuf::{FieldValue, Fields};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink};
use super::clocks::{Clocks, OwnClocks};
use super::track::Track;
use crate::model::{Problem, SpanFlags, SpanKind, SpanStatus, TraceRecord};

/// Perfetto traces.
#[derive(Clone, Copy, Debug)]
pub struct Perfetto;

/// Times before this are no dates (1990): the clock counts from the machine's start.
const FIRST_DATE_NS: i64 = 631_152_000_000_000_000;
/// How deep arguments are followed.
const DEPTH: u8 = 8;

impl Format for Perfetto {
    fn id(&self) -> &'static str {
        "perfetto"
    }

    fn label(&self) -> &'static str {
        "Perfetto trace"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        if sample.bytes.first() != Some(&0x0a) {
            return 0;
        }
        let (mut packets, mut damaged) = (0_u8, 0_u8);
        for field in Fields(&sample.bytes).take(20) {
            let Ok((1, FieldValue::Bytes(packet))) = field else { break };
            let known = Fields(packet).flatten().any(|(number, value)| match (number, value) {
                // A track event, a track's description, a clock snapshot, the trace's settings, its mark, its id.
                (11 | 60 | 6 | 33 | 36 | 89, FieldValue::Bytes(_)) => true,
                // The sequence's id, which every packet has that went through the tracing service.
                (10, FieldValue::Number(_)) => true,
                _ => false,
            });
            let whole = Fields(packet).all(|field| field.is_ok());
            match (known, whole) {
                (true, true) => packets += 1,
                (false, true) => return 0,
                (_, false) => damaged += 1,
            }
        }
        if packets >= 2 && packets > damaged { 92 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Protobuf
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Packets::default())
    }
}

#[derive(Clone, Default)]
struct Packets {
    /// Tells this recording from others: a hash of its packets up to the first with a time. Those before are often the same in
    /// every run of a program.
    recording: Option<String>,
    beginning: Xxh3Default,
    clocks: Clocks,
    sequences: HashMap<u64, Sequence>,
    tracks: BTreeMap<u64, Track>,
    flags: SpanFlags,
    count: u64,
}

/// What a sequence of packets has said once for all that follow.
#[derive(Clone, Default)]
struct Sequence {
    event_names: HashMap<u64, String>,
    argument_names: HashMap<u64, String>,
    default_track: Option<u64>,
    clocks: OwnClocks,
}

impl Reader for Packets {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        self.count += 1;
        let mut packet = Packet::default();
        for field in Fields(frame.bytes) {
            match field {
                Ok((6, FieldValue::Bytes(snapshot))) => packet.snapshot = Some(snapshot),
                Ok((8, FieldValue::Number(time))) => packet.time = Some(time),
                Ok((13, FieldValue::Number(flags))) => packet.forgets |= flags & 1 != 0,
                Ok((41, FieldValue::Number(flag))) => packet.forgets |= flag != 0,
                Ok((58, FieldValue::Number(clock))) => packet.clock = Some(clock),
                Ok((10, FieldValue::Number(id))) => packet.sequence = id,
                Ok((11, FieldValue::Bytes(event))) => packet.event = Some(event),
                Ok((12, FieldValue::Bytes(names))) => packet.interned = Some(names),
                Ok((59, FieldValue::Bytes(defaults))) => packet.defaults = Some(defaults),
                Ok((60, FieldValue::Bytes(track))) => packet.track = Some(track),
                Ok(_) => {}
                Err(_) => {
                    return out.problem(Problem::new(frame.at, "This packet is damaged; it was left out."));
                }
            }
        }
        if let Some(track) = packet.track {
            self.describe(track);
        }
        if self.recording.is_none() {
            self.beginning.update(frame.bytes);
            if packet.time.is_some() {
                self.recording = Some(format!("perfetto-{:016x}", self.beginning.digest()));
            }
        }
        let sequence = self.sequences.entry(packet.sequence).or_default();
        if packet.forgets {
            sequence.forget();
        }
        if let Some(snapshot) = packet.snapshot {
            self.clocks.learn(snapshot, &mut sequence.clocks);
        }
        if let Some(names) = packet.interned {
            sequence.learn(names);
        }
        if let Some(defaults) = packet.defaults {
            let event = bytes(defaults, 11).unwrap_or_default();
            sequence.default_track = number(event, 11).or(sequence.default_track);
            sequence.clocks.default = number(defaults, 58).or(sequence.clocks.default);
        }
        // Asked for every packet: a clock may count from the packet before, whatever that was.
        let time_ns =
            packet.time.and_then(|time| self.clocks.time_ns(time, packet.clock, &mut sequence.clocks));
        match packet.event {
            Some(event) => self.event(event, &packet, time_ns, frame, out),
            None if packet.track.is_none() && packet.interned.is_none() && packet.defaults.is_none() => {
                out.skipped("packets of other kinds", 1);
            }
            None => {}
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        let Some(trace) = self.recording.take() else { return };
        let mut has_slices = false;
        for track in std::mem::take(&mut self.tracks).into_values() {
            has_slices |= track.finish(&trace, self.flags, out);
        }
        if has_slices {
            let mut about = TraceRecord::new(&*trace);
            about.name = Some("Perfetto trace".to_owned());
            out.trace(about);
        }
    }
}

#[derive(Default)]
struct Packet<'a> {
    time: Option<u64>,
    /// The clock that the time is of.
    clock: Option<u64>,
    sequence: u64,
    /// What its sequence has said so far holds no longer.
    forgets: bool,
    snapshot: Option<&'a [u8]>,
    event: Option<&'a [u8]>,
    interned: Option<&'a [u8]>,
    defaults: Option<&'a [u8]>,
    track: Option<&'a [u8]>,
}

impl Sequence {
    fn forget(&mut self) {
        self.event_names.clear();
        self.argument_names.clear();
        self.default_track = None;
        self.clocks.default = None;
    }

    fn learn(&mut self, interned: &[u8]) {
        for (field, value) in Fields(interned).flatten() {
            let FieldValue::Bytes(entry) = value else { continue };
            if let (Some(iid), Some(name)) = (number(entry, 1), text(entry, 2)) {
                match field {
                    2 => drop(self.event_names.insert(iid, name)),
                    3 => drop(self.argument_names.insert(iid, name)),
                    _ => {}
                }
            }
        }
    }
}

impl Packets {
    fn track(&mut self, uuid: u64) -> &mut Track {
        self.tracks.entry(uuid).or_insert_with(|| Track::new(format!("track {uuid}")))
    }

    fn describe(&mut self, descriptor: &[u8]) {
        let Some(uuid) = number(descriptor, 1) else { return };
        let thread = bytes(descriptor, 4).and_then(|thread| text(thread, 5));
        let process = bytes(descriptor, 3).and_then(|process| text(process, 6));
        let name = text(descriptor, 2).or(thread).or(process);
        let track = self.track(uuid);
        track.name = name.or(track.name.take());
    }

    fn event(
        &mut self,
        event: &[u8],
        packet: &Packet<'_>,
        time_ns: Option<i64>,
        frame: &Frame<'_>,
        out: &mut dyn Sink,
    ) {
        let sequence = self.sequences.entry(packet.sequence).or_default();
        let name = text(event, 23).or_else(|| sequence.event_names.get(&number(event, 10)?).cloned());
        let mut arguments = Map::new();
        for (field, value) in Fields(event).flatten() {
            if let (4, FieldValue::Bytes(argument)) = (field, value)
                && let Some((name, value)) = annotation(argument, &sequence.argument_names, DEPTH)
            {
                arguments.insert(name, value);
            }
        }
        let uuid = number(event, 11).or(sequence.default_track).unwrap_or(0);
        let kind = number(event, 9).unwrap_or(0);
        let (Some(at_ns), Some(trace)) = (time_ns, self.recording.clone()) else {
            let reason =
                "A track event was left out: it has no time, or that of a clock of which nothing was told.";
            return out.problem(Problem::new(frame.at, reason));
        };
        if at_ns < FIRST_DATE_NS {
            self.flags.insert(SpanFlags::LAID_OUT);
        }
        let (flags, id) = (self.flags, format!("packet-{}", self.count));
        let track = self.track(uuid);
        let slice = || {
            let mut draft = Draft::new(trace, id, name.unwrap_or_default(), SpanKind::Other);
            draft.span.flags.insert(flags);
            draft.attributes(arguments);
            draft
        };
        match kind {
            1 => track.begin(slice(), at_ns),
            2 => {
                if !track.end(at_ns, None, out) {
                    let reason = "An event ends something that had not begun; it was left out.";
                    out.problem(Problem::new(frame.at, reason));
                }
            }
            3 => {
                let mut draft = slice();
                draft.span.status = SpanStatus::Ok;
                track.whole(draft, at_ns, Some(at_ns), out);
            }
            4 => out.skipped("counter samples", 1),
            _ => out.skipped("events of other kinds", 1),
        }
    }
}

/// The first value of a field that is a number.
fn number(message: &[u8], field: u64) -> Option<u64> {
    Fields(message).flatten().find_map(|(number, value)| match value {
        FieldValue::Number(found) if number == field => Some(found),
        _ => None,
    })
}

/// The first value of a field that is bytes.
fn bytes(message: &[u8], field: u64) -> Option<&[u8]> {
    Fields(message).flatten().find_map(|(number, value)| match value {
        FieldValue::Bytes(found) if number == field => Some(found),
        _ => None,
    })
}

fn text(message: &[u8], field: u64) -> Option<String> {
    bytes(message, field).map(|found| String::from_utf8_lossy(found).into_owned())
}

/// A debug annotation: its name and value.
fn annotation(message: &[u8], names: &HashMap<u64, String>, depth: u8) -> Option<(String, Value)> {
    let name = text(message, 10).or_else(|| names.get(&number(message, 1)?).cloned()).unwrap_or_default();
    let mut value = Value::Null;
    let mut entries = Map::new();
    let mut items = Vec::new();
    for (field, found) in Fields(message).flatten() {
        match (field, found) {
            (2, FieldValue::Number(truth)) => value = Value::Bool(truth != 0),
            (3 | 7, FieldValue::Number(found)) => value = found.into(),
            (4, FieldValue::Number(found)) => value = found.cast_signed().into(),
            (5, FieldValue::Number(bits)) => value = f64::from_bits(bits).into(),
            (6 | 9, FieldValue::Bytes(found)) => value = String::from_utf8_lossy(found).into_owned().into(),
            (11, FieldValue::Bytes(inner)) if depth > 0 => {
                entries.extend(annotation(inner, names, depth - 1));
            }
            (12, FieldValue::Bytes(inner)) if depth > 0 => {
                items.extend(annotation(inner, names, depth - 1).map(|(_, value)| value));
            }
            _ => {}
        }
    }
    if !entries.is_empty() {
        value = Value::Object(entries);
    } else if !items.is_empty() {
        value = Value::Array(items);
    }
    Some((name, value))
}
