//! Cuts a source into frames: pieces that a reader takes one at a time, so that memory stays bounded whatever the file's
//! size.
//!
//! Bytes are read into a buffer; a cutter (one per kind of framing, in `frame/`) marks the frames in it; what is whole goes
//! out as a [`Chunk`], what is not is carried over. No frame is copied but those that had to be put together or mended.

mod chunk;
mod csv;
pub(super) mod decode;
pub(super) mod json;
mod lines;
pub(super) mod protobuf;
pub(super) mod salvage;

use std::io::{self, Read};

pub use chunk::Chunk;
use chunk::Cuts;
use decode::Decoded;

use super::{Reader, Sample, Sink};
use crate::model::{Position, Problem};

/// How a format's sources fall into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// JSON: one document, one a line, several one after another, or a top-level array whose elements are frames. Where a
    /// top-level object has an array under one of the `unwrap` keys, each element of it is a frame of its own
    /// ([`Shape::Element`]), and the rest of the object comes last ([`Shape::Envelope`]). Objects that stand one a line
    /// are not taken apart.
    Json {
        /// Keys of the top-level object whose array is taken apart.
        unwrap: &'static [&'static str],
    },
    /// CSV: the header row and then each record is a frame, quotes and inner newlines kept.
    Csv,
    /// OTLP protobuf: each `ResourceSpans` (field 1 of the message) is a frame; messages may be preceded by their length
    /// as four big-endian bytes or as a varint.
    OtlpProtobuf,
    /// Any protobuf whose message is a list: each value of field 1 is a frame.
    Protobuf,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A JSON document, an element of a top-level array, a protobuf message.
    Document,
    /// An element of the array under this key of a top-level object.
    Element(&'static str),
    /// The rest of a top-level object whose array was taken apart; that array is empty here.
    Envelope,
    /// A file of an archive that is one log as a whole; which one.
    Member(&'static str),
    /// The header row of a CSV file.
    Header,
    /// A record of a CSV file.
    Row,
}

/// One piece of a source. Text is valid UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it starts.
    pub at: Position,
    /// What it is.
    pub shape: Shape,
    /// When it was received, of a live source: what happens now may come without a time.
    pub received_ns: Option<i64>,
}

/// Cuts one source into frames. Positions count the bytes and lines of the text as framed (UTF-16 as UTF-8, and of a file
/// that is one JSON string the text within).
pub struct Framer<R> {
    source: Decoded<R>,
    cutter: Cutter,
    /// What was read and is not yet part of a whole frame.
    carry: Vec<u8>,
    place: Place,
    state: State,
    limit_bytes: usize,
    keeps_unfinished: bool,
}

enum Cutter {
    Lines(lines::Lines),
    Json(Box<json::Json>),
    Csv(csv::Csv),
    Protobuf(protobuf::Protobuf),
}

/// From this size on it is looked whether there is memory for a value before more of it is read.
const LARGE_VALUE_BYTES: usize = 16 << 20;
/// How much memory a value takes on its way into the store: copies of it are masked, hashed and packed.
const COPIES_OF_A_VALUE: usize = 8;

/// Whether there is memory for a value of so many bytes, and for what is made of it.
pub(crate) fn has_room(value_bytes: usize) -> bool {
    let mut room: Vec<u8> = Vec::new();
    let there_is = room.try_reserve_exact(value_bytes.saturating_mul(COPIES_OF_A_VALUE)).is_ok();
    // It must really be asked for, though nothing is ever put there.
    std::hint::black_box(&mut room);
    there_is
}

enum State {
    Reading,
    Failed(io::Error),
    Ended,
}

impl<R: Read> Framer<R> {
    /// The largest single value read.
    pub const LARGEST_FRAME_BYTES: usize = 1 << 30;
    /// The largest single value of a source that is packed: a small file can unpack to anything.
    pub const LARGEST_PACKED_FRAME_BYTES: usize = 128 << 20;

    /// A framer for `source`, read from its start; `sample` is the one made of its first bytes.
    pub fn new(source: R, framing: Framing, sample: &Sample<'_>) -> Self {
        let cutter = match framing {
            Framing::Json { .. } if sample.lines => Cutter::Lines(lines::Lines::default()),
            Framing::Json { unwrap } => Cutter::Json(Box::new(json::Json::new(unwrap))),
            Framing::Csv => Cutter::Csv(csv::Csv::default()),
            Framing::OtlpProtobuf => Cutter::Protobuf(protobuf::Protobuf::of_sample(&sample.bytes)),
            Framing::Protobuf => Cutter::Protobuf(protobuf::Protobuf::without_prefix()),
        };
        let source = match framing {
            Framing::OtlpProtobuf | Framing::Protobuf => Decoded::plain(source),
            Framing::Json { .. } | Framing::Csv => Decoded::new(source, sample.encoding, sample.in_string),
        };
        let place = Place::start(!matches!(framing, Framing::OtlpProtobuf | Framing::Protobuf));
        Self {
            source,
            cutter,
            carry: Vec::new(),
            place,
            state: State::Reading,
            limit_bytes: Self::LARGEST_FRAME_BYTES,
            keeps_unfinished: false,
        }
    }

    /// Refuses single values of more than `bytes` instead of [`Framer::LARGEST_FRAME_BYTES`].
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit_bytes = bytes;
        self
    }

    /// For a source that may still grow: a last value without its end is neither delivered nor reported; reading goes on
    /// at [`Framer::complete_bytes`] later.
    pub fn keeping_unfinished(mut self) -> Self {
        self.keeps_unfinished = true;
        self
    }

    /// A framer for lines of UTF-8 that still grow, read from `at`, where one begins: as [`Framer::keeping_unfinished`], with
    /// positions in the whole of the source.
    pub fn of_growing_lines(source: R, at: Position) -> Self {
        Self {
            source: Decoded::plain(source),
            cutter: Cutter::Lines(lines::Lines::default()),
            carry: Vec::new(),
            place: Place { base: at, counted: 0 },
            state: State::Reading,
            limit_bytes: Self::LARGEST_FRAME_BYTES,
            keeps_unfinished: true,
        }
    }

    /// Where the source of lines stands: what came before was delivered as whole frames.
    pub fn complete_at(&self) -> Position {
        self.place.base
    }

    /// The offset up to which everything was delivered as whole frames.
    pub fn complete_bytes(&self) -> u64 {
        match &self.cutter {
            Cutter::Json(json) => json.complete_bytes(self.place.base.byte),
            Cutter::Lines(_) | Cutter::Csv(_) | Cutter::Protobuf(_) => self.place.base.byte,
        }
    }

    /// The next frames, about `target_bytes` of them (at least one frame, however large), or `None` at the end.
    ///
    /// # Errors
    /// When the source fails; what had been read before it was delivered by the call before.
    pub fn next_chunk(&mut self, target_bytes: usize) -> io::Result<Option<Chunk>> {
        let target_bytes = target_bytes.max(4096);
        let mut cuts = Cuts::default();
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(None),
                State::Failed(error) => return Err(error),
                State::Reading => self.state = State::Reading,
            }
            let mut buffer = std::mem::take(&mut self.carry);
            // A frame larger than the target doubles what is held, so that scanning stays linear.
            let wanted = target_bytes.saturating_sub(buffer.len()).max(buffer.len()).max(4096);
            if buffer.len() >= LARGE_VALUE_BYTES && !has_room(buffer.len() + wanted) {
                let reason = format!(
                    "A value of more than {} bytes was left out: there is not enough memory for it.",
                    buffer.len()
                );
                let at = self.place.at(&buffer, 0);
                cuts.problem(at, reason);
                self.drop_value();
                self.place.advance(&buffer, buffer.len());
                buffer = Vec::new();
            }
            buffer.reserve(wanted);
            match (&mut self.source).take(wanted as u64).read_to_end(&mut buffer) {
                Ok(read) if read < wanted => self.state = State::Ended,
                Ok(_) => {}
                Err(error) => self.state = State::Failed(error),
            }
            let ended = matches!(self.state, State::Ended) && !self.keeps_unfinished;
            let mut done = match &mut self.cutter {
                Cutter::Lines(lines) => lines.cut(&buffer, ended, &mut self.place, &mut cuts),
                Cutter::Json(json) => json.cut(&buffer, ended, self.limit_bytes, &mut self.place, &mut cuts),
                Cutter::Csv(csv) => csv.cut(&buffer, ended, &mut self.place, &mut cuts),
                Cutter::Protobuf(protobuf) => protobuf.cut(&buffer, ended, &mut self.place, &mut cuts),
            };
            if buffer.len() - done > self.limit_bytes {
                let at = self.place.at(&buffer, done);
                cuts.problem(at, format!("A value of more than {} bytes was left out.", self.limit_bytes));
                done = buffer.len();
                self.drop_value();
            }
            self.carry = buffer.get(done..).unwrap_or_default().to_vec();
            self.place.advance(&buffer, done);
            if !cuts.is_empty() {
                buffer.truncate(done);
                let text = match self.cutter {
                    Cutter::Lines(_) | Cutter::Json(_) => chunk::Text::Json,
                    Cutter::Csv(_) => chunk::Text::Plain,
                    Cutter::Protobuf(_) => chunk::Text::Not,
                };
                return Ok(Some(Chunk::new(buffer, cuts, text)));
            }
        }
    }

    /// Has the rest of the value that is being read passed over.
    fn drop_value(&mut self) {
        match &mut self.cutter {
            Cutter::Lines(lines) => lines.drop_value(),
            Cutter::Json(json) => json.drop_value(),
            Cutter::Csv(csv) => csv.drop_value(),
            Cutter::Protobuf(protobuf) => protobuf.drop_value(),
        }
    }

    /// Reads everything that is left through `reader` into `out`, in order.
    ///
    /// # Errors
    /// When the source fails; what was read before has gone to `out`.
    pub fn read_all(&mut self, reader: &mut dyn Reader, out: &mut dyn Sink) -> io::Result<()> {
        let end = loop {
            match self.next_chunk(1 << 20) {
                Ok(Some(chunk)) => {
                    for frame in chunk.frames() {
                        reader.read(&frame, out);
                    }
                    for problem in chunk.problems {
                        out.problem(problem);
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        reader.finish(out);
        end
    }
}

/// Cuts `buffer`, whole lines that begin at `at` of a source that comes bit by bit: each is a frame.
pub fn lines(buffer: Vec<u8>, at: Position) -> Chunk {
    let mut cuts = Cuts::default();
    let mut place = Place { base: at, counted: 0 };
    lines::Lines::default().cut(&buffer, true, &mut place, &mut cuts);
    Chunk::new(buffer, cuts, chunk::Text::Json)
}

/// `message`, one JSON document that was received whole: one frame.
pub fn document(message: Vec<u8>) -> Chunk {
    let mut cuts = Cuts::default();
    cuts.frame(0..message.len(), Position { byte: 0, line: Some(1) }, Shape::Document);
    Chunk::new(message, cuts, chunk::Text::Json)
}

/// `message`, one protobuf message that was received whole: each value of field 1 is a frame of this `shape`.
pub fn protobuf_message(message: Vec<u8>, shape: Shape) -> Chunk {
    let mut cuts = Cuts::default();
    let mut place = Place::start(false);
    protobuf::Protobuf::without_prefix().cut(&message, true, &mut place, &mut cuts);
    let mut chunk = Chunk::new(message, cuts, chunk::Text::Not);
    chunk.frames.iter_mut().for_each(|frame| frame.2 = shape);
    chunk
}

/// Where the buffer starts in the source, and how far its lines have been counted.
struct Place {
    base: Position,
    counted: usize,
}

impl Place {
    fn start(text: bool) -> Self {
        Self { base: Position { byte: 0, line: text.then_some(1) }, counted: 0 }
    }

    /// The position of `offset` in the buffer. Cheap when asked in ascending order.
    fn at(&mut self, buffer: &[u8], offset: usize) -> Position {
        if let Some(line) = &mut self.base.line {
            let (from, to) = (self.counted.min(offset), self.counted.max(offset));
            let newlines =
                memchr::memchr_iter(b'\n', buffer.get(from..to).unwrap_or_default()).count() as u64;
            *line = if offset < self.counted { line.saturating_sub(newlines) } else { *line + newlines };
            self.counted = offset;
        }
        Position { byte: self.base.byte + offset as u64, line: self.base.line }
    }

    /// Lets the buffer start `done` bytes later.
    fn advance(&mut self, buffer: &[u8], done: usize) {
        self.base = self.at(buffer, done);
        self.counted = 0;
    }

    fn unfinished(at: Position) -> Problem {
        Problem::new(at, "The file ends in the middle of this value; what is there of it was read.")
    }
}
