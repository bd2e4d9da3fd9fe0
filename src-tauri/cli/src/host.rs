//! Opens the engine and calls its commands with their types.

use std::path::PathBuf;
use std::sync::Arc;

use engine::api::dto::{AppInfo, Nothing};
use engine::clock::SystemClock;
use engine::engine::{Engine, EngineOptions};
use engine::error::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::args::Args;
use crate::failure::Failure;
use crate::text;

/// The database that the arguments or the environment name.
pub(crate) fn store_path(args: &Args) -> Result<PathBuf, Failure> {
    match &args.db {
        Some(path) => Ok(path.clone()),
        None => Ok(engine::default_store_path()?),
    }
}

/// As [`open`], for what is about traces that are there: a database named with `--db` is not made.
pub(crate) fn open_existing(args: &Args) -> Result<Engine, Failure> {
    match &args.db {
        Some(path) if !path.exists() => {
            let path = path.to_string_lossy();
            Err(Failure::Failed(format!("There is no database at {}.", text::printable(&path))))
        }
        _ => open(args),
    }
}

/// Opens the engine on the database that the arguments or the environment name, and tells on stderr what happened to it
/// that the person should know.
pub(crate) fn open(args: &Args) -> Result<Engine, Failure> {
    let engine = Engine::open(EngineOptions { store_path: store_path(args)?, clock: Arc::new(SystemClock) })?;
    let info: AppInfo = call(&engine, "app_info", &Nothing {})?;
    for note in &info.notes {
        eprintln!("tracex: {}", text::printable(note));
    }
    Ok(engine)
}

/// Runs a command of the api.
pub(crate) fn call<Response: DeserializeOwned>(
    engine: &Engine,
    name: &str,
    request: &impl Serialize,
) -> Result<Response, Failure> {
    Ok(engine::api::call(engine, name, &serde_json::to_string(request)?)?.read()?)
}

/// As [`call`]; `None` if what the request names is not there.
pub(crate) fn call_if_found<Response: DeserializeOwned>(
    engine: &Engine,
    name: &str,
    request: &impl Serialize,
) -> Result<Option<Response>, Failure> {
    match engine::api::call(engine, name, &serde_json::to_string(request)?) {
        Ok(response) => Ok(Some(response.read()?)),
        Err(error) if error.code == Code::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
