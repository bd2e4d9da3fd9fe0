mod alignment;
mod budget;
mod cause;
mod conversation;
mod corrected;
mod critical_path;
mod drawn;
mod labelled;
mod retries;
mod totals;
mod tree;

use engine::analysis::{Parent, SpanFacts};
use engine::model::SpanStatus;

/// A span of `[start, end]` under the span at `parent`.
fn span(parent: Option<u32>, start_ns: i64, end_ns: i64) -> SpanFacts {
    SpanFacts {
        parent: parent.map_or(Parent::None, Parent::At),
        start_ns: Some(start_ns),
        end_ns: Some(end_ns),
        status: SpanStatus::Ok,
        ..SpanFacts::new(0)
    }
}

/// The same, failed, with an error text.
fn failed(parent: Option<u32>, start_ns: i64, end_ns: i64) -> SpanFacts {
    SpanFacts { status: SpanStatus::Error, has_error_text: true, ..span(parent, start_ns, end_ns) }
}
