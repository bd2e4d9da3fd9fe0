//! What is running, formats, settings.

use super::dto::{AppInfo, FormatInfo, Nothing, Settings};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::wire::FORMATS;

pub(super) fn app_info(_engine: &Engine, _request: Nothing) -> Result<AppInfo> {
    Err(Error::internal("not built yet"))
}

pub(super) fn format_list(_engine: &Engine, _request: Nothing) -> Result<Vec<FormatInfo>> {
    Ok(FORMATS
        .iter()
        .map(|format| FormatInfo { id: format.id().into(), label: format.label().into() })
        .collect())
}

pub(super) fn settings_get(_engine: &Engine, _request: Nothing) -> Result<Settings> {
    Err(Error::internal("not built yet"))
}

pub(super) fn settings_set(_engine: &Engine, _settings: Settings) -> Result<Settings> {
    Err(Error::internal("not built yet"))
}
