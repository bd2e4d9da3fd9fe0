//! Folding: what is taken for the same text.

use engine::search::fold::{Mapped, fold};

fn folded(text: &str) -> String {
    String::from_utf8(fold(text)).expect("folded text is UTF-8")
}

#[test]
fn case_accents_width_and_white_space_make_no_difference() {
    for (one, other) in [
        ("CRÈME Brûlée", "creme brulee"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("İstanbul", "istanbul"),
        ("ЁЛКА", "елка"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("ﬁle", "file"),
        ("مُحَمَّـــد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("ﾊﾟｿｺﾝ", "パソコン"),
        ("a\r\n\t b\u{a0}c", "a b c"),
        ("  at the ends \n", "at the ends"),
        ("zero\u{200b}width\u{feff}", "zerowidth"),
        ("Å", "A\u{30a}"),
        ("한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"),
    ] {
        assert_eq!(folded(one), folded(other), "{one:?} and {other:?}");
    }
}

#[test]
fn what_tells_words_apart_stays() {
    for (one, other) in [("が", "か"), ("कि", "की"), ("ไม่", "ไม้"), ("你", "好"), ("a b", "ab"), ("1.5", "15")]
    {
        assert_ne!(folded(one), folded(other), "{one:?} and {other:?}");
    }
}

#[test]
fn escapes_become_what_they_stand_for_and_paths_stay() {
    for (text, expected) in [
        (r"\u4f60\u597d", "你好"),
        (r"\\u4f60\\\\u597D", "你好"),
        (r"\ud83d\ude00 and \\ud83d\\ude00", "😀 and 😀"),
        (r#"say \"hi\" and \\\"ho\\\""#, r#"say "hi" and "ho""#),
        (r"https:\/\/example.org", "https://example.org"),
        (r"C:\new\table", r"c:\new\table"),
        (r"C:\\new\\\\table", r"c:\new\table"),
        (r"\users \u12", r"\users \u12"),
        // Halves of a pair are nothing.
        (r"\ud83d!", r"\ud83d!"),
        ("ends in \\", "ends in \\"),
    ] {
        assert_eq!(folded(text), expected, "{text:?}");
    }
}

#[test]
fn a_part_of_a_text_folds_to_a_part_of_the_folded_text() {
    let mut rng = fastrand::Rng::with_seed(7);
    let letters: Vec<char> = "aZ 09\n\té İßςΣ你好世界がﾊﾟ한국ไม่कि مُ😀\u{200b}-_/".chars().collect();
    for _ in 0..2_000 {
        let text: Vec<char> = (0..rng.usize(1..40)).map(|_| letters[rng.usize(..letters.len())]).collect();
        let start = rng.usize(..text.len());
        let end = rng.usize(start..text.len()) + 1;
        let (whole, part): (String, String) = (text.iter().collect(), text[start..end].iter().collect());
        assert!(folded(&whole).contains(&folded(&part)), "{part:?} in {whole:?}");
    }
}

#[test]
fn folded_text_knows_where_it_comes_from() {
    let text = "Ein  GRÜSS\\u00fc\ngott 你好";
    let mapped = Mapped::new(text);
    assert_eq!(mapped.folded, fold(text));
    for (needle, original) in
        [("gruss", "GRÜSS"), ("u gott", "\\u00fc\ngott"), ("好", "好"), ("ein g", "Ein  G")]
    {
        let at = memchr::memmem::find(&mapped.folded, needle.as_bytes()).expect("it is there");
        let (from, to) = mapped.original(at, at + needle.len()).expect("it comes from somewhere");
        assert_eq!(&text[from..to], original, "{needle}");
    }
}
