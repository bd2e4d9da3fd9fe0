//! Whole frames with the bytes they lie in, so that they can be handed to another thread.

use std::ops::Range;

use super::{Frame, Shape, salvage};
use crate::model::{Position, Problem};

/// Some frames of a source, in order, and what was wrong between them.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The bytes the frames lie in.
    pub bytes: Vec<u8>,
    /// Each frame's range in `bytes`, its place in the source, and its shape.
    pub frames: Vec<(Range<usize>, Position, Shape)>,
    /// What could not be framed as it stands.
    pub problems: Vec<Problem>,
}

impl Chunk {
    /// The frames, in order.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.frames_received(None)
    }

    /// The frames, in order, as received at `received_ns`: a nanosecond apart, so that what has no other time keeps its order.
    pub fn frames_received(&self, received_ns: Option<i64>) -> impl Iterator<Item = Frame<'_>> {
        self.frames.iter().enumerate().map(move |(index, (range, at, shape))| Frame {
            bytes: self.bytes.get(range.clone()).unwrap_or_default(),
            at: *at,
            shape: *shape,
            received_ns: received_ns.map(|ns| ns.saturating_add(index as i64)),
        })
    }

    /// Puts `cuts` of `buffer` together; text is made valid UTF-8 without NUL, JSON free of half pairs.
    pub(super) fn new(buffer: Vec<u8>, cuts: Cuts, text: Text) -> Self {
        let tail_from = buffer.len();
        let mut chunk = Self { bytes: buffer, frames: cuts.frames, problems: cuts.problems };
        chunk.bytes.extend_from_slice(&cuts.tail);
        for index in cuts.in_tail {
            if let Some((range, _, _)) = chunk.frames.get_mut(index) {
                *range = range.start + tail_from..range.end + tail_from;
            }
        }
        if text != Text::Not {
            if memchr::memchr(0, &chunk.bytes).is_some() || std::str::from_utf8(&chunk.bytes).is_err() {
                chunk.mend_bytes();
            }
            if text == Text::Json && salvage::may_have_half_pairs(&chunk.bytes) {
                chunk.mend_escapes();
            }
        }
        chunk
    }

    fn mend_bytes(&mut self) {
        self.mend(|frame| match std::str::from_utf8(frame) {
            Ok(_) if memchr::memchr(0, frame).is_none() => None,
            Ok(text) => {
                Some((text.replace('\0', " "), "This value has NUL bytes in it; they were read as spaces."))
            }
            Err(_) => Some((
                String::from_utf8_lossy(frame).replace('\0', " "),
                "This value is not valid UTF-8; the bytes that are not were read as \u{fffd}.",
            )),
        });
    }

    fn mend_escapes(&mut self) {
        self.mend(|frame| {
            let mended = salvage::without_half_pairs(std::str::from_utf8(frame).ok()?)?;
            Some((mended, "This value has escapes that are half a character; they were read as \u{fffd}."))
        });
    }

    /// Replaces each frame for which `mended` has better text and a reason.
    fn mend(&mut self, mended: impl Fn(&[u8]) -> Option<(String, &'static str)>) {
        for (range, at, _) in &mut self.frames {
            let Some((text, reason)) = mended(self.bytes.get(range.clone()).unwrap_or_default()) else {
                continue;
            };
            self.problems.push(Problem::new(*at, reason));
            *range = self.bytes.len()..self.bytes.len() + text.len();
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }
}

/// What the frames of a source are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Json,
    Plain,
    Not,
}

/// What a cutter has found so far: frames in the buffer, and frames put together apart from it.
#[derive(Default)]
pub(super) struct Cuts {
    frames: Vec<(Range<usize>, Position, Shape)>,
    in_tail: Vec<usize>,
    tail: Vec<u8>,
    problems: Vec<Problem>,
}

impl Cuts {
    /// A frame that lies in the buffer.
    pub(super) fn frame(&mut self, range: Range<usize>, at: Position, shape: Shape) {
        self.frames.push((range, at, shape));
    }

    /// A frame with bytes of its own.
    pub(super) fn made_frame(&mut self, bytes: &[u8], at: Position, shape: Shape) {
        self.in_tail.push(self.frames.len());
        self.frames.push((self.tail.len()..self.tail.len() + bytes.len(), at, shape));
        self.tail.extend_from_slice(bytes);
    }

    /// Something wrong.
    pub(super) fn problem(&mut self, at: Position, reason: impl Into<String>) {
        self.problems.push(Problem::new(at, reason));
    }

    pub(super) fn push_problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn frame_count(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.problems.is_empty()
    }
}
