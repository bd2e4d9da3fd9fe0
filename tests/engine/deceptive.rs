//! What makes a text look like another one is shown in its place, and the same by all that show text.

use engine::deceptive::{in_place_of, is_deceptive};

#[test]
fn writing_is_left_and_what_hides_or_turns_it_is_not() {
    assert!(!"é — 天气 🚀 שלום 👩\u{200d}💻 می\u{200c}خواهم".chars().any(is_deceptive));
    for character in ['\0', '\u{1b}', '\u{7f}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{3164}', '\u{e0041}'] {
        assert!(is_deceptive(character), "{}", in_place_of(character));
    }
    assert_eq!(in_place_of('\u{202e}'), "⟨U+202E⟩");
}

#[test]
fn the_page_goes_by_the_same_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/domain/visibleText.ts");
    let page = std::fs::read_to_string(path).unwrap();
    let class = page.split_once("/[").unwrap().1.split_once("]/gu").unwrap().0;
    let pattern = regex::Regex::new(r"\\u(?:\{([0-9a-f]+)\}|([0-9a-f]{4}))(-)?").unwrap();
    let mut on_page = std::collections::BTreeSet::new();
    let mut from = None;
    for found in pattern.captures_iter(class) {
        let digits = found.get(1).or(found.get(2)).unwrap().as_str();
        let code = u32::from_str_radix(digits, 16).unwrap();
        if found.get(3).is_some() {
            from = Some(code);
        } else {
            on_page.extend(from.take().unwrap_or(code)..=code);
        }
    }
    for character in '\0'..=char::MAX {
        // Line ends and tabs are what they are where a page shows text.
        let expected = is_deceptive(character) && !matches!(character, '\t' | '\n' | '\r');
        assert_eq!(on_page.contains(&u32::from(character)), expected, "{}", in_place_of(character));
    }
}
