//! What is to be followed, as it is written on the command line.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use engine::model::SourceKind;

use crate::failure::Failure;

/// What every SQLite database begins with.
const DATABASE_HEAD: &[u8] = b"SQLite format 3\0";
const OTLP_HTTP_PORT: u16 = 4318;
const OTLP_GRPC_PORT: u16 = 4317;

/// The source that `what` names.
///
/// # Errors
/// `Usage`, with what could be written instead.
pub(super) fn parse(what: &str) -> Result<SourceKind, Failure> {
    let (word, rest) = match what.split_once(':') {
        Some((word, rest)) => (word, Some(rest)),
        None => (what, None),
    };
    match (word, rest) {
        ("feed", None) => Ok(SourceKind::FeedSocket { path: None }),
        ("feed", Some(path)) => Ok(SourceKind::FeedSocket { path: Some(absolute(path)?) }),
        ("otlp-http", port) => Ok(SourceKind::OtlpHttp { port: port_of(what, port, OTLP_HTTP_PORT)? }),
        ("otlp-grpc", port) => Ok(SourceKind::OtlpGrpc { port: port_of(what, port, OTLP_GRPC_PORT)? }),
        ("tracellm", url) => Ok(SourceKind::TraceLlm { url: url.map(str::to_owned) }),
        ("connect", Some(address)) => Ok(SourceKind::FeedClient { address: agent_address(address)? }),
        _ => of_path(what),
    }
}

fn port_of(what: &str, port: Option<&str>, usual: u16) -> Result<u16, Failure> {
    match port {
        None => Ok(usual),
        Some(port) => port.parse().map_err(|_| {
            Failure::Usage(format!("{what}: a port is a number up to 65535, as in otlp-http:{usual}"))
        }),
    }
}

/// Where an agent listens: `host:port` as it is, the path of a socket from the root.
fn agent_address(address: &str) -> Result<String, Failure> {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    match address.rsplit_once(':') {
        Some((_, port)) if is_port(port) && !Path::new(address).is_absolute() => Ok(address.to_owned()),
        _ => absolute(address),
    }
}

fn of_path(what: &str) -> Result<SourceKind, Failure> {
    let path = Path::new(what);
    if !path.exists() {
        return Err(Failure::Usage(format!(
            "{}: no such file or folder; what can be followed: feed[:SOCKET], otlp-http[:PORT], otlp-grpc[:PORT], \
             tracellm[:URL], connect:ADDRESS, a file, a folder, TraceLLM's traces.db",
            crate::text::printable(what)
        )));
    }
    let whole = absolute(what)?;
    if path.is_dir() {
        return Ok(SourceKind::Folder { path: whole });
    }
    Ok(if is_database(path) {
        SourceKind::TraceLlmDatabase { path: whole }
    } else {
        SourceKind::File { path: whole }
    })
}

fn is_database(path: &Path) -> bool {
    let mut head = [0; DATABASE_HEAD.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == DATABASE_HEAD
}

fn absolute(path: &str) -> Result<String, Failure> {
    let whole = std::path::absolute(path)
        .map_err(|error| Failure::Usage(format!("{}: {error}", crate::text::printable(path))))?;
    Ok(whole.to_string_lossy().into_owned())
}
