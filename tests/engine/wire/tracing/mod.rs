//! Formats of the family "general tracing".

mod chrome;
mod jaeger;
mod perfetto;
mod zipkin;

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[
    (
        "chrome-trace-json/google__perfetto/flow_events_json_v2.json",
        5,
        11,
        "8 events: 5 whole slices, 1 that begins and ends with a moment in it; 5 threads",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/bex-interaction.json",
        1,
        13,
        "18 events: 6 whole slices, 6 that begin and end; 1 thread",
    ),
    ("chrome-trace-json/jlfwong__speedscope/matching-x.json", 1, 6, "5 whole slices; 1 thread"),
    (
        "chrome-trace-json/jlfwong__speedscope/multiprocess.json",
        4,
        16,
        "17 events: 8 whole slices, 9 names; 8 threads",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/must-retain-original-order.json",
        1,
        8,
        "14 events: 7 slices that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/only-begin-events.json",
        1,
        4,
        "3 slices that never end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/out-of-order.json",
        1,
        4,
        "6 events: 3 slices that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/simple-object.json",
        1,
        4,
        "5 events: 1 whole slice, 2 that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/simple-partial-trailing-comma.json",
        1,
        5,
        "6 events: 2 whole slices, 2 that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/simple-partial.json",
        1,
        5,
        "6 events: 2 whole slices, 2 that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/simple.json",
        1,
        5,
        "6 events: 2 whole slices, 2 that begin and end; 1 thread",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/simple-timeline.json",
        6,
        3007,
        "3,551 events: 2,253 whole slices, 437 that begin, 36 asynchronous ones, moments outside of slices, and tracks; ends, moments in slices, names and notes are no steps",
    ),
    (
        "chrome-trace-json/jlfwong__speedscope/zero-duration-events.json",
        1,
        5,
        "7 events: 1 whole slice, 3 that begin and end; 1 thread",
    ),
    ("perfetto-pftrace/generated/agent_run.pftrace", 1, 41, "40 slices and their track"),
];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[
    Handmade {
        file: "jaeger/agent-attributes.json",
        format: "jaeger",
        traces: 1,
        spans: 4,
        errors: 1,
        retries: 1,
        tokens: Some(140),
        problems: 0,
    },
    Handmade {
        file: "jaeger/reducer-form.json",
        format: "jaeger",
        traces: 1,
        spans: 2,
        errors: 0,
        retries: 0,
        tokens: None,
        problems: 0,
    },
    Handmade {
        file: "zipkin/list-of-traces.json",
        format: "zipkin",
        traces: 2,
        spans: 4,
        errors: 1,
        retries: 0,
        tokens: None,
        problems: 0,
    },
    Handmade {
        file: "chrome-trace/pytorch-like.json",
        format: "chrome-trace",
        traces: 1,
        spans: 6,
        errors: 0,
        retries: 0,
        tokens: None,
        problems: 1,
    },
    Handmade {
        file: "chrome-trace/unterminated-async.json",
        format: "chrome-trace",
        traces: 1,
        spans: 5,
        errors: 0,
        retries: 0,
        tokens: None,
        problems: 0,
    },
];
