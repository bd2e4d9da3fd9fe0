//! The way of a live source into the store: frames in, rows committed, a receipt when they are.

use std::sync::Arc;

use super::assemble::{Assembler, Origin};
use super::progress::SourceProgress;
use super::receipt::Receipt;
use super::sender::SenderRef;
use super::writer::Writer;
use crate::error::Result;
use crate::model::{Problem, SpanRecord, TraceRecord};
use crate::wire::{Format, Frame, Reader, Sink};

/// Problems kept for whoever asks what could not be taken.
const NOTED_PROBLEMS: usize = 20;

/// What an intake is for.
pub struct IntakeOptions {
    /// The kind of source, as the store names it.
    pub kind: &'static str,
    /// Its address or path.
    pub location: String,
    /// What its frames are in.
    pub format: &'static dyn Format,
    /// Its counts.
    pub progress: Arc<SourceProgress>,
    /// Who sends; `None` for what is of the past, of which no more is expected.
    pub sender: Option<SenderRef>,
    /// It tells of the same spans again as it grows: of two tellings that end alike the later one holds.
    pub tells_again: bool,
}

/// Reads the frames of one sender in order. All its calls may block while the writer is behind; none is for an async thread.
pub struct Intake {
    reader: Box<dyn Reader>,
    assembler: Assembler,
    noted: Noted,
}

/// What could not be read since it was last asked for.
#[derive(Debug, Default)]
pub struct Noted {
    /// All of it.
    pub count: u64,
    /// The first of it.
    pub first: Vec<Problem>,
    /// Spans that were read.
    pub spans: u64,
    /// Spans that had to be left out.
    pub lost: u64,
}

impl Noted {
    /// Adds what was noted later.
    pub fn add(&mut self, later: Self) {
        self.count += later.count;
        self.spans += later.spans;
        self.lost += later.lost;
        let room = NOTED_PROBLEMS.saturating_sub(self.first.len());
        self.first.extend(later.first.into_iter().take(room));
    }
}

/// Hands on what is read and notes what could not be.
struct Noting<'a> {
    noted: &'a mut Noted,
    out: &'a mut Assembler,
}

impl Sink for Noting<'_> {
    fn span(&mut self, span: SpanRecord) {
        self.noted.spans += 1;
        self.out.span(span);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.out.trace(trace);
    }
    fn problem(&mut self, problem: Problem) {
        let problem = self.out.masked_problem(problem);
        self.noted.count += 1;
        if self.noted.first.len() < NOTED_PROBLEMS {
            self.noted.first.push(problem.clone());
        }
        self.out.problem(problem);
    }
    fn lost(&mut self, problem: Problem) {
        self.noted.lost += 1;
        self.problem(problem);
    }
    fn skipped(&mut self, what: &'static str, count: u64) {
        self.out.skipped(what, count);
    }
}

/// Hands on spans and traces that are told as they stand.
struct Telling<'a> {
    out: &'a mut Assembler,
    is_growing: bool,
}

impl Sink for Telling<'_> {
    fn span(&mut self, span: SpanRecord) {
        self.out.span(span);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.out.trace(trace);
    }
    fn problem(&mut self, _problem: Problem) {}
    fn skipped(&mut self, _what: &'static str, _count: u64) {}
    fn is_growing(&self) -> bool {
        self.is_growing
    }
}

impl Intake {
    /// An intake with a reader of its own.
    pub fn open(writer: &Writer, options: IntakeOptions) -> Result<Self> {
        let reader = options.format.reader();
        Self::with_reader(writer, options, reader)
    }

    /// An intake that reads with `reader`, which may have read before.
    pub fn with_reader(writer: &Writer, options: IntakeOptions, reader: Box<dyn Reader>) -> Result<Self> {
        options.progress.set_format(options.format.id());
        let origin = Arc::new(Origin {
            kind: options.kind,
            location: writer.masked(&options.location),
            format: options.format,
            sender: options.sender,
            tells_again: options.tells_again,
            progress: options.progress,
            prices: writer.prices(),
            masker: writer.current_masker(),
        });
        Ok(Self { reader, assembler: Assembler::new(origin, writer.queue())?, noted: Noted::default() })
    }

    /// Reads a frame; what can't be read of it becomes a problem of the source.
    pub fn read(&mut self, frame: &Frame<'_>) {
        self.reader.read(frame, &mut Noting { noted: &mut self.noted, out: &mut self.assembler });
    }

    /// Notes something that could not be read.
    pub fn problem(&mut self, problem: Problem) {
        Noting { noted: &mut self.noted, out: &mut self.assembler }.problem(problem);
    }

    /// What could not be read since this was last asked.
    pub fn take_noted(&mut self) -> Noted {
        std::mem::take(&mut self.noted)
    }

    /// Lets the reader tell what it has held back, as at the end of a file.
    pub fn finish_reading(&mut self) {
        self.reader.finish(&mut Noting { noted: &mut self.noted, out: &mut self.assembler });
    }

    /// Tells what the reader holds back as it stands, while its source may still grow (`is_growing`), and reads on as if it had
    /// not. What could not be read of it is told when the source has ended.
    pub fn tell_held(&mut self, is_growing: bool) {
        let mut telling = Telling { out: &mut self.assembler, is_growing };
        self.reader.copy().finish(&mut telling);
    }

    /// The reader, to read on with it later.
    pub fn into_reader(self) -> Box<dyn Reader> {
        self.reader
    }

    /// Whether it works out costs by the prices that hold now; those of a change are for new intakes.
    pub fn is_up_to_date(&self, writer: &Writer) -> bool {
        Arc::ptr_eq(self.assembler.prices(), &writer.prices())
    }

    /// Hands over what was read, so that it is written soon.
    pub fn flush(&mut self) -> Result<()> {
        self.assembler.flush()
    }

    /// Hands over what was read; `receipt` is told once all that was ever read is committed.
    pub fn flush_with(&mut self, receipt: Receipt) -> Result<()> {
        self.assembler.flush_with(receipt)
    }
}
