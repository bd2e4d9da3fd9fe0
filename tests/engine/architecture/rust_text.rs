//! Rust source taken apart just far enough to find paths in it: comments away, literals aside.

use regex::Regex;

/// The code of a file, and its string literals.
pub struct RustText {
    /// The source with comments and the insides of literals replaced by spaces; line breaks stand where they stood.
    code: String,
    /// Line and text of each string literal.
    pub literals: Vec<(usize, String)>,
}

impl RustText {
    /// Takes a file's text apart.
    pub fn read(text: &str) -> Self {
        // In this order, so that a quote in a comment and `//` in a string are what they are. A lifetime is no character.
        let part = Regex::new(
            r##"(?s)//[^\n]*|/\*.*?\*/|\bb?r#{2}"(?<raw2>.*?)"#{2}|\bb?r#"(?<raw1>.*?)"#|\bb?r"(?<raw0>[^"]*)"|"(?<plain>(?:[^"\\]|\\.)*)"|'(?:[^'\\]|\\[^u]|\\x[0-9a-fA-F]{2}|\\u\{[^}]*\})'"##,
        )
        .unwrap();
        let mut code = String::with_capacity(text.len());
        let mut literals = Vec::new();
        let mut end = 0;
        for found in part.captures_iter(text) {
            let whole = found.get(0).unwrap();
            code.push_str(&text[end..whole.start()]);
            code.extend(whole.as_str().chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            end = whole.end();
            let literal = ["plain", "raw0", "raw1", "raw2"].into_iter().find_map(|name| found.name(name));
            if let Some(literal) = literal {
                literals.push((line_of(text, whole.start()), literal.as_str().to_owned()));
            }
        }
        code.push_str(&text[end..]);
        Self { code, literals }
    }

    /// The lines on which `pattern` is found in code.
    pub fn lines_with(&self, pattern: &str) -> Vec<usize> {
        let pattern = Regex::new(pattern).unwrap();
        pattern.find_iter(&self.code).map(|found| line_of(&self.code, found.start())).collect()
    }

    /// Line and first name of every path that begins with `crate::`, also in groups (`crate::{a::b, c}`).
    pub fn crate_paths(&self) -> Vec<(usize, String)> {
        self.first_names(&Regex::new(r"\bcrate\s*::\s*").unwrap())
    }

    /// The same of paths that leave the top module of a file `depth` modules deep by `super`.
    pub fn super_paths(&self, depth: usize) -> Vec<(usize, String)> {
        self.first_names(&Regex::new(&format!(r"\b(?:super\s*::\s*){{{depth}}}")).unwrap())
    }

    fn first_names(&self, prefix: &Regex) -> Vec<(usize, String)> {
        let mut names = Vec::new();
        for found in prefix.find_iter(&self.code) {
            let rest = &self.code[found.end()..];
            let mut depth = 0_usize;
            let mut expected = true;
            let mut name = String::new();
            for (at, letter) in rest.char_indices() {
                match letter {
                    '{' => depth += 1,
                    _ if letter.is_alphanumeric() || letter == '_' => {
                        if expected && depth <= 1 {
                            name.push(letter);
                        }
                        continue;
                    }
                    _ => {}
                }
                if !name.is_empty() {
                    names.push((line_of(&self.code, found.end() + at), std::mem::take(&mut name)));
                    expected = false;
                }
                match letter {
                    '}' => depth = depth.saturating_sub(1),
                    ',' if depth == 1 => expected = true,
                    _ => {}
                }
                let in_group = depth > 0 || letter.is_whitespace() && expected;
                if !in_group {
                    break;
                }
            }
            if !name.is_empty() {
                names.push((line_of(&self.code, self.code.len()), name));
            }
        }
        names
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
