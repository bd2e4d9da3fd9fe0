//! What is running, formats, settings.

use super::dto::{AppInfo, FormatInfo, Nothing, Settings};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::store::setting;
use crate::wire::FORMATS;

/// Where the settings lie in the store.
const SETTINGS: &str = "settings";

pub(super) fn app_info(engine: &Engine, _request: Nothing) -> Result<AppInfo> {
    let path = engine.store_path();
    let size_bytes = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).map_or(0, |metadata| metadata.len())
    };
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store_path: path.to_string_lossy().into_owned(),
        store_bytes: size_bytes("") + size_bytes("-wal"),
        notes: engine.notes().to_vec(),
    })
}

pub(super) fn format_list(_engine: &Engine, _request: Nothing) -> Result<Vec<FormatInfo>> {
    Ok(FORMATS
        .iter()
        .map(|format| FormatInfo { id: format.id().into(), label: format.label().into() })
        .collect())
}

pub(super) fn settings_get(engine: &Engine, _request: Nothing) -> Result<Settings> {
    setting::get(&*engine.reader()?, SETTINGS)
}

pub(super) fn settings_set(engine: &Engine, settings: Settings) -> Result<Settings> {
    let thresholds = [settings.slow_warning_ms, settings.slow_ms];
    if thresholds.iter().any(|ms| !ms.is_finite() || *ms < 0.0) || settings.slow_warning_ms > settings.slow_ms
    {
        return Err(Error::invalid(
            "the thresholds must be milliseconds from 0 up, and the warning must not be above the slow one",
        ));
    }
    engine.writer().change(move |connection| {
        setting::set(connection, SETTINGS, &settings)?;
        Ok(settings)
    })
}
