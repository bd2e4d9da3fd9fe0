//! Perfetto.

use engine::model::{SpanFlags, SpanStatus};

use crate::wire::collected::{read, real_file};

#[test]
fn slices_are_read_with_their_names_and_nesting() {
    let Some(bytes) = real_file("perfetto-pftrace/generated/agent_run.pftrace") else { return };
    let trace = read(&bytes).unwrap();
    assert_eq!((trace.format, trace.trace_count()), ("perfetto", 1));
    assert!(trace.problems.is_empty(), "{:?}", trace.problems);
    let calls: Vec<_> = trace.spans.iter().filter(|span| span.name == "llm.call ✓").collect();
    assert_eq!(calls.len(), 20);
    let step = trace.named("step 0");
    assert_eq!(calls[0].parent.as_deref(), Some(&*step.id));
    assert!(step.start_ns < step.end_ns);
    assert!(trace.spans.iter().all(|span| span.status != SpanStatus::Open));
    let track = trace.named("agent run");
    assert_eq!(step.parent.as_deref(), Some(&*track.id));

    let cut = read(&bytes[..bytes.len() - 5]).unwrap();
    assert!(cut.spans.len() > 35 && !cut.problems.is_empty(), "what came before the cut is kept");
}

/// A message from its fields.
fn message(fields: &[Vec<u8>]) -> Vec<u8> {
    fields.concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, value: impl AsRef<[u8]>) -> Vec<u8> {
    [varint(field << 3 | 2), varint(value.as_ref().len() as u64), value.as_ref().to_vec()].concat()
}

fn clock(id: u64, time: u64, more: &[Vec<u8>]) -> Vec<u8> {
    bytes(1, [number(1, id), number(2, time), more.concat()].concat())
}

fn packet(fields: &[Vec<u8>]) -> Vec<u8> {
    bytes(1, [message(fields), number(10, 1)].concat())
}

/// What the service writes at the start: its mark, its settings, and what clocks showed at one moment.
fn preamble(real_ns: u64) -> Vec<u8> {
    let clocks =
        [clock(6, 5_000_000_000, &[]), clock(3, 4_000_000_000, &[]), clock(1, real_ns, &[])].concat();
    [
        packet(&[bytes(36, [0x82, 0x47, 0x7a, 0x76])]),
        packet(&[bytes(33, [])]),
        packet(&[bytes(6, clocks)]),
        packet(&[bytes(60, [number(1, 7), bytes(2, "agent")].concat())]),
    ]
    .concat()
}

const REAL_NS: u64 = 1_767_225_600_000_000_123;

fn begin(fields: &[Vec<u8>]) -> Vec<u8> {
    bytes(11, [number(9, 1), number(11, 7), fields.concat()].concat())
}

fn end() -> Vec<u8> {
    bytes(11, [number(9, 2), number(11, 7)].concat())
}

#[test]
fn times_become_dates_where_the_clocks_are_told() {
    let trace = [
        preamble(REAL_NS),
        packet(&[number(8, 5_000_000_500), begin(&[bytes(23, "by default")])]),
        packet(&[number(8, 5_000_000_900), end()]),
        packet(&[number(8, 4_000_001_000), number(58, 3), begin(&[bytes(23, "monotonic")])]),
        packet(&[number(8, 4_000_001_500), number(58, 3), end()]),
    ]
    .concat();
    let read = read(&trace).unwrap();
    assert_eq!((read.format, &read.problems[..]), ("perfetto", &[][..]));
    let times = |name: &str| {
        let span = read.named(name);
        assert!(!span.flags.contains(SpanFlags::LAID_OUT), "dates are dates");
        (span.start_ns.unwrap() - REAL_NS as i64, span.end_ns.unwrap() - REAL_NS as i64)
    };
    assert_eq!(times("by default"), (500, 900));
    assert_eq!(times("monotonic"), (1_000, 1_500));
}

#[test]
fn a_sequence_may_count_from_its_last_packet_and_intern_its_names() {
    let own_clock = clock(64, 0, &[number(3, 1), number(4, 1_000)]);
    let snapshot = |boot: u64| packet(&[bytes(6, [own_clock.clone(), clock(6, boot, &[])].concat())]);
    let name = |text: &str| bytes(12, bytes(2, [number(1, 1), bytes(2, text)].concat()));
    let defaults = bytes(59, [number(58, 64), bytes(11, number(11, 7))].concat());
    let event = |kind: u64| bytes(11, [number(9, kind), number(10, 1)].concat());
    let trace = [
        preamble(REAL_NS),
        snapshot(5_000_000_000),
        packet(&[number(13, 1), name("first"), defaults.clone()]),
        packet(&[number(8, 2), event(1)]),
        packet(&[number(8, 3), event(2)]),
        // The state is told anew: the names are others, and the clock begins again.
        snapshot(6_000_000_000),
        packet(&[number(13, 1), name("second"), defaults]),
        packet(&[number(8, 1), event(1)]),
        packet(&[number(8, 1), event(2)]),
        // Cleared and not told again: nothing of before is taken for it.
        packet(&[number(13, 1), number(8, 5_000_000_000), event(1)]),
    ]
    .concat();
    let read = read(&trace).unwrap();
    let times = |name: &str| {
        let span = read.named(name);
        (span.start_ns.unwrap() - REAL_NS as i64, span.end_ns.unwrap() - REAL_NS as i64)
    };
    assert_eq!(times("first"), (2_000, 5_000));
    assert_eq!(times("second"), (1_000_001_000, 1_000_002_000));
    assert!(read.spans.iter().any(|span| span.name.is_empty() && span.status == SpanStatus::Open));
}

#[test]
fn a_clock_that_nothing_is_known_of_is_a_problem_once_told_and_runs_of_one_program_stay_apart() {
    let trace = |real_ns: u64, clock: u64| {
        [
            preamble(real_ns),
            packet(&[number(8, 9), number(58, clock), begin(&[bytes(23, "a")])]),
            packet(&[number(8, 5_000_000_500), begin(&[bytes(23, "b")])]),
        ]
        .concat()
    };
    let unknown = read(&trace(REAL_NS, 100)).unwrap();
    assert_eq!((unknown.problems.len(), unknown.spans.len()), (1, 2), "{:?}", unknown.problems);
    let id = |real_ns: u64| read(&trace(real_ns, 6)).unwrap().named("b").trace.clone();
    assert_ne!(id(REAL_NS), id(REAL_NS + 1));
    assert_eq!(id(REAL_NS), id(REAL_NS));
}

#[test]
fn a_recording_without_track_events_is_no_trace_and_says_what_it_has() {
    let read = read(&[preamble(REAL_NS), packet(&[number(8, 9), bytes(1, [])])].concat()).unwrap();
    assert_eq!((read.spans.len(), read.traces.len()), (0, 0));
    assert!(read.skipped["packets of other kinds"] >= 3);
}

#[test]
fn damage_in_one_packet_costs_that_packet() {
    let trace = [
        preamble(REAL_NS),
        packet(&[number(8, 5_000_000_100), begin(&[bytes(23, "before")])]),
        bytes(1, [0x42, 0xff]),
        packet(&[number(8, 5_000_000_300), end()]),
    ]
    .concat();
    let read = read(&trace).unwrap();
    assert_eq!((read.problems.len(), read.named("before").status), (1, SpanStatus::Unset));
    assert!(read.problems[0].at.byte > 0);
    assert_eq!(read.named("before").end_ns.map(|end| end - REAL_NS as i64), Some(300));
}
