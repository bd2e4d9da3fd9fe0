//! What traces say never reaches a terminal as a command.

use serde_json::{Value, json};

use crate::program::{Program, Ran, trace};

/// Clears the screen, sets the title, draws from right to left, rings, goes back, starts a line.
const HOSTILE: &str = "a\u{1b}[2Jb\u{1b}]0;title\u{7}c\u{202e}d\u{9b}31me\rf\ng\u{8}h\u{7f}i\u{2028}j";

fn hostile_trace() -> Value {
    let mut hostile = trace("t-1", HOSTILE);
    for field in ["model_name", "project_id", "environment", "failure_reason"] {
        hostile[field] = json!(HOSTILE);
    }
    for step in hostile["steps"].as_array_mut().unwrap() {
        step["tool_name"] = json!(HOSTILE);
        step["error"] = json!(HOSTILE);
    }
    hostile
}

/// Whether all a terminal obeys in `text` is line ends and what this program writes itself: colours, and its progress line.
fn assert_tame(what: &str, text: &str) {
    let mut rest = text.replace("\r\n", "\n").replace("\r\u{1b}[K", "");
    while let Some(start) = rest.find("\u{1b}[") {
        let end = rest[start..].find('m').map(|end| start + end);
        let own = end.filter(|end| rest[start + 2..*end].chars().all(|letter| letter.is_ascii_digit()));
        let Some(end) = own else { panic!("{what}: a foreign escape in {text:?}") };
        rest.replace_range(start..=end, "");
    }
    let obeyed = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(letter, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    assert!(!rest.contains(obeyed), "{what}: {:?} in {text:?}", rest.chars().find(|letter| obeyed(*letter)));
}

fn assert_all_tame(what: &str, ran: &Ran) {
    assert_tame(what, &ran.stdout);
    assert_tame(what, &ran.stderr);
}

#[test]
fn escapes_in_traces_are_shown_and_not_obeyed() {
    let program = Program::new();
    program.import(&json!([hostile_trace()]));
    for args in [&["list"][..], &["show", "t-1"]] {
        let ran = program.run(args);
        assert_all_tame(args[0], &ran);
        assert!(ran.stdout.contains("a\\x1b[2Jb\\x1b]0;title\\x07c\\u{202e}d"), "{}", ran.stdout);
        assert_eq!(ran.code, Some(0));
    }
    for line in ["list", "show t-1", "import traces.json"] {
        let Some(ran) = program.run_on_terminal(line, &[]) else { return };
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_all_tame(line, &ran);
    }
}

/// The attacks that the page and the window are shown too.
fn attacks() -> Vec<String> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/hostile/attacks.json");
    let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    all.iter()
        .map(|attack| attack["text"].as_str().unwrap().replace("{trap}", "http://127.0.0.1:9"))
        .collect()
}

/// A run whose every text is `attack`.
fn every_field(id: &str, attack: &str, changed: &str) -> Value {
    let mut run = trace(id, attack);
    for field in ["response", "model_name", "project_id", "environment", "failure_reason"] {
        run[field] = json!(attack);
    }
    for step in run["steps"].as_array_mut().unwrap() {
        step["tool_name"] = json!(attack);
        step["error"] = json!(attack);
        step["input"] = json!({ attack: attack, "command": attack });
        step["output"] = json!({ attack: [attack, changed] });
    }
    run
}

#[test]
fn no_attack_reaches_a_terminal_or_is_lost_from_it() {
    let program = Program::new();
    let attacks = attacks();
    let runs = attacks.iter().enumerate().flat_map(|(index, attack)| {
        let (a, b) = (format!("a-{index}"), format!("b-{index}"));
        [every_field(&a, attack, ""), every_field(&b, attack, attack)]
    });
    program.import(&json!(runs.collect::<Vec<_>>()));
    for (index, attack) in attacks.iter().enumerate() {
        let (a, b) = (format!("a-{index}"), format!("b-{index}"));
        let file = format!("{index}.html");
        for args in [
            &["show", &a][..],
            &["compare", &a, &b],
            &["compare", "--json", &a, &b],
            &["compare", "--html", &file, &a, &b],
            &["list", "--filter", &format!("\"{}\"", attack.replace('"', " "))],
            &["show", attack],
        ] {
            // No argument can have one.
            let args: Vec<String> = args.iter().map(|arg| arg.replace('\0', "")).collect();
            assert_all_tame(&format!("{args:?}"), &program.run(&args));
        }
        let shown = program.stdout(&["show", &a]);
        let start: String = cli::text::printable(attack.trim()).chars().take(12).collect();
        assert!(shown.contains(start.trim_end()), "{start:?} is shown: {shown}");
        let page = std::fs::read_to_string(program.folder.path().join(&file)).unwrap();
        assert_is_text_alone(&page);
    }
    for args in [
        &["list", "--limit", "0"][..],
        &["list", "--json", "--limit", "0"],
        &["export", "--filter", "", "-o", "-"],
    ] {
        assert_all_tame(args[0], &program.run(args));
    }
}

/// Whether all markup of a page is what this program writes: no other element, no attribute that does anything.
fn assert_is_text_alone(page: &str) {
    const OWN: [&str; 33] = [
        "!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "strong",
        "span", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "div", "mark",
        "a", "b", "code", "small", "em", "pre", "colgroup", "col",
    ];
    let (head, body) = page.split_once("</style>").unwrap();
    assert!(head.contains("default-src 'none'; style-src 'sha256-") && !head.contains("unsafe"), "{head}");
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let mut words = tag.trim_start_matches('/').split_whitespace();
        let name = words.next().unwrap_or_default();
        assert!(OWN.contains(&name), "an element of its own: <{tag}>");
        for word in words.filter(|word| word.contains('=')) {
            let allowed =
                ["class=", "id=\"p", "href=\"#p", "colspan="].iter().any(|own| word.starts_with(own));
            assert!(allowed, "an attribute of its own: <{tag}>");
        }
    }
}

#[test]
fn json_escapes_them_as_json_does() {
    let program = Program::new();
    program.import(&json!([hostile_trace()]));
    for args in [&["list", "--json"][..], &["show", "--json", "t-1"]] {
        let stdout = program.stdout(args);
        assert!(!stdout.contains('\u{1b}') && !stdout.contains('\r'), "{stdout:?}");
        assert!(
            stdout.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
            "a line an object: {stdout}"
        );
    }
}

#[test]
fn names_given_on_the_command_line_are_tame_too() {
    let program = Program::new();
    program.file("e\u{1b}[2J.json", "no json");
    for args in [
        &["import", "e\u{1b}[2J.json"][..],
        &["import", "missing\u{1b}]0;x\u{7}.json"],
        &["show", "\u{1b}[2J\u{202e}"],
        &["list", "--filter", "name:>\u{1b}[2J"],
        &["list", "--filter", "modle\u{202e}:x \"\u{1b}"],
    ] {
        let ran = program.run(args);
        assert_ne!(ran.code, Some(0), "{ran:?}");
        assert_all_tame(&format!("{args:?}"), &ran);
    }
}

#[test]
fn text_for_a_terminal_is_visible_and_measured() {
    use cli::text::{cut, printable, width};
    assert_eq!(printable("plain — 天气 🚀 é"), "plain — 天气 🚀 é");
    assert_eq!(printable("\u{1b}[31m\t\u{85}\u{feff}"), "\\x1b[31m\\t\\u{85}\\u{feff}");
    assert_eq!(printable("👩\u{200d}💻"), "👩\u{200d}💻", "what joins signs is part of writing");
    assert_eq!(width("天气"), 4);
    assert_eq!(cut("天气预报", 8), "天气预报");
    assert_eq!(cut("天气预报", 7), "天气预…");
    assert_eq!(cut("天气预报", 6), "天气…");
    assert_eq!(cut("abc", 0), "");
    for columns in 0..8 {
        assert!(width(&cut("a天b气c", columns)) <= columns, "{columns}");
    }
}
