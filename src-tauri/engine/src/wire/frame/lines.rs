//! One JSON document a line: newlines alone decide, so a damaged line costs itself only, and this is the fast path.

use super::chunk::Cuts;
use super::{Place, Shape, salvage};

/// Cuts at newlines.
#[derive(Default)]
pub(super) struct Lines {
    /// How far the carried bytes are known to hold no newline.
    scanned: usize,
    dropping: bool,
}

impl Lines {
    pub(super) fn cut(&mut self, buffer: &[u8], ended: bool, place: &mut Place, out: &mut Cuts) -> usize {
        let mut start = 0;
        let searched = buffer.get(self.scanned..).unwrap_or_default();
        for newline in memchr::memchr_iter(b'\n', searched).map(|at| at + self.scanned) {
            if std::mem::take(&mut self.dropping) {
                start = newline + 1;
                continue;
            }
            if let Some(range) = trimmed(buffer, start, newline) {
                let at = place.at(buffer, range.start);
                out.frame(range, at, Shape::Document);
            }
            start = newline + 1;
        }
        self.scanned = buffer.len() - start;
        if ended {
            if let Some(range) = trimmed(buffer, start, buffer.len()).filter(|_| !self.dropping) {
                let at = place.at(buffer, range.start);
                match salvage::closed(buffer.get(range.clone()).unwrap_or_default()) {
                    Some(closed) => {
                        out.push_problem(Place::unfinished(at));
                        out.made_frame(&closed, at, Shape::Document);
                    }
                    None => out.frame(range, at, Shape::Document),
                }
            }
            start = buffer.len();
        }
        if self.dropping {
            self.scanned = 0;
            start = buffer.len();
        }
        start
    }

    pub(super) fn drop_value(&mut self) {
        self.dropping = true;
        self.scanned = 0;
    }
}

/// The line without white space and byte-order mark, or `None` if nothing is left.
fn trimmed(buffer: &[u8], start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let line = buffer.get(start..end)?;
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let front = line.trim_ascii_start();
    let text = front.trim_ascii_end();
    let from = end - front.len();
    (!text.is_empty()).then_some(from..from + text.len())
}
