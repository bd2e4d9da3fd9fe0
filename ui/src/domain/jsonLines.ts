// A value as lines of a tree, those of what is unfolded: a list that can be drawn from any place on.
import type { JsonValue } from '../backend/bindings';
import { isBranch, jsonInside, type Branch } from './json';

export interface JsonLine {
  /** Its name in the object or its place in the list; `null` for the value itself. */
  name: string | null;
  value: JsonValue;
  /** What it unfolds to: itself, or the JSON that a string holds. */
  branch: Branch | null;
  /** Whether the branch was a string. */
  wasText: boolean;
  depth: number;
  isOpen: boolean;
}

/** A string is looked into for JSON up to this length; there may be very many of them. */
const LONGEST_LOOKED_INTO = 20_000;

function line(name: string | null, value: JsonValue, depth: number): JsonLine {
  const isOwn = isBranch(value);
  const inside = typeof value === 'string' && value.length < LONGEST_LOOKED_INTO ? jsonInside(value) : null;
  return { name, value, branch: isOwn ? value : inside, wasText: inside !== null, depth, isOpen: false };
}

function below({ branch, depth }: JsonLine): JsonLine[] {
  if (!branch) return [];
  return Array.isArray(branch)
    ? branch.map((each, index) => line(String(index), each, depth + 1))
    : Object.entries(branch).map(([name, each]) => line(name, each, depth + 1));
}

/** The lines of a value whose outermost level is unfolded. */
export function linesOf(value: Branch): JsonLine[] {
  const root = { ...line(null, value, 0), isOpen: true };
  return [root, ...below(root)];
}

/** The lines with that of `index` unfolded or folded. */
export function toggled(lines: readonly JsonLine[], index: number): JsonLine[] {
  const at = lines[index];
  if (!at?.branch) return [...lines];
  const before = lines.slice(0, index);
  const after = lines.slice(index + 1);
  if (!at.isOpen) return before.concat({ ...at, isOpen: true }, below(at), after);
  const end = after.findIndex((each) => each.depth <= at.depth);
  return before.concat({ ...at, isOpen: false }, end < 0 ? [] : after.slice(end));
}

/** The line of what a line stands in. */
export function parentOf(lines: readonly JsonLine[], index: number): number {
  const depth = lines[index]?.depth ?? 0;
  for (let at = index - 1; at >= 0; at--) if ((lines[at]?.depth ?? 0) < depth) return at;
  return index;
}
