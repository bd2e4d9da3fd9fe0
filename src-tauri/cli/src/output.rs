//! Where results go: stdout, buffered, with colour where a person sees it.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use engine::error::Error;
use serde::Serialize;

use crate::failure::Failure;
use crate::text;

/// How a piece of text is set off. Never the only sign of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Faint,
    Good,
    Warning,
    Bad,
    Busy,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
            Self::Busy => "36",
        }
    }
}

/// The program's stdout.
pub(crate) struct Output {
    writer: BufWriter<StdoutLock<'static>>,
    colour: bool,
    /// The columns to keep to; `None` where no terminal reads.
    columns: Option<usize>,
}

impl Output {
    /// Stdout, with colour if it is a terminal and the environment does not speak against it.
    pub(crate) fn stdout() -> Self {
        let lock = io::stdout().lock();
        let terminal = lock.is_terminal();
        let columns = terminal_size::terminal_size_of(&lock).map(|(width, _)| usize::from(width.0));
        Self {
            writer: BufWriter::new(lock),
            colour: terminal && colour_wanted(),
            columns: if terminal { columns.filter(|columns| *columns > 0).or(Some(80)) } else { None },
        }
    }

    /// The columns to keep to; `None` where no terminal reads, so that nothing need be cut.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// Writes a line as it is.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.writer, "{text}")?)
    }

    /// Writes `value` as JSON on a line of its own.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string(value)?;
        Ok(writeln!(self.writer, "{}", text::printable_json(&json))?)
    }

    /// Has `write` write JSON line by line, the last line ended like the others.
    pub(crate) fn json_lines<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        self.raw(|writer| write(&mut JsonLines { writer, line: Vec::new() }))
    }

    /// `text` in a style, if there are colours.
    pub(crate) fn styled(&self, style: Style, text: &str) -> String {
        if !self.colour || style == Style::Plain || text.is_empty() {
            return text.to_owned();
        }
        format!("\x1b[{}m{text}\x1b[0m", style.code())
    }

    /// Has `write` write bytes as they are. That nobody reads any more is told from what went wrong, whatever `write` makes of it.
    pub(crate) fn raw<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let mut watched = Watched { writer: &mut self.writer, is_reader_gone: false };
        let written = write(&mut watched);
        if watched.is_reader_gone { Err(Failure::ReaderGone) } else { Ok(written?) }
    }

    /// Hands what is buffered to the system.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.writer.flush()?)
    }
}

/// Notices that nobody reads any more.
struct Watched<'a> {
    writer: &'a mut dyn Write,
    is_reader_gone: bool,
}

impl Watched<'_> {
    fn noticed<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.is_reader_gone |= done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        done
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes);
        self.noticed(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer.flush();
        self.noticed(flushed)
    }
}

/// Passes lines of JSON on with nothing in them that a terminal obeys. Holds one line.
struct JsonLines<'a> {
    writer: &'a mut dyn Write,
    line: Vec<u8>,
}

impl Write for JsonLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if let Some((b'\n', line)) = self.line.split_last() {
                let json = String::from_utf8_lossy(line);
                writeln!(self.writer, "{}", text::printable_json(&json))?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Whether the environment allows colour (<https://no-color.org>).
fn colour_wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}
