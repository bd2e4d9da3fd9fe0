//! JSON that is not one document a line: pretty-printed or concatenated documents, top-level arrays, and top-level objects
//! whose array is taken apart. Iterative, and resumable at any byte.

use super::chunk::Cuts;
use super::{Place, Shape, salvage};
use crate::model::Position;
use crate::wire::quote::start_of;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Finds where values start and end by brackets and quotes alone; whether they are JSON is for the reader to say.
pub(in crate::wire) struct Json {
    unwrap: &'static [&'static str],
    state: State,
    /// The next byte to look at.
    scan: usize,
    /// Where the value being passed starts; meaningless while `dropping`.
    start: usize,
    depth: usize,
    quoted: bool,
    escaped: bool,
    dropping: bool,
    in_array: bool,
    object: Option<Object>,
    /// End of the last whole top-level value, relative to the buffer's start; negative if before it.
    boundary: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Between documents, or between the elements of a top-level array.
    Top,
    /// In text that is no JSON, or a bare number or word.
    Bare,
    /// In a document or an element of a top-level array.
    Value,
    /// In the object: before a key or its end.
    Member,
    /// In the object: in a key.
    Key,
    /// In the object: between key and value.
    Colon,
    /// In the object: in a value that stays in the envelope.
    MemberValue,
    /// In an array that is taken apart, between elements.
    List,
    /// In an element of it.
    Element,
    /// In an element of it that is a bare number or word.
    BareElement,
}

/// A top-level object being taken apart.
struct Object {
    at: Position,
    /// What was released of it so far, without the elements of its unwrapped arrays.
    envelope: Vec<u8>,
    /// From here on the buffer belongs to the envelope too.
    from: usize,
    key: Vec<u8>,
    unwrapping: Option<&'static str>,
    unwrapped_any: bool,
    too_large: bool,
}

impl Json {
    pub(in crate::wire) fn new(unwrap: &'static [&'static str]) -> Self {
        Self {
            unwrap,
            state: State::Top,
            scan: 0,
            start: 0,
            depth: 0,
            quoted: false,
            escaped: false,
            dropping: false,
            in_array: false,
            object: None,
            boundary: 0,
        }
    }

    /// The offset after the last whole top-level value, where the buffer starts at `base`.
    pub(super) fn complete_bytes(&self, base: u64) -> u64 {
        base.saturating_add_signed(self.boundary)
    }

    /// Passes over the value that is being read; what was kept of it is gone.
    pub(super) fn drop_value(&mut self) {
        self.dropping = true;
        self.start = 0;
        self.boundary -= i64::try_from(self.scan).unwrap_or(i64::MAX);
        self.scan = 0;
    }

    /// Cuts what is whole in `buffer` and says how many of its bytes are done with.
    pub(super) fn cut(
        &mut self,
        buffer: &[u8],
        ended: bool,
        limit_bytes: usize,
        place: &mut Place,
        out: &mut Cuts,
    ) -> usize {
        while self.scan < buffer.len() {
            self.step(buffer, place, out);
        }
        if ended {
            self.end(buffer, place, out);
            return buffer.len();
        }
        let holds_value =
            matches!(self.state, State::Bare | State::Value | State::Element | State::BareElement);
        let done = if holds_value && !self.dropping { self.start } else { buffer.len() };
        if let Some(object) = &mut self.object {
            if object.unwrapping.is_none() {
                object.envelope.extend_from_slice(buffer.get(object.from..).unwrap_or_default());
            }
            object.from = 0;
            if object.envelope.len() > limit_bytes {
                if !object.too_large {
                    out.problem(
                        object.at,
                        format!("An object of more than {limit_bytes} bytes was left out."),
                    );
                }
                object.too_large = true;
                object.envelope.clear();
            }
        }
        self.scan -= done;
        self.start = self.start.saturating_sub(done);
        self.boundary -= i64::try_from(done).unwrap_or(i64::MAX);
        done
    }

    fn step(&mut self, buffer: &[u8], place: &mut Place, out: &mut Cuts) {
        let Some(&byte) = buffer.get(self.scan) else { return };
        match self.state {
            State::Top => self.top(buffer, byte, place),
            State::Bare => {
                let ends = match byte {
                    b'\n' | b'{' => true,
                    b',' | b']' | b' ' | b'\r' | b'\t' => self.in_array,
                    _ => false,
                };
                if ends { self.end_bare(buffer, place, out) } else { self.scan += 1 }
            }
            State::Value => {
                if self.pass_value(buffer) {
                    self.deliver(buffer, Shape::Document, place, out);
                    self.state = State::Top;
                    self.boundary = i64::try_from(self.scan).unwrap_or(i64::MAX);
                }
            }
            State::Member => match byte {
                b'"' => {
                    self.state = State::Key;
                    self.scan += 1;
                    if let Some(object) = &mut self.object {
                        object.key.clear();
                    }
                }
                b'}' => {
                    self.scan += 1;
                    self.end_object(buffer, out);
                    self.state = State::Top;
                    self.boundary = i64::try_from(self.scan).unwrap_or(i64::MAX);
                }
                _ => self.scan += 1,
            },
            State::Key => self.key(byte),
            State::Colon => self.colon(buffer, byte),
            State::MemberValue => {
                if self.depth == 0 && !self.quoted {
                    // A bare number or word.
                    match byte {
                        b',' | b'}' => self.state = State::Member,
                        _ => self.scan += 1,
                    }
                } else if self.pass_value(buffer) {
                    self.state = State::Member;
                }
            }
            State::List => match byte {
                b'{' | b'[' | b'"' => self.begin_value(State::Element),
                b']' => {
                    if let Some(object) = &mut self.object {
                        object.unwrapping = None;
                        object.from = self.scan;
                    }
                    self.scan += 1;
                    self.state = State::Member;
                }
                b' ' | b'\n' | b'\r' | b'\t' | b',' => self.scan += 1,
                _ => self.begin_value(State::BareElement),
            },
            State::Element => {
                if self.pass_value(buffer) {
                    self.deliver_element(buffer, place, out);
                }
            }
            State::BareElement => match byte {
                b',' | b']' | b'\n' => self.deliver_element(buffer, place, out),
                _ => self.scan += 1,
            },
        }
    }

    fn top(&mut self, buffer: &[u8], byte: u8, place: &mut Place) {
        match byte {
            // Record separators (RFC 7464) and stray commas stand between documents too.
            b' ' | b'\n' | b'\r' | b'\t' | b',' | 0x1e => self.scan += 1,
            b'[' if !self.in_array => {
                self.in_array = true;
                self.scan += 1;
            }
            b']' => {
                self.in_array = false;
                self.scan += 1;
            }
            b'{' if !self.in_array && !self.unwrap.is_empty() => {
                self.object = Some(Object {
                    at: place.at(buffer, self.scan),
                    envelope: Vec::new(),
                    from: self.scan,
                    key: Vec::new(),
                    unwrapping: None,
                    unwrapped_any: false,
                    too_large: false,
                });
                self.scan += 1;
                self.state = State::Member;
            }
            b'{' | b'[' | b'"' => self.begin_value(State::Value),
            0xef if buffer.get(self.scan..).is_some_and(|rest| rest.starts_with(BYTE_ORDER_MARK)) => {
                self.scan += BYTE_ORDER_MARK.len();
            }
            _ => self.begin_value(State::Bare),
        }
    }

    fn begin_value(&mut self, state: State) {
        self.state = state;
        self.start = self.scan;
        self.dropping = false;
        self.depth = 0;
        self.quoted = false;
        self.escaped = false;
    }

    /// Moves on until the value ends (true) or the buffer does.
    fn pass_value(&mut self, buffer: &[u8]) -> bool {
        while let Some(rest) = buffer.get(self.scan..).filter(|rest| !rest.is_empty()) {
            if self.escaped {
                self.escaped = false;
                self.scan += 1;
            } else if self.quoted {
                let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                    self.scan = buffer.len();
                    return false;
                };
                self.scan += found + 1;
                if rest.get(found) == Some(&b'\\') {
                    self.escaped = true;
                } else {
                    self.quoted = false;
                    if self.depth == 0 {
                        return true;
                    }
                }
            } else {
                let Some(found) =
                    rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']'))
                else {
                    self.scan = buffer.len();
                    return false;
                };
                self.scan += found + 1;
                match rest.get(found) {
                    Some(b'"') => self.quoted = true,
                    Some(b'{' | b'[') => self.depth += 1,
                    _ => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return true;
                        }
                    }
                }
            }
        }
        false
    }

    fn key(&mut self, byte: u8) {
        self.scan += 1;
        let Some(object) = &mut self.object else { return };
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => {
                self.state = State::Colon;
                return;
            }
            _ => {}
        }
        // No key that is looked for is longer; a longer one stays different.
        if object.key.len() < 256 {
            object.key.push(byte);
        }
    }

    fn colon(&mut self, buffer: &[u8], byte: u8) {
        match byte {
            b':' | b' ' | b'\n' | b'\r' | b'\t' => self.scan += 1,
            b'[' => {
                if let Some(object) = &mut self.object
                    && let Some(key) = self.unwrap.iter().find(|key| key.as_bytes() == object.key)
                {
                    self.scan += 1;
                    object.unwrapping = Some(key);
                    object.unwrapped_any = true;
                    object.envelope.extend_from_slice(buffer.get(object.from..self.scan).unwrap_or_default());
                    self.state = State::List;
                } else {
                    self.begin_value(State::MemberValue);
                    self.depth = 1;
                    self.scan += 1;
                }
            }
            b'{' => {
                self.begin_value(State::MemberValue);
                self.depth = 1;
                self.scan += 1;
            }
            b'"' => {
                self.begin_value(State::MemberValue);
                self.quoted = true;
                self.scan += 1;
            }
            // Damage (`{"a"}`): the reader will say so.
            b'}' | b',' => self.state = State::Member,
            _ => self.begin_value(State::MemberValue),
        }
    }

    fn deliver(&mut self, buffer: &[u8], shape: Shape, place: &mut Place, out: &mut Cuts) {
        if !std::mem::take(&mut self.dropping) {
            let at = place.at(buffer, self.start);
            out.frame(self.start..self.scan, at, shape);
        }
    }

    fn deliver_element(&mut self, buffer: &[u8], place: &mut Place, out: &mut Cuts) {
        self.state = State::List;
        if let Some(key) = self.object.as_ref().and_then(|object| object.unwrapping) {
            self.deliver(buffer, Shape::Element(key), place, out);
        }
    }

    /// A bare word in an array is an element; between documents it is rubbish.
    fn end_bare(&mut self, buffer: &[u8], place: &mut Place, out: &mut Cuts) {
        self.state = State::Top;
        if self.in_array {
            self.deliver(buffer, Shape::Document, place, out);
        } else if !std::mem::take(&mut self.dropping) {
            let at = place.at(buffer, self.start);
            let text = buffer.get(self.start..self.scan).unwrap_or_default();
            if is_event_stream_field(text) {
                return;
            }
            let shown = start_of(String::from_utf8_lossy(text).trim_end(), 60);
            out.problem(at, format!("Text that is not JSON was left out: {shown:?}."));
        }
    }

    fn end_object(&mut self, buffer: &[u8], out: &mut Cuts) {
        let Some(mut object) = self.object.take().filter(|object| !object.too_large) else { return };
        let shape = if object.unwrapped_any { Shape::Envelope } else { Shape::Document };
        let rest = object.from..self.scan;
        if object.envelope.is_empty() {
            out.frame(rest, object.at, shape);
        } else {
            object.envelope.extend_from_slice(buffer.get(rest).unwrap_or_default());
            out.made_frame(&object.envelope, object.at, shape);
        }
    }

    /// The source has ended: what is open is closed and delivered as far as it goes.
    fn end(&mut self, buffer: &[u8], place: &mut Place, out: &mut Cuts) {
        match self.state {
            State::Bare => self.end_bare(buffer, place, out),
            State::Value | State::Element | State::BareElement if !self.dropping => {
                let key = self.object.as_ref().and_then(|object| object.unwrapping);
                let shape = key.map_or(Shape::Document, Shape::Element);
                let at = place.at(buffer, self.start);
                out.push_problem(Place::unfinished(at));
                if let Some(closed) = salvage::closed(buffer.get(self.start..).unwrap_or_default()) {
                    out.made_frame(&closed, at, shape);
                }
            }
            _ => {}
        }
        let Some(mut object) = self.object.take().filter(|object| !object.too_large) else { return };
        if object.unwrapping.is_none() {
            object.envelope.extend_from_slice(buffer.get(object.from..).unwrap_or_default());
        }
        if !matches!(self.state, State::Element | State::BareElement) {
            out.push_problem(Place::unfinished(object.at));
        }
        if let Some(closed) = salvage::closed(&object.envelope) {
            let shape = if object.unwrapped_any { Shape::Envelope } else { Shape::Document };
            out.made_frame(&closed, object.at, shape);
        }
    }
}

/// What server-sent events have around the documents they carry: `event: …`, `data: ` before one, `data: [DONE]`.
fn is_event_stream_field(text: &[u8]) -> bool {
    let fields: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];
    fields.iter().any(|field| text.starts_with(field))
}

/// The first `count` whole documents of `text` (or elements of its top-level array, which the flag says), and if there is
/// none the first one as far as it goes.
pub(in crate::wire) fn leading_documents(text: &[u8], count: usize) -> (Vec<Vec<u8>>, bool) {
    let mut json = Json::new(&[]);
    let mut place = Place::start(true);
    let mut cuts = Cuts::default();
    while json.scan < text.len() && cuts.frame_count() < count {
        json.step(text, &mut place, &mut cuts);
    }
    if cuts.frame_count() == 0 {
        json.end(text, &mut place, &mut cuts);
    }
    let chunk = super::Chunk::new(text.to_vec(), cuts, super::chunk::Text::Not);
    (chunk.frames().map(|frame| frame.bytes.to_vec()).collect(), text.trim_ascii_start().starts_with(b"["))
}
