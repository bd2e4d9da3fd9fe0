//! What a person sees of work under way: a line on stderr, and an end at Ctrl+C. Watches imports to their end.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use engine::api::dto::{ImportRef, ImportState, ImportStatus, Notice};
use engine::engine::Engine;

use crate::failure::Failure;
use crate::{host, quantity, text};

/// How long to wait for a notice before looking whether the person wants to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// Whether an import has come to its end.
pub(crate) fn ended(state: ImportState) -> bool {
    matches!(state, ImportState::Done | ImportState::Cancelled | ImportState::Failed)
}

/// The state of one import of this engine; `None` once it is dismissed.
pub(crate) fn status(engine: &Engine, import_id: u32) -> Result<Option<ImportStatus>, Failure> {
    host::call_if_found(engine, "import_status", &ImportRef { import_id })
}

/// Waits until the import has come to its end and gives what it brought. `notices` must have been subscribed to before the
/// import was started. Once `stop` is set the import is cancelled; what was read is kept. `seen` gets each state on the way.
pub(crate) fn watch(
    engine: &Engine,
    notices: &Receiver<Notice>,
    started: ImportStatus,
    stop: &AtomicBool,
    mut seen: impl FnMut(&ImportStatus),
) -> Result<ImportStatus, Failure> {
    let mut latest = started;
    let mut cancelled = false;
    while !ended(latest.state) {
        seen(&latest);
        match notices.recv_timeout(PATIENCE) {
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Failed("the engine stopped during the import".into()));
            }
        }
        let import = ImportRef { import_id: latest.import_id };
        if stop.load(Ordering::Relaxed) && !cancelled {
            cancelled = true;
            let _: ImportStatus = host::call(engine, "import_cancel", &import)?;
        }
        latest = status(engine, latest.import_id)?
            .ok_or_else(|| Failure::Failed("the import was dismissed while it ran".into()))?;
    }
    Ok(latest)
}

/// A flag that the first Ctrl+C (or a request to end) sets; the second one ends the program at once.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(|error| Failure::Failed(format!("Ctrl+C can't be watched for: {error}")))?;
    Ok(stop)
}

/// A line on stderr that is drawn anew in its place; gone when dropped.
pub(crate) struct StatusLine {
    /// The columns to draw in; `None` where nobody would see it.
    columns: Option<usize>,
    drawn: bool,
}

impl StatusLine {
    /// A line that is drawn only if stderr is a terminal.
    pub(crate) fn new() -> Self {
        let terminal = stderr().is_terminal();
        let columns = terminal_size::terminal_size_of(stderr()).map(|(width, _)| usize::from(width.0));
        // One that does not say how wide it is is taken for a usual one, as for the output.
        let columns = columns.filter(|columns| *columns > 0).or(Some(80));
        Self { columns: columns.filter(|_| terminal), drawn: false }
    }

    /// Draws `line`, fit for a terminal, in place of what stood there.
    pub(crate) fn draw(&mut self, line: &str) {
        let Some(columns) = self.columns else { return };
        // Where stderr can't be written, the work still goes on.
        let _ = write!(stderr(), "\r\x1b[K{}", text::cut(line, columns.saturating_sub(1)));
        let _ = stderr().flush();
        self.drawn = true;
    }

    /// Takes it away, so that something else can be written.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.drawn) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.clear();
    }
}

/// How far an import has come, on a line.
pub(crate) fn import_line(import: &ImportStatus) -> String {
    const BAR_COLUMNS: usize = 20;
    let part = match import.bytes_total {
        0 => 0.0,
        total => (import.bytes_done as f64 / total as f64).min(1.0),
    };
    // What a file that is being read waits for.
    let remark = import
        .files
        .iter()
        .filter(|file| file.state == ImportState::Running)
        .find_map(|file| file.message.as_deref());
    let full = (part * BAR_COLUMNS as f64) as usize;
    format!(
        "{}{} {:3.0} %  {} of {}  {}  {}  {}",
        "█".repeat(full),
        "░".repeat(BAR_COLUMNS - full),
        part * 100.0,
        quantity::bytes(import.bytes_done),
        quantity::bytes(import.bytes_total),
        quantity::counted(import.counts.traces.into(), "trace"),
        quantity::counted(import.counts.spans, "span"),
        text::printable(remark.unwrap_or(&import.title)),
    )
}
