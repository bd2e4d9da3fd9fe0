//! What a text or a value says, in a few dozen bytes.
//!
//! Two hashes decide most comparisons: one of the text without ids, times and white space, and one of what decides whatever the
//! words are: numbers, the values of arguments, code. Names (capitalised words, paths, identifiers, what is quoted) must occur
//! on the other side. For the rest the words are compared as sets, without those that are there for politeness or grammar.
//!
//! A text is taken into pieces (`prose`), each is read as a number, a negation or a word (`words`), and what it says is put into
//! the sketch (`writer`).

mod prose;
mod words;
mod writer;

pub(super) use prose::is_punctuation;
use serde_json::Value;
use writer::Writer;

/// Samples of the set of words.
const SAMPLES: usize = 16;
/// An answer of so few words has none to spare: another word is another answer.
const SHORT_WORDS: u32 = 8;
/// Negations are counted in texts up to this length; in longer ones they come and go with the wording.
const COUNTED_NEGATIONS_WORDS: u32 = 40;
/// Words that two longer texts must share to say the same.
const SAME_SUBSTANCE: f32 = 0.45;

/// A text or a value by what it says: equal, near or unlike, without the text being kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// Of all of it, but for ids, times, white space and the order of keys.
    exact: u64,
    /// Of numbers and of values that are no prose, in whatever order.
    strict: u64,
    /// The least hash of the words in each of as many parts of their hashes; `u16::MAX` where there is none.
    samples: [u16; SAMPLES],
    /// A bit for each word, and for each name.
    words: [u64; 4],
    names: [u64; 4],
    /// Different words that matter, about.
    count: u32,
    negations: u32,
}

/// How two sketches differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SketchDifference {
    /// Not at all, or in ids, times, white space and the order of keys alone.
    Same,
    /// In how it is said.
    Wording,
    /// In what is said.
    Substance,
}

impl AsRef<Self> for Sketch {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Sketch {
    /// Of a text.
    pub fn of_text(text: &str) -> Self {
        let mut writer = Writer::default();
        writer.text(text);
        writer.sketch
    }

    /// Of a value: keys in any order, texts in it as texts where they are prose and to the letter where they are not.
    pub fn of_value(value: &Value) -> Self {
        let mut writer = Writer::default();
        match value {
            Value::String(text) => writer.string(text, 0),
            value => writer.value(value),
        }
        writer.sketch
    }

    /// Of several parts, one after another. What was decided may come in another order; that is then its wording.
    pub fn of_parts(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self::empty();
        for part in parts {
            whole.exact = mix(whole.exact.rotate_left(5) ^ part.exact);
            whole.strict = whole.strict.wrapping_add(if part.strict == 0 { 0 } else { mix(part.strict) });
            for (sample, other) in whole.samples.iter_mut().zip(part.samples) {
                *sample = (*sample).min(other);
            }
            for (bits, other) in [(&mut whole.words, part.words), (&mut whole.names, part.names)] {
                bits.iter_mut().zip(other).for_each(|(bits, other)| *bits |= other);
            }
            whole.count = whole.count.saturating_add(part.count);
            whole.negations = whole.negations.saturating_add(part.negations);
        }
        whole
    }

    /// How it differs from another.
    pub fn compare(&self, other: &Self) -> SketchDifference {
        if self.exact == other.exact {
            return SketchDifference::Same;
        }
        let is_within = |part: &[u64; 4], whole: &[u64; 4]| {
            part.iter().zip(whole).all(|(part, whole)| part & !whole == 0)
        };
        let shortest = self.count.min(other.count);
        let longest = self.count.max(other.count);
        let other_negations = if longest <= COUNTED_NEGATIONS_WORDS {
            self.negations != other.negations
        } else {
            (self.negations == 0) != (other.negations == 0) && self.negations.abs_diff(other.negations) > 2
        };
        if self.strict != other.strict
            || other_negations
            || !is_within(&self.names, &other.words)
            || !is_within(&other.names, &self.words)
        {
            return SketchDifference::Substance;
        }
        let is_same = if shortest == 0 {
            // Nothing is said beside what decides: then all else is how it is put, unless nothing decides.
            longest <= SHORT_WORDS / 2 && (self.strict != 0 || longest == 0)
        } else if shortest <= SHORT_WORDS {
            // One may say more, but not put one word for another.
            is_within(&self.words, &other.words) || is_within(&other.words, &self.words)
        } else {
            self.shared_words(other) >= SAME_SUBSTANCE
        };
        if is_same { SketchDifference::Wording } else { SketchDifference::Substance }
    }

    /// How much of it they share, 0 to 1: 1 for the same.
    pub fn likeness(&self, other: &Self) -> f32 {
        if self.exact == other.exact {
            return 1.0;
        }
        let strict = if self.strict == other.strict { 0.15 } else { 0.0 };
        0.8 * self.shared_words(other) + strict
    }

    /// Hash by which two that say exactly the same are known.
    pub(super) fn key(&self) -> u64 {
        self.exact
    }

    /// Whether there is anything in it by which it could be told from others.
    pub(super) fn is_telling(&self) -> bool {
        self.count + self.negations > 0 || self.strict != 0
    }

    /// The words both have, of those that either has.
    fn shared_words(&self, other: &Self) -> f32 {
        let (mut equal, mut all) = (0_u32, 0_u32);
        for (a, b) in self.samples.iter().zip(&other.samples) {
            all += u32::from(*a != u16::MAX || *b != u16::MAX);
            equal += u32::from(a == b && *a != u16::MAX);
        }
        if all == 0 { 0.0 } else { equal as f32 / all as f32 }
    }

    fn empty() -> Self {
        Self {
            exact: 0,
            strict: 0,
            samples: [u16::MAX; SAMPLES],
            words: [0; 4],
            names: [0; 4],
            count: 0,
            negations: 0,
        }
    }

    fn add_word(&mut self, hash: u64) {
        let is_new = set_bit(&mut self.words, hash);
        let sample = &mut self.samples[(hash >> 8) as usize % SAMPLES];
        let value = ((hash >> 32) as u16).min(u16::MAX - 1);
        let is_least = value < *sample;
        if is_least {
            *sample = value;
        }
        // A bit may be taken by chance; then the sample shows most words that are new.
        self.count += u32::from(is_new || is_least);
    }

    fn add_strict(&mut self, hash: u64) {
        self.strict = self.strict.wrapping_add(mix(hash));
    }
}

fn set_bit(bits: &mut [u64; 4], hash: u64) -> bool {
    let word = &mut bits[(hash >> 6) as usize % 4];
    let bit = 1 << (hash % 64);
    let is_new = *word & bit == 0;
    *word |= bit;
    is_new
}

fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}
