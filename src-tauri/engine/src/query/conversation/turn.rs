//! One turn with its texts.

use rusqlite::Connection;
use serde_json::Value;

use super::calls::{Calls, Said};
use super::cut::Room;
use super::{payload_of, tools};
use crate::analysis::conversation::{self as analysis, Change, Relation};
use crate::dto::{
    AnswerBefore, ConversationTurn, MessageOrigin, TurnHistory, TurnMessage, TurnRelation, TurnTool,
};
use crate::error::Result;
use crate::model::{Provenance, SpanFlags};
use crate::semantics::{self, Content, Message, Parameter};
use crate::store::payload::PayloadReader;
use crate::store::span::SpanRow;

/// The most new messages that are given of a turn.
const MOST_MESSAGES: usize = 100;
/// The most parameters, and how long one may be.
const MOST_PARAMETERS: usize = 24;
const PARAMETER_BYTES: usize = 200;

/// The turn of the call at the place `call`.
pub(super) fn turn(
    connection: &Connection,
    payloads: &mut PayloadReader,
    calls: &Calls,
    call: u32,
) -> Result<ConversationTurn> {
    let at = call as usize;
    let row = &calls.rows[at];
    let read = payloads.read_if_sound(connection, row.payload)?;
    let damage = read.is_none().then(|| "What was said in this call is damaged in the database.".to_owned());
    let payload = payload_of(&read.unwrap_or_default());
    let said = Said::of(semantics::content(&payload));
    let nothing = Change::default();
    let change = calls.conversation.changes().get(at).unwrap_or(&nothing);
    let tools_of = |call: u32| -> Vec<&SpanRow> {
        let after = calls.tools_after.get(call as usize).into_iter().flatten();
        after.filter_map(|tool| calls.tools.get(*tool as usize)).collect()
    };

    let mut room = Room::default();
    let system_count = said.system_count();
    let system = shown(&said.request, &instructions(change, system_count), &[], &mut room);
    let answer_places: Vec<_> = (0..said.answer.len()).map(|place| (place, MessageOrigin::Answer)).collect();
    let answer_messages: Vec<&Message> = said.answer.iter().collect();
    let answer_tools = tools::link(connection, payloads, &answer_messages, &tools_of(call));
    let answer = shown(&said.answer, &answer_places, &answer_tools, &mut room);

    let mut places = new_places(change);
    let left_out = places.len().saturating_sub(MOST_MESSAGES);
    // The latest say what the model answers to.
    places.drain(..left_out);
    let new_messages: Vec<&Message> =
        places.iter().filter_map(|(place, _)| said.request.get(*place)).collect();
    let tools_before = change.before.map(tools_of).unwrap_or_default();
    let new_tools = tools::link(connection, payloads, &new_messages, &tools_before);
    let added = shown(&said.request, &places, &new_tools, &mut room);

    let derived = |flag| if row.flags.contains(flag) { Provenance::Derived } else { Provenance::Reported };
    Ok(ConversationTurn {
        span_id: row.span_id.clone(),
        name: row.name.clone(),
        model: row.model.clone(),
        status: row.status,
        error: row.error.clone().or(damage),
        start_ns: row.start_ns.zip(calls.start_ns).map(|(at, start)| at.saturating_sub(start) as f64),
        duration_ns: row.start_ns.zip(row.end_ns).map(|(start, end)| end.saturating_sub(start).max(0) as f64),
        first_token_ns: semantics::first_token_ns(&payload, row.start_ns).map(|ns| ns as f64),
        input_tokens: row.tokens.input,
        output_tokens: row.tokens.output,
        cache_read_tokens: row.tokens.cache_read,
        total_tokens: row.tokens.sum(),
        tokens_provenance: row.tokens_provenance,
        cost_usd: row.cost_usd,
        cost_provenance: derived(SpanFlags::COST_DERIVED),
        finish_reason: finish_reason(&said),
        parameters: parameters(&said.rest),
        tools: said.rest.tools.len() as u32,
        tools_changed: change.tools_changed,
        system_messages: system_count as u32,
        system,
        history: history(calls, change, at),
        added,
        answer,
        left_out: left_out as u32,
    })
}

fn instructions(change: &Change, count: usize) -> Vec<(usize, MessageOrigin)> {
    let shown = if change.system_changed { count } else { 0 };
    (0..shown).map(|place| (place, MessageOrigin::System)).collect()
}

/// The places of what is shown of a request, in order, and why.
fn new_places(change: &Change) -> Vec<(usize, MessageOrigin)> {
    let of = |place: &u32, origin| (*place as usize, origin);
    let added = change.added.iter().map(|place| of(place, MessageOrigin::Added));
    let edited = change.edited.iter().map(|edit| of(&edit.now, MessageOrigin::Edited));
    let restated = change.answer_changed.iter().map(|place| of(place, MessageOrigin::AnswerChanged));
    let mut places: Vec<_> = added.chain(edited).chain(restated).collect();
    places.sort_by_key(|(place, _)| *place);
    places
}

fn shown(
    messages: &[Message],
    places: &[(usize, MessageOrigin)],
    tools: &[Vec<Option<TurnTool>>],
    room: &mut Room,
) -> Vec<TurnMessage> {
    let mut shown = Vec::with_capacity(places.len());
    for (at, (place, origin)) in places.iter().enumerate() {
        let Some(message) = messages.get(*place) else { continue };
        let mut message = message.clone();
        let whole_bytes = room.cut(&mut message);
        let tools = tools.get(at).cloned().unwrap_or_else(|| vec![None; message.parts.len()]);
        shown.push(TurnMessage { origin: *origin, place: *place as u32, message, whole_bytes, tools });
    }
    shown
}

fn history(calls: &Calls, change: &Change, at: usize) -> TurnHistory {
    TurnHistory {
        relation: match change.relation {
            Relation::Begins => TurnRelation::Begins,
            Relation::Continues => TurnRelation::Continues,
            Relation::Again => TurnRelation::Again,
            Relation::Appends => TurnRelation::Appends,
            Relation::Replaces => TurnRelation::Replaces,
        },
        before_span_id: change
            .before
            .and_then(|before| calls.rows.get(before as usize))
            .map(|row| row.span_id.clone()),
        kept: change.kept,
        removed: change.removed.clone(),
        removed_characters: change.removed_characters,
        in_their_place: change.in_their_place,
        edited: change.edited.len() as u32,
        answer: match change.answer {
            analysis::AnswerBefore::None => AnswerBefore::None,
            analysis::AnswerBefore::Kept => AnswerBefore::Kept,
            analysis::AnswerBefore::Changed => AnswerBefore::Changed,
            analysis::AnswerBefore::LeftOut => AnswerBefore::LeftOut,
        },
        compacted_span_id: calls.compacted.get(at).cloned().flatten(),
    }
}

/// Why the model stopped: as the answer says, else a fact of the response.
fn finish_reason(said: &Said) -> Option<String> {
    let told = said.answer.iter().find_map(|message| message.finish_reason.clone());
    let fact = || {
        let is_reason = |name: &str| {
            let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase().replace('_', "");
            matches!(&*name, "finishreason" | "finishreasons" | "stopreason")
        };
        let parameter = said.rest.parameters.iter().find(|parameter| is_reason(&parameter.name))?;
        match &parameter.value {
            Value::String(reason) => Some(reason.clone()),
            Value::Array(reasons) => reasons.first()?.as_str().map(str::to_owned),
            _ => None,
        }
    };
    told.or_else(fact).map(|reason| reason.chars().take(PARAMETER_BYTES).collect())
}

/// How the model was asked; facts of the response are in the step.
fn parameters(content: &Content) -> Vec<Parameter> {
    let is_short = |value: &Value| match value {
        Value::String(text) => text.len() <= PARAMETER_BYTES,
        Value::Array(_) | Value::Object(_) => value.to_string().len() <= PARAMETER_BYTES,
        _ => true,
    };
    // Whom the request goes to stands beside it.
    let is_asked = |name: &str| {
        !matches!(name, "system" | "provider" | "provider.name" | "agent.name" | "tool.call.id")
            && !["model", "response"].iter().any(|start| name.starts_with(start))
            && !name.contains("finish")
    };
    let asked = content.parameters.iter().filter(|each| is_asked(&each.name) && is_short(&each.value));
    asked.take(MOST_PARAMETERS).cloned().collect()
}
