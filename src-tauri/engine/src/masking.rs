//! Secrets out of text and payloads before anything is written.
//!
//! One pass: a search of many needles finds the few words and prefixes that a secret can begin with or be named by, and only around
//! those is anything looked at. Nothing is parsed, so JSON, JSON inside JSON's strings at any depth, Python's dictionaries
//! and plain text are all one case, and a mask never touches a quote, a bracket or a backslash of what is around it.
//! `keys` knows secrets by the name they stand under, `shapes` by how they look.

mod keys;
mod shapes;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, packed};

/// `text` with its secrets replaced by `[masked:<kind>]`, or `None` if there are none. Masking twice changes nothing more.
pub fn mask_text(text: &str) -> Option<String> {
    // Masks are cut at ASCII bytes, so what is left is UTF-8.
    mask_json(text.as_bytes()).and_then(|masked| String::from_utf8(masked).ok())
}

/// The same for JSON as bytes: values of secret keys (`api_key`, `authorization`, `password`, …) and secrets of a known
/// shape in any string. The result is the same JSON but for those values.
pub fn mask_json(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut splice = Splice { bytes, masked: Vec::new(), done: 0 };
    let mut lowered = [0; WINDOW_BYTES];
    let mut searched = 0;
    let mut start = 0;
    while start < bytes.len() {
        let window = bytes.get(start..bytes.len().min(start + WINDOW_BYTES)).unwrap_or_default();
        let lowered = lowered.get_mut(..window.len()).unwrap_or_default();
        lowered.copy_from_slice(window);
        lowered.make_ascii_lowercase();
        SEARCHER.each(lowered, |needle, hit| {
            let hit = start + hit.start..start + hit.end;
            // Windows overlap, and what was masked is not looked at again.
            if hit.start < searched.max(splice.done) {
                return;
            }
            searched = hit.end;
            match NEEDLES.get(needle) {
                Some((_, Lead::Key)) => keys::find(bytes, hit).into_iter().for_each(|mask| splice.put(&mask)),
                Some((_, Lead::Shape(shape))) => {
                    if let Some(mask) = shapes::find(bytes, hit.start, *shape) {
                        splice.put(&mask);
                    }
                }
                None => {}
            }
        });
        start += WINDOW_BYTES - OVERLAP_BYTES;
    }
    splice.finish()
}

/// How much is searched at once, and how much of it again with what follows: more than the longest needle.
const WINDOW_BYTES: usize = 8 * 1024;
const OVERLAP_BYTES: usize = 32;

/// The text as far as it is done.
struct Splice<'a> {
    bytes: &'a [u8],
    masked: Vec<u8>,
    done: usize,
}

impl Splice<'_> {
    fn put(&mut self, mask: &Mask<'_>) {
        if mask.range.start < self.done || mask.range.end > self.bytes.len() {
            return;
        }
        if self.masked.is_empty() {
            self.masked.reserve(self.bytes.len());
        }
        self.masked.extend_from_slice(self.bytes.get(self.done..mask.range.start).unwrap_or_default());
        for part in [mask.quotes, b"[masked:", mask.kind.as_bytes(), b"]", mask.quotes] {
            self.masked.extend_from_slice(part);
        }
        self.done = mask.range.end;
    }

    fn finish(mut self) -> Option<Vec<u8>> {
        if self.done == 0 {
            return None;
        }
        self.masked.extend_from_slice(self.bytes.get(self.done..).unwrap_or_default());
        Some(self.masked)
    }
}

/// A secret that was found.
struct Mask<'a> {
    /// What is replaced.
    range: Range<usize>,
    /// What it was.
    kind: &'static str,
    /// The quotes that the mask needs where a number stood; else empty.
    quotes: &'a [u8],
}

impl Mask<'_> {
    fn new(range: Range<usize>, kind: &'static str) -> Self {
        Self { range, kind, quotes: b"" }
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

/// What is looked for, in lower case.
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

/// Finds the needles in text that was lowered. Lowering a window at a time and searching it with vectors goes through clean
/// text at 2 to 4 GB/s, an automaton that ignores case at 0.6 (50 MB of traces, one core).
enum Searcher {
    Vectors(packed::Searcher),
    /// For processors without the vectors needed.
    Automaton(AhoCorasick),
}

impl Searcher {
    fn new() -> Self {
        let needles = || NEEDLES.iter().map(|(needle, _)| needle);
        let vectors = packed::Config::new().builder().extend(needles()).build();
        match (vectors, AhoCorasick::new(needles())) {
            (Some(vectors), _) => Self::Vectors(vectors),
            (None, Ok(automaton)) => Self::Automaton(automaton),
            (None, Err(error)) => unreachable!("BUG: a short fixed list of needles does not build: {error}"),
        }
    }

    fn each(&self, lowered: &[u8], mut found: impl FnMut(usize, Range<usize>)) {
        let mut hand_over =
            |hit: aho_corasick::Match| found(hit.pattern().as_usize(), hit.start()..hit.end());
        match self {
            Self::Vectors(vectors) => vectors.find_iter(lowered).for_each(&mut hand_over),
            Self::Automaton(automaton) => automaton.find_iter(lowered).for_each(&mut hand_over),
        }
    }
}

static SEARCHER: LazyLock<Searcher> = LazyLock::new(Searcher::new);

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
