//! Secrets known by the name they stand under: `"api_key": "…"`, `["authorization", "…"]`, `{"key": "cookie", "value": …}`.
//!
//! A quote is told by the backslashes before it. In JSON it has none; in JSON inside a string of JSON 1; inside that 3: at
//! level `n` it has `2ⁿ − 1` (and, after content that ends in backslashes, a multiple of `2ⁿ⁺¹` more).

use std::ops::Range;

use super::assignments::{self, looks_like_key, looks_random};
use super::{Mask, ends_colour, run};

/// The longest name and the longest value looked at.
const LONGEST_NAME_BYTES: usize = 160;
const LONGEST_VALUE_BYTES: usize = 64 * 1024;
/// Digits and the letter that end the code of a terminal's colour.
const LONGEST_CODE_BYTES: usize = 4;

/// The values that stand under the name around `hit`, if it is the name of a secret.
pub fn find<'a>(bytes: &'a [u8], hit: Range<usize>) -> Vec<Mask<'a>> {
    // `max_tokens`, `tokenizer`: most of what is met, and no name of a secret.
    let is_token = matches!(bytes.get(hit.start), Some(b't' | b'T'));
    if is_token && matches!(bytes.get(hit.end), Some(b's' | b'S' | b'i' | b'I')) {
        return Vec::new();
    }
    // `cache_key`, `sort_key`: so are most of these, but in capitals.
    if bytes.get(hit.clone()) == Some(b"_key") {
        return Vec::new();
    }
    // Needles such as `;pwd=` have the signs around the name in them.
    let has = |at: usize, sign: u8| usize::from(bytes.get(at) == Some(&sign));
    let hit = hit.start + has(hit.start, b';')..hit.end - has(hit.end.saturating_sub(1), b'=');
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let before = bytes.get(hit.start.saturating_sub(LONGEST_NAME_BYTES)..hit.start).unwrap_or_default();
    let mut start = hit.start - before.iter().rev().take_while(|byte| is_name(byte)).count();
    // The end of a colour's code looks like the start of a name (`[1mpassword`).
    let code = start + 1..=hit.start.min(start + LONGEST_CODE_BYTES);
    start = code.rev().find(|at| ends_colour(bytes.get(..*at).unwrap_or_default())).unwrap_or(start);
    let end = hit.end + run(bytes, hit.end, LONGEST_NAME_BYTES, |byte| is_name(&byte));
    match quoted(bytes, start..end) {
        Some(masks) => masks,
        None => assignments::find(bytes, start..end).into_iter().collect(),
    }
}

/// The values under a name in quotes; `None` if it is not in quotes.
fn quoted<'a>(bytes: &'a [u8], name: Range<usize>) -> Option<Vec<Mask<'a>>> {
    let quote = Quote::before(bytes, name.start)?;
    quote.closing(bytes, name.end).filter(|closing| *closing == name.end)?;
    Some(masks(bytes, name, &quote).unwrap_or_default())
}

fn masks<'a>(bytes: &'a [u8], name: Range<usize>, quote: &Quote<'a>) -> Option<Vec<Mask<'a>>> {
    let (start, closing) = (name.start, name.end);
    let Name { kind, is_sure, least_bytes } = name_of(bytes.get(name.clone())?)?;
    let opening = start - quote.bytes.len();
    // One that may be something else has to look like a secret.
    let is_secret = |string: &Range<usize>| {
        worth_masking(bytes, string)
            && (is_sure || {
                let text = bytes.get(string.clone()).unwrap_or_default();
                if kind == "key" {
                    looks_like_key(text, least_bytes)
                } else {
                    looks_random(text, least_bytes)
                }
            })
    };
    let next = skip_space(bytes, closing + quote.bytes.len());
    match bytes.get(next)? {
        b':' => value(bytes, skip_space(bytes, next + 1), quote, kind, 0, &is_secret),
        b',' => {
            let second = skip_prefix(bytes, skip_space(bytes, next + 1));
            let string = quote.string(bytes, second)?;
            let after = skip_space(bytes, string.end + quote.bytes.len());
            let text = bytes.get(string.clone())?;
            let is_value = [&b"value"[..], b"val", b"v"].iter().any(|word| text.eq_ignore_ascii_case(word));
            match bytes.get(after)? {
                // {"key": "authorization", "value": …}
                b':' if is_value => {
                    value(bytes, skip_space(bytes, after + 1), quote, kind, DEEPEST_WRAPPER, &is_secret)
                }
                // ["authorization", "…"] in a list of such pairs; a list of names (`"required": ["api_key", …]`) is none.
                b']' if is_pair_in_list(bytes, opening) && string.len() >= 8 && is_secret(&string) => {
                    Some(vec![Mask::new(string, kind)])
                }
                // Names and values in turn, or a pair by itself.
                b']' | b',' | b')' if kind != "key" && looks_random(text, 16) => {
                    Some(vec![Mask::new(string, kind)])
                }
                _ => None,
            }
        }
        _ => assignments::find_quoted(bytes, name, opening, next).map(|mask| vec![mask]),
    }
}

/// What the name of a secret says.
pub(super) struct Name {
    /// What its value is.
    pub(super) kind: &'static str,
    /// Nothing else is called that; otherwise the value has to look like a secret.
    pub(super) is_sure: bool,
    /// How long it has to be then.
    pub(super) least_bytes: usize,
}

impl Name {
    pub(super) fn sure(kind: &'static str) -> Self {
        Self { kind, is_sure: true, least_bytes: 0 }
    }
}

/// How long a token and a key of an uncertain name are at least.
const LEAST_TOKEN_BYTES: usize = 20;
const LEAST_KEY_BYTES: usize = 32;
/// What is called a key in capitals and is none that is secret.
const WORD_KEYS: &[&str] = &[
    "public",
    "pub",
    "primary",
    "foreign",
    "cache",
    "sort",
    "partition",
    "hash",
    "object",
    "s3",
    "idempotency",
    "registry",
    "publishable",
];

/// What is called a token and is a secret, by the word before it.
const TOKEN_WORDS: &[&str] = &[
    "access",
    "refresh",
    "auth",
    "oauth",
    "session",
    "id",
    "bearer",
    "bot",
    "api",
    "client",
    "security",
    "github",
    "gitlab",
    "hf",
    "huggingface",
    "hub",
    "slack",
    "npm",
    "pypi",
    "telegram",
    "discord",
    "vault",
    "csrf",
    "xsrf",
    "jwt",
    "deploy",
    "private",
    "personal",
    "secret",
    "service",
    "databricks",
    "replicate",
    "account",
    "user",
    "login",
];
/// What is called a token and is none.
const WORD_TOKENS: &[&str] = &[
    "page",
    "next",
    "continuation",
    "bos",
    "eos",
    "pad",
    "unk",
    "sep",
    "cls",
    "mask",
    "stop",
    "special",
    "sync",
    "cursor",
    "per",
    "first",
    "last",
    "max",
    "start",
    "end",
];

/// What a name says its value is, by the last of its dotted parts, without dashes, underscores and case.
pub(super) fn name_of(name: &[u8]) -> Option<Name> {
    let last = name.rsplit(|byte| *byte == b'.').next()?;
    let plain: Vec<u8> =
        last.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| plain.ends_with(suffix.as_bytes()));
    let sure = |kind| Some(Name::sure(kind));
    if matches!(plain.as_slice(), b"cookie" | b"setcookie") {
        sure("cookie")
    } else if ends(&["apikey", "apikeys", "subscriptionkey", "accountkey", "sharedaccesskey"]) {
        sure("api-key")
    } else if ends(&["authorization"]) {
        sure("authorization")
    } else if ends(&["password", "passwd", "passphrase"]) {
        sure("password")
    } else if plain == b"secret"
        || ends(&["clientsecret", "secretkey", "secretaccesskey", "appsecret", "secrettoken", "authsecret"])
        || ends(&["webhooksecret", "jwtsecret", "signingsecret", "sessionsecret"])
    {
        sure("secret")
    } else if ends(&["privatekey"]) {
        sure("private-key")
    } else if let Some(word) = plain.strip_suffix(b"token") {
        let ends = |words: &[&str]| words.iter().any(|known| word.ends_with(known.as_bytes()));
        let is_sure = ends(TOKEN_WORDS);
        (is_sure || !ends(WORD_TOKENS)).then_some(Name {
            kind: "token",
            is_sure,
            least_bytes: LEAST_TOKEN_BYTES,
        })
    } else if last.ends_with(b"_KEY") {
        // In capitals only: what programs call a key is mostly none.
        let word = plain.strip_suffix(b"key").unwrap_or_default();
        let is_secret = !WORD_KEYS.iter().any(|known| word.ends_with(known.as_bytes()));
        is_secret.then_some(Name { kind: "key", is_sure: false, least_bytes: LEAST_KEY_BYTES })
    } else {
        None
    }
}

/// How deep OTLP wraps a value: `{"arrayValue": {"values": [{"stringValue": …}]}}`.
const DEEPEST_WRAPPER: u32 = 4;

/// The value at `at`: a string, a list of strings, a number that is no flag; of an object (a schema of a parameter that is
/// called `password`, say) nothing, unless it is OTLP's wrapper around a value.
fn value<'a>(
    bytes: &'a [u8],
    at: usize,
    quote: &Quote<'a>,
    kind: &'static str,
    wrappers: u32,
    is_secret: &dyn Fn(&Range<usize>) -> bool,
) -> Option<Vec<Mask<'a>>> {
    let at = skip_prefix(bytes, at);
    if let Some(string) = quote.string(bytes, at).or_else(|| quote.other(bytes, at)?.string(bytes, at)) {
        return Some(is_secret(&string).then(|| Mask::new(string, kind)).into_iter().collect());
    }
    match bytes.get(at)? {
        b'[' => {
            let mut masks = Vec::new();
            let mut at = skip_space(bytes, at + 1);
            if bytes.get(at) == Some(&b'{') && wrappers > 0 {
                return value(bytes, at, quote, kind, wrappers - 1, is_secret);
            }
            while let Some(string) = quote.string(bytes, at) {
                at = skip_space(bytes, string.end + quote.bytes.len());
                if is_secret(&string) {
                    masks.push(Mask::new(string, kind));
                }
                if bytes.get(at) != Some(&b',') {
                    break;
                }
                at = skip_space(bytes, at + 1);
            }
            Some(masks)
        }
        b'{' if wrappers > 0 => {
            let name = quote.string(bytes, skip_space(bytes, at + 1))?;
            let colon = skip_space(bytes, name.end + quote.bytes.len());
            let text = bytes.get(name)?;
            let is_wrapper = (text.ends_with(b"Value") || text.ends_with(b"_value") || text == b"values")
                && bytes.get(colon) == Some(&b':');
            is_wrapper
                .then(|| value(bytes, skip_space(bytes, colon + 1), quote, kind, wrappers - 1, is_secret))?
        }
        b'0'..=b'9' => {
            let length = run(bytes, at, 64, |byte| byte.is_ascii_digit());
            let whole = bytes.get(at + length).is_none_or(|byte| !b".eE".contains(byte));
            let is_number = length >= 4 && whole && is_secret(&(at..at + length));
            is_number.then(|| vec![Mask { range: at..at + length, kind, quotes: quote.bytes }])
        }
        _ => None,
    }
}

/// Past the `b` of Python's bytes.
fn skip_prefix(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'b', b'\'' | b'"' | b'\\', ..]) => at + 1,
        _ => at,
    }
}

/// Whether there is anything to hide: not what is empty, masked before, or a mere reference to a variable.
pub(super) fn worth_masking(bytes: &[u8], string: &Range<usize>) -> bool {
    let text = bytes.get(string.clone()).unwrap_or_default();
    let is_name = |name: &[u8]| {
        !name.is_empty()
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    };
    let is_reference = (text.starts_with(b"${") && text.ends_with(b"}"))
        || (text.starts_with(b"{{") && text.ends_with(b"}}"))
        || text.strip_prefix(b"$").is_some_and(is_name);
    let is_stars = text.iter().all(|byte| *byte == b'*');
    let is_masked = text.starts_with(b"[masked:") && text.ends_with(b"]");
    !(is_stars || is_masked || is_reference)
}

/// Whether the bracket before `opening` is inside another list: `[[` or `], [`.
fn is_pair_in_list(bytes: &[u8], opening: usize) -> bool {
    // The byte before, white space left out, also where it is escaped (`\n`).
    let back = |mut at: usize| {
        loop {
            let before = at.checked_sub(1)?;
            let byte = *bytes.get(before)?;
            let slashes =
                bytes.get(..before)?.iter().rev().take(64).take_while(|byte| **byte == b'\\').count();
            if byte.is_ascii_whitespace() {
                at = before;
            } else if slashes > 0 && matches!(byte, b'n' | b'r' | b't') {
                at = before - slashes;
            } else {
                return Some((before, byte));
            }
        }
    };
    let Some((bracket, b'[')) = back(opening) else { return false };
    match back(bracket) {
        Some((_, b'[')) => true,
        Some((comma, b',')) => matches!(back(comma), Some((_, b']'))),
        _ => false,
    }
}

/// Past white space, also where it is escaped (`\n`).
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if *byte == b'\\' {
            let slashes = run(bytes, at, 64, |byte| byte == b'\\');
            match bytes.get(at + slashes) {
                Some(b'n' | b'r' | b't') => at += slashes + 1,
                _ => break,
            }
        } else {
            break;
        }
    }
    at
}

/// How strings are quoted where a name was found.
pub(super) struct Quote<'a> {
    /// The quote with the backslashes before it.
    pub(super) bytes: &'a [u8],
    /// `"`, or `'` in Python's dictionaries.
    mark: u8,
    /// How many strings of JSON it is nested in.
    level: u32,
}

impl<'a> Quote<'a> {
    const DEEPEST: u32 = 6;

    /// The quote that ends right before `at`.
    fn before(bytes: &'a [u8], at: usize) -> Option<Self> {
        let end = at.checked_sub(1)?;
        let mark = *bytes.get(end).filter(|byte| matches!(byte, b'"' | b'\''))?;
        let slashes = bytes
            .get(..end)?
            .iter()
            .rev()
            .take(1 << Self::DEEPEST)
            .take_while(|byte| **byte == b'\\')
            .count();
        Self::new(bytes, end - slashes, slashes, mark)
    }

    fn new(bytes: &'a [u8], start: usize, slashes: usize, mark: u8) -> Option<Self> {
        let level = (0..Self::DEEPEST).find(|level| (1 << level) - 1 == slashes)?;
        Some(Self { bytes: bytes.get(start..=start + slashes)?, mark, level })
    }

    /// The quote that begins at `at`.
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let slashes = run(bytes, at, 1 << Self::DEEPEST, |byte| byte == b'\\');
        let mark = *bytes.get(at + slashes).filter(|byte| matches!(byte, b'"' | b'\''))?;
        Self::new(bytes, at, slashes, mark)
    }

    /// The other of Python's two quotes, if a string begins with it at `at`.
    fn other(&self, bytes: &'a [u8], at: usize) -> Option<Self> {
        (self.mark == b'\'').then_some(())?;
        let slashes = run(bytes, at, 1 << Self::DEEPEST, |byte| byte == b'\\');
        bytes.get(at + slashes).filter(|byte| **byte == b'"')?;
        Self::new(bytes, at, slashes, b'"')
    }

    /// What is inside the string that begins at `at`; it must have an end.
    pub(super) fn string(&self, bytes: &[u8], at: usize) -> Option<Range<usize>> {
        let start = at + self.bytes.len();
        (bytes.get(at..start)? == self.bytes).then_some(())?;
        let end = self.closing(bytes, start)?;
        (end > start).then_some(start..end)
    }

    /// Where the closing quote begins, backslashes included, of a string whose content is at `from`; `None` if a string
    /// around it ends first.
    fn closing(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let content = bytes.get(from..bytes.len().min(from + LONGEST_VALUE_BYTES))?;
        let mut searched = 0;
        while let Some(found) = memchr::memchr2(b'"', self.mark, content.get(searched..)?) {
            let at = searched + found;
            let mark = *content.get(at)?;
            let slashes = content.get(..at)?.iter().rev().take_while(|byte| **byte == b'\\').count();
            let closes = |level: u32| slashes % (2 << level) == (1 << level) - 1;
            if mark == self.mark && closes(self.level) {
                return Some(from + at - ((1 << self.level) - 1));
            }
            let around = if self.mark == b'\'' { self.level + 1 } else { self.level };
            if mark == b'"' && (0..around).any(closes) {
                return None;
            }
            searched = at + 1;
        }
        None
    }
}
