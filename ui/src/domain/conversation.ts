// A run as messages: where a step stands in its conversations, and what became of the history, in words.
import type { ConversationOutline, ConversationTurn, JsonValue } from '../backend/bindings';
import { formatCompact, formatCount, plural } from './format';
import { preview } from './json';
import { rowOf, type StepTree } from './stepTree';

/** A place in the conversations of a run. */
export interface TurnPlace {
  thread: number;
  /** Which turn of it, from 0. */
  turn: number;
}

/** Where the model call of a step stands; `null` for any other step. */
export function turnOf(outline: ConversationOutline, stepId: string | null): TurnPlace | null {
  if (stepId === null) return null;
  for (const [thread, { span_ids }] of outline.threads.entries()) {
    const turn = span_ids.indexOf(stepId);
    if (turn >= 0) return { thread, turn };
  }
  return null;
}

/** The model call that a step is, or the last one above it in the tree; the first of all where there is none. */
export function turnAt(outline: ConversationOutline, tree: StepTree, stepId: string | null): TurnPlace {
  const own = turnOf(outline, stepId);
  if (own) return own;
  const row = rowOf(tree, stepId);
  let nearest: TurnPlace = { thread: 0, turn: 0 };
  let nearestRow = -1;
  outline.threads.forEach(({ span_ids }, thread) => {
    span_ids.forEach((id, turn) => {
      const callRow = rowOf(tree, id);
      if (callRow > nearestRow && callRow <= row) {
        nearestRow = callRow;
        nearest = { thread, turn };
      }
    });
  });
  return nearest;
}

/** The next failed turn after `turn` in a direction, around the end; -1 if none failed. */
export function nextFailed(failed: readonly number[], turn: number, direction: 1 | -1): number {
  const after = direction > 0 ? failed.find((each) => each > turn) : failed.findLast((each) => each < turn);
  return after ?? (direction > 0 ? failed[0] : failed.at(-1)) ?? -1;
}

/** The thread of the agent that a tool's step started, -1 if it started none. */
export function threadCalledBy(outline: ConversationOutline, stepId: string): number {
  return outline.threads.findIndex((thread) => thread.called_by_span_id === stepId);
}

/** Characters of a token, about; only ever shown as an estimate. */
const CHARACTERS_A_TOKEN = 4;

/** What was taken out of the history: `Compaction removed 12 messages (45,000 characters, ≈ 11k tokens)`. */
export function removedWords({ history }: ConversationTurn): string | null {
  const { removed, removed_characters, in_their_place, relation } = history;
  if (removed.length === 0) return null;
  const size = `${formatCount(removed_characters)} characters, ≈\u2009${formatCompact(removed_characters / CHARACTERS_A_TOKEN)} tokens`;
  const messages = plural(removed.length, 'message');
  if (relation === 'replaces')
    return `None of the ${messages} before is left (${size}): compacted, or begun anew`;
  if (in_their_place > 0)
    return `Compaction removed ${messages} (${size}) and put ${formatCount(in_their_place)} in their place`;
  return `Compaction removed ${messages} (${size})`;
}

/** What else is to be said of how a call goes on, a few words each. */
export function historyNotes(turn: ConversationTurn, isFirst: boolean): string[] {
  const { relation, edited, answer } = turn.history;
  const notes: string[] = [];
  if (relation === 'begins' && !isFirst) notes.push('A conversation of its own');
  if (relation === 'again') notes.push('Asks the same again');
  if (edited > 0) notes.push(`${plural(edited, 'message')} changed`);
  if (answer === 'left_out' && relation === 'continues')
    notes.push('The answer before is not in the history');
  return notes;
}

/** `temperature 0.5`, for a line of them. */
export function parameterWords({ name, value }: { name: string; value: JsonValue }): string {
  return `${name} ${typeof value === 'string' ? value : preview(value, 60)}`;
}
