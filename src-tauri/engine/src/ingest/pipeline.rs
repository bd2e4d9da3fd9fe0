//! One source's way from bytes to the writer: unpack, detect, cut into frames, parse, hand over.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::assemble::{Assembler, Origin};
use super::foreign::ForeignReaders;
use super::progress::SourceProgress;
use super::queue::Queue;
use super::sender::SenderRef;
use super::writer::Writer;
use crate::container::archive::{self, Archive, Member};
use crate::container::packed::{self, Unpacked};
use crate::container::{database, parquet};
use crate::error::{Code, Error, Result};
use crate::model::{Position, Problem, SpanRecord, TraceRecord};
use crate::wire::frame::{self, Chunk, Framer};
use crate::wire::{self, Format, Reader, Sample, Shape, Shortened, Sink};

/// Frames are handed to parsers in chunks of about this size. The first is smaller, so that the first traces show at once.
const CHUNK_BYTES: usize = 1 << 20;
const FIRST_CHUNK_BYTES: usize = 64 << 10;
/// Chunks waiting for a parser; past that, reading stops.
const CHUNK_QUEUE_BYTES: usize = 16 << 20;
/// More parsers than this only wait for the writer.
const MAX_PARSERS: usize = 6;

/// What is read.
#[derive(Clone, Default)]
pub struct Source<'a> {
    /// `file` or `text`.
    pub kind: &'static str,
    /// Path or name.
    pub location: &'a str,
    /// The file, where it is one: databases are opened by path.
    pub path: Option<&'a Path>,
    /// Who sends, of a source that is followed.
    pub sender: Option<SenderRef>,
    /// It is followed: what is told later of a span holds.
    pub tells_again: bool,
}

impl Source<'_> {
    /// The largest single value that is read of it. What has no path of its own lies in an archive, or is text at hand.
    fn largest_frame_bytes(&self, was_packed: bool) -> usize {
        if was_packed || self.path.is_none() {
            Framer::<io::Empty>::LARGEST_PACKED_FRAME_BYTES
        } else {
            Framer::<io::Empty>::LARGEST_FRAME_BYTES
        }
    }
}

/// Reads the whole of `reader` into the store. The format found is noted in `progress`.
///
/// Errors: `UnknownFormat` (the message says what it looks like), `Io` for what can't be opened at all, `Cancelled`, and what
/// the store answers. What was read before an error is kept; damage in the middle is a problem, not an error.
pub fn import(
    source: &Source<'_>,
    reader: impl Read + Send,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let counted = Counted { inner: reader, progress };
    let Unpacked { mut reader, was_packed } = packed::unpack(counted).map_err(|error| unreadable(&error))?;
    let (head, complete) = read_head(&mut reader).map_err(|error| unreadable(&error))?;
    if let Some(read) = reader_of_files(&head) {
        if let Some(path) = source.path.filter(|_| !was_packed) {
            return read(source, path, writer, progress);
        }
        let (_folder, path) = keep(io::Cursor::new(&head[..]).chain(reader))?;
        stop_if_cancelled(progress)?;
        return read(source, &path, writer, progress);
    }
    import_stream(source, &head, complete, was_packed, reader, writer, progress)
}

/// Reads a file that can't be read from its start to its end.
type FileReader = fn(&Source<'_>, &Path, &Writer, &Arc<SourceProgress>) -> Result<()>;

/// How a file with these first bytes is read, if not as a stream.
fn reader_of_files(head: &[u8]) -> Option<FileReader> {
    if head.starts_with(database::MAGIC) {
        Some(import_database)
    } else if head.starts_with(parquet::MAGIC) {
        Some(import_table)
    } else {
        None
    }
}

/// A Parquet table: its rows are lines of JSON, in whatever format they are.
fn import_table(
    source: &Source<'_>,
    path: &Path,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let mut rows = io::BufReader::new(parquet::open(path)?);
    let (head, complete) = read_head(&mut rows).map_err(|error| unreadable(&error))?;
    import_stream(source, &head, complete, true, rows, writer, progress)
}

/// Reads a source that begins with `head` and goes on with `rest`; `complete` says that `rest` is empty, `was_packed`
/// that it was unpacked on the way.
fn import_stream(
    source: &Source<'_>,
    head: &[u8],
    complete: bool,
    was_packed: bool,
    mut rest: impl Read,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let mut sample = Sample::new(head, complete);
    let mut found = wire::detect(&sample).map(|(format, _)| format);
    let mut ahead = Vec::new();
    let shortened;
    if found.is_none() && !complete {
        shortened = look_past_long_texts(head, &mut rest, &mut ahead);
        if let Some(shortened) = &shortened {
            let further = Sample::new(shortened, false);
            if let Some((format, _)) = wire::detect(&further) {
                (sample, found) = (further, Some(format));
            }
        }
    }
    let Some(format) = found.or_else(|| wire::first_known(&sample)) else {
        return Err(Error::new(Code::UnknownFormat, wire::describe::unknown(head, &sample)));
    };
    let origin = origin(source, format, writer, progress);
    let mut framer = Framer::new(
        io::Cursor::new(head).chain(io::Cursor::new(ahead)).chain(rest),
        format.framing(),
        &sample,
    )
    .with_limit(source.largest_frame_bytes(was_packed));
    let parsers = std::thread::available_parallelism().map_or(1, NonZero::get).clamp(1, MAX_PARSERS);
    if complete || parsers == 1 || !format.frames_are_independent() {
        let reader = if wire::records::FORMATS.contains(&format.id()) {
            let plan = wire::records::plan(&sample, &writer.mappings());
            progress.set_mapping(plan.clone());
            wire::records::reader_with(plan.mapping)
        } else {
            format.reader()
        };
        read_alone(&mut framer, reader, &origin, writer, progress)?;
    } else {
        read_in_parallel(&mut framer, parsers, format, &origin, writer, progress)?;
    }
    Ok(())
}

/// How far is read on to find what stands behind a long text. It is kept in memory, as its frame will be.
const LOOKED_PAST_BYTES: usize = 256 << 20;

/// Where the start of a source ends inside of a long text, which hides what would tell its format: the start with long texts
/// shortened, as much of it as a sample has. What was read on for it is in `ahead`; a read error is left for the framer to
/// meet again.
fn look_past_long_texts(head: &[u8], rest: &mut dyn Read, ahead: &mut Vec<u8>) -> Option<Vec<u8>> {
    if !matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return None;
    }
    let mut shortened = Shortened::default();
    shortened.push(head, Sample::BYTES);
    while shortened.bytes.len() < Sample::BYTES && ahead.len() < LOOKED_PAST_BYTES {
        let before = ahead.len();
        // It is doubled when it grows.
        if before >= CHUNK_BYTES && !frame::has_room(2 * before) {
            break;
        }
        let read = rest.take(CHUNK_BYTES as u64).read_to_end(ahead);
        shortened.push(ahead.get(before..).unwrap_or_default(), Sample::BYTES);
        if read.is_err() || ahead.len() == before || (before == 0 && !shortened.has_passed()) {
            break;
        }
    }
    shortened.has_passed().then_some(shortened.bytes)
}

/// Keeps a database or a table that is packed or has no path of its own as a file, in a folder that goes when the first value does:
/// SQLite may leave files of its own beside it.
fn keep(mut content: impl Read) -> Result<(tempfile::TempDir, PathBuf)> {
    let mut keep = || -> io::Result<_> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("unpacked.db");
        io::copy(&mut content, &mut File::create_new(&path)?)?;
        Ok((folder, path))
    };
    keep().map_err(|error| {
        let room = std::env::temp_dir();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::new(
                Code::DiskFull,
                format!("there is no room in {} to unpack the file: unpack it elsewhere", room.display()),
            ),
            _ => Error::new(Code::Io, format!("the file can't be unpacked to be read: {error}")),
        }
    })
}

/// A log that a whole archive is: each of `members` is a frame of `format`.
pub fn import_log(
    source: &Source<'_>,
    archive: &mut Archive,
    members: &[(Member, Shape)],
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let format = wire::format_by_id("inspect")
        .ok_or_else(|| Error::new(Code::UnknownFormat, "this is a log of Inspect, which is not read here"))?;
    let mut assembler = Assembler::new(origin(source, format, writer, progress), writer.queue())?;
    let mut reader = format.reader();
    for (member, shape) in members {
        stop_if_cancelled(progress)?;
        match archive.read_whole(member) {
            Ok(content) => {
                let mut out = OfMember { name: &member.name, out: &mut assembler };
                reader.read(&archive::frame(&content, *shape), &mut out);
                progress.bytes_done.fetch_add(content.len() as u64, Ordering::Relaxed);
            }
            Err(error) => {
                let reason = format!("{}: {}", member.name, error.message);
                progress.problem(Problem::new(Position::default(), reason));
            }
        }
        assembler.flush_if_full()?;
    }
    reader.finish(&mut assembler);
    assembler.flush()
}

/// Hands on what is found in a member of an archive, whose name is part of the place of a problem.
struct OfMember<'a> {
    name: &'a str,
    out: &'a mut dyn Sink,
}

impl Sink for OfMember<'_> {
    fn span(&mut self, span: SpanRecord) {
        self.out.span(span);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.out.trace(trace);
    }
    fn problem(&mut self, problem: Problem) {
        self.out.problem(Problem::new(problem.at, format!("{}: {}", self.name, problem.reason)));
    }
    fn skipped(&mut self, what: &'static str, count: u64) {
        self.out.skipped(what, count);
    }
    fn is_growing(&self) -> bool {
        self.out.is_growing()
    }
}

fn origin(
    source: &Source<'_>,
    format: &'static dyn Format,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Arc<Origin> {
    progress.set_format(format.id());
    Arc::new(Origin {
        kind: source.kind,
        location: writer.masked(source.location),
        format,
        sender: source.sender.clone(),
        tells_again: source.tells_again,
        progress: progress.clone(),
        prices: writer.prices(),
        masker: writer.current_masker(),
    })
}

/// A trace database of another program: each row of it is a frame.
fn import_database(
    source: &Source<'_>,
    path: &Path,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let mut rows = database::open(path)?;
    let format = rows.format();
    let mut assembler = Assembler::new(origin(source, format, writer, progress), writer.queue())?;
    let mut reader = format.reader();
    let mut count = 0u64;
    loop {
        stop_if_cancelled(progress)?;
        match rows.next_row() {
            Ok(Some(row)) => reader.read(&row.frame(), &mut assembler),
            Ok(None) => {
                rows.take_problems().into_iter().for_each(|problem| progress.problem(problem));
                break;
            }
            Err(error) if count == 0 => return Err(error),
            // What was read before the damage is kept.
            Err(error) => {
                rows.take_problems().into_iter().for_each(|problem| progress.problem(problem));
                progress.problem(Problem::new(Position { byte: 0, line: Some(count + 1) }, error.message));
                break;
            }
        }
        count += 1;
        assembler.flush_if_full()?;
    }
    reader.finish(&mut assembler);
    assembler.flush()
}

/// Reads every frame in this thread, in order.
fn read_alone(
    framer: &mut Framer<impl Read>,
    mut reader: Box<dyn Reader>,
    origin: &Arc<Origin>,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let mut assembler = Assembler::new(origin.clone(), writer.queue())?;
    let mut foreign = ForeignReaders::new(origin, writer.queue());
    let mut target_bytes = FIRST_CHUNK_BYTES;
    while let Some(mut chunk) = next_chunk(framer, target_bytes, progress) {
        target_bytes = CHUNK_BYTES;
        stop_if_cancelled(progress)?;
        foreign.read(&mut chunk)?;
        for frame in chunk.frames() {
            reader.read(&frame, &mut assembler);
        }
        assembler.flush_if_full()?;
    }
    stop_if_cancelled(progress)?;
    reader.finish(&mut assembler);
    assembler.flush()?;
    foreign.finish()
}

/// Cuts frames in this thread and reads them in several others.
fn read_in_parallel(
    framer: &mut Framer<impl Read>,
    parsers: usize,
    format: &'static dyn Format,
    origin: &Arc<Origin>,
    writer: &Writer,
    progress: &Arc<SourceProgress>,
) -> Result<()> {
    let chunks: Queue<Chunk> = Queue::new(CHUNK_QUEUE_BYTES);
    std::thread::scope(|scope| {
        let _closing = CloseOnDrop(&chunks);
        let mut threads = Vec::with_capacity(parsers);
        for index in 0..parsers {
            let chunks = &chunks;
            let parse = move || -> Result<()> {
                // A parser that ends early, by an error or a defect, must not leave the framer waiting for room.
                let _closing = CloseOnDrop(chunks);
                let mut assembler = Assembler::new(origin.clone(), writer.queue())?;
                let mut reader = format.reader();
                while let Some(chunk) = chunks.pop() {
                    for frame in chunk.frames() {
                        reader.read(&frame, &mut assembler);
                    }
                    assembler.flush()?;
                }
                reader.finish(&mut assembler);
                assembler.flush()
            };
            match std::thread::Builder::new().name(format!("parser-{index}")).spawn_scoped(scope, parse) {
                Ok(thread) => threads.push(thread),
                Err(error) if threads.is_empty() => {
                    return Err(Error::internal(format!("a thread can't be started: {error}")));
                }
                Err(_) => break,
            }
        }
        // Here, where frames are still in order: other formats may depend on it.
        let mut foreign = ForeignReaders::new(origin, writer.queue());
        let mut result = Ok(());
        let mut target_bytes = FIRST_CHUNK_BYTES;
        while let Some(mut chunk) = next_chunk(framer, target_bytes, progress) {
            target_bytes = CHUNK_BYTES;
            result = foreign.read(&mut chunk);
            if result.is_err() {
                break;
            }
            let bytes = chunk.bytes.len();
            if progress.is_cancelled() || chunks.push(chunk, bytes).is_err() {
                break;
            }
        }
        chunks.close();
        result = result.and_then(|()| foreign.finish());
        for thread in threads {
            let ended = thread.join().unwrap_or_else(|_| {
                Err(Error::internal("a defect of this program stopped the reading of this file"))
            });
            result = result.and(ended);
        }
        result.and_then(|()| stop_if_cancelled(progress))
    })
}

/// Closes the queue when it goes; at a regular end it is closed already.
struct CloseOnDrop<'q>(&'q Queue<Chunk>);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The next chunk; its problems, and a read error in the middle of the file, are noted.
fn next_chunk(
    framer: &mut Framer<impl Read>,
    target_bytes: usize,
    progress: &SourceProgress,
) -> Option<Chunk> {
    let next = framer.next_chunk(target_bytes);
    // A source that was stopped ends in the middle of something; that is no problem of the file's.
    if progress.is_cancelled() {
        return None;
    }
    match next {
        Ok(chunk) => {
            let mut chunk = chunk?;
            for problem in chunk.problems.drain(..) {
                progress.problem(problem);
            }
            Some(chunk)
        }
        Err(error) => {
            progress.problem(Problem::new(
                Position { byte: framer.complete_bytes(), line: None },
                format!("the file can't be read past here ({error}); what came before is kept"),
            ));
            None
        }
    }
}

fn stop_if_cancelled(progress: &SourceProgress) -> Result<()> {
    if !progress.is_cancelled() {
        return Ok(());
    }
    let state = progress.state();
    Err(match &state.error {
        Some(error) => Error::new(error.code, error.message.clone()),
        None => Error::new(Code::Cancelled, "stopped; what was read before is kept"),
    })
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(Code::Io, format!("the file can't be read: {error}"))
}

/// The first bytes of the source; whether they are all of it. A read error after some bytes is left for the framer to meet
/// again.
fn read_head(reader: &mut dyn BufRead) -> io::Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    match reader.take(Sample::BYTES as u64).read_to_end(&mut head) {
        Ok(count) => Ok((head, count < Sample::BYTES)),
        Err(error) if head.is_empty() => Err(error),
        Err(_) => Ok((head, false)),
    }
}

/// Counts the bytes read, and ends the stream when the import is stopped.
struct Counted<'p, R> {
    inner: R,
    progress: &'p SourceProgress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.is_cancelled() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        self.progress.bytes_done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
