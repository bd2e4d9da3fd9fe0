//! What is masked: the rules, a try of them, and what is stored already.

use super::dto::{MaskStoredStatus, MaskedKind, MaskingTried, MaskingTry, Nothing};
use crate::engine::{Engine, MOST_PATTERNS};
use crate::error::Result;
use crate::masking::{MaskCounts, Masker, OwnPattern};

/// Of a text that rules are tried on.
const TRIED_BYTES: usize = 100_000;

pub(super) fn kinds(counts: &MaskCounts) -> Vec<MaskedKind> {
    counts.by_count().into_iter().map(|(kind, count)| MaskedKind { kind: kind.to_owned(), count }).collect()
}

pub(super) fn masking_try(_engine: &Engine, request: MaskingTry) -> Result<MaskingTried> {
    let MaskingTry { rules, mut text } = request;
    let mut end = text.len().min(TRIED_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    let own: Vec<_> = rules
        .patterns
        .iter()
        .take(MOST_PATTERNS)
        .map(|rule| OwnPattern::new(&rule.name, &rule.pattern))
        .collect();
    let problems = own.iter().map(|pattern| pattern.as_ref().err().map(ToString::to_string)).collect();
    let masker = Masker::new(rules.masks_emails, own.into_iter().filter_map(Result::ok).collect());
    let mut counts = MaskCounts::default();
    let text = masker.text(&text, &mut counts).unwrap_or(text);
    Ok(MaskingTried { problems, text, masked: kinds(&counts) })
}

/// Masks what is stored by the rules of the settings. Error `Invalid` if that is under way.
pub(super) fn mask_stored_start(engine: &Engine, _request: Nothing) -> Result<MaskStoredStatus> {
    let texts = engine.texts().clone();
    engine.mask_stored().start(engine.shared_writer(), move || texts.forget())?;
    mask_stored(engine, Nothing {})
}

pub(super) fn mask_stored(engine: &Engine, _request: Nothing) -> Result<MaskStoredStatus> {
    let state = engine.mask_stored().state();
    Ok(MaskStoredStatus {
        is_running: state.is_running,
        is_compacting: state.is_compacting,
        done: state.done,
        total: state.total,
        masked: kinds(&state.counts),
        has_finished: state.has_finished,
        error: state.error,
    })
}

pub(super) fn mask_stored_stop(engine: &Engine, _request: Nothing) -> Result<Nothing> {
    engine.mask_stored().stop(engine.writer());
    Ok(Nothing {})
}
