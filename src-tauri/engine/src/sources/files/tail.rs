//! One followed file: what was read of it, and what has come since.
//!
//! A file of lines is read by offset, whole lines only. What its reader holds back until the end (an answer that is being
//! told, a turn under way) is told by a copy of the reader, as it stands, whenever lines have come; the store keeps the
//! later telling. Any other file is read again as a whole when it has changed and is whole. That it is the same file which
//! has grown, and not another under its path, is seen by what stands at its start and before the place read up to.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Code, Error, Result};
use crate::ingest::{Intake, IntakeOptions, Receipt, SenderRef, SourceProgress, WholeFile, import_whole};
use crate::model::{Position, Problem};
use crate::sources::SourceContext;
use crate::sources::stamp::Stamp;
use crate::store::followed_file::ReadUpTo;
use crate::wire::{self, Format, Framer, Framing, Reader, Sample};

/// Larger files are not followed.
const LARGEST_FILE_BYTES: u64 = 8 << 30;
/// The longest line that is taken.
const LONGEST_LINE_BYTES: usize = 64 << 20;
/// Read at one look, so that other files get their turn.
const LOOK_BYTES: usize = 8 << 20;
const CHUNK_BYTES: usize = 1 << 20;
/// A last line without its end is looked at for being whole up to this size.
const ENDLESS_LINE_BYTES: u64 = 4 << 20;
/// What stands at a file's start, and before the place read up to, is known by so much of it.
const FINGERPRINT_BYTES: u64 = 4 << 10;
/// Nothing more is expected of a file that has not changed for this long: what is under way in it has ended.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the state of a reader is kept for a file that has not changed.
const KEPT: Duration = Duration::from_secs(600);
/// A file that is read as a whole is read once it has not changed for this long …
const PAUSE: Duration = Duration::from_millis(100);
/// … or for this long, if it does not look whole, or if what it is had to be guessed.
const LONG_PAUSE: Duration = Duration::from_secs(2);
/// Looking takes a fifth of the time at most; reading a file as a whole, a tenth.
const REST_AFTER_LINES: u32 = 4;
const REST_AFTER_WHOLE: u32 = 10;

/// A followed file.
pub(super) struct Tail {
    path: PathBuf,
    location: String,
    /// Named by a person, not found in a folder.
    is_named: bool,
    /// As it was when all there was had been read.
    stamp: Option<Stamp>,
    /// How far it was read before, where no reader stands there.
    read: Option<ReadUpTo>,
    reading: Option<Lines>,
    /// When it grew last, until what it tells is settled.
    grew: Option<Instant>,
    /// When it may be looked at again.
    pub(super) not_before: Option<Instant>,
}

/// The reading of a file of lines.
struct Lines {
    format: &'static dyn Format,
    reader: Box<dyn Reader>,
    upto: ReadUpTo,
    /// The format was found by so many values.
    values: usize,
}

/// What a look at a file gave.
pub(super) struct Look {
    /// What was found.
    pub(super) found: Found,
    /// When to look again, whatever happens.
    pub(super) again: Option<Duration>,
    /// What is to be remembered once it is on disk.
    pub(super) written: Option<Written>,
}

/// What is to be remembered, and who says that it is on disk.
pub(super) type Written = (ReadUpTo, oneshot::Receiver<Result<()>>);

/// What a look at a file found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing new.
    Nothing,
    /// Something, which was read.
    Read,
    /// It holds no traces; why that is thought.
    NotTraces(String),
    /// It can't be read; why.
    Unreadable(String),
    /// It is not there.
    Gone,
}

/// How a file is to be read.
enum Way {
    Lines { format: &'static dyn Format, values: usize, reader: Box<dyn Reader> },
    Whole,
    Not(String),
    Later(Duration),
}

impl Look {
    fn of(found: Found) -> Self {
        Self { found, again: None, written: None }
    }

    fn after(pause: Duration) -> Self {
        Self { again: Some(pause), ..Self::of(Found::Nothing) }
    }
}

impl Tail {
    /// A file of which `read` is known to have been read.
    pub(super) fn new(path: PathBuf, is_named: bool, read: Option<ReadUpTo>) -> Self {
        let stamp = read.map(|read| Stamp { size_bytes: read.size_bytes, modified_ns: read.modified_ns });
        let location = path.to_string_lossy().into_owned();
        Self { path, location, is_named, stamp, read, reading: None, grew: None, not_before: None }
    }

    /// Its path as it is shown and remembered.
    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// Whether something in it is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.grew.is_some()
    }

    /// Whether a file with this stamp has something that was not read.
    pub(super) fn is_news(&self, stamp: Stamp) -> bool {
        self.stamp != Some(stamp)
    }

    /// Reads what has come. `is_news` says that it came while the file was followed. `progress` is for this look alone.
    ///
    /// # Errors
    /// If the store is closed. What is wrong with the file is in what is found.
    pub(super) fn look(
        &mut self,
        context: &SourceContext,
        is_news: bool,
        progress: &Arc<SourceProgress>,
    ) -> Result<Look> {
        let begun = Instant::now();
        let opened = open(&self.path, self.is_named);
        let (mut file, stamp) = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.gone(context),
            Err(error) => return Ok(Look::of(Found::Unreadable(format!("it can't be opened: {error}")))),
        };
        if self.stamp == Some(stamp) {
            return self.unchanged(context);
        }
        if stamp.size_bytes > LARGEST_FILE_BYTES {
            self.stamp = Some(stamp);
            let limit = LARGEST_FILE_BYTES >> 30;
            return Ok(Look::of(Found::Unreadable(format!(
                "it is larger than {limit} GB: import it instead"
            ))));
        }
        let look = match self.read(context, &mut file, stamp, is_news, progress) {
            Ok(look) => look,
            Err(LookError::File(error)) => Look::of(Found::Unreadable(format!("it can't be read: {error}"))),
            Err(LookError::Store(error)) => return Err(error),
        };
        let rest = if self.reading.is_some() { REST_AFTER_LINES } else { REST_AFTER_WHOLE };
        self.not_before = Some(Instant::now() + begun.elapsed() * rest);
        Ok(look)
    }

    /// Tells what is under way as it stands: the file is followed no longer.
    pub(super) fn settle(&mut self, context: &SourceContext) -> Result<Look> {
        self.grew = None;
        let Some(lines) = self.reading.take() else { return Ok(Look::of(Found::Nothing)) };
        let mut intake = self.intake(context, lines.format, lines.reader, true)?;
        intake.tell_held(false);
        let written = hand_over(&mut intake, lines.upto)?;
        self.reading = Some(Lines { reader: intake.into_reader(), ..lines });
        Ok(Look { found: Found::Nothing, again: Some(KEPT), written: Some(written) })
    }

    fn gone(&mut self, context: &SourceContext) -> Result<Look> {
        if self.is_under_way() {
            self.settle(context)?;
        }
        *self = Self::new(self.path.clone(), self.is_named, None);
        Ok(Look::of(Found::Gone))
    }

    fn unchanged(&mut self, context: &SourceContext) -> Result<Look> {
        match self.grew {
            Some(grew) if grew.elapsed() >= SILENCE => self.settle(context),
            Some(grew) => Ok(Look::after(SILENCE.saturating_sub(grew.elapsed()))),
            None => {
                self.read = self.reading.take().map(|lines| lines.upto).or(self.read);
                Ok(Look::of(Found::Nothing))
            }
        }
    }

    fn read(
        &mut self,
        context: &SourceContext,
        file: &mut File,
        stamp: Stamp,
        is_news: bool,
        progress: &Arc<SourceProgress>,
    ) -> Result<Look, LookError> {
        let known = self.reading.as_ref().map(|lines| lines.upto).or(self.read);
        let continues = match known {
            Some(known) => {
                stamp.size_bytes >= known.offset_bytes
                    && fingerprint(file, known.offset_bytes)? == known.fingerprint
            }
            None => false,
        };
        if !continues {
            self.reading = None;
            self.read = None;
        }
        if stamp.size_bytes == 0 {
            self.stamp = Some(stamp);
            return Ok(Look::of(Found::Nothing));
        }
        let age = stamp.age();
        let is_live = is_news || age < SILENCE;
        // Once enough of it was seen, what it is stays.
        if self.reading.as_ref().is_none_or(|lines| lines.values < Sample::VALUES) {
            match self.way(context, file, stamp, age)? {
                Way::Lines { format, values, reader } => self.begin(format, values, reader),
                Way::Whole => return self.read_whole(context, file, stamp, is_live, age, progress),
                Way::Later(pause) => return Ok(Look::after(pause)),
                Way::Not(reason) => {
                    self.stamp = Some(stamp);
                    return Ok(Look::of(Found::NotTraces(reason)));
                }
            }
        }
        self.read_lines(context, file, stamp, is_live)
    }

    /// Begins to read lines, or goes on with it if they are what they were.
    fn begin(&mut self, format: &'static dyn Format, values: usize, reader: Box<dyn Reader>) {
        match &mut self.reading {
            Some(lines) if lines.format.id() == format.id() => lines.values = values,
            _ => {
                // What depends on what came before it is read from the start again.
                let upto = self.read.take().filter(|_| format.frames_are_independent()).unwrap_or_default();
                self.reading = Some(Lines { format, reader, upto, values });
            }
        }
    }

    fn way(
        &self,
        context: &SourceContext,
        file: &mut File,
        stamp: Stamp,
        age: Duration,
    ) -> Result<Way, LookError> {
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        (&mut *file).take(Sample::BYTES as u64).read_to_end(&mut head)?;
        let is_packed = [&b"PK\x03\x04"[..], b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"SQLite format 3\0"];
        if is_packed.iter().any(|magic| head.starts_with(magic)) {
            return Ok(Way::Whole);
        }
        let sample = Sample::new(&head, stamp.size_bytes == head.len() as u64);
        let Some((format, _)) = wire::detect(&sample) else {
            return Ok(Way::Not(wire::describe::unknown(&head, &sample)));
        };
        let is_guessed = wire::records::FORMATS.contains(&format.id());
        if is_guessed && !self.is_named {
            let reason = "records of no known format are guessed at only in files that are named one by one";
            return Ok(Way::Not(reason.to_owned()));
        }
        if is_guessed && sample.values.len() < Sample::VALUES && age < LONG_PAUSE {
            return Ok(Way::Later(LONG_PAUSE.saturating_sub(age)));
        }
        let is_text = head.trim_ascii_start().starts_with(b"{");
        if !(sample.lines && is_text && matches!(format.framing(), Framing::Json { .. })) {
            return Ok(Way::Whole);
        }
        let reader = if is_guessed {
            wire::records::reader_with(wire::records::plan(&sample, &context.writer.mappings()).mapping)
        } else {
            format.reader()
        };
        Ok(Way::Lines { format, values: sample.values.len(), reader })
    }

    fn read_lines(
        &mut self,
        context: &SourceContext,
        file: &mut File,
        stamp: Stamp,
        is_live: bool,
    ) -> Result<Look, LookError> {
        let Some(lines) = self.reading.take() else { return Ok(Look::of(Found::Nothing)) };
        let from = lines.upto.offset_bytes;
        file.seek(SeekFrom::Start(from))?;
        let mut intake =
            self.intake(context, lines.format, lines.reader, is_live).map_err(LookError::Store)?;
        let received_ns = is_live.then(|| context.clock.now_ns());
        let at = Position { byte: from, line: Some(lines.upto.lines + 1) };
        let mut framer =
            Framer::of_growing_lines((&mut *file).take(stamp.size_bytes.saturating_sub(from)), at)
                .with_limit(LONGEST_LINE_BYTES);
        let mut trouble = None;
        let has_more = loop {
            if framer.complete_at().byte - from >= LOOK_BYTES as u64 {
                break true;
            }
            match framer.next_chunk(CHUNK_BYTES) {
                Ok(Some(chunk)) => {
                    for frame in chunk.frames_received(received_ns) {
                        intake.read(&frame);
                    }
                    for problem in chunk.problems {
                        intake.problem(problem);
                    }
                }
                Ok(None) => break false,
                Err(error) => {
                    trouble = Some(error);
                    break false;
                }
            }
        };
        let mut at = framer.complete_at();
        drop(framer);
        if !has_more && trouble.is_none() {
            at.byte += read_unended(file, at, stamp, received_ns, &mut intake)?;
        }
        let is_new = at.byte > from;
        if is_new {
            context.received((at.byte - from) as usize);
        }
        let upto = ReadUpTo {
            size_bytes: stamp.size_bytes,
            modified_ns: stamp.modified_ns,
            offset_bytes: at.byte,
            lines: at.line.map_or(0, |line| line.saturating_sub(1)),
            fingerprint: fingerprint(file, at.byte)?,
        };
        let holds_nothing = lines.format.frames_are_independent();
        let mut written = None;
        if has_more {
            intake.flush().map_err(LookError::Store)?;
        } else if is_live {
            intake.tell_held(true);
            let handed = hand_over(&mut intake, upto).map_err(LookError::Store)?;
            // What a reader holds is only told for good once the file is silent.
            written = Some(handed).filter(|_| holds_nothing);
            self.grew = Some(Instant::now());
        } else {
            intake.finish_reading();
            written = Some(hand_over(&mut intake, upto).map_err(LookError::Store)?);
        }
        let reader = intake.into_reader();
        if is_live || has_more {
            self.reading = Some(Lines { reader, upto, ..lines });
        } else {
            self.read = Some(upto);
        }
        if !has_more {
            self.stamp = Some(stamp);
        }
        let found = match trouble {
            Some(error) => Found::Unreadable(format!("it can't be read past byte {} ({error})", at.byte)),
            None if is_new => Found::Read,
            None => Found::Nothing,
        };
        let again = if has_more { Some(Duration::ZERO) } else { self.grew.map(|_| SILENCE) };
        Ok(Look { found, again, written })
    }

    fn read_whole(
        &mut self,
        context: &SourceContext,
        file: &mut File,
        stamp: Stamp,
        is_live: bool,
        age: Duration,
        progress: &Arc<SourceProgress>,
    ) -> Result<Look, LookError> {
        let pause = if looks_whole(file, stamp)? { PAUSE } else { LONG_PAUSE };
        if age < pause {
            return Ok(Look::after(pause.saturating_sub(age)));
        }
        self.reading = None;
        let whole = WholeFile {
            kind: context.word,
            path: &self.path,
            location: &self.location,
            sender: is_live.then_some(SenderRef::Anonymous),
        };
        let imported = import_whole(&whole, &context.writer, progress);
        if let Some(format) = progress.format() {
            context.report.progress.set_format(format);
        }
        context.report.progress.absorb(progress);
        context.received(0);
        match imported {
            Ok(()) => {
                self.stamp = Some(stamp);
                let upto = ReadUpTo {
                    size_bytes: stamp.size_bytes,
                    modified_ns: stamp.modified_ns,
                    offset_bytes: stamp.size_bytes,
                    lines: 0,
                    fingerprint: fingerprint(file, stamp.size_bytes)?,
                };
                self.read = Some(upto);
                let (told, written) = oneshot::channel();
                let _ = told.send(Ok(()));
                Ok(Look { found: Found::Read, again: None, written: Some((upto, written)) })
            }
            Err(error) if error.code == Code::UnknownFormat => {
                self.stamp = Some(stamp);
                Ok(Look::of(Found::NotTraces(error.message)))
            }
            Err(error) if error.code == Code::Cancelled => Err(LookError::Store(error)),
            Err(error) => {
                self.stamp = Some(stamp);
                Ok(Look::of(Found::Unreadable(error.message)))
            }
        }
    }

    fn intake(
        &self,
        context: &SourceContext,
        format: &'static dyn Format,
        reader: Box<dyn Reader>,
        is_live: bool,
    ) -> Result<Intake> {
        let options = IntakeOptions {
            kind: context.word,
            location: self.location.clone(),
            format,
            progress: context.report.progress.clone(),
            // Whoever writes the file pauses as they like.
            sender: is_live.then_some(SenderRef::Anonymous),
            tells_again: true,
        };
        Intake::with_reader(&context.writer, options, reader)
    }
}

/// What stops a look.
enum LookError {
    File(io::Error),
    Store(Error),
}

impl From<io::Error> for LookError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Opens a regular file. One found in a folder is opened only if it is no link, and never waited for.
fn open(path: &Path, is_named: bool) -> io::Result<(File, Stamp)> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let links = if is_named { 0 } else { libc::O_NOFOLLOW };
        options.custom_flags(libc::O_NONBLOCK | links);
    }
    #[cfg(not(unix))]
    if !is_named && fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a link"));
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok((file, Stamp::of(&metadata)))
}

/// Hash of what stands at the start of the file, and before `offset`.
fn fingerprint(file: &mut File, offset: u64) -> io::Result<i64> {
    let mut hasher = Xxh3::new();
    let length = offset.min(FINGERPRINT_BYTES);
    for from in [0, offset - length] {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        (&mut *file).take(length).read_to_end(&mut bytes)?;
        hasher.update(&bytes);
    }
    Ok(hasher.digest() as i64)
}

/// Whether a file that is one JSON document ends as one does; what is none always looks so.
fn looks_whole(file: &mut File, stamp: Stamp) -> io::Result<bool> {
    let mut ends = [Vec::new(), Vec::new()];
    for (end, from) in ends.iter_mut().zip([0, stamp.size_bytes.saturating_sub(64)]) {
        file.seek(SeekFrom::Start(from))?;
        (&mut *file).take(64).read_to_end(end)?;
    }
    let [start, end] = &ends;
    let is_json = matches!(start.trim_ascii_start().first(), Some(b'{' | b'['));
    Ok(!is_json || matches!(end.trim_ascii_end().last(), Some(b'}' | b']')))
}

/// Reads a last line that lacks its end and is a whole object all the same. Gives how many bytes were read.
fn read_unended(
    file: &mut File,
    at: Position,
    stamp: Stamp,
    received_ns: Option<i64>,
    intake: &mut Intake,
) -> io::Result<u64> {
    let length = stamp.size_bytes.saturating_sub(at.byte);
    if length == 0 || length > ENDLESS_LINE_BYTES {
        return Ok(0);
    }
    let mut line = Vec::new();
    file.seek(SeekFrom::Start(at.byte))?;
    (&mut *file).take(length).read_to_end(&mut line)?;
    let is_object = line.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(&line).is_ok();
    if !is_object {
        return Ok(0);
    }
    let length = line.len() as u64;
    let chunk = wire::frame::lines(line, at);
    for frame in chunk.frames_received(received_ns) {
        intake.read(&frame);
    }
    chunk.problems.into_iter().for_each(|problem: Problem| intake.problem(problem));
    Ok(length)
}

/// Hands over what was read up to `upto`, which is to be remembered once it is on disk.
fn hand_over(intake: &mut Intake, upto: ReadUpTo) -> Result<Written> {
    let (told, written) = oneshot::channel();
    intake.flush_with(Receipt::new(move |result| {
        let _ = told.send(result);
    }))?;
    Ok((upto, written))
}
