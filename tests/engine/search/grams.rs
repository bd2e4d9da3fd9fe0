//! Grams: a text has all the grams of each of its parts.

use std::collections::HashSet;

use engine::search::fold::fold;
use engine::search::grams::{GRAM_BITS, for_each, of_needle};

#[test]
fn a_text_has_all_grams_of_its_parts() {
    let mut rng = fastrand::Rng::with_seed(11);
    for round in 0..2_000 {
        let text: Vec<char> = (0..rng.usize(1..60))
            .map(|_| match rng.u8(..4) {
                0 => rng.char('a'..='e'),
                1 => rng.char(' '..='~'),
                2 => rng.char('一'..='世'),
                _ => rng.char('\u{80}'..='\u{1ffff}'),
            })
            .filter(|letter| *letter != '\\')
            .collect();
        if text.is_empty() {
            continue;
        }
        let start = rng.usize(..text.len());
        let end = rng.usize(start..text.len()) + 1;
        let whole: String = text.iter().collect();
        let part: String = text[start..end].iter().collect();
        let mut grams = HashSet::new();
        for_each(&fold(&whole), |gram| {
            assert!(gram < 1 << GRAM_BITS);
            grams.insert(gram);
        });
        for gram in of_needle(&fold(&part)) {
            assert!(grams.contains(&gram), "round {round}: {part:?} in {whole:?}");
        }
    }
}

#[test]
fn needles_have_the_grams_that_they_determine() {
    for (needle, grams) in
        [("ab", 0), ("abc", 1), ("abcd", 2), ("你", 1), ("你好", 3), ("a你", 2), ("你a", 2), ("ab你", 2)]
    {
        assert_eq!(of_needle(needle.as_bytes()).len(), grams, "{needle}");
    }
    assert_eq!(of_needle(b"ab\ncd"), [0; 0], "none across two values");
}
