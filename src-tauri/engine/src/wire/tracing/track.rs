//! What profilers' formats share: slices on tracks (threads), begun and ended in turn, or told of whole.

use serde_json::Value;

use super::super::Sink;
use super::super::draft::Draft;
use crate::model::{SpanFlags, SpanKind, SpanStatus};

/// One thread, or another row of slices.
#[derive(Clone)]
pub struct Track {
    /// The id of the span that stands for it, under which its slices are.
    pub id: String,
    /// Its name, once it is known.
    pub name: Option<String>,
    /// Slices that have begun and not ended, the innermost last.
    open: Vec<Draft>,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    slices: u64,
}

impl Track {
    /// A track without slices.
    pub fn new(id: String) -> Self {
        Self { id, name: None, open: Vec::new(), first_ns: None, last_ns: None, slices: 0 }
    }

    /// The id of the slice under way, else of the track: what a slice that begins now is put under.
    pub fn parent(&self) -> String {
        self.open.last().map_or_else(|| self.id.clone(), |slice| slice.span.id.clone())
    }

    /// The slice under way.
    pub fn current(&mut self) -> Option<&mut Draft> {
        self.open.last_mut()
    }

    /// A slice begins.
    pub fn begin(&mut self, mut slice: Draft, at_ns: i64) {
        slice.span.parent = Some(self.parent());
        slice.span.start_ns = Some(at_ns);
        self.saw(at_ns);
        self.slices += 1;
        self.open.push(slice);
    }

    /// The innermost slice ends; false if none is open.
    pub fn end(&mut self, at_ns: i64, output: Option<Value>, out: &mut dyn Sink) -> bool {
        let Some(mut slice) = self.open.pop() else { return false };
        self.saw(at_ns);
        slice.times(slice.span.start_ns, Some(at_ns));
        slice.output(output);
        out.span(slice.finish());
        true
    }

    /// A slice that is told of whole. It lies in the innermost slice under way that had begun by then, else somewhere on the
    /// track: in which of those that are told of whole shows from the times.
    pub fn whole(&mut self, mut slice: Draft, start_ns: i64, end_ns: Option<i64>, out: &mut dyn Sink) {
        let had_begun = |open: &&Draft| open.span.start_ns.is_some_and(|start| start <= start_ns);
        let around = self.open.iter().rev().find(had_begun).map(|open| open.span.id.clone());
        slice.span.parent = Some(around.unwrap_or_else(|| self.id.clone()));
        slice.times(Some(start_ns), end_ns);
        self.saw(start_ns);
        self.saw(end_ns.unwrap_or(start_ns));
        self.slices += 1;
        out.span(slice.finish());
    }

    /// Hands on the slices that never ended, and the track itself if there is anything on it, which is what it gives.
    pub fn finish(mut self, trace: &str, flags: SpanFlags, out: &mut dyn Sink) -> bool {
        for slice in std::mem::take(&mut self.open) {
            out.span(slice.finish());
        }
        if self.slices == 0 {
            return false;
        }
        let name = self.name.unwrap_or_else(|| self.id.clone());
        let mut track = Draft::new(trace, self.id, name, SpanKind::Other);
        track.times(self.first_ns, self.last_ns);
        track.span.flags.insert(flags);
        track.span.flags.insert(SpanFlags::TIME_DERIVED);
        track.span.status = SpanStatus::Ok;
        out.span(track.finish());
        true
    }

    fn saw(&mut self, at_ns: i64) {
        self.first_ns = Some(self.first_ns.map_or(at_ns, |first| first.min(at_ns)));
        self.last_ns = Some(self.last_ns.map_or(at_ns, |last| last.max(at_ns)));
    }
}
