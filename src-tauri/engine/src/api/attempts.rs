//! Groups of attempts, corrected by hand.

use super::dto::{AttemptChange, AttemptCorrect, AttemptCorrected, StepCorrection};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::AttemptCorrection;
use crate::store::attempt_correction::{self, Correcting};
use crate::store::{span, trace};

/// Error `NotFound` for a trace or a step that is not there, `Invalid` for a step that is joined with itself.
pub(super) fn attempt_correct(engine: &Engine, request: AttemptCorrect) -> Result<AttemptCorrected> {
    let AttemptCorrect { trace_id, change } = request;
    let now_ns = engine.now_ns();
    engine.writer().change_shape(trace_id, move |connection| {
        if trace::marks(connection, trace_id)?.is_none() {
            return Err(Error::not_found("this trace is not in the store any more"));
        }
        let is_there = |span_id: &String| match span::row(connection, trace_id, span_id)? {
            Some(_) => Ok(()),
            None => Err(Error::not_found("this step is not in the store any more")),
        };
        let before = attempt_correction::all(connection, trace_id)?;
        let correcting = Correcting { connection, trace_id, now_ns };
        match change {
            AttemptChange::Apart { span_ids, group_span_id } => {
                span_ids.iter().try_for_each(is_there)?;
                correcting.take_out(&span_ids, &group_span_id)?;
            }
            AttemptChange::Join { span_id, with_span_id } => {
                if span_id == with_span_id {
                    return Err(Error::invalid("a step is no attempt beside itself"));
                }
                [&span_id, &with_span_id].into_iter().try_for_each(is_there)?;
                correcting.join(&span_id, &with_span_id)?;
            }
            AttemptChange::AsDetected { span_ids } => correcting.forget(&span_ids)?,
            AttemptChange::Restore { corrections } => {
                let corrections = corrections.into_iter().map(|correction| {
                    let StepCorrection { span_id, apart_from, operation } = correction;
                    (span_id, AttemptCorrection { apart_from, operation })
                });
                correcting.replace(corrections)?;
            }
        }
        let before = before.into_iter().map(|(span_id, AttemptCorrection { apart_from, operation })| {
            StepCorrection { span_id, apart_from, operation }
        });
        Ok(AttemptCorrected { before: before.collect() })
    })
}
