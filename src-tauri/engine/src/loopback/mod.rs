//! Who gets an answer from a listener of this program: requests to this machine by its own name, from no web page but the
//! listener's own; and who gets a seat there where many want one ([`Seats`]).
//!
//! That a listener is bound to loopback keeps other machines out, but not the pages of other sites in a browser on this
//! one: they can send to any port (which the origin tells), and can have a name of theirs point at 127.0.0.1 (which the
//! host tells).

mod seats;

use http::{HeaderMap, Request, Version, header};

pub use self::seats::{Seat, Seats, Work};

/// The names of this machine.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a request may be answered by the listener on `port`; if not, why, for the person.
///
/// # Errors
/// The reason, as a sentence.
pub fn check<B>(request: &Request<B>, port: u16) -> Result<(), &'static str> {
    let headers = request.headers();
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        // HTTP/2 says it in the address.
        (None, None) if request.version() >= Version::HTTP_2 => authority.unwrap_or_default(),
        _ => return Err("The request must name one host."),
    };
    if !is_own(host, port) || authority.is_some_and(|authority| !is_own(authority, port)) {
        return Err("This server answers only to localhost and 127.0.0.1 with its own port.");
    }
    for origin in headers.get_all(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        // The same origin, not merely one of ours: the page's address is what the browser named as the host.
        if origin.strip_prefix("http://") != Some(host) {
            return Err("Only this server's own pages may use it.");
        }
    }
    Ok(())
}

/// Whether a browser says that the request comes from a page of another site; a person may still follow a link to a page.
pub fn is_cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

fn is_own(host: &str, port: u16) -> bool {
    // As text, so that nothing that merely reads as the same number ("+80", "080") passes.
    let with_port = format!(":{port}");
    NAMES.iter().any(|name| match host.strip_prefix(name) {
        Some("") => port == 80,
        Some(rest) => rest == with_port,
        None => false,
    })
}
