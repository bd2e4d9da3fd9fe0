//! `setting`: values by key, as JSON.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The key of what a person has set (`dto::Settings`).
pub const SETTINGS: &str = "settings";

/// The value under `key`, or its default if there is none or it can't be read any more.
pub fn get<T: DeserializeOwned + Default>(connection: &Connection, key: &str) -> Result<T> {
    let text: Option<String> = connection
        .prepare_cached("SELECT value FROM setting WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Puts `value` under `key`.
pub fn set<T: Serialize>(connection: &Connection, key: &str, value: &T) -> Result<()> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::internal(format!("the setting can't be written: {error}")))?;
    connection
        .prepare_cached(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
        )?
        .execute((key, text))?;
    Ok(())
}
