//! Bytes as they come into whole lines, bounded: a line that is too long is left out, and those around it are kept.

use std::io::ErrorKind;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::model::{Position, Problem};

/// The longest line that is taken.
pub(super) const LONGEST_LINE_BYTES: usize = 32 << 20;
/// How much is read at once, if so much has come.
const READ_BYTES: usize = 256 << 10;

/// Reads lines from a stream.
pub(super) struct LineReader<R> {
    stream: R,
    carry: Vec<u8>,
    /// Where `carry` begins in the stream.
    at: Position,
    dropping: bool,
    /// What is held has not been searched for line ends.
    has_put_back: bool,
    longest_bytes: usize,
}

/// Some whole lines.
pub(super) struct Lines {
    /// The lines, each with its end but perhaps the last.
    pub(super) bytes: Vec<u8>,
    /// Where they begin in the stream.
    pub(super) at: Position,
    /// What had to be left out before them.
    pub(super) problems: Vec<Problem>,
}

impl<R: AsyncRead + Unpin> LineReader<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream,
            carry: Vec::new(),
            at: Position { byte: 0, line: Some(1) },
            dropping: false,
            has_put_back: false,
            longest_bytes: LONGEST_LINE_BYTES,
        }
    }

    /// Takes lines of at most `bytes` from now on.
    pub(super) fn set_longest(&mut self, bytes: usize) {
        self.longest_bytes = bytes;
    }

    /// Gives lines back that were taken; they come first again.
    pub(super) fn put_back(&mut self, lines: Lines) {
        let rest = std::mem::replace(&mut self.carry, lines.bytes);
        self.carry.extend_from_slice(&rest);
        self.at = lines.at;
        self.has_put_back = true;
    }

    /// The next whole lines: all that have come so far. `None` at the end; a last line may lack its end.
    pub(super) async fn next(&mut self) -> std::io::Result<Option<Lines>> {
        let mut problems = Vec::new();
        if std::mem::take(&mut self.has_put_back)
            && let Some((at, bytes)) = self.whole_lines(0)
        {
            return Ok(Some(Lines { bytes, at, problems }));
        }
        loop {
            let held = self.carry.len();
            self.carry.reserve(READ_BYTES);
            let read = match (&mut self.stream).take(READ_BYTES as u64).read_buf(&mut self.carry).await {
                // Who closes a socket without having read what they were told ends it no other way.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => 0,
                other => other?,
            };
            if read == 0 {
                let rest = std::mem::take(&mut self.carry);
                let is_nothing = rest.iter().all(u8::is_ascii_whitespace);
                let bytes = if self.dropping || is_nothing { Vec::new() } else { rest };
                let lines = Lines { bytes, at: self.at, problems };
                return Ok((!lines.bytes.is_empty() || !lines.problems.is_empty()).then_some(lines));
            }
            let mut unsearched = held;
            if self.dropping {
                match memchr::memchr(b'\n', &self.carry) {
                    Some(end) => {
                        self.advance(end + 1);
                        self.dropping = false;
                        unsearched = 0;
                    }
                    None => {
                        self.advance(self.carry.len());
                        continue;
                    }
                }
            }
            if let Some((at, bytes)) = self.whole_lines(unsearched) {
                return Ok(Some(Lines { bytes, at, problems }));
            }
            if self.carry.len() > self.longest_bytes {
                problems.push(Problem::new(
                    self.at,
                    format!("a line of more than {} MB was left out", self.longest_bytes >> 20),
                ));
                self.advance(self.carry.len());
                self.dropping = true;
            }
        }
    }

    /// Takes out all whole lines; up to `searched` there is no line end. Gives where they begin.
    fn whole_lines(&mut self, searched: usize) -> Option<(Position, Vec<u8>)> {
        let end = memchr::memrchr(b'\n', self.carry.get(searched..)?)?;
        let at = self.at;
        let rest = self.carry.split_off(searched + end + 1);
        let bytes = std::mem::replace(&mut self.carry, rest);
        self.count(&bytes);
        Some((at, bytes))
    }

    /// Lets go of the first bytes of what is held.
    fn advance(&mut self, bytes: usize) {
        let rest = self.carry.split_off(bytes.min(self.carry.len()));
        let gone = std::mem::replace(&mut self.carry, rest);
        self.count(&gone);
    }

    fn count(&mut self, gone: &[u8]) {
        let lines = memchr::memchr_iter(b'\n', gone).count() as u64;
        self.at =
            Position { byte: self.at.byte + gone.len() as u64, line: self.at.line.map(|line| line + lines) };
    }
}
