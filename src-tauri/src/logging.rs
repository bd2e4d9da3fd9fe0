//! The log: what the app did and what went wrong, never what a trace says.

use std::panic::PanicHookInfo;
use std::path::PathBuf;

use engine::location::data_folder;
use flexi_logger::{
    Cleanup, Criterion, FileSpec, FlexiLoggerError, LogSpecification, Logger, LoggerHandle, Naming,
};
use log::LevelFilter;

/// A log file is set aside when it has grown to this size.
const FILE_BYTES: u64 = 1 << 20;
/// So many files that were set aside are kept.
const OLD_FILES: usize = 3;

/// Writes the log to `logs/` in the data folder for as long as the handle lives. An app that can't write a log runs
/// without one.
pub(crate) fn start() -> Option<LoggerHandle> {
    let log = match folder() {
        Some(folder) => open(folder),
        None => return None,
    };
    match log {
        Ok(handle) => {
            log_panics();
            Some(handle)
        }
        Err(error) => {
            eprintln!("tracellm-explorer: there will be no log: {error}");
            None
        }
    }
}

/// The app's own folder, also when the database lies elsewhere.
fn folder() -> Option<PathBuf> {
    Some(data_folder().ok()?.join("logs"))
}

fn open(folder: PathBuf) -> Result<LoggerHandle, FlexiLoggerError> {
    let levels = LogSpecification::builder()
        .default(LevelFilter::Warn)
        .module("tracellm_explorer", LevelFilter::Info)
        .module("engine", LevelFilter::Info)
        .build();
    Logger::with(levels)
        .log_to_file(FileSpec::default().directory(folder).basename("explorer").suppress_timestamp())
        .format(flexi_logger::detailed_format)
        .append()
        .rotate(Criterion::Size(FILE_BYTES), Naming::Numbers, Cleanup::KeepLogFiles(OLD_FILES))
        .start()
}

/// Notes where a defect struck. Not its message, which may quote what was being read; standard error has that.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        let thread = std::thread::current();
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        log::error!("a defect at {place}, in thread {}", thread.name().unwrap_or("without a name"));
        before(panic);
    }));
}
