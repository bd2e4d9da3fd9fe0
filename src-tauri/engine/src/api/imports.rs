//! Starting, watching and stopping imports.

use super::dto::{
    ImportRef, ImportStart, ImportStatus, ImportText, Nothing, ProblemList, ProblemListRequest,
};
use crate::engine::Engine;
use crate::error::{Error, Result};

pub(super) fn import_start(_engine: &Engine, _request: ImportStart) -> Result<ImportStatus> {
    Err(Error::internal("not built yet"))
}

pub(super) fn import_text(_engine: &Engine, _request: ImportText) -> Result<ImportStatus> {
    Err(Error::internal("not built yet"))
}

pub(super) fn import_cancel(_engine: &Engine, _request: ImportRef) -> Result<ImportStatus> {
    Err(Error::internal("not built yet"))
}

pub(super) fn import_dismiss(_engine: &Engine, _request: ImportRef) -> Result<Nothing> {
    Err(Error::internal("not built yet"))
}

pub(super) fn import_list(_engine: &Engine, _request: Nothing) -> Result<Vec<ImportStatus>> {
    Err(Error::internal("not built yet"))
}

pub(super) fn problem_list(_engine: &Engine, _request: ProblemListRequest) -> Result<ProblemList> {
    Err(Error::internal("not built yet"))
}
