//! Live sources as a person sets them up: what there is, and where it is found.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A live source: what it is, and whether it is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceConfig {
    /// Its id: that of its kind for those that are always there, else one of its own.
    pub id: String,
    /// Whether it is on.
    pub enabled: bool,
    /// What it is.
    pub kind: SourceKind,
}

/// What a live source is, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SourceKind {
    /// The feed socket: a Unix domain socket, a named pipe on Windows.
    FeedSocket {
        /// Where, if not at the usual place.
        path: Option<String>,
    },
    /// The feed protocol over loopback TCP, for what can't reach a socket of the file system.
    FeedTcp {
        /// The port.
        port: u16,
        /// What a sender must say first; made up when the source is first turned on.
        token: String,
    },
    /// An agent that listens for the feed protocol itself: the app connects to it.
    FeedClient {
        /// A socket's path, or `host:port` on this machine.
        address: String,
    },
    /// OTLP over HTTP.
    OtlpHttp {
        /// The port.
        port: u16,
    },
    /// OTLP over gRPC.
    OtlpGrpc {
        /// The port.
        port: u16,
    },
    /// TraceLLM's backend: its WebSocket, and its list of traces to catch up.
    TraceLlm {
        /// Its address; `None` to look on the ports where it usually listens.
        url: Option<String>,
    },
    /// TraceLLM's `traces.db`, followed read-only.
    TraceLlmDatabase {
        /// The file.
        path: String,
    },
    /// A file that grows.
    File {
        /// The file.
        path: String,
    },
    /// A folder: what is new in it is imported, what grows is followed.
    Folder {
        /// The folder.
        path: String,
    },
}

impl SourceKind {
    /// The word for it in the store and in messages of `tracex`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::FeedSocket { .. } => "feed-socket",
            Self::FeedTcp { .. } => "feed-tcp",
            Self::FeedClient { .. } => "feed-client",
            Self::OtlpHttp { .. } => "otlp-http",
            Self::OtlpGrpc { .. } => "otlp-grpc",
            Self::TraceLlm { .. } => "tracellm",
            Self::TraceLlmDatabase { .. } => "tracellm-database",
            Self::File { .. } => "followed-file",
            Self::Folder { .. } => "followed-folder",
        }
    }
}

impl SourceConfig {
    /// The sources that are always listed, as they are before a person changes them. The endpoints that agents look for by
    /// themselves are on; what reaches out, or could be mistaken for another, is not.
    pub fn built_in() -> Vec<Self> {
        let source = |enabled: bool, kind: SourceKind| Self { id: kind.word().to_owned(), enabled, kind };
        vec![
            source(true, SourceKind::FeedSocket { path: None }),
            source(true, SourceKind::OtlpHttp { port: 4318 }),
            source(true, SourceKind::OtlpGrpc { port: 4317 }),
            source(false, SourceKind::TraceLlm { url: None }),
            source(false, SourceKind::FeedTcp { port: 4319, token: String::new() }),
        ]
    }
}

/// Where a live source stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Turned off.
    #[default]
    Off,
    /// Being started.
    Starting,
    /// Waits for whoever connects, or for a file to grow.
    Listening,
    /// Connected to what it follows.
    Connected,
    /// What it follows is not there; it is tried again.
    Retrying,
    /// It can't run as it is set up; the message says why and what to do.
    Failed,
}
