//! Secrets out of text and payloads before anything is written.
//!
//! One pass: an automaton finds the few words and prefixes that a secret can begin with or be named by, and only around
//! those is anything looked at. Nothing is parsed, so JSON, JSON inside JSON's strings at any depth, Python's dictionaries
//! and plain text are all one case, and a mask never touches a quote, a bracket or a backslash of what is around it.
//! `keys` knows secrets by the name they stand under, `shapes` by how they look. May import std alone.

mod keys;
mod shapes;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// `text` with its secrets replaced by `[masked:<kind>]`, or `None` if there are none. Masking twice changes nothing more.
pub fn mask_text(text: &str) -> Option<String> {
    // Masks are cut at ASCII bytes, so what is left is UTF-8.
    mask_json(text.as_bytes()).and_then(|masked| String::from_utf8(masked).ok())
}

/// The same for JSON as bytes: values of secret keys (`api_key`, `authorization`, `password`, …) and secrets of a known
/// shape in any string. The result is the same JSON but for those values.
pub fn mask_json(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut masked = Vec::new();
    let mut done = 0;
    for hit in AUTOMATON.find_iter(bytes) {
        if hit.start() < done {
            continue;
        }
        let masks = match NEEDLES.get(hit.pattern().as_usize()) {
            Some((_, Lead::Key)) => keys::find(bytes, hit.start()..hit.end()),
            Some((_, Lead::Shape(shape))) => shapes::find(bytes, hit.start(), *shape).into_iter().collect(),
            None => continue,
        };
        for mask in masks {
            // A value is looked at in full even where a part of it was masked before (`Basic` inside a header).
            if mask.range.start < done || mask.range.end > bytes.len() {
                continue;
            }
            if masked.is_empty() {
                masked.reserve(bytes.len());
            }
            masked.extend_from_slice(bytes.get(done..mask.range.start).unwrap_or_default());
            masked.extend_from_slice(mask.before);
            masked.extend_from_slice(b"[masked:");
            masked.extend_from_slice(mask.kind.as_bytes());
            masked.push(b']');
            masked.extend_from_slice(mask.before);
            done = mask.range.end;
        }
    }
    if done == 0 {
        return None;
    }
    masked.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Some(masked)
}

/// A secret that was found.
struct Mask<'a> {
    /// What is replaced.
    range: Range<usize>,
    /// What it was.
    kind: &'static str,
    /// The quotes that the mask needs where a number stood; else empty.
    before: &'a [u8],
}

impl Mask<'_> {
    fn new(range: Range<usize>, kind: &'static str) -> Self {
        Self { range, kind, before: b"" }
    }
}

/// What a needle may be the start of.
#[derive(Clone, Copy)]
enum Lead {
    /// Part of the name of a secret.
    Key,
    /// The start of a secret.
    Shape(shapes::Shape),
}

/// What is looked for, in any case.
const NEEDLES: &[(&str, Lead)] = {
    use Lead::{Key, Shape};
    use shapes::Shape as S;
    &[
        ("apikey", Key),
        ("api_key", Key),
        ("api-key", Key),
        ("authorization", Key),
        ("cookie", Key),
        ("password", Key),
        ("passwd", Key),
        ("secret", Key),
        ("accesstoken", Key),
        ("access_token", Key),
        ("access-token", Key),
        ("refreshtoken", Key),
        ("refresh_token", Key),
        ("refresh-token", Key),
        ("privatekey", Key),
        ("private_key", Key),
        ("private-key", Key),
        ("sk-", Shape(S::SkKey)),
        ("ghp_", Shape(S::GitHub)),
        ("gho_", Shape(S::GitHub)),
        ("ghu_", Shape(S::GitHub)),
        ("ghs_", Shape(S::GitHub)),
        ("ghr_", Shape(S::GitHub)),
        ("github_pat_", Shape(S::GitHub)),
        ("xox", Shape(S::Slack)),
        ("akia", Shape(S::Aws)),
        ("asia", Shape(S::Aws)),
        ("aiza", Shape(S::Google)),
        ("glpat-", Shape(S::GitLab)),
        ("hf_", Shape(S::HuggingFace)),
        ("k_live_", Shape(S::Stripe)),
        ("k_test_", Shape(S::Stripe)),
        ("bearer", Shape(S::Bearer)),
        ("basic", Shape(S::Basic)),
        ("eyj", Shape(S::Jwt)),
        ("-----begin", Shape(S::Pem)),
        ("://", Shape(S::Url)),
    ]
};

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let needles = NEEDLES.iter().map(|(needle, _)| needle);
    let automaton =
        AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(needles);
    automaton.unwrap_or_else(|error| unreachable!("BUG: a short fixed list of needles: {error}"))
});

/// Whether a word may begin at `at`: what is before it is no letter, digit, `_` or `-`, or is the end of an escape (`\n`,
/// `\u0027`).
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| bytes.get(before)) else { return true };
    if !before.is_ascii_alphanumeric() && !matches!(before, b'_' | b'-') {
        return true;
    }
    let escape =
        |length: usize| at.checked_sub(length).and_then(|start| bytes.get(start..at)).unwrap_or_default();
    match (escape(2), escape(6)) {
        ([b'\\', b'n' | b'r' | b't' | b'b' | b'f'], _) => true,
        (_, [b'\\', b'u', digits @ ..]) => digits.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

/// How many bytes from `at` satisfy `test`, up to `most`.
fn run(bytes: &[u8], at: usize, most: usize, test: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take(most).take_while(|byte| test(**byte)).count()
}
