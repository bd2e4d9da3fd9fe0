//! What is said of a step, within bounds however large it is: strings are cut, and lists that are too long end early. Each cut
//! ends with a mark and is listed ([`LongText`]), so that what is left out can be read from its place.
//!
//! It happens twice. *Reading* the stored payload keeps so much that its meaning can be found: strings that may hold JSON stay
//! whole up to [`UNFOLDED_BYTES`], since conversations come inside of strings. *Sending* then cuts what the meaning is made
//! of. Marks are part of the strings they end, so they stay with a text wherever its meaning puts it.
//!
//! Nothing of a payload of an ordinary size is cut but its longest strings.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::dto::LongText;
use crate::model::Payload;
use crate::semantics::{Content, Message, MessagePart};

/// A longer string is cut in a reply.
const LONGEST_TEXT_BYTES: usize = 256 << 10;
/// A string that may hold JSON is read whole up to this size; a longer one stays a text.
const UNFOLDED_BYTES: usize = 8 << 20;
/// The shortest start of a cut string, however little room is left.
const SHORTEST_START_BYTES: usize = 256;
/// A longer key is cut, and its value left out.
const LONGEST_KEY_BYTES: usize = 16 << 10;
/// What is read of a payload, strings and nodes together.
const READ_BYTES: usize = 32 << 20;
/// What is sent of each part of a reply.
const SENT_BYTES: usize = 8 << 20;
/// What a value counts for beside its text.
const NODE_BYTES: usize = 8;
/// Down to this depth each entry gets half of the room that is left, so that a huge one does not take it from those after it.
const SHARED_DEPTH: usize = 2;
/// More cuts are marked, but not listed.
const MOST_LISTED: usize = 2_000;
/// No mark is longer.
const MARK_BYTES: usize = 96;
/// What every mark ends with.
const MARK_END: char = '⟧';

/// A payload as far as it is read, and the cuts made in it.
pub(super) struct Bounded {
    /// The payload.
    pub(super) payload: Payload,
    /// The same as plain JSON. One that can't be parsed (nested too deep) is text, not lost.
    pub(super) raw: Value,
    /// What was cut.
    pub(super) cuts: Cuts,
}

impl Bounded {
    /// Reads a stored payload. The same bytes are always cut alike.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut cuts = Cuts::new(bytes);
        let mut place = String::from("/raw");
        let mut left = READ_BYTES;
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let seed = Skim { cuts: &mut cuts, place: &mut place, left: &mut left, depth: 0 };
        let read = seed.deserialize(&mut reader).ok().filter(|_| reader.end().is_ok());
        let parsed = read.and_then(|raw| Some((Payload::deserialize(&raw).ok()?, raw)));
        let (payload, raw) = parsed.unwrap_or_else(|| {
            let whole = String::from_utf8_lossy(bytes).into_owned();
            cuts = Cuts::new(bytes);
            let mut left = SENT_BYTES;
            (Payload::default(), Value::String(cuts.text(whole, "/raw", &mut left)))
        });
        Self { payload, raw, cuts }
    }
}

/// The cuts of one reply.
pub(super) struct Cuts {
    /// Makes marks that do not stand in the payload: whoever writes one into a text changes it.
    salt: u32,
    by_place: HashMap<String, usize>,
    listed: Vec<LongText>,
}

impl Cuts {
    fn new(bytes: &[u8]) -> Self {
        Self { salt: xxh3_64(bytes) as u32, by_place: HashMap::new(), listed: Vec::new() }
    }

    /// The list of the cuts.
    pub(super) fn listed(self) -> Vec<LongText> {
        self.listed
    }

    fn mark(&mut self, place: &str, bytes: Option<usize>, items: Option<usize>) -> String {
        if let Some(known) = self.by_place.get(place).and_then(|index| self.listed.get(*index)) {
            return known.mark.clone();
        }
        let (amount, of) = bytes.map_or((items.unwrap_or_default(), "items"), |bytes| (bytes, "bytes"));
        let index = self.listed.len();
        let mark = format!("…⟦{:08x}.{index}: cut here, {amount} {of} in all{MARK_END}", self.salt);
        if index < MOST_LISTED {
            self.by_place.insert(place.to_owned(), index);
            self.listed.push(LongText {
                place: place.to_owned(),
                mark: mark.clone(),
                bytes: bytes.map(|bytes| bytes as u64),
                items: items.map(|items| items as u64),
            });
        }
        mark
    }

    /// The mark of an earlier cut that a text ends with.
    fn ends_with_mark(&self, text: &str) -> Option<String> {
        if !text.ends_with(MARK_END) {
            return None;
        }
        self.listed.iter().find(|cut| text.ends_with(&cut.mark)).map(|cut| cut.mark.clone())
    }

    /// A text as it is sent: whole, or its start and a mark. Takes what it needs from `left`.
    fn text(&mut self, text: String, place: &str, left: &mut usize) -> String {
        let most = LONGEST_TEXT_BYTES.min(*left).max(SHORTEST_START_BYTES);
        if text.len() <= most || (text.len() <= most + MARK_BYTES && self.ends_with_mark(&text).is_some()) {
            *left = left.saturating_sub(NODE_BYTES + text.len());
            return text;
        }
        let mark = match self.ends_with_mark(&text) {
            Some(mark) => mark,
            None => self.mark(place, Some(text.len()), None),
        };
        *left = left.saturating_sub(NODE_BYTES + most);
        started(&text, most, &mark)
    }

    /// Cuts a value that stands at `place`.
    pub(super) fn value(&mut self, value: Value, place: &str) -> Value {
        let mut left = SENT_BYTES;
        self.within(value, &mut place.to_owned(), &mut left, 0)
    }

    fn within(&mut self, value: Value, place: &mut String, left: &mut usize, depth: usize) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, place, left)),
            Value::Array(list) => {
                let (total, mut kept) = (list.len(), Vec::new());
                // One that was cut before ends with a mark that says how long it was.
                let earlier = list.last().and_then(Value::as_str).and_then(|text| self.ends_with_mark(text));
                *left = left.saturating_sub(NODE_BYTES);
                for (index, item) in list.into_iter().enumerate() {
                    if *left < NODE_BYTES {
                        let mark = earlier.unwrap_or_else(|| self.mark(place, None, Some(total)));
                        kept.push(Value::String(mark));
                        break;
                    }
                    let cut = stepped(place, Token::Index(index), |place| {
                        shared(left, depth, |left| self.within(item, place, left, depth + 1))
                    });
                    kept.push(cut);
                }
                Value::Array(kept)
            }
            Value::Object(members) => {
                let (total, mut kept) = (members.len(), Map::new());
                let earlier = members.keys().next_back().and_then(|key| self.ends_with_mark(key));
                *left = left.saturating_sub(NODE_BYTES);
                for (key, item) in members {
                    if *left < NODE_BYTES {
                        let mark = earlier.unwrap_or_else(|| self.mark(place, None, Some(total)));
                        kept.insert(mark, Value::Null);
                        break;
                    }
                    *left = left.saturating_sub(key.len());
                    let cut = stepped(place, Token::Key(&key), |place| {
                        shared(left, depth, |left| self.within(item, place, left, depth + 1))
                    });
                    kept.insert(key, cut);
                }
                Value::Object(kept)
            }
            other => {
                *left = left.saturating_sub(NODE_BYTES);
                other
            }
        }
    }

    /// Cuts the content of a step. Room goes to what is looked at first: output and errors, then the input, its latest messages
    /// before the earlier ones.
    pub(super) fn content(&mut self, content: &mut Content) {
        let mut room = Room { cuts: self, left: SENT_BYTES };
        room.optional(&mut content.output, "/content/output");
        room.messages(&mut content.output_messages, "/content/output_messages");
        for (index, error) in content.errors.iter_mut().enumerate() {
            room.string(&mut error.message, &format!("/content/errors/{index}/message"));
            for (text, name) in [(&mut error.stack, "stack"), (&mut error.kind, "kind")] {
                if let Some(text) = text {
                    room.string(text, &format!("/content/errors/{index}/{name}"));
                }
            }
        }
        room.optional(&mut content.input, "/content/input");
        for (index, parameter) in content.parameters.iter_mut().enumerate() {
            room.string(&mut parameter.name, &format!("/content/parameters/{index}/name"));
            room.value(&mut parameter.value, format!("/content/parameters/{index}/value"));
        }
        room.messages(&mut content.input_messages, "/content/input_messages");
        for (index, tool) in content.tools.iter_mut().enumerate() {
            room.string(&mut tool.name, &format!("/content/tools/{index}/name"));
            if let Some(description) = &mut tool.description {
                room.string(description, &format!("/content/tools/{index}/description"));
            }
            room.optional(&mut tool.parameters, &format!("/content/tools/{index}/parameters"));
        }
    }
}

/// Cuts the parts of a content, which share what room there is.
struct Room<'a> {
    cuts: &'a mut Cuts,
    left: usize,
}

impl Room<'_> {
    fn string(&mut self, text: &mut String, place: &str) {
        *text = self.cuts.text(std::mem::take(text), place, &mut self.left);
    }

    fn value(&mut self, value: &mut Value, mut place: String) {
        // Not more than half of the room, for the same reason as inside of a value.
        let cuts = &mut *self.cuts;
        *value = shared(&mut self.left, 0, |left| cuts.within(value.take(), &mut place, left, 1));
    }

    fn optional(&mut self, value: &mut Option<Value>, place: &str) {
        if let Some(value) = value {
            self.value(value, place.to_owned());
        }
    }

    /// The latest first; if there is no room for all, one message with a mark stands for the earlier ones.
    fn messages(&mut self, messages: &mut Vec<Message>, place: &str) {
        let total = messages.len();
        for index in (0..total).rev() {
            if self.left < NODE_BYTES {
                let text = self.cuts.mark(place, None, Some(total));
                let stand_in = Message { parts: vec![MessagePart::Text { text }], ..Message::default() };
                messages.splice(..=index, [stand_in]);
                return;
            }
            if let Some(message) = messages.get_mut(index) {
                self.message(message, &format!("{place}/{index}"));
            }
        }
    }

    fn message(&mut self, message: &mut Message, place: &str) {
        self.left = self.left.saturating_sub(NODE_BYTES);
        self.string(&mut message.role, &format!("{place}/role"));
        for (text, name) in [(&mut message.name, "name"), (&mut message.finish_reason, "finish_reason")] {
            if let Some(text) = text {
                self.string(text, &format!("{place}/{name}"));
            }
        }
        for (index, part) in message.parts.iter_mut().enumerate() {
            let at = |name: &str| format!("{place}/parts/{index}/{name}");
            match part {
                MessagePart::Text { text } | MessagePart::Reasoning { text } => {
                    self.string(text, &at("text"))
                }
                MessagePart::ToolCall { name, arguments, .. } => {
                    self.string(name, &at("name"));
                    self.value(arguments, at("arguments"));
                }
                MessagePart::ToolResult { result, .. } => self.value(result, at("result")),
                MessagePart::Media { modality, mime_type, reference } => {
                    self.string(modality, &at("modality"));
                    if let Some(mime_type) = mime_type {
                        self.string(mime_type, &at("mime_type"));
                    }
                    self.string(reference, &at("reference"));
                }
                MessagePart::Other { value } => self.value(value, at("value")),
            }
        }
    }
}

/// A step of a JSON pointer.
enum Token<'a> {
    Key(&'a str),
    Index(usize),
}

/// Does something one step further down, and goes back.
fn stepped<T>(place: &mut String, token: Token<'_>, act: impl FnOnce(&mut String) -> T) -> T {
    let before = place.len();
    place.push('/');
    match token {
        Token::Key(key) if key.contains(['~', '/']) => {
            place.push_str(&key.replace('~', "~0").replace('/', "~1"));
        }
        Token::Key(key) => place.push_str(key),
        Token::Index(index) => {
            let _ = write!(place, "{index}");
        }
    }
    let done = act(place);
    place.truncate(before);
    done
}

/// Does something with an entry's share of the room, and takes off what it used.
fn shared<T>(left: &mut usize, depth: usize, act: impl FnOnce(&mut usize) -> T) -> T {
    let share = if depth < SHARED_DEPTH { *left / 2 } else { *left };
    let mut own = share;
    let done = act(&mut own);
    *left = left.saturating_sub(share - own.min(share));
    done
}

/// The first `most` bytes of a text, at a character's end, and the mark.
fn started(text: &str, most: usize, mark: &str) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text.get(..end).unwrap_or_default();
    let mut cut = String::with_capacity(start.len() + mark.len());
    cut.push_str(start);
    cut.push_str(mark);
    cut
}

/// Reads JSON within the room that is left; what does not fit is passed over without being kept.
struct Skim<'a> {
    cuts: &'a mut Cuts,
    place: &'a mut String,
    left: &'a mut usize,
    depth: usize,
}

impl Skim<'_> {
    fn take(&mut self, bytes: usize) {
        *self.left = self.left.saturating_sub(NODE_BYTES + bytes);
    }

    /// What reads the entry at `token`, with its share of the room.
    fn entry<T>(&mut self, token: Token<'_>, read: impl FnOnce(Skim<'_>) -> T) -> T {
        let Self { cuts, place, left, depth } = self;
        stepped(place, token, |place| {
            shared(left, *depth, |left| read(Skim { cuts, place, left, depth: *depth + 1 }))
        })
    }

    /// A mark in a list, in the form that its place asks for.
    fn list_mark(&mut self, total: usize) -> Value {
        let mark = Value::String(self.cuts.mark(self.place, None, Some(total)));
        let field = match self.place.as_str() {
            "/raw/events" => "name",
            "/raw/links" => "span",
            _ => return mark,
        };
        Value::Object(Map::from_iter([(field.to_owned(), mark)]))
    }
}

impl<'de> DeserializeSeed<'de> for Skim<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skim<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<Value, E> {
        self.take(0);
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<Value, E> {
        self.take(0);
        Ok(value.into())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<Value, E> {
        self.take(0);
        Ok(value.into())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<Value, E> {
        self.take(0);
        Ok(value.into())
    }

    fn visit_unit<E>(mut self) -> Result<Value, E> {
        self.take(0);
        Ok(Value::Null)
    }

    fn visit_str<E>(mut self, text: &str) -> Result<Value, E> {
        let may_hold_json = matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'[' | b'"'));
        if may_hold_json && text.len() <= UNFOLDED_BYTES.min(*self.left) {
            self.take(text.len());
            return Ok(Value::String(text.to_owned()));
        }
        let most = LONGEST_TEXT_BYTES.min(*self.left).max(SHORTEST_START_BYTES);
        if text.len() <= most {
            self.take(text.len());
            return Ok(Value::String(text.to_owned()));
        }
        self.take(most);
        let mark = self.cuts.mark(self.place, Some(text.len()), None);
        Ok(Value::String(started(text, most, &mark)))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        self.take(0);
        let mut kept = Vec::new();
        loop {
            if *self.left < NODE_BYTES {
                let mut passed = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    passed += 1;
                }
                if passed > 0 {
                    kept.push(self.list_mark(kept.len() + passed));
                }
                return Ok(Value::Array(kept));
            }
            let item = self.entry(Token::Index(kept.len()), |seed| list.next_element_seed(seed))?;
            let Some(item) = item else { return Ok(Value::Array(kept)) };
            kept.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        self.take(0);
        let mut kept = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if *self.left < NODE_BYTES {
                members.next_value::<IgnoredAny>()?;
                let mut total = kept.len() + 1;
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    total += 1;
                }
                kept.insert(self.cuts.mark(self.place, None, Some(total)), Value::Null);
                break;
            }
            if key.len() > LONGEST_KEY_BYTES {
                // A place can't name it, so it is to be read with the object around it.
                members.next_value::<IgnoredAny>()?;
                let mark = self.cuts.mark(self.place, Some(key.len()), None);
                self.take(SHORTEST_START_BYTES);
                kept.insert(started(&key, SHORTEST_START_BYTES, "…"), Value::String(mark));
                continue;
            }
            self.take(key.len());
            let value = self.entry(Token::Key(&key), |seed| members.next_value_seed(seed))?;
            kept.insert(key, value);
        }
        Ok(Value::Object(kept))
    }
}
