//! `tracex formats`. Needs no database.

use std::process::ExitCode;

use engine::api::dto::FormatInfo;
use engine::wire::FORMATS;

use crate::args::Formats;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Cell, Table};

pub(crate) fn run(args: &Formats, out: &mut Output) -> Result<ExitCode, Failure> {
    let mut table = Table::new(&[("ID", Align::Left), ("FORMAT", Align::Left)]);
    for format in FORMATS {
        if args.json {
            out.json(&FormatInfo { id: format.id().into(), label: format.label().into() })?;
        } else {
            table.push(vec![Cell::new(format.id()), Cell::new(format.label())]);
        }
    }
    if !args.json {
        table.write(out)?;
    }
    Ok(ExitCode::SUCCESS)
}
