//! CSV: the header, then records; a newline inside quotes does not end one.

use super::chunk::Cuts;
use super::{Place, Shape};

/// Cuts at newlines outside quotes.
#[derive(Default)]
pub(super) struct Csv {
    scanned: usize,
    quoted: bool,
    header_seen: bool,
    dropping: bool,
}

impl Csv {
    pub(super) fn cut(&mut self, buffer: &[u8], ended: bool, place: &mut Place, out: &mut Cuts) -> usize {
        let mut start = 0;
        let from = self.scanned;
        for at in
            memchr::memchr2_iter(b'"', b'\n', buffer.get(from..).unwrap_or_default()).map(|at| at + from)
        {
            if buffer.get(at) == Some(&b'"') {
                // A doubled quote turns it off and on again, which comes to the same.
                self.quoted = !self.quoted;
            } else if !self.quoted {
                self.record(buffer, start, at, place, out);
                start = at + 1;
            }
        }
        self.scanned = buffer.len() - start;
        if ended {
            if self.quoted && !self.dropping {
                let at = place.at(buffer, start);
                out.push_problem(Place::unfinished(at));
            }
            self.record(buffer, start, buffer.len(), place, out);
            start = buffer.len();
        }
        if self.dropping {
            self.scanned = 0;
            start = buffer.len();
        }
        start
    }

    fn record(&mut self, buffer: &[u8], start: usize, end: usize, place: &mut Place, out: &mut Cuts) {
        if std::mem::take(&mut self.dropping) {
            return;
        }
        let mut text = buffer.get(start..end).unwrap_or_default();
        text = text.strip_suffix(b"\r").unwrap_or(text);
        let mut start = start;
        if !self.header_seen
            && let Some(rest) = text.strip_prefix(b"\xef\xbb\xbf")
        {
            start += text.len() - rest.len();
            text = rest;
        }
        if text.trim_ascii().is_empty() {
            return;
        }
        let shape = if self.header_seen { Shape::Row } else { Shape::Header };
        self.header_seen = true;
        let at = place.at(buffer, start);
        out.frame(start..start + text.len(), at, shape);
    }

    pub(super) fn drop_value(&mut self) {
        self.dropping = true;
        self.scanned = 0;
    }
}
