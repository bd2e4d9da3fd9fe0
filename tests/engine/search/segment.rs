//! Segments: what is written is read, whichever form a list takes.

use std::collections::BTreeSet;

use engine::search::grams::GRAM_BITS;
use engine::search::segment::*;

#[test]
fn postings_are_read_as_they_were_written() {
    let mut rng = fastrand::Rng::with_seed(3);
    for traces in [1, 7, 8, 9, 1_000] {
        for bits in [0, 5, 12] {
            let mut postings = BTreeSet::new();
            for _ in 0..200 {
                let gram = rng.u32(..1 << GRAM_BITS);
                // Some rare, some in nearly all, some in all.
                let share = [1, 50, 99, 100][rng.usize(..4)];
                for number in 0..traces as u32 {
                    if rng.u32(..100) < share {
                        postings.insert(posting(gram, number));
                    }
                }
            }
            let sorted: Vec<Posting> = postings.iter().copied().collect();
            let mut read = Vec::new();
            for (number, bucket) in buckets(&sorted, traces, bits) {
                for (gram, list) in lists(&bucket) {
                    assert_eq!(bucket_of(gram, bits), number);
                    let mut kept = Numbers::all(traces);
                    kept.keep(list, traces);
                    let mut numbers = Vec::new();
                    for_each_number(list, traces, |number| numbers.push(number as usize));
                    assert_eq!(kept.iter().collect::<Vec<_>>(), numbers);
                    read.extend(numbers.into_iter().map(|number| posting(gram, number as u32)));
                }
            }
            assert_eq!(read, sorted, "{traces} traces, {bits} bits");
        }
    }
}

#[test]
fn damaged_buckets_and_ids_are_read_as_far_as_they_go() {
    let mut rng = fastrand::Rng::with_seed(5);
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..rng.usize(..40)).map(|_| rng.u8(..)).collect();
        for (_, list) in lists(&bytes) {
            let mut kept = Numbers::all(20);
            kept.keep(list, 20);
            assert!(kept.iter().all(|number| number < 20));
        }
        assert!(decode_ids(&bytes).len() <= bytes.len());
    }
}

#[test]
fn ids_are_read_as_they_were_written() {
    for ids in [vec![], vec![1], vec![1, 2, 3, 500, 1 << 40, i64::MAX]] {
        assert_eq!(decode_ids(&encode_ids(&ids)), ids);
    }
}
