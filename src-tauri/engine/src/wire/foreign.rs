//! Files that mix kinds: which documents of a source are of another format than the one that reads the source.
//!
//! Documents of one kind have the same fields. So only the first document with given fields is parsed to see whose it is; the
//! others are known by a hash of their keys and of the values that say what a record is.

use std::collections::HashMap;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use xxhash_rust::xxh3::Xxh3Default;

use super::{Confidence, Format, Frame, Framing, Sample, Shape, detect};

/// From here on a format is believed of one document alone.
const SURE: Confidence = 70;
/// Up to here a format does not know a document; records of no known format are never surer than that.
const GUESS: Confidence = 5;
/// Kinds remembered; a source with more of them is looked at document by document.
const MOST_KINDS: usize = 4_096;
/// Keys whose values say what a record is.
const TELLING: [&str; 6] = ["type", "kind", "event", "object", "run_type", "ph"];
/// A longer value of these says nothing.
const TELLING_BYTES: usize = 48;

/// Tells the documents of other formats among those of a source that is read as `own`.
pub struct Foreign {
    own: &'static dyn Format,
    known: HashMap<u64, Option<&'static dyn Format>>,
}

impl Foreign {
    /// For a source read as `own`; `None` if documents of that can't stand beside others.
    pub fn to(own: &'static dyn Format) -> Option<Self> {
        matches!(own.framing(), Framing::Json { .. }).then(|| Self { own, known: HashMap::new() })
    }

    /// The format that a whole document is of, if that is surely another one. What is damaged, or nobody's, is left to the
    /// source's own.
    pub fn format_of(&mut self, frame: &Frame<'_>) -> Option<&'static dyn Format> {
        if frame.shape != Shape::Document {
            return None;
        }
        let kind = kind_of(frame.bytes)?;
        if let Some(known) = self.known.get(&kind) {
            return *known;
        }
        let sample = Sample::new(frame.bytes, true);
        let is_own = self.own.detect(&sample) > GUESS;
        let format =
            if is_own { None } else { surely(&sample).filter(|format| format.id() != self.own.id()) };
        if self.known.len() < MOST_KINDS {
            self.known.insert(kind, format);
        }
        format
    }
}

/// The format of the first line of a sample that is surely of one: for sources that begin with lines of nobody's.
pub fn first_known(sample: &Sample<'_>) -> Option<&'static dyn Format> {
    let lines = sample.lines.then(|| sample.bytes.split(|byte| *byte == b'\n'))?;
    let mut met = HashMap::new();
    lines.into_iter().find_map(|line| {
        let kind = kind_of(line)?;
        met.insert(kind, ()).is_none().then(|| surely(&Sample::new(line, true)))?
    })
}

fn surely(sample: &Sample<'_>) -> Option<&'static dyn Format> {
    let (format, confidence) = detect(sample)?;
    let is_document = matches!(format.framing(), Framing::Json { .. });
    (confidence >= SURE && is_document).then_some(format)
}

/// A hash of what kind of object a document is; `None` if it is no object, or damaged.
fn kind_of(document: &[u8]) -> Option<u64> {
    let mut deserializer = serde_json::Deserializer::from_slice(document);
    let mut hasher = Xxh3Default::new();
    deserializer.deserialize_map(Keys(&mut hasher)).ok()?;
    deserializer.end().ok()?;
    Some(hasher.digest())
}

struct Keys<'h>(&'h mut Xxh3Default);

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(tells) = members.next_key_seed(Key(self.0))? {
            if !tells {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = members.next_value::<&RawValue>()?.get();
            if value.len() <= TELLING_BYTES {
                self.0.update(value.as_bytes());
            }
        }
        Ok(())
    }
}

/// Hashes a key, and says whether its value is telling.
struct Key<'h>(&'h mut Xxh3Default);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        self.0.update(key.as_bytes());
        self.0.update(b"\n");
        Ok(TELLING.contains(&key))
    }
}
