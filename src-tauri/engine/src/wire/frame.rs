//! Cuts a source into frames: pieces that a reader takes one at a time, so that memory stays bounded whatever the file's
//! size.

use crate::model::Position;

/// How a format's sources fall into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// JSON: one document, one a line, several one after another, or a top-level array whose elements are frames. Where a
    /// top-level object has an array under one of the `unwrap` keys, each element of it is a frame of its own
    /// ([`Shape::Element`]), and the rest of the object comes last ([`Shape::Envelope`]).
    Json {
        /// Keys of the top-level object whose array is taken apart.
        unwrap: &'static [&'static str],
    },
    /// CSV: the header row and then each record is a frame, quotes and inner newlines kept.
    Csv,
    /// OTLP protobuf: each `ResourceSpans` (field 1 of the message) is a frame; messages may be preceded by their length
    /// as four big-endian bytes or as a varint.
    OtlpProtobuf,
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
    /// The header row of a CSV file.
    Header,
    /// A record of a CSV file.
    Row,
}

/// One piece of a source.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Where it starts.
    pub at: Position,
    /// What it is.
    pub shape: Shape,
}
