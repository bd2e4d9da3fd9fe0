//! What is masked only where a person asks for it: e-mail addresses, their own patterns.

use engine::masking::{MaskCounts, Masker, OwnPattern};
use serde_json::{Value, json};

fn emails(text: &str) -> String {
    let masker = Masker::new(true, Vec::new());
    let masked = masker.text(text, &mut MaskCounts::default()).unwrap_or_else(|| text.to_owned());
    assert_eq!(masker.text(&masked, &mut MaskCounts::default()), None, "masking twice changes nothing more");
    masked
}

fn own(name: &str, pattern: &str) -> Masker {
    Masker::new(false, vec![OwnPattern::new(name, pattern).unwrap()])
}

fn masked_json(masker: &Masker, value: &Value) -> Value {
    let bytes = value.to_string().into_bytes();
    let masked = masker.json(&bytes, &mut MaskCounts::default()).unwrap_or(bytes);
    assert_eq!(masker.json(&masked, &mut MaskCounts::default()), None, "masking twice changes nothing more");
    serde_json::from_slice(&masked).unwrap()
}

#[test]
fn addresses_are_masked_and_what_looks_like_them_is_left() {
    for (text, expected) in [
        ("write to jo.smith+x@mail.example.com.", "write to [masked:email]."),
        ("<jo@x.de>, mailto:jo@x.io?subject=a", "<[masked:email]>, mailto:[masked:email]?subject=a"),
        ("?user=jo%40x.org&n=1", "?user=[masked:email]&n=1"),
        ("jo@x.com:8080 and 'jo@x.co.uk'", "[masked:email]:8080 and '[masked:email]'"),
    ] {
        assert_eq!(emails(text), expected);
    }
    for text in [
        "git@github.com:a/b.git ssh://git@github.com/a/b scp jo@host.example.com:~/x https://jo@x.com/a",
        "@app.route @scope/x lodash@4.17.21 npm i @types/node@20.1.0 actions/checkout@v4 x@latest module@v1.2.3",
        "logo@2x.png icon@3x.io a@b.T self.w@x.transpose() name@host 50%@x 3 @ 4.com user@localhost",
        "@media.print @font-face ....@..com",
    ] {
        assert_eq!(emails(text), text);
    }
    let masker = Masker::new(true, Vec::new());
    let deep =
        json!({"text": "a\njo@x.com\u{e9}jo@x.com", "jo@x.com": json!({"t": "\tjo@x.com"}).to_string()});
    let mask = "[masked:email]";
    assert_eq!(
        masked_json(&masker, &deep),
        json!({"text": format!("a\n{mask}\u{e9}{mask}"), mask: json!({"t": format!("\t{mask}")}).to_string()})
    );
    assert_eq!(
        Masker::default().text("jo@x.com", &mut MaskCounts::default()),
        None,
        "only where it is asked for"
    );
}

#[test]
fn own_patterns_mask_texts_and_leave_the_record_whole() {
    let masker = own("customer no.", r"KD-?\d{5}");
    let value =
        json!({"name": "KD-12345", "n": 12345, "KD12345": ["x KD12345\n\"KD-99999\"", {"input": "KD-1"}]});
    let mask = "[masked:customer no.]";
    assert_eq!(
        masked_json(&masker, &value),
        json!({"name": mask, "n": 12345, mask: [format!("x {mask}\n\"{mask}\""), {"input": "KD-1"}]})
    );
    // Names of fields hold the record together, whatever is asked for; masks are no text.
    let greedy = own("all", r"\w+");
    assert_eq!(
        masked_json(&greedy, &json!({"attributes": {"input": "a b"}, "time_ns": 5})),
        json!({"attributes": {"input": "[masked:all] [masked:all]"}, "time_ns": 5})
    );
    let secret = format!("key sk-{} end", super::word(48));
    let mut counts = MaskCounts::default();
    assert_eq!(own("line", "(?m)^key.*$").text(&secret, &mut counts).unwrap(), "[masked:line]");
    assert_eq!(counts.by_count(), [("line", 1), ("openai-key", 1)]);
    let both = Masker::new(true, vec![OwnPattern::new("x", "masked|email|.x").unwrap()]);
    assert_eq!(both.text("jo@x.com ax", &mut MaskCounts::default()).unwrap(), "[masked:email] [masked:x]");
    for pattern in [r"\S+", r"(?s).+", r"[a-z]+", r"\]|\[", "m"] {
        let masker = own("p", pattern);
        for text in ["a b", "x [masked:email] y", "[masked:", "]", "[masked:a][masked:b]", "é☕"] {
            let once = masker.text(text, &mut MaskCounts::default()).unwrap_or_else(|| text.to_owned());
            assert_eq!(masker.text(&once, &mut MaskCounts::default()), None, "{pattern} on {text}: {once}");
        }
    }
}

#[test]
fn a_pattern_that_cant_be_used_says_why() {
    for (name, pattern, reason) in [
        ("", "a", "a name has 1 to 40"),
        ("a]b", "a", "a name has 1 to 40"),
        ("a\"b", "a", "a name has 1 to 40"),
        ("x", "", "there is no expression"),
        ("x", "(", "this is no regular expression: unclosed group"),
        ("x", r"\w{1000}{1000}", "too large"),
        ("x", "a*", "matches where there is nothing"),
        ("x", &"a".repeat(1_001), "at most 1,000"),
        ("x", "(?=a)", "look-around"),
    ] {
        let error = OwnPattern::new(name, pattern).unwrap_err().to_string();
        assert!(error.contains(reason), "{pattern:.20}: {error}");
    }
}

#[test]
fn an_id_is_masked_and_still_told_from_others() {
    let masker = Masker::new(true, Vec::new());
    let id = |id: &str| masker.id(id, &mut MaskCounts::default());
    assert_eq!(id("0af7651916cd43dd8448eb211c80319c"), None);
    let (jo, bo) = (id("session-jo@x.com").unwrap(), id("session-bo@x.com").unwrap());
    assert!(jo.starts_with("[masked:email]~") && !jo.contains("jo"), "{jo}");
    assert_ne!(jo, bo);
    assert_eq!(id(&jo), None);
}
