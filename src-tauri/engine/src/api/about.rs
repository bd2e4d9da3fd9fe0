//! What is running, formats, settings.

use std::time::Duration;

use super::dto::{AppInfo, FormatInfo, Nothing, PriceInfo, Settings};
use super::keep;
use super::stores::is_same_store;
use crate::engine::{Engine, masker_of};
use crate::error::{Code, Error, Result};
use crate::ingest::FollowRules;
use crate::location::{default_store_path, log_folder};
use crate::model::SourceKind;
use crate::pricing::Prices;
use crate::store::footprint;
use crate::store::setting::{self, SETTINGS};
use crate::wire::FORMATS;

pub(super) fn app_info(engine: &Engine, _request: Nothing) -> Result<AppInfo> {
    let path = engine.store_path();
    let lost = engine.writer().is_lost().then(|| {
        format!(
            "The database {} was deleted, moved or replaced while this program had it open: nothing more is stored. What you see is \
             still there until you close the program. Make a backup now (Settings, Storage), or export what you need; or put the \
             file back.",
            path.display()
        )
    });
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        store_path: path.to_string_lossy().into_owned(),
        is_default_store: default_store_path().is_ok_and(|default| is_same_store(path, &default)),
        store_bytes: footprint::on_disk_bytes(path),
        notes: engine.notes().iter().cloned().chain(lost).collect(),
        news: engine.news().to_vec(),
        log_folder: log_folder()
            .ok()
            .filter(|folder| folder.is_dir())
            .map(|folder| folder.to_string_lossy().into_owned()),
    })
}

pub(super) fn format_list(_engine: &Engine, _request: Nothing) -> Result<Vec<FormatInfo>> {
    Ok(FORMATS
        .iter()
        .map(|format| FormatInfo { id: format.id().into(), label: format.label().into() })
        .collect())
}

pub(super) fn price_info(engine: &Engine, _request: Nothing) -> Result<PriceInfo> {
    let prices = engine.prices();
    let (models, own_models) = prices.counts();
    let own_path = engine.own_prices_path();
    Ok(PriceInfo {
        dated: prices.dated().to_owned(),
        models: models as u32,
        own_models: own_models as u32,
        has_own: own_path.is_file(),
        own_path: own_path.to_string_lossy().into_owned(),
    })
}

/// Makes a file of the person's own to edit, with the built-in prices in it, if there is none.
pub(super) fn prices_edit(engine: &Engine, request: Nothing) -> Result<PriceInfo> {
    let path = engine.own_prices_path();
    if !path.exists() {
        std::fs::write(&path, Prices::built_in_text())
            .map_err(|error| Error::new(Code::Io, format!("{} can't be written: {error}", path.display())))?;
    }
    price_info(engine, request)
}

pub(super) fn prices_reload(engine: &Engine, request: Nothing) -> Result<PriceInfo> {
    engine.reload_prices()?;
    price_info(engine, request)
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
    if [settings.alert_slow_ms.unwrap_or(1.0), settings.lost_after_ms]
        .iter()
        .any(|ms| !ms.is_finite() || *ms < 1.0)
    {
        return Err(Error::invalid(
            "how long a run may take and may be silent must be milliseconds from 1 up",
        ));
    }
    keep::limits(&settings.retention)?;
    let masker = masker_of(&settings.masking)?;
    let settings = engine.writer().change(move |connection| {
        setting::set(connection, SETTINGS, &settings)?;
        Ok(settings)
    })?;
    engine.writer().set_masker(masker);
    follow(engine, &settings)?;
    keep::keep_to_limits(engine)?;
    Ok(settings)
}

/// Follows runs as the settings say.
fn follow(engine: &Engine, settings: &Settings) -> Result<()> {
    engine.writer().set_follow_rules(FollowRules {
        alert_failed: settings.alert_failed,
        alert_slow_ns: settings.alert_slow_ms.map(|ms| (ms * 1e6) as i64),
        patience: Duration::from_secs_f64((settings.lost_after_ms / 1e3).min(1e9)),
    })
}

/// Turns the live sources on that are to be on, and keeps to the limits of what is kept. For the one program of a person that
/// receives; not a command.
pub fn start_sources(engine: &Engine) -> Result<()> {
    keep::keep_to_limits(engine)?;
    follow(engine, &settings_get(engine, Nothing {})?)?;
    engine.sources().start()
}

/// As [`start_sources`], with sources of these kinds alone; the others stay off for this run of the program. Gives their ids.
pub fn start_sources_only(engine: &Engine, kinds: Vec<SourceKind>) -> Result<Vec<String>> {
    follow(engine, &settings_get(engine, Nothing {})?)?;
    engine.sources().start_only(kinds)
}
