//! A segment of the index: for some traces, which grams each has. Never changed once written; several are merged into one.
//!
//! Traces have a number within their segment, their place in its sorted ids. Postings lie in 2^n buckets by the first bits of
//! the gram, of about [`BUCKET_BYTES`] each: a query reads one bucket a gram. A bucket is a run of
//! `gram (varint, difference to the one before) · bytes of its list (varint) · list`, by gram; a list is all traces, a bitmap,
//! or varints of differences, whichever is shortest.

use super::grams::GRAM_BITS;

/// The size buckets are cut to, about.
const BUCKET_BYTES: usize = 32 * 1024;
/// At most 2 to this many buckets; `text_posting.id` leaves room for 16 bits.
const MOST_BUCKET_BITS: u32 = 12;

const ALL: u8 = 0;
const BITMAP: u8 = 1;
const DIFFERENCES: u8 = 2;

/// That a trace has a gram: the gram in the upper half, the trace's number in the lower.
pub type Posting = u64;

/// Puts the two together.
pub fn posting(gram: u32, number: u32) -> Posting {
    u64::from(gram) << 32 | u64::from(number)
}

/// How many bits of a gram choose its bucket, for postings that take about so many bytes.
pub fn bucket_bits(bytes: usize) -> u32 {
    (bytes / BUCKET_BYTES).next_power_of_two().trailing_zeros().min(MOST_BUCKET_BITS)
}

/// The bucket of a gram.
pub fn bucket_of(gram: u32, bits: u32) -> u32 {
    gram >> (GRAM_BITS - bits)
}

/// Cuts sorted postings without repeats into buckets, the empty ones left out.
pub fn buckets(postings: &[Posting], traces: usize, bits: u32) -> Vec<(u32, Vec<u8>)> {
    let mut buckets: Vec<(u32, Vec<u8>)> = Vec::new();
    let mut before = 0;
    let mut list = Vec::new();
    for same_gram in postings.chunk_by(|one, other| one >> 32 == other >> 32) {
        let Some(gram) = same_gram.first().map(|posting| (posting >> 32) as u32) else { continue };
        let number = bucket_of(gram, bits);
        if buckets.last().is_none_or(|(last, _)| *last != number) {
            buckets.push((number, Vec::new()));
            before = 0;
        }
        list.clear();
        write_list(same_gram, traces, &mut list);
        if let Some((_, bucket)) = buckets.last_mut() {
            write_varint(gram - before, bucket);
            write_varint(list.len() as u32, bucket);
            bucket.extend_from_slice(&list);
        }
        before = gram;
    }
    buckets
}

/// The grams of a bucket and their lists.
pub fn lists(bucket: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bucket;
    let mut gram = 0u32;
    std::iter::from_fn(move || {
        gram = gram.wrapping_add(read_varint(&mut rest)?);
        let bytes = read_varint(&mut rest)? as usize;
        let (list, after) = rest.split_at_checked(bytes)?;
        rest = after;
        Some((gram, list))
    })
}

/// Hands over the numbers in a list of a segment of so many traces, in order.
pub fn for_each_number(list: &[u8], traces: usize, mut take: impl FnMut(u32)) {
    match list.split_first() {
        Some((&ALL, _)) => (0..traces as u32).for_each(take),
        Some((&BITMAP, bits)) => {
            for (at, byte) in bits.iter().enumerate() {
                let mut left = *byte;
                while left != 0 {
                    take(at as u32 * 8 + left.trailing_zeros());
                    left &= left - 1;
                }
            }
        }
        Some((&DIFFERENCES, mut rest)) => {
            let mut number = 0u32;
            while let Some(difference) = read_varint(&mut rest) {
                number = number.wrapping_add(difference);
                take(number);
            }
        }
        _ => {}
    }
}

/// Some of the traces of a segment, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    bits: Vec<u8>,
}

impl Numbers {
    /// All of them.
    pub fn all(traces: usize) -> Self {
        let mut bits = vec![0xff; traces.div_ceil(8)];
        if let Some(last) = bits.last_mut()
            && !traces.is_multiple_of(8)
        {
            *last = (1 << (traces % 8)) - 1;
        }
        Self { bits }
    }

    /// None of them.
    pub fn none() -> Self {
        Self { bits: Vec::new() }
    }

    /// Keeps those that are in the list too.
    pub fn keep(&mut self, list: &[u8], traces: usize) {
        match list.split_first() {
            Some((&ALL, _)) => {}
            Some((&BITMAP, listed)) => {
                for (at, byte) in self.bits.iter_mut().enumerate() {
                    *byte &= listed.get(at).copied().unwrap_or(0);
                }
            }
            _ => {
                let mut kept = vec![0; self.bits.len()];
                for_each_number(list, traces, |number| {
                    let at = number as usize / 8;
                    let bit = 1 << (number % 8);
                    if let (Some(byte), Some(kept)) = (self.bits.get(at), kept.get_mut(at)) {
                        *kept |= byte & bit;
                    }
                });
                self.bits = kept;
            }
        }
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|byte| *byte == 0)
    }

    /// The numbers.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(at, byte)| {
            (0..8).filter(move |bit| byte & (1 << bit) != 0).map(move |bit| at * 8 + bit)
        })
    }
}

/// Sorted ids in a few bytes.
pub fn encode_ids(ids: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ids.len() * 2);
    let mut before = 0;
    for id in ids {
        let mut difference = id.wrapping_sub(before) as u64;
        while difference >= 0x80 {
            bytes.push(difference as u8 | 0x80);
            difference >>= 7;
        }
        bytes.push(difference as u8);
        before = *id;
    }
    bytes
}

/// The ids that [`encode_ids`] wrote.
pub fn decode_ids(bytes: &[u8]) -> Vec<i64> {
    let mut ids = Vec::new();
    let (mut id, mut difference, mut shift) = (0i64, 0u64, 0);
    for byte in bytes {
        difference |= u64::from(byte & 0x7f) << shift;
        shift = (shift + 7).min(63);
        if byte & 0x80 == 0 {
            id = id.wrapping_add(difference as i64);
            ids.push(id);
            (difference, shift) = (0, 0);
        }
    }
    ids
}

fn write_list(same_gram: &[Posting], traces: usize, list: &mut Vec<u8>) {
    if same_gram.len() == traces {
        list.push(ALL);
        return;
    }
    list.push(DIFFERENCES);
    let mut before = 0;
    for posting in same_gram {
        let number = *posting as u32;
        write_varint(number - before, list);
        before = number;
    }
    let bitmap_bytes = traces.div_ceil(8);
    if list.len() > bitmap_bytes {
        list.clear();
        list.push(BITMAP);
        list.resize(1 + bitmap_bytes, 0);
        for posting in same_gram {
            let number = *posting as u32;
            if let Some(byte) = list.get_mut(1 + number as usize / 8) {
                *byte |= 1 << (number % 8);
            }
        }
    }
}

fn write_varint(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}
