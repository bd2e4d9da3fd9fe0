//! Secrets out of text and payloads before anything is written.
//!
//! One pass: a search of many needles finds the few words and prefixes that a secret can begin with or be named by, and only around
//! those is anything looked at. Nothing is parsed, so JSON, JSON inside JSON's strings at any depth, Python's dictionaries
//! and plain text are all one case, and a mask never touches a quote, a bracket or a backslash of what is around it.
//! `keys` knows secrets by the quoted name they stand under, `assignments` by a name in plain text (`KEY=…`, `Name: …`),
//! `shapes` by how they look. What a person asks for beside that (`emails`, `own`) are passes of their own.

mod assignments;
mod counts;
mod emails;
mod keys;
mod own;
mod search;
mod shapes;

use std::ops::Range;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use search::Search;

pub use counts::MaskCounts;
pub use own::{OwnPattern, PatternError};

/// `text` with its secrets replaced by `[masked:<kind>]`, or `None` if there are none. Masking twice changes nothing more.
pub fn mask_text(text: &str) -> Option<String> {
    Masker::default().text(text, &mut MaskCounts::default())
}

/// The same for JSON as bytes: values of secret keys (`api_key`, `authorization`, `password`, …) and secrets of a known
/// shape in any string. The result is the same JSON but for those values.
pub fn mask_json(bytes: &[u8]) -> Option<Vec<u8>> {
    Masker::default().json(bytes, &mut MaskCounts::default())
}

/// What is masked: secrets always, and what a person asks for beside them.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    masks_emails: bool,
    own: Vec<OwnPattern>,
}

impl Masker {
    /// Masks secrets, e-mail addresses if that is wanted, and what a person's own patterns match, in their order.
    pub fn new(masks_emails: bool, own: Vec<OwnPattern>) -> Self {
        Self { masks_emails, own }
    }

    /// `text` with what is to be masked replaced, or `None` if there is nothing. Adds what it masked to `counts`.
    pub fn text(&self, text: &str, counts: &mut MaskCounts) -> Option<String> {
        // Masks are cut at ASCII bytes, so what is left is UTF-8.
        let mut masked = self.any(text.as_bytes(), counts).and_then(|masked| String::from_utf8(masked).ok());
        for pattern in &self.own {
            if let Some(more) = pattern.mask_text(masked.as_deref().unwrap_or(text), counts) {
                masked = Some(more);
            }
        }
        masked
    }

    /// The same for JSON as bytes. The result is the same JSON but for what was masked: names of fields made up of lower-case
    /// letters and underscores alone are left as they are, and a number is masked only where its name says that it is a secret.
    pub fn json(&self, bytes: &[u8], counts: &mut MaskCounts) -> Option<Vec<u8>> {
        let mut masked = self.any(bytes, counts);
        for pattern in &self.own {
            if let Some(more) = pattern.mask_json(masked.as_deref().unwrap_or(bytes), counts) {
                masked = Some(more);
            }
        }
        masked
    }

    /// The same for an id: what it becomes tells it from others of which the same was masked.
    pub fn id(&self, id: &str, counts: &mut MaskCounts) -> Option<String> {
        // Most are.
        if id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') && self.own.is_empty() {
            return None;
        }
        let masked = self.text(id, counts)?;
        Some(format!("{masked}~{:08x}", xxhash_rust::xxh3::xxh3_64(id.as_bytes()) as u32))
    }

    /// The same for bytes of any kind of text, a person's own patterns left out: they might cut through its structure.
    pub fn any(&self, bytes: &[u8], counts: &mut MaskCounts) -> Option<Vec<u8>> {
        let masked = mask_secrets(bytes, counts);
        if !self.masks_emails {
            return masked;
        }
        emails::mask(masked.as_deref().unwrap_or(bytes), counts).or(masked)
    }
}

/// What is masked at the moment, shared by all that masks: a change holds for whatever is masked next.
#[derive(Clone, Debug, Default)]
pub struct CurrentMasker(Arc<RwLock<Arc<Masker>>>);

impl CurrentMasker {
    /// Masks by `masker` until another is set.
    pub fn new(masker: Masker) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(masker))))
    }

    /// What is masked now.
    pub fn get(&self) -> Arc<Masker> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Masks by `masker` from now on.
    pub fn set(&self, masker: Masker) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(masker);
    }
}

/// Nothing shorter holds a secret with what tells of it.
const SHORTEST_BYTES: usize = 10;

fn mask_secrets(bytes: &[u8], counts: &mut MaskCounts) -> Option<Vec<u8>> {
    if bytes.len() < SHORTEST_BYTES {
        return None;
    }
    let mut splice = Splice::new(bytes, counts);
    let mut lowered = [0; WINDOW_BYTES];
    let mut hits = Vec::new();
    let mut searched = 0;
    let mut start = 0;
    while start < bytes.len() {
        let window = bytes.get(start..bytes.len().min(start + WINDOW_BYTES)).unwrap_or_default();
        let lowered = lowered.get_mut(..window.len()).unwrap_or_default();
        lowered.copy_from_slice(window);
        lowered.make_ascii_lowercase();
        SEARCH.find(lowered, &mut hits);
        // What begins in the part that comes again is looked at then, with all that it may be the start of.
        let is_last = start + window.len() == bytes.len();
        let looked_at = if is_last { window.len() } else { WINDOW_BYTES - OVERLAP_BYTES };
        for hit in hits.iter().take_while(|hit| hit.start < looked_at) {
            let (needle, hit) = (hit.needle, start + hit.start..start + hit.end);
            // Windows and needles overlap, and what was masked is not looked at again.
            if hit.start < searched.max(splice.done) {
                continue;
            }
            searched = hit.end;
            match NEEDLES.get(needle) {
                Some((_, Lead::Key)) => keys::find(bytes, hit).into_iter().for_each(|mask| splice.put(&mask)),
                Some((_, Lead::Shape(shape))) => {
                    if let Some(mask) = shapes::find(bytes, hit.start, *shape) {
                        splice.put(&mask);
                    }
                }
                Some((_, Lead::ShapeOrKey(shape))) => match shapes::find(bytes, hit.start, *shape) {
                    Some(mask) => splice.put(&mask),
                    None => keys::find(bytes, hit).into_iter().for_each(|mask| splice.put(&mask)),
                },
                None => {}
            }
        }
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
    counts: &'a mut MaskCounts,
}

impl<'a> Splice<'a> {
    fn new(bytes: &'a [u8], counts: &'a mut MaskCounts) -> Self {
        Self { bytes, masked: Vec::new(), done: 0, counts }
    }

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
        self.counts.add(mask.kind);
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
    kind: &'a str,
    /// The quotes that the mask needs where a number stood; else empty.
    quotes: &'a [u8],
}

impl<'a> Mask<'a> {
    fn new(range: Range<usize>, kind: &'a str) -> Self {
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
    /// The start of a secret, or else part of the name of one.
    ShapeOrKey(shapes::Shape),
}

/// What is looked for, in lower case, of at least three bytes: fewer are in too many texts.
const NEEDLES: &[(&str, Lead)] = {
    use Lead::{Key, Shape};
    use shapes::{Body, Shape as S, mixed, or_key, token};
    &[
        ("apikey", Key),
        ("api_key", Key),
        ("api-key", Key),
        ("authorization", Key),
        ("cookie", Key),
        ("password", Key),
        ("passwd", Key),
        ("passphrase", Key),
        (";pwd=", Key),
        ("_key", Key),
        ("secret", or_key(token("secret_", Body::Alnum, 43, "notion-token"))),
        ("sb_secret_", or_key(token("sb_secret_", Body::Dashed, 20, "supabase-key"))),
        ("age-secret-key-1", or_key(token("AGE-SECRET-KEY-1", Body::Alnum, 50, "age-key"))),
        ("lin_api_", or_key(token("lin_api_", Body::Alnum, 40, "linear-key"))),
        ("token", Key),
        ("privatekey", Key),
        ("private_key", Key),
        ("private-key", Key),
        ("accountkey", Key),
        ("sharedaccesskey", Key),
        ("subscription-key", Key),
        ("signature=", Key),
        ("sig=", Key),
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
        ("glpat-", token("glpat-", Body::Dashed, 20, "gitlab-token")),
        ("hf_", Shape(S::HuggingFace)),
        ("k_live_", Shape(S::Stripe)),
        ("k_test_", Shape(S::Stripe)),
        ("bearer", Shape(S::Bearer)),
        ("basic", Shape(S::Basic)),
        ("eyj", Shape(S::Jwt)),
        ("-----begin", Shape(S::Pem)),
        ("ls0tls1crudjti", Shape(S::Base64Pem)),
        ("://", Shape(S::Url)),
        ("gsk_", token("gsk_", Body::Alnum, 40, "groq-key")),
        ("xai-", token("xai-", Body::Alnum, 40, "xai-key")),
        ("pplx-", token("pplx-", Body::Alnum, 32, "perplexity-key")),
        ("r8_", token("r8_", Body::Alnum, 30, "replicate-token")),
        ("tvly-", token("tvly-", Body::Dashed, 20, "tavily-key")),
        ("lsv2_", token("lsv2_", Body::Name, 30, "langsmith-key")),
        ("pk-lf-", token("pk-lf-", Body::Dashed, 30, "langfuse-key")),
        ("npm_", token("npm_", Body::Alnum, 36, "npm-token")),
        ("pypi-agei", token("pypi-AgEI", Body::Dashed, 40, "pypi-token")),
        ("dapi", token("dapi", Body::Hex, 32, "databricks-token")),
        ("sg.", token("SG.", Body::Dotted, 60, "sendgrid-key")),
        ("ya29.", token("ya29.", Body::Dotted, 20, "google-token")),
        ("gocspx-", token("GOCSPX-", Body::Dashed, 20, "google-client-secret")),
        ("whsec_", token("whsec_", Body::Base64, 24, "webhook-secret")),
        ("shpat_", token("shpat_", Body::Hex, 32, "shopify-token")),
        ("nvapi-", token("nvapi-", Body::Dashed, 40, "nvidia-key")),
        ("pcsk_", token("pcsk_", Body::Name, 40, "pinecone-key")),
        ("glsa_", token("glsa_", Body::Name, 30, "grafana-token")),
        ("hvs.", token("hvs.", Body::Dashed, 24, "vault-token")),
        ("dop_v1_", token("dop_v1_", Body::Hex, 64, "digitalocean-token")),
        ("xapp-", token("xapp-", Body::Dashed, 30, "slack-token")),
        ("hooks.slack.com/services/", token("hooks.slack.com/services/", Body::Path, 30, "slack-webhook")),
        ("api/webhooks/", Shape(S::DiscordWebhook)),
        ("ntn_", token("ntn_", Body::Alnum, 40, "notion-token")),
        ("dckr_pat_", token("dckr_pat_", Body::Dashed, 26, "docker-token")),
        ("figd_", token("figd_", Body::Dashed, 40, "figma-token")),
        ("atatt3", token("ATATT3", Body::Padded, 60, "atlassian-token")),
        ("sbp_", token("sbp_", Body::Hex, 40, "supabase-key")),
        ("vcp_", mixed("vcp_", 24, "vercel-token")),
        ("vck_", mixed("vck_", 24, "vercel-token")),
        ("fw_", mixed("fw_", 24, "fireworks-key")),
        (":aa", Shape(S::Telegram { colon_bytes: 1 })),
        // As it stands in an address of the web.
        ("%3aaa", Shape(S::Telegram { colon_bytes: 3 })),
        ("v0ag9yaxphdglvb", Shape(S::Base64Header { before: 2 })),
        ("mvhcmvyi", Shape(S::Base64Header { before: 1 })),
    ]
};

/// Looks in text that was lowered, a window at a time: that costs less than to search without regard to case.
static SEARCH: LazyLock<Search> =
    LazyLock::new(|| Search::new(&NEEDLES.iter().map(|(needle, _)| *needle).collect::<Vec<_>>()));

/// Whether a word may begin at `at`: what is before it is no letter, digit, `_` or `-`, or is the end of an escape (`\n`,
/// `\u0027`, `%20`), the code of a terminal's colour, or a name in capitals (`KEY_`).
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| bytes.get(before)) else { return true };
    if !before.is_ascii_alphanumeric() && !matches!(before, b'_' | b'-') {
        return true;
    }
    if *before == b'_' && ends_name_in_capitals(bytes.get(..at).unwrap_or_default()) {
        return true;
    }
    let escape =
        |length: usize| at.checked_sub(length).and_then(|start| bytes.get(start..at)).unwrap_or_default();
    if ends_colour(bytes.get(..at).unwrap_or_default()) {
        return true;
    }
    if let [b'%', high, low] = escape(3) {
        return high.is_ascii_hexdigit() && low.is_ascii_hexdigit();
    }
    if let [b'\\', b'x', high, low] = escape(4) {
        return high.is_ascii_hexdigit() && low.is_ascii_hexdigit();
    }
    match (escape(2), escape(6)) {
        ([b'\\', b'n' | b'r' | b't' | b'b' | b'f'], _) => true,
        (_, [b'\\', b'u', digits @ ..]) => digits.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

/// Whether text ends with a word of capitals and an underline, as names of settings are written; what is encoded in letters of
/// both cases has none.
fn ends_name_in_capitals(text: &[u8]) -> bool {
    const LONGEST_BYTES: usize = 40;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.iter().rev().take(LONGEST_BYTES + 1).take_while(|byte| is_name(byte)).count();
    let name = text.get(text.len() - length..).unwrap_or_default();
    (4..=LONGEST_BYTES).contains(&length)
        && name.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
}

/// How a terminal's escape is written: as it is, or as JSON, shells and programs write it.
const ESCAPES: [&[u8]; 8] = [b"\x1b", b"\\u001b", b"\\u001B", b"\\u{1b}", b"\\x1b", b"\\033", b"\\e", b"^["];

/// Past the codes that a terminal takes for itself (`ESC [ 33 m`).
fn skip_colours(bytes: &[u8], mut at: usize) -> usize {
    let colour = |at: usize| {
        // The backslash of an escape is doubled as often as the text is nested.
        let at = at + run(bytes, at, 64, |byte| byte == b'\\').saturating_sub(1);
        let rest = bytes.get(at..)?;
        // Logs may have lost the escape itself.
        let escape = ESCAPES.iter().find(|escape| rest.starts_with(escape)).map_or(0, |escape| escape.len());
        let code = run(rest, escape + 1, 16, |byte| byte.is_ascii_digit() || matches!(byte, b';' | b':'));
        let end = escape + 1 + code;
        let is_code = rest.get(escape) == Some(&b'[') && (escape > 0 || code > 0);
        (is_code && matches!(rest.get(end), Some(b'm' | b'K'))).then_some(at + end + 1)
    };
    while let Some(end) = colour(at) {
        at = end;
    }
    at
}

/// Whether text ends with such a code.
fn ends_colour(text: &[u8]) -> bool {
    const LONGEST_BYTES: usize = 32;
    let text = text.get(text.len().saturating_sub(LONGEST_BYTES)..).unwrap_or_default();
    let Some((b'm' | b'K', code)) = text.split_last() else { return false };
    let digits =
        code.iter().rev().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')).count();
    let before = code.get(..code.len() - digits).unwrap_or_default();
    before.strip_suffix(b"[").is_some_and(|before| {
        // Where logs have lost the escape itself, the bracket is none of an index.
        let is_lost = digits > 0
            && before.last().is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'=:>".contains(byte));
        is_lost || ESCAPES.iter().any(|escape| before.ends_with(escape))
    })
}

/// How many bytes from `at` satisfy `test`, up to `most`.
fn run(bytes: &[u8], at: usize, most: usize, test: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take(most).take_while(|byte| test(**byte)).count()
}
