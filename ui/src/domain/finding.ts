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

/** Some of the steps that were found, as the engine tells them. */
interface Piece {
  readonly span_ids: readonly string[];
}

/** Puts pieces together as they come in: each is looked at once, so that a million steps are no work for every one of them. */
export class StopCollector {
  /** By row + 1, whether it was found; first the run itself where it has no row. */
  private readonly found: Uint8Array;
  private seen: readonly Piece[] = [];

  constructor(private readonly tree: StepTree) {
    this.found = new Uint8Array(tree.count + 1);
  }

  /** The rows of all steps in the pieces. Steps that are not in the tree are left out. */
  of(pieces: readonly Piece[]): Stops {
    if (this.seen.some((piece, index) => piece !== pieces[index])) {
      this.found.fill(0);
      this.seen = [];
    }
    for (const { span_ids } of pieces.slice(this.seen.length)) {
      for (const id of span_ids) {
        const row = this.tree.rowById.get(id);
        if (row !== undefined) this.found[row + 1] = 1;
        else if (id === '') this.found[0] = 1;
      }
    }
    this.seen = [...pieces];
    const rows: number[] = [];
    this.found.forEach((isFound, index) => {
      if (isFound) rows.push(index - 1);
    });
    return new Int32Array(rows);
  }
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
  /** The row of the run, -1 where it has none. */
  runRow: number;
}

/** `3 of 17 steps`, `3 of 17 steps and the run`, or how far it has come. */
export function findWords({ stops, row, progress, problem, runRow }: FindState): string {
  if (problem !== null) return 'not looked through';
  const isComplete = progress >= 1;
  const looking = isComplete ? '' : ` · ${Math.floor(progress * 100)} %`;
  if (stops.length === 0) return isComplete ? 'none' : `looking${looking}`;
  // The run stands before all steps, and is none.
  const hasRun = stops[0] === runRow;
  const steps = stops.length - (hasRun ? 1 : 0);
  if (steps === 0) return `the run alone${looking}`;
  const all = `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}`;
  if (hasRun && row === runRow) return `the run, and ${all}${looking}`;
  const ordinal = indexOf(stops, row) + (hasRun ? 0 : 1);
  return `${ordinal > 0 ? `${formatCount(ordinal)} of ` : ''}${all}${hasRun ? ' and the run' : ''}${looking}`;
}
