//! `tracex formats`, and arguments that make no sense.

use crate::program::{Program, json_lines};

#[test]
fn formats_are_named_without_a_database() {
    let program = Program::new();
    let text = program.stdout(&["formats"]);
    assert!(text.starts_with("ID") && text.contains("tracellm"), "{text}");
    let formats = json_lines(&program.stdout(&["formats", "--json"]));
    assert!(formats.iter().any(|format| format["id"] == "tracellm" && format["label"] == "TraceLLM"));
    assert_eq!(text.lines().count(), 1 + formats.len(), "both say the same");
    assert_eq!(program.folder.path().read_dir().unwrap().count(), 0, "nothing is written");
}

#[test]
fn wrong_arguments_are_code_2_and_help_is_code_0() {
    let program = Program::new();
    for args in
        [&["import"][..], &["no-such-command"], &["list", "--limit", "many"], &["list", "--sort", "x"], &[]]
    {
        let ran = program.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}: {ran:?}");
        assert!(!ran.stderr.is_empty());
    }
    for args in [&["--help"][..], &["import", "--help"], &["--version"]] {
        let ran = program.run(args);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{args:?}: {ran:?}");
    }
}
