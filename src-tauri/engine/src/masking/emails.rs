//! E-mail addresses: only where a person asks for it, since they are what many a trace is about.
//!
//! An `@` is found first; what stands around it decides. Logins (`git@github.com:a/b.git`), packages (`left-pad@1.3.0`),
//! pictures (`logo@2x.png`), decorators and products of matrices are no addresses.

use super::{Mask, MaskCounts, Splice, run};

const LONGEST_LOCAL_BYTES: usize = 64;
const LONGEST_DOMAIN_BYTES: usize = 253;

/// The last part of a domain: any of two letters, or one of these. `x@w.transpose` is code.
const LONGER_ENDINGS: &[&str] = &[
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "name",
    "pro",
    "mobi",
    "asia",
    "app",
    "dev",
    "cloud",
    "online",
    "site",
    "tech",
    "store",
    "shop",
    "xyz",
    "club",
    "live",
    "news",
    "blog",
    "email",
    "work",
    "world",
    "life",
    "today",
    "agency",
    "digital",
    "media",
    "design",
    "studio",
    "group",
    "company",
    "solutions",
    "services",
    "systems",
    "network",
    "software",
    "academy",
    "bank",
    "finance",
    "health",
    "care",
    "law",
    "legal",
    "consulting",
    "ventures",
    "capital",
    "partners",
    "global",
    "space",
    "website",
    "page",
    "link",
    "chat",
    "team",
    "support",
    "foundation",
    "school",
    "university",
    "gmbh",
    "berlin",
    "hamburg",
    "koeln",
    "wien",
    "london",
    "paris",
    "nyc",
    "tokyo",
    "example",
    "test",
    "invalid",
];

/// `bytes` with the addresses in it masked, or `None` if there is none. JSON stays the same JSON.
pub(super) fn mask(bytes: &[u8], counts: &mut MaskCounts) -> Option<Vec<u8>> {
    let mut splice = Splice::new(bytes, counts);
    for at in memchr::memchr2_iter(b'@', b'%', bytes) {
        let sign = match bytes.get(at..) {
            Some([b'@', ..]) => 1,
            // As it stands in an address of the web.
            Some([b'%', b'4', b'0', ..]) => 3,
            _ => continue,
        };
        if let Some(range) = address(bytes, at, sign) {
            splice.put(&Mask::new(range, "email"));
        }
    }
    splice.finish()
}

fn address(bytes: &[u8], at: usize, sign: usize) -> Option<std::ops::Range<usize>> {
    let is_local =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-".contains(byte) || (*byte == b'%' && sign == 1);
    let before = bytes.get(at.saturating_sub(LONGEST_LOCAL_BYTES)..at)?;
    let mut start = at - before.iter().rev().take_while(|byte| is_local(byte)).count();
    start += escape_length(bytes, start);
    start += run(bytes, start, LONGEST_LOCAL_BYTES, |byte| matches!(byte, b'.' | b'-'));
    let local = bytes.get(start..at).filter(|local| !local.is_empty())?;
    // The path of a repository, a login in an address of the web, a second `@`.
    if matches!(start.checked_sub(1).and_then(|before| bytes.get(before)), Some(b'/' | b'@')) {
        return None;
    }
    let domain_start = at + sign;
    let is_domain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let mut end = domain_start + run(bytes, domain_start, LONGEST_DOMAIN_BYTES, is_domain);
    while end > domain_start && matches!(bytes.get(end - 1), Some(b'.' | b'-')) {
        end -= 1;
    }
    let domain = bytes.get(domain_start..end)?;
    let labels: Vec<&[u8]> = domain.split(|byte| *byte == b'.').collect();
    let (ending, others) = labels.split_last()?;
    let is_picture = others.first().is_some_and(|label| {
        label
            .strip_suffix(b"x")
            .is_some_and(|digits| digits.len() == 1 && digits.iter().all(u8::is_ascii_digit))
    });
    let is_host = !others.is_empty() && others.iter().all(|label| !label.is_empty()) && !is_picture;
    let is_ending = ending.iter().all(u8::is_ascii_alphabetic)
        && (ending.len() == 2
            || LONGER_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes())));
    let is_login = match (bytes.get(end), bytes.get(end + 1)) {
        (Some(b':'), Some(b'~' | b'/')) | (Some(b'('), _) => true,
        (Some(b':' | b'/'), Some(_)) => local == b"git",
        (Some(b'_'), _) => true,
        _ => false,
    };
    (is_host && is_ending && !is_login).then_some(start..end)
}

/// How many bytes from `start` belong to an escape whose backslash stands before them (`\n`, `\u00e9`).
fn escape_length(bytes: &[u8], start: usize) -> usize {
    if start.checked_sub(1).and_then(|before| bytes.get(before)) != Some(&b'\\') {
        return 0;
    }
    match bytes.get(start..) {
        Some([b'u', a, b, c, d, ..]) if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => 5,
        Some([b'n' | b'r' | b't' | b'b' | b'f', ..]) => 1,
        _ => 0,
    }
}
