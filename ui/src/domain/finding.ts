// Finding in a trace: what is looked for, which steps have it, and the way from one to the next.
import type { FilterReading } from '../backend/bindings';
import { at, countBelow, indexOf } from './columns';
import { formatCount } from './format';
import type { StepTree } from './stepTree';

/** Where it is looked: in the names of steps alone, or in everything that was said. */
export const FIND_SCOPES = ['everything', 'names'] as const;
export type FindScope = (typeof FIND_SCOPES)[number];

/** The rows that have what is looked for, ascending; -1 stands for the run itself, where that has no row. */
export type Stops = Int32Array<ArrayBuffer>;

export const NO_STOPS: Stops = new Int32Array();

/** A filter that looks for this text and asks for nothing else; empty for a text of nothing. */
export function filterOfText(text: string): string {
  const wanted = text.trim();
  return wanted === '' ? '' : `"${wanted.replace(/[\\"]/g, '\\$&')}"`;
}

/** The texts that a filter looks for. */
export function textsOfFilter({ terms }: FilterReading): string[] {
  return terms.filter(({ field, negated }) => field === null && !negated).flatMap(({ values }) => values);
}

/** The rows of steps, by their ids. Those that are not in the tree are left out. */
export function stopsOf(tree: StepTree, stepIds: Iterable<string>): Stops {
  const rows = new Set<number>();
  for (const id of stepIds) {
    const row = tree.rowById.get(id);
    if (row !== undefined) rows.add(row);
    else if (id === '') rows.add(-1);
  }
  return new Int32Array(rows).sort();
}

/** The next or previous stop from `row`, round the end; `null` if there is none. */
export function nextStop(stops: Stops, row: number, direction: 1 | -1): number | null {
  const total = stops.length;
  if (total === 0) return null;
  const below = countBelow(stops, row);
  if (direction < 0) return at(stops, (below - 1 + total) % total);
  return at(stops, (stops[below] === row ? below + 1 : below) % total);
}

/** `row` if it is a stop, else the next. */
export function stopFrom(stops: Stops, row: number): number | null {
  return indexOf(stops, row) >= 0 ? row : nextStop(stops, row, 1);
}

/** How far a search has come. */
export interface FindState {
  stops: Stops;
  row: number;
  /** From 0 to 1; 1 where all was looked through. */
  progress: number;
  problem: string | null;
}

/** `3 of 17 steps`, or how far it has come. */
export function findWords({ stops, row, progress, problem }: FindState): string {
  if (problem !== null) return 'not looked through';
  const isComplete = progress >= 1;
  const looking = isComplete ? '' : ` · ${Math.floor(progress * 100)} %`;
  const total = stops.length;
  if (total === 0) return isComplete ? 'none' : `looking${looking}`;
  const ordinal = indexOf(stops, row) + 1;
  const all = `${formatCount(total)} ${total === 1 ? 'step' : 'steps'}`;
  return `${ordinal > 0 ? `${formatCount(ordinal)} of ` : ''}${all}${looking}`;
}
