//! The app's built pages: from inside this program, or from a folder.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::{Server, refusal};
use crate::failure::Failure;

/// The page that starts the app.
const INDEX: &str = "index.html";
/// Files whose name changes with their content.
const HASHED: &str = "assets/";

const NO_PAGES: &str = "This tracex was built without the app's pages. Build them (npm run build in ui) and start it with \
    --ui ui/dist, or build it with the feature embedded-ui. The api at /api works.\n";

#[cfg(feature = "embedded-ui")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../ui/dist"]
struct Embedded;

/// Where pages come from.
pub(super) enum Pages {
    /// A folder, read at each request.
    Folder(PathBuf),
    /// Inside this program.
    #[cfg(feature = "embedded-ui")]
    Embedded,
    /// Nowhere.
    #[cfg(not(feature = "embedded-ui"))]
    None,
}

impl Pages {
    /// The pages in `folder`, else those inside this program.
    pub(super) fn find(folder: Option<&Path>) -> Result<Self, Failure> {
        match folder {
            Some(folder) if folder.join(INDEX).is_file() => Ok(Self::Folder(folder.to_owned())),
            Some(folder) => Err(Failure::Usage(format!("there is no {INDEX} in {}", folder.display()))),
            #[cfg(feature = "embedded-ui")]
            None => Ok(Self::Embedded),
            #[cfg(not(feature = "embedded-ui"))]
            None => Ok(Self::None),
        }
    }

    /// The file of that name; names are relative and have no `..`.
    async fn file(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Folder(folder) => {
                let name = Path::new(name);
                let inside = name.components().all(|part| matches!(part, Component::Normal(_)));
                if !inside {
                    return None;
                }
                tokio::fs::read(folder.join(name)).await.ok().map(Cow::Owned)
            }
            #[cfg(feature = "embedded-ui")]
            Self::Embedded => Embedded::get(name).map(|file| file.data),
            #[cfg(not(feature = "embedded-ui"))]
            Self::None => None,
        }
    }
}

/// Answers with a file, or with the starting page: the app keeps its place in the address.
pub(super) async fn serve(State(server): State<Arc<Server>>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "pages can only be read".into());
    }
    let wanted = uri.path().trim_start_matches('/');
    let is_place = !wanted.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let name = if is_place { INDEX } else { wanted };
    match server.pages.file(name).await {
        Some(bytes) => {
            let kind = mime_guess::from_path(name).first_or_octet_stream().to_string();
            let kept = if name.starts_with(HASHED) { "max-age=31536000, immutable" } else { "no-cache" };
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept.into())], bytes).into_response()
        }
        None if name == INDEX => (StatusCode::NOT_FOUND, NO_PAGES).into_response(),
        None => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}
