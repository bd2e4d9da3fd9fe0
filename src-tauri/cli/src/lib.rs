//! `tracex`: import, list and show traces on the command line, follow running agents, and serve the app's pages to a browser
//! on this machine.
//!
//! Data goes to stdout, everything else to stderr. Text that comes out of traces is never written raw: what a terminal
//! would obey is shown as an escape ([`text`]). May import `engine`; names no window toolkit and no SQL.

mod args;
mod backup;
mod compare;
mod curate;
mod demo;
mod export;
mod failure;
mod follow;
mod formats;
mod host;
mod import;
mod list;
mod mapping;
mod output;
mod progress;
mod quantity;
mod serve;
mod show;
mod table;
pub mod text;
mod tree;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::Failure;
use output::Output;

/// Runs the program with the given arguments, the program's own name first, and gives its exit code: 0 well, 1 something
/// failed, 2 the arguments are wrong, 130 stopped by the person.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Nobody is left to tell if this can't be written.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut out = Output::stdout();
    let done = match args.command {
        Command::Import(ref import) => import::run(&args, import, &mut out),
        Command::List(ref list) => list::run(&args, list, &mut out),
        Command::Show(ref show) => show::run(&args, show, &mut out),
        Command::Compare(ref compare) => compare::run(&args, compare, &mut out),
        Command::Export(ref export) => export::run(&args, export, &mut out),
        Command::Tag(ref tag) => curate::tag(&args, tag),
        Command::Delete(ref delete) => curate::delete(&args, delete),
        Command::Backup(ref wanted) => backup::backup(&args, wanted),
        Command::Restore(ref wanted) => backup::restore(&args, wanted, &mut out),
        Command::Formats(ref formats) => formats::run(formats, &mut out),
        Command::Follow(ref follow) => follow::run(&args, follow, &mut out),
        Command::Demo(ref demo) => demo::run(&args, demo, &mut out),
        Command::Serve(ref serve) => serve::run(&args, serve, &mut out),
    };
    let done = done.and_then(|code| match out.flush() {
        // How it ends is known, whoever reads it or not.
        Ok(()) | Err(Failure::ReaderGone) => Ok(code),
        Err(failure) => Err(failure),
    });
    match done {
        Ok(code) => code,
        Err(Failure::ReaderGone) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tracex: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
