//! The kinds of sources: whether one makes sense as it is set up, and which module runs it.

use std::path::Path;

use super::{SourceContext, database, feed, files, otlp, tracellm};
use crate::error::{Error, Result};
use crate::model::{SourceConfig, SourceKind};

/// Runs a source until it is told to stop.
///
/// # Errors
/// Why it can't run as it is set up.
pub(super) async fn run(kind: SourceKind, context: SourceContext) -> Result<()> {
    match kind {
        SourceKind::FeedSocket { path } => feed::listen_on_socket(context, path).await,
        SourceKind::FeedTcp { port, token } => feed::listen_on_port(context, port, token).await,
        SourceKind::FeedClient { address } => feed::connect(context, address).await,
        SourceKind::OtlpHttp { port } | SourceKind::OtlpGrpc { port } => otlp::listen(context, port).await,
        SourceKind::TraceLlm { url } => tracellm::follow(context, url).await,
        SourceKind::TraceLlmDatabase { path } => database::follow(context, path).await,
        SourceKind::File { path } => files::follow_file(context, path).await,
        SourceKind::Folder { path } => files::follow_folder(context, path).await,
    }
}

/// Checks that a source makes sense, and fills in what a person need not.
///
/// # Errors
/// `Invalid`, with what is wrong.
pub(super) fn check(config: &mut SourceConfig) -> Result<()> {
    match &mut config.kind {
        SourceKind::FeedSocket { path: Some(path) }
        | SourceKind::TraceLlmDatabase { path }
        | SourceKind::File { path }
        | SourceKind::Folder { path }
            if !Path::new(path.as_str()).is_absolute() =>
        {
            Err(Error::invalid(format!("{path} is not an absolute path")))
        }
        SourceKind::FeedTcp { token, .. } => {
            if token.is_empty() {
                *token = uuid::Uuid::new_v4().simple().to_string();
            }
            if token.len() < 16 {
                return Err(Error::invalid("a token has at least 16 characters"));
            }
            Ok(())
        }
        SourceKind::FeedClient { address } if address.trim().is_empty() => {
            Err(Error::invalid("where the agent listens is missing: a socket's path, or host:port"))
        }
        SourceKind::FeedClient { address } if !Path::new(address).is_absolute() && !names_a_port(address) => {
            Err(Error::invalid(format!("{address} is neither the full path of a socket nor host:port")))
        }
        _ => Ok(()),
    }
}

/// Whether this ends in the number of a port, as `localhost:4000` does.
fn names_a_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}
