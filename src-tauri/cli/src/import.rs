//! `tracex import`.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::api::dto::{
    FileStatus, ImportStart, ImportState, ImportStatus, ProblemItem, ProblemList, ProblemListRequest,
    StoreRef,
};
use engine::engine::Engine;
use engine::ingest::ReceivedFile;
use serde::Serialize;

use crate::args::{Args, Import};
use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::quantity::{self, UNKNOWN};
use crate::table::{Align, Cell, Table};
use crate::{host, mapping, progress, text};

/// The most problems that are read back from an import, and the window they are read in.
const MOST_PROBLEMS: u32 = 100_000;
const WINDOW: u32 = 1_000;
/// The most problems of a file that the JSON names, and that people are shown.
const PROBLEMS_A_FILE: usize = 100;
const PROBLEMS_SHOWN: usize = 5;

pub(crate) fn run(args: &Args, import: &Import, out: &mut Output) -> Result<ExitCode, Failure> {
    let piped = import.files.iter().any(|file| file.as_os_str() == "-");
    if piped && import.files.len() > 1 {
        return Err(Failure::Usage("- stands for the standard input and must be alone".into()));
    }
    let paths =
        if piped { Vec::new() } else { import.files.iter().map(absolute).collect::<Result<_, _>>()? };
    let mapping = mapping::of(import)?;
    let engine = host::open(args)?;
    if let Some(mapping) = mapping {
        let _: Option<ImportStatus> = host::call(&engine, "mapping_set", &mapping)?;
    }
    let stop = progress::stop_flag()?;
    let notices = engine.subscribe();
    // Kept as a file until the end: what comes may be a database or an archive.
    let kept = if piped { Some(standard_input(&stop)?) } else { None };
    // Stores of this program are no trace files: each is an import of its own.
    let (stores, paths): (Vec<String>, Vec<String>) =
        paths.into_iter().partition(|path| engine::api::is_store(Path::new(path)));
    let mut starts: Vec<Start> = stores.into_iter().map(Start::Store).collect();
    match kept.as_ref() {
        Some(file) => starts.push(Start::Received(file.path().to_owned())),
        None if paths.is_empty() => {}
        None => starts.push(Start::Paths(paths)),
    }
    let mut code = ExitCode::SUCCESS;
    let mut imports = Vec::new();
    let is_one = starts.len() == 1;
    for start in starts {
        if let Start::Store(path) = &start
            && let Some(damage) =
                engine::api::audited_summary(Path::new(path)).ok().and_then(|store| store.damage)
        {
            eprintln!(
                "tracex: {} is damaged. {} Of its traces only those are imported that are not here yet.",
                text::printable(path),
                text::printable(&damage)
            );
            code = ExitCode::FAILURE;
        }
        let started = match start.begin(&engine) {
            Ok(started) => started,
            Err(failure) if is_one => return Err(failure),
            Err(failure) => {
                eprintln!("tracex: {failure}");
                code = ExitCode::FAILURE;
                continue;
            }
        };
        let mut line = progress::StatusLine::new();
        let done = progress::watch(&engine, &notices, started, &stop, |status| {
            line.draw(&progress::import_line(status))
        })?;
        drop(line);
        let problems = problems_by_path(&engine, done.import_id)?;
        let is_cancelled = done.state == ImportState::Cancelled;
        let has_failed = done.state == ImportState::Failed
            || done.files_total == 0
            || done.files.iter().any(|file| file.state == ImportState::Failed);
        imports.push((done, problems));
        if is_cancelled {
            code = ExitCode::from(130);
            break;
        }
        if has_failed {
            code = ExitCode::FAILURE;
        }
    }
    let files = || {
        imports.iter().flat_map(|(done, problems)| {
            let of = |file: &FileStatus| problems.get(&file.path).map_or(&[][..], Vec::as_slice);
            done.files.iter().map(move |file| (file, of(file)))
        })
    };
    if import.json {
        for (file, problems) in files() {
            out.json(&FileLine::new(file, problems))?;
        }
    } else {
        table(files().map(|(file, _)| file)).write(out)?;
    }
    out.flush()?;
    if !import.json {
        for (file, problems) in files() {
            tell_problems(file, problems);
        }
    }
    imports.iter().for_each(|(done, _)| tell_rest(done));
    Ok(code)
}

/// One import, to be started.
enum Start {
    /// Of files and folders.
    Paths(Vec<String>),
    /// Of what came on the standard input, kept in this file.
    Received(PathBuf),
    /// Of all traces of another store.
    Store(String),
}

impl Start {
    fn begin(self, engine: &Engine) -> Result<ImportStatus, Failure> {
        match self {
            Self::Paths(paths) => host::call(engine, "import_start", &ImportStart { paths }),
            Self::Received(path) => {
                let file = ReceivedFile { name: "standard input".to_owned(), path, in_folder: false };
                Ok(engine::api::import_received(engine, vec![file])?)
            }
            Self::Store(path) => {
                let shown = text::printable(&path);
                eprintln!(
                    "tracex: {shown} is a store of TraceLLM Explorer: all its traces are imported, and it stays as it is."
                );
                host::call(engine, "store_import", &StoreRef { path })
            }
        }
    }
}

/// What comes on the standard input, as a file. Ctrl+C ends it at the next piece that comes.
fn standard_input(stop: &AtomicBool) -> Result<tempfile::NamedTempFile, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::Failed(format!("the standard input can't be read: {error}"));
    let mut kept = tempfile::NamedTempFile::new().map_err(unreadable)?;
    let mut input = std::io::stdin().lock();
    loop {
        let piece = match input.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            piece => piece.map_err(unreadable)?,
        };
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Failed("stopped before the standard input had ended".into()));
        }
        if piece.is_empty() {
            return Ok(kept);
        }
        kept.write_all(piece).map_err(unreadable)?;
        let read_bytes = piece.len();
        input.consume(read_bytes);
    }
}

fn absolute(path: &PathBuf) -> Result<String, Failure> {
    let shown = path.display();
    let absolute = std::path::absolute(path)
        .map_err(|error| Failure::Usage(format!("{shown} can't be made an absolute path: {error}")))?;
    absolute.into_os_string().into_string().map_err(|_| {
        Failure::Usage(format!(
            "{} is not a name in UTF-8; rename it to import it",
            text::printable(&shown.to_string())
        ))
    })
}

/// Each file's problems. Files that share a path (given twice) share their problems.
fn problems_by_path(engine: &Engine, import_id: u32) -> Result<HashMap<String, Vec<ProblemItem>>, Failure> {
    let mut by_path: HashMap<String, Vec<ProblemItem>> = HashMap::new();
    let mut offset = 0;
    loop {
        let request = ProblemListRequest { import_id, offset, limit: WINDOW };
        let window: ProblemList = host::call(engine, "problem_list", &request)?;
        let read = u32::try_from(window.items.len()).unwrap_or(WINDOW);
        for problem in window.items {
            let problems = by_path.entry(problem.path.clone()).or_default();
            if problems.len() < PROBLEMS_A_FILE {
                problems.push(problem);
            }
        }
        offset += read;
        if read == 0 || offset >= window.total.min(MOST_PROBLEMS) {
            return Ok(by_path);
        }
    }
}

/// A file as a line of JSON.
#[derive(Serialize)]
struct FileLine<'a> {
    path: &'a str,
    state: ImportState,
    format: Option<&'a str>,
    traces: u32,
    spans: u64,
    traces_added: u32,
    spans_added: u64,
    spans_updated: u64,
    spans_unchanged: u64,
    errors: u64,
    retries: u64,
    tokens: Option<u64>,
    problem_count: u32,
    problems: Vec<ProblemLine<'a>>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct ProblemLine<'a> {
    byte: u64,
    line: Option<u64>,
    reason: &'a str,
}

impl<'a> FileLine<'a> {
    fn new(file: &'a FileStatus, problems: &'a [ProblemItem]) -> Self {
        let problems = problems.iter().map(|problem| ProblemLine {
            byte: problem.byte,
            line: problem.line,
            reason: &problem.reason,
        });
        Self {
            path: &file.path,
            state: file.state,
            format: file.format.as_deref(),
            traces: file.counts.traces,
            spans: file.counts.spans,
            traces_added: file.counts.traces_added,
            spans_added: file.counts.spans_added,
            spans_updated: file.counts.spans_updated,
            spans_unchanged: file.counts.spans_unchanged,
            errors: file.errors,
            retries: file.retries,
            tokens: file.tokens,
            problem_count: file.problems,
            problems: problems.collect(),
            message: file.message.as_deref(),
        }
    }
}

fn table<'a>(files: impl Iterator<Item = &'a FileStatus>) -> Table {
    let mut table = Table::new(&[
        ("STATE", Align::Left),
        ("FORMAT", Align::Left),
        ("TRACES", Align::Right),
        ("SPANS", Align::Right),
        ("ADDED", Align::Right),
        ("UPDATED", Align::Right),
        ("KNOWN", Align::Right),
        ("ERRORS", Align::Right),
        ("RETRIES", Align::Right),
        ("TOKENS", Align::Right),
        ("PROBLEMS", Align::Right),
        ("FILE", Align::Left),
    ]);
    for file in files {
        let number = |number: u64| Cell::new(&quantity::count(number));
        let noted =
            |count: u64, style: Style| number(count).styled(if count > 0 { style } else { Style::Faint });
        table.push(vec![
            Cell::new(state_word(file.state)).styled(state_style(file.state)),
            Cell::new(file.format.as_deref().unwrap_or(UNKNOWN)),
            number(file.counts.traces.into()),
            number(file.counts.spans),
            number(file.counts.spans_added),
            number(file.counts.spans_updated),
            number(file.counts.spans_unchanged),
            noted(file.errors, Style::Bad),
            noted(file.retries, Style::Warning),
            Cell::new(file.tokens.map(quantity::count).as_deref().unwrap_or(UNKNOWN)),
            noted(file.problems.into(), Style::Warning),
            Cell::new(&file.path),
        ]);
    }
    table
}

fn state_word(state: ImportState) -> &'static str {
    match state {
        ImportState::Waiting => "not read",
        ImportState::Running => "running",
        ImportState::Done => "done",
        ImportState::Cancelled => "cancelled",
        ImportState::Failed => "failed",
    }
}

fn state_style(state: ImportState) -> Style {
    match state {
        ImportState::Waiting => Style::Faint,
        ImportState::Running => Style::Busy,
        ImportState::Done => Style::Good,
        ImportState::Cancelled => Style::Warning,
        ImportState::Failed => Style::Bad,
    }
}

/// Says on stderr what was wrong in a file.
fn tell_problems(file: &FileStatus, problems: &[ProblemItem]) {
    let path = text::printable(&file.path);
    if let Some(message) = &file.message {
        eprintln!("{path}: {}", text::printable(message));
    }
    for problem in problems.iter().take(PROBLEMS_SHOWN) {
        let place = match problem.line {
            Some(line) => format!("line {line}"),
            None => format!("byte {}", problem.byte),
        };
        eprintln!("{path}: {place}: {}", text::printable(&problem.reason));
    }
    let more = u64::from(file.problems).saturating_sub(problems.len().min(PROBLEMS_SHOWN) as u64);
    if more > 0 {
        eprintln!("{path}: and {}", quantity::counted(more, "further problem"));
    }
}

/// Says on stderr what the files do not show.
fn tell_rest(done: &ImportStatus) {
    let listed = u32::try_from(done.files.len()).unwrap_or(u32::MAX);
    if done.files_total == 0 {
        eprintln!("tracex: there is no file in what was given");
    }
    if listed < done.files_total {
        let more = u64::from(done.files_total - listed);
        eprintln!("{} not listed, but counted below.", quantity::counted(more, "further file"));
        let counts = &done.counts;
        eprintln!(
            "In all: {}, {}, {}.",
            quantity::counted(counts.traces.into(), "trace"),
            quantity::counted(counts.spans, "span"),
            quantity::counted(done.problems.into(), "problem")
        );
    }
    if done.state == ImportState::Cancelled {
        eprintln!("tracex: stopped; what was read until then is kept");
    }
}
