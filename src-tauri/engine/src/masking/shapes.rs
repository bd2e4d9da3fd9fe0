//! Secrets known by how they look, anywhere in a text.

use super::{Mask, begins_word, run};

/// What a needle may be the start of.
#[derive(Clone, Copy)]
pub enum Shape {
    /// `sk-…`, `sk-ant-…`, `sk-proj-…`.
    SkKey,
    /// `ghp_…`, `github_pat_…`.
    GitHub,
    /// `xoxb-…`.
    Slack,
    /// `AKIA…`, `ASIA…`.
    Aws,
    /// `AIza…`.
    Google,
    /// `hf_…`.
    HuggingFace,
    /// `sk_live_…`, `pk_live_…`, `rk_live_…`: the needle leaves out the first letter.
    Stripe,
    /// `Bearer …`.
    Bearer,
    /// `Basic …`.
    Basic,
    /// `eyJ….….…`.
    Jwt,
    /// `-----BEGIN … PRIVATE KEY-----`.
    Pem,
    /// The same in base64, as clusters keep it.
    Base64Pem,
    /// `://`, perhaps with a user's name and password after it.
    Url,
    /// `123456789:AA…`, of a bot of Telegram; the needle is the colon and what follows.
    Telegram {
        /// How long the colon is as it is written.
        colon_bytes: usize,
    },
    /// `…/api/webhooks/<id>/<token>` of Discord; the needle leaves out the first slash.
    DiscordWebhook,
    /// A header in base64: `Authorization…` or `Bearer …`. The needle leaves out the first letters, which differ by case.
    Base64Header {
        /// How many.
        before: usize,
    },
    /// A word that begins with `lead`, as it is written, and goes on for at least `least` bytes of `body`.
    Token {
        /// How it begins.
        lead: &'static str,
        /// What it goes on with.
        body: Body,
        /// How long.
        least: usize,
        /// There is a digit in it: one that is short might be a name of a program otherwise.
        has_digit: bool,
        /// What it is.
        kind: &'static str,
    },
}

/// Letters and digits, and what may stand between them.
#[derive(Clone, Copy)]
pub enum Body {
    /// Nothing.
    Alnum,
    /// `_`.
    Name,
    /// `_` and `-`.
    Dashed,
    /// `_`, `-` and `.`.
    Dotted,
    /// `_`, `-` and `=`.
    Padded,
    /// `+`, `/` and `=`.
    Base64,
    /// `/`.
    Path,
    /// Nothing, and only the digits of hexadecimal numbers.
    Hex,
}

impl Body {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Alnum => is_alnum(byte),
            Self::Name => is_name(byte),
            Self::Dashed => is_dashed(byte),
            Self::Dotted => is_dashed(byte) || byte == b'.',
            Self::Padded => is_dashed(byte) || byte == b'=',
            Self::Base64 => is_alnum(byte) || matches!(byte, b'+' | b'/' | b'='),
            Self::Path => is_alnum(byte) || byte == b'/',
            Self::Hex => byte.is_ascii_hexdigit(),
        }
    }
}

/// What a needle may be the start of, where it is known by how it begins.
pub const fn token(lead: &'static str, body: Body, least: usize, kind: &'static str) -> super::Lead {
    super::Lead::Shape(Shape::Token { lead, body, least, has_digit: false, kind })
}

/// The same for one of letters and digits, both of them, which is short.
pub const fn mixed(lead: &'static str, least: usize, kind: &'static str) -> super::Lead {
    super::Lead::Shape(Shape::Token { lead, body: Body::Alnum, least, has_digit: true, kind })
}

/// The same where it may as well be part of the name of a secret (`SECRET_KEY`).
pub const fn or_key(lead: super::Lead) -> super::Lead {
    match lead {
        super::Lead::Shape(shape) => super::Lead::ShapeOrKey(shape),
        other => other,
    }
}

/// The longest secret on one line.
const LONGEST_BYTES: usize = 16 * 1024;
/// The longest private key.
const LONGEST_PEM_BYTES: usize = 16 * 1024;

/// The secret whose needle was found at `at`, if it is one.
pub fn find(bytes: &[u8], at: usize, shape: Shape) -> Option<Mask<'static>> {
    let begins_later = matches!(
        shape,
        Shape::Stripe | Shape::Pem | Shape::Url | Shape::Telegram { .. } | Shape::Base64Header { .. }
    );
    let is_inside_word = !begins_later && !begins_word(bytes, at);
    if is_inside_word {
        return None;
    }
    match shape {
        Shape::SkKey => sk_key(bytes, at),
        Shape::GitHub => {
            let fine_grained = starts(bytes, at, b"github_pat_");
            let lead = if fine_grained { 11 } else { 4 };
            let is_lead = fine_grained
                || [b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"].iter().any(|lead| starts(bytes, at, *lead));
            let body = word_length(bytes, at + lead, if fine_grained { is_name } else { is_alnum });
            (is_lead && body >= 30).then_some(())?;
            word(bytes, at, lead + body, "github-token")
        }
        Shape::Slack => {
            let lead = matches!(
                bytes.get(at..at + 5),
                Some([b'x', b'o', b'x', b'a' | b'b' | b'p' | b'r' | b's' | b'e', b'-'])
            );
            let body = word_length(bytes, at + 5, is_dashed);
            (lead && body >= 10 && has_digit(bytes, at + 5, body)).then_some(())?;
            word(bytes, at, 5 + body, "slack-token")
        }
        Shape::Aws => {
            let body = word_length(bytes, at, is_name);
            let token = bytes.get(at..at + body)?;
            let known = token.starts_with(b"AKIA") || token.starts_with(b"ASIA");
            let upper = token.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            (body == 20 && known && upper).then_some(())?;
            word(bytes, at, body, "aws-access-key")
        }
        Shape::Google => {
            let body = word_length(bytes, at, is_dashed);
            (starts(bytes, at, b"AIza") && body >= 39).then_some(())?;
            word(bytes, at, body, "google-api-key")
        }
        Shape::HuggingFace => {
            let body = word_length(bytes, at + 3, is_alnum);
            let ends = bytes.get(at + 3 + body).is_none_or(|byte| *byte != b'_');
            (starts(bytes, at, b"hf_") && body >= 30 && ends).then_some(())?;
            word(bytes, at, 3 + body, "huggingface-token")
        }
        Shape::Stripe => {
            let start = at.checked_sub(1)?;
            let body = word_length(bytes, at + 7, is_alnum);
            let lead = matches!(bytes.get(start), Some(b's' | b'p' | b'r')) && starts(bytes, at, b"k_");
            (lead && body >= 16).then_some(())?;
            word(bytes, start, 8 + body, "stripe-key")
        }
        Shape::Bearer => {
            let token = after_scheme(bytes, at, 6)?;
            let length = word_length(bytes, token, |byte| {
                is_dashed(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
            });
            (length >= 32 || (length >= 16 && has_digit(bytes, token, length))).then_some(())?;
            Some(Mask::new(token..token + length, "bearer-token"))
        }
        Shape::Basic => {
            let token = after_scheme(bytes, at, 5)?;
            let length =
                word_length(bytes, token, |byte| is_alnum(byte) || matches!(byte, b'+' | b'/' | b'='));
            is_user_and_password(bytes.get(token..token + length)?).then_some(())?;
            Some(Mask::new(token..token + length, "basic-credentials"))
        }
        Shape::Jwt => {
            let part = |from: usize| word_length(bytes, from, is_dashed);
            let header = part(at);
            let payload = part(at + header + 1);
            let signature = part(at + header + payload + 2);
            let dots =
                bytes.get(at + header) == Some(&b'.') && bytes.get(at + header + payload + 1) == Some(&b'.');
            (starts(bytes, at, b"eyJ") && dots && header >= 10 && payload >= 10 && signature >= 10)
                .then_some(())?;
            word(bytes, at, header + payload + signature + 2, "jwt")
        }
        Shape::Pem => pem(bytes, at),
        Shape::Base64Pem => {
            const HEAD_BYTES: usize = 64;
            let length = word_length(bytes, at, |byte| Body::Base64.has(byte));
            let head = from_base64(bytes.get(at..at + length.min(HEAD_BYTES))?);
            let is_private = memchr::memmem::find(&head, b"PRIVATE KEY").is_some();
            is_private.then(|| word(bytes, at, length, "private-key"))?
        }
        Shape::Url => url_password(bytes, at),
        Shape::Telegram { colon_bytes } => {
            let digits = bytes
                .get(at.saturating_sub(10)..at)?
                .iter()
                .rev()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            // A digit more may belong to an escape (`\u0001`).
            let starts_there = |start: &usize| {
                begins_word(bytes, *start)
                    || bytes.get(..*start).is_some_and(|before| before.ends_with(b"bot"))
            };
            let start = (8..=digits).rev().map(|length| at - length).find(starts_there)?;
            let token = at + colon_bytes;
            let secret = word_length(bytes, token, is_dashed);
            (starts(bytes, token, b"AA") && (34..=36).contains(&secret))
                .then(|| Mask::new(start..token + secret, "telegram-token"))
        }
        Shape::DiscordWebhook => {
            let id = at + 13;
            let token = id + run(bytes, id, 24, |byte| byte.is_ascii_digit()) + 1;
            let length = word_length(bytes, token, is_dashed);
            let is_webhook = (16..=22).contains(&(token - id)) && bytes.get(token - 1) == Some(&b'/');
            (is_webhook && length >= 50).then(|| Mask::new(id..token + length, "discord-webhook"))
        }
        Shape::Base64Header { before } => {
            let start = at.checked_sub(before)?;
            let known: [&[u8]; 4] = [b"QXV0aG9yaXphdGlvb", b"YXV0aG9yaXphdGlvb", b"QmVhcmVyI", b"YmVhcmVyI"];
            let is_known = known.iter().any(|lead| starts(bytes, start, lead));
            let body =
                word_length(bytes, start, |byte| Body::Base64.has(byte) || byte == b'_' || byte == b'-');
            (is_known && body >= 32).then_some(())?;
            word(bytes, start, body, "authorization")
        }
        Shape::Token { lead, body, least, has_digit: wants_digit, kind } => {
            let length = word_length(bytes, at + lead.len(), |byte| body.has(byte));
            let whole = bytes.get(at + lead.len() + length).is_none_or(|byte| !is_name(*byte));
            let is_mixed = !wants_digit || has_digit(bytes, at + lead.len(), length);
            (starts(bytes, at, lead.as_bytes()) && length >= least && whole && is_mixed).then_some(())?;
            word(bytes, at, lead.len() + length, kind)
        }
    }
}

/// OpenAI's, Anthropic's and others': long and unlike words, so that `sk-learn` and its like are left.
fn sk_key(bytes: &[u8], at: usize) -> Option<Mask<'static>> {
    let length = word_length(bytes, at, is_dashed);
    let token = bytes.get(at..at + length).filter(|token| token.starts_with(b"sk-"))?;
    let digit = token.iter().any(u8::is_ascii_digit);
    let longest_run = token.split(|byte| !byte.is_ascii_alphanumeric()).map(<[u8]>::len).max().unwrap_or(0);
    let known = [&b"sk-ant-"[..], b"sk-proj-", b"sk-svcacct-", b"sk-admin-", b"sk-or-", b"sk-lf-"];
    let is_key = if known.iter().any(|lead| token.starts_with(lead)) {
        length >= 24 && digit
    } else {
        longest_run >= 20 || (longest_run >= 16 && digit)
    };
    let kinds =
        [(&b"sk-ant-"[..], "anthropic-key"), (b"sk-lf-", "langfuse-key"), (b"sk-or-", "openrouter-key")];
    let kind = kinds.iter().find(|(lead, _)| token.starts_with(lead)).map_or("openai-key", |(_, kind)| kind);
    is_key.then(|| word(bytes, at, length, kind))?
}

/// A private key as text, to its end or, if that is cut off, as far as it looks like one.
fn pem(bytes: &[u8], at: usize) -> Option<Mask<'static>> {
    let rest = bytes.get(at..)?;
    let label = rest.get(10..rest.len().min(64))?;
    let label_length = label.windows(5).position(|dashes| dashes == b"-----")?;
    let label = label.get(..label_length)?;
    (label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PGP PRIVATE KEY BLOCK")).then_some(())?;
    let body = 10 + label_length + 5;
    let window = rest.get(body..rest.len().min(body + LONGEST_PEM_BYTES))?;
    if let Some(closing) = memchr::memmem::find(window, b"-----END") {
        let is_one_text = !window.get(..closing)?.contains(&b'"');
        let after = window.get(closing + 8..window.len().min(closing + 64))?;
        if let Some(dashes) = after.windows(5).position(|dashes| dashes == b"-----").filter(|_| is_one_text) {
            return Some(Mask::new(at..at + body + closing + 8 + dashes + 5, "private-key"));
        }
    }
    // Cut off: as far as it goes on in base64, with line breaks that may be escaped as often as the text is nested, or have become
    // spaces.
    let mut length = 0;
    while let Some(byte) = window.get(length) {
        match byte {
            b'\\' => {
                let slashes = run(window, length, 64, |byte| byte == b'\\');
                match window.get(length + slashes) {
                    Some(b'n' | b'r') => length += slashes + 1,
                    _ => break,
                }
            }
            b' ' => {
                let word = run(window, length + 1, LONGEST_PEM_BYTES, |byte| Body::Base64.has(byte));
                let is_last = length > 40 && length + 1 + word == window.len();
                if word < 32 && !is_last {
                    break;
                }
                length += 1 + word;
            }
            byte if is_alnum(*byte) || b"+/=\n\r".contains(byte) => length += 1,
            _ => break,
        }
    }
    (length > 40).then(|| Mask::new(at..at + body + length, "private-key"))
}

/// The password of `scheme://user:password@host`.
fn url_password(bytes: &[u8], at: usize) -> Option<Mask<'static>> {
    at.checked_sub(1).and_then(|before| bytes.get(before)).filter(|byte| byte.is_ascii_alphanumeric())?;
    let start = at + 3;
    let is_part = |byte: u8| byte.is_ascii_graphic() && !b"/?#\"'`<>\\()[]{}|^,;".contains(&byte);
    let length = run(bytes, start, 512, is_part);
    let authority = bytes.get(start..start + length)?;
    let at_sign = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority.get(..at_sign)?.iter().position(|byte| *byte == b':')?;
    let password = start + colon + 1..start + at_sign;
    let is_placeholder = match bytes.get(password.start..)? {
        // A byte that an address of the web writes so, or the place of a value.
        [b'%', high, low, ..] => !(high.is_ascii_hexdigit() && low.is_ascii_hexdigit()),
        [first, ..] => matches!(first, b'$' | b'*'),
        [] => true,
    };
    (!password.is_empty() && !is_placeholder).then(|| Mask::new(password, "url-password"))
}

/// Where the credentials of `Bearer …` or `Basic …` start: one or more spaces after the word, or one as addresses of the web
/// write it.
fn after_scheme(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let spaces = match bytes.get(at + length..)? {
        [b'%', b'2', b'0', ..] => 3,
        [b'+', ..] => 1,
        _ => run(bytes, at + length, 8, |byte| byte == b' '),
    };
    (spaces > 0).then_some(at + length + spaces)
}

/// Whether base64 holds `user:password`.
fn is_user_and_password(encoded: &[u8]) -> bool {
    let digits =
        encoded.trim_ascii_end().strip_suffix(b"==").or(encoded.strip_suffix(b"=")).unwrap_or(encoded);
    if digits.len() < 4 || !encoded.len().is_multiple_of(4) || digits.contains(&b'=') {
        return false;
    }
    let decoded = from_base64(digits);
    decoded.contains(&b':')
        && std::str::from_utf8(&decoded).is_ok_and(|text| !text.chars().any(char::is_control))
}

/// What base64 holds, without its padding.
fn from_base64(digits: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(digits.len());
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
        }
    }
    decoded
}

fn word(bytes: &[u8], at: usize, length: usize, kind: &'static str) -> Option<Mask<'static>> {
    begins_word(bytes, at).then(|| Mask::new(at..at + length, kind))
}

fn word_length(bytes: &[u8], at: usize, test: impl Fn(u8) -> bool) -> usize {
    run(bytes, at, LONGEST_BYTES, test)
}

fn starts(bytes: &[u8], at: usize, lead: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(lead))
}

fn has_digit(bytes: &[u8], at: usize, length: usize) -> bool {
    bytes.get(at..at + length).is_some_and(|token| token.iter().any(u8::is_ascii_digit))
}

fn is_alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_dashed(byte: u8) -> bool {
    is_name(byte) || byte == b'-'
}
