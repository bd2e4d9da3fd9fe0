//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use engine::api::dto::TraceSort;
use engine::demo::Course;

/// Look at what runs of LLM agents did.
#[derive(Debug, Parser)]
#[command(name = "tracex", version, propagate_version = true)]
pub(crate) struct Args {
    /// The database file [default: that of the app]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) db: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Import trace files of any known format; importing one twice adds nothing
    Import(Import),
    /// List traces
    List(List),
    /// Show one trace as a tree
    Show(Show),
    /// Hold a run against another: what differs, step by step. Ends with 0 if nothing differs, 3 if anything does
    ///
    /// The runs differ where one has a step that the other does not, or where a step has another name, model, status, number of
    /// tries or place, or was given or gave something else in substance. Wording, ids, times, tokens and costs are no difference,
    /// nor are levels that one format alone has. The page and the files of a comparison count the same way.
    ///
    /// Ends with 0 if nothing differs, 3 if anything does, 1 if it went wrong or a run is not known, 2 if it
    /// was called in a wrong way.
    Compare(Compare),
    /// Write traces to a file that can be imported again, with nothing lost
    Export(Export),
    /// Add tags to traces, or take them away
    Tag(Tag),
    /// Delete traces; for ten minutes the app can bring them back
    Delete(Delete),
    /// Write a backup of the database, also while it is in use: whole, of one moment, checked
    Backup(Backup),
    /// Put a backup in the place of the database; what was there is kept beside it
    Restore(Restore),
    /// Name the formats that can be imported
    Formats(Formats),
    /// Receive from running agents without the app, and print what happens as it happens
    Follow(Follow),
    /// Let a made-up agent tell of its runs to the app, or to `tracex follow`
    Demo(Demo),
    /// Serve the app to a browser on this machine
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files, and folders to walk; - for what comes on the standard input. A database of this program that is named is
    /// imported with all its traces
    #[arg(required = true, value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,

    /// How records of no known format are read, as in: start=when, input=args.query, parent= (for none); remembered for all
    /// files with these fields. Roles: trace, id, parent, name, kind, start, end, duration, status, error, input, output, model
    #[arg(long, value_name = "ROLE=FIELD", value_delimiter = ',')]
    pub(crate) map: Vec<String>,

    /// The unit of the field that is the duration
    #[arg(long, value_enum, requires = "map")]
    pub(crate) duration_unit: Option<DurationUnit>,

    /// One JSON object a line for each file
    #[arg(long)]
    pub(crate) json: bool,
}

/// A unit of durations.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DurationUnit {
    S,
    Ms,
    Us,
    Ns,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only traces that match, as in: status:failed duration:>1.5s -model:gpt-4* "rate limit"
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) filter: String,

    /// What to sort by; times and numbers largest first, words from A to Z
    #[arg(long, value_enum, default_value_t = Sort::Started)]
    pub(crate) sort: Sort,

    /// The other way round
    #[arg(long)]
    pub(crate) reverse: bool,

    /// The most traces to list; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,

    /// One JSON object a line for each trace
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The trace: its number in the list, its id in the source, its name, or the beginning of its id (4 characters or more that
    /// no other has); or a tracellm:// link, whose step is marked
    pub(crate) trace: String,

    /// The trace as one JSON object, then one for each step, each on a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which traces: those that are named, or all that match.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The traces: each its number in the list, its id in the source, its name, or the beginning of its id, or a link
    #[arg(value_name = "TRACE")]
    pub(crate) traces: Vec<String>,

    /// All that match, as in `tracex list`
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The run that the other is held against: its number, its id, its name, the beginning of its id, or a link. Alone, a
    /// tracellm://compare/ link to both runs, as `y` copies it in the app
    #[arg(value_name = "A")]
    pub(crate) a: String,

    /// The other run
    #[arg(value_name = "B")]
    pub(crate) b: Option<String>,

    /// Print everything as JSON
    #[arg(long, conflicts_with = "html")]
    pub(crate) json: bool,

    /// Write a page that any browser shows without a network; - for the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) which: Which,

    /// The file to write; - for the standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Write over a file that is there
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tag {
    #[command(flatten)]
    pub(crate) which: Which,

    /// A tag to add; may be given several times
    #[arg(long, value_name = "TAG", required_unless_present = "remove")]
    pub(crate) add: Vec<String>,

    /// A tag to take away; may be given several times
    #[arg(long, value_name = "TAG")]
    pub(crate) remove: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Write over a file that is there
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup; it is checked first
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Only check it, and say what it and the database hold
    #[arg(long)]
    pub(crate) check: bool,

    /// Restore it as it is, where something in it is damaged
    #[arg(long)]
    pub(crate) damaged: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Formats {
    /// One JSON object a line for each format
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Follow {
    /// feed[:SOCKET], otlp-http[:PORT], otlp-grpc[:PORT], tracellm[:URL], connect:ADDRESS (an agent that listens on a socket
    /// or a host:port), a file, a folder, or TraceLLM's traces.db [default: the sources that are on in the app]
    #[arg(value_name = "WHAT")]
    pub(crate) what: Vec<String>,

    /// One JSON object a line for each event
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// How many runs, one after another
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) runs: u32,

    /// What decides the runs, with --mode: the same number gives the same ones, ids included [default: another one each time]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// How many times faster than a real agent
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub(crate) speed: f64,

    /// The feed socket [default: that of the app]
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,

    /// What happens in every run [default: a mixture]
    #[arg(long, value_name = "MODE", value_parser = course)]
    pub(crate) mode: Option<Course>,

    /// Name the modes
    #[arg(long)]
    pub(crate) list_modes: bool,

    /// One JSON object a line for each run
    #[arg(long)]
    pub(crate) json: bool,
}

/// The course of a demo that a word names.
fn course(word: &str) -> Result<Course, String> {
    Course::from_word(word).ok_or_else(|| {
        let words: Vec<&str> = Course::ALL.iter().map(|course| course.word()).collect();
        format!("the modes are {}", words.join(", "))
    })
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The port; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 4777)]
    pub(crate) port: u16,

    /// A folder with the built pages [default: those inside this program]
    #[arg(long, value_name = "DIR")]
    pub(crate) ui: Option<PathBuf>,

    /// How long slow clients are waited for, in milliseconds, so that a test can see it end
    #[arg(long, value_name = "MS", hide = true)]
    pub(crate) patience: Option<u64>,

    /// A file or folder of this machine that the page may follow by its path; may be given several times. Without it the
    /// page reads what is dropped on it or chosen, and nothing else
    #[arg(long, value_name = "PATH")]
    pub(crate) allow: Vec<PathBuf>,
}

/// What traces are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    Started,
    Duration,
    Status,
    Name,
    Steps,
    Errors,
    Retries,
    Tokens,
    Cost,
    Model,
    Project,
    Environment,
}

impl Sort {
    /// The engine's word for it.
    pub(crate) fn key(self) -> TraceSort {
        match self {
            Self::Started => TraceSort::Started,
            Self::Duration => TraceSort::Duration,
            Self::Status => TraceSort::Status,
            Self::Name => TraceSort::Name,
            Self::Steps => TraceSort::Steps,
            Self::Errors => TraceSort::Errors,
            Self::Retries => TraceSort::Retries,
            Self::Tokens => TraceSort::Tokens,
            Self::Cost => TraceSort::Cost,
            Self::Model => TraceSort::Model,
            Self::Project => TraceSort::Project,
            Self::Environment => TraceSort::Environment,
        }
    }

    /// Whether the largest or latest is of most interest.
    pub(crate) fn largest_first(self) -> bool {
        !matches!(self, Self::Name | Self::Model | Self::Project | Self::Environment)
    }
}
