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
        &["list", "--filter", "\u{1b}[2J:x"],
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
