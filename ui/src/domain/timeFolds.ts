// An axis on which quiet time is folded: stretches in which nothing was called are drawn with a fixed, small width. Quiet is
// not idle: an agent may be at its own work then, and the time budget says so.
//
//   time     0 ────────┬═══════════════════════════┬──────── total
//   folded   0 ────────┬═══┬──────── total                     the same, in "folded nanoseconds"
//
// Outside of folds a nanosecond is a nanosecond, inside it is less; so both directions are exact, and order is kept.
// Whatever is drawn at a time goes through `folded_from_ns`, whatever is pointed at comes back through `ns_from_folded`.
import { at, countBelow } from './columns';
import { kindOf, type StepTree } from './stepTree';
import type { SpanKind } from '../backend/bindings';

export interface TimeFolds {
  /** Where each fold begins and ends in time; ascending, none over another. */
  readonly start_ns: Float64Array;
  readonly end_ns: Float64Array;
  /** Where each begins in folded time. */
  readonly folded_ns: Float64Array;
  /** How wide each is in folded time. */
  readonly width_ns: number;
}

/** Nothing is folded: folded time is time. */
export const NO_FOLDS: TimeFolds = {
  start_ns: new Float64Array(),
  end_ns: new Float64Array(),
  folded_ns: new Float64Array(),
  width_ns: 0,
};

/** Folds of `stretches_ns` (start and end; ascending, none over another), each `width_ns` wide. */
export function foldsOf(stretches_ns: readonly (readonly [number, number])[], width_ns: number): TimeFolds {
  const folds = {
    start_ns: new Float64Array(stretches_ns.map(([start_ns]) => start_ns)),
    end_ns: new Float64Array(stretches_ns.map(([, end_ns]) => end_ns)),
    folded_ns: new Float64Array(stretches_ns.length),
    width_ns,
  };
  let taken_ns = 0;
  stretches_ns.forEach(([start_ns, end_ns], index) => {
    folds.folded_ns[index] = start_ns - taken_ns;
    taken_ns += end_ns - start_ns - width_ns;
  });
  return folds;
}

/** Where a time stands in folded time. */
export function folded_from_ns(folds: TimeFolds, time_ns: number): number {
  const index = countBelow(folds.start_ns, time_ns) - 1;
  if (index < 0) return time_ns;
  const start_ns = at(folds.start_ns, index);
  const end_ns = at(folds.end_ns, index);
  const folded_ns = at(folds.folded_ns, index);
  if (time_ns >= end_ns) return folded_ns + folds.width_ns + (time_ns - end_ns);
  return folded_ns + ((time_ns - start_ns) / (end_ns - start_ns)) * folds.width_ns;
}

/** The time at a place in folded time. */
export function ns_from_folded(folds: TimeFolds, folded_ns: number): number {
  const index = countBelow(folds.folded_ns, folded_ns) - 1;
  if (index < 0) return folded_ns;
  const start_ns = at(folds.start_ns, index);
  const end_ns = at(folds.end_ns, index);
  const inside_ns = folded_ns - at(folds.folded_ns, index);
  if (inside_ns >= folds.width_ns) return end_ns + (inside_ns - folds.width_ns);
  return start_ns + (inside_ns / folds.width_ns) * (end_ns - start_ns);
}

/** The fold at a place in folded time, -1 where there is none. */
export function foldAt(folds: TimeFolds, folded_ns: number): number {
  const index = countBelow(folds.folded_ns, folded_ns) - 1;
  return index >= 0 && folded_ns < at(folds.folded_ns, index) + folds.width_ns ? index : -1;
}

/** How long a fold is in time. */
export function foldLength_ns(folds: TimeFolds, index: number): number {
  return at(folds.end_ns, index) - at(folds.start_ns, index);
}

/** Quiet time is folded from this share of the trace on … */
const LEAST_SHARE = 0.04;
/** … if it is also this long. */
const LEAST_NS = 100e6;
/** A fold's width as a share of the time that is left, and of all folds together. */
const WIDTH_SHARE = 0.04;
const WIDTHS_SHARE = 0.4;

/**
 * Folds for the quiet time of a trace: where no call runs, and no step without steps below it. The last stretch of a trace that
 * goes on is not folded, for it is not over.
 */
export function quietFolds(tree: StepTree): TimeFolds {
  if (tree.clock === 'order_only') return NO_FOLDS;
  const least_ns = Math.max(LEAST_SHARE * tree.total_ns, LEAST_NS);
  const quiet_ns = quietStretches(tree).filter(([start_ns, end_ns]) => end_ns - start_ns > least_ns);
  if (quiet_ns.length === 0) return NO_FOLDS;
  const lengths_ns = quiet_ns.map(([start_ns, end_ns]) => end_ns - start_ns);
  const all_ns = lengths_ns.reduce((sum, length_ns) => sum + length_ns, 0);
  const busy_ns = Math.max(tree.total_ns - all_ns, 0.01 * tree.total_ns);
  const width_ns = Math.min(
    WIDTH_SHARE * busy_ns,
    (WIDTHS_SHARE * busy_ns) / quiet_ns.length,
    // What hardly gets smaller is not worth a mark; at least half of it goes.
    Math.min(...lengths_ns) / 2,
  );
  return foldsOf(quiet_ns, width_ns);
}

/** The trace is looked at in so many parts: few against its steps, many against the share from which quiet time is folded. */
const PARTS = 4096;

/** Kinds that do nothing themselves while nothing below them runs, or nothing that could be told from waiting. */
const AROUND: ReadonlySet<SpanKind> = new Set(['agent', 'chain', 'guardrail', 'evaluator', 'other']);

/**
 * Every stretch of time in which no call and no leaf runs, ascending; those within one part of the trace are left out. Steps need
 * not be sorted for it: of those that start in a part, the first start and the last end are all there is to know.
 */
function quietStretches(tree: StepTree): [number, number][] {
  const firstStart_ns = new Float64Array(PARTS).fill(Infinity);
  const lastEnd_ns = new Float64Array(PARTS).fill(-Infinity);
  const partOf = (time_ns: number) =>
    Math.min(Math.max(Math.floor((time_ns / tree.total_ns) * PARTS), 0), PARTS - 1);
  const add = (row: number, end_ns: number) => {
    if (at(tree.descendants, row) > 0 && AROUND.has(kindOf(tree, row))) return;
    const start_ns = at(tree.start_ns, row);
    const part = partOf(start_ns);
    firstStart_ns[part] = Math.min(at(firstStart_ns, part), start_ns);
    lastEnd_ns[part] = Math.max(at(lastEnd_ns, part), end_ns);
  };
  if (!(tree.total_ns > 0)) return [];
  for (let row = 0; row < tree.count; row++) add(row, at(tree.end_ns, row));
  for (const row of tree.openRows) add(row, Infinity);
  const stretches_ns: [number, number][] = [];
  let reached_ns = 0;
  for (let part = 0; part < PARTS; part++) {
    const start_ns = at(firstStart_ns, part);
    if (start_ns === Infinity) continue;
    if (start_ns > reached_ns) stretches_ns.push([reached_ns, start_ns]);
    reached_ns = Math.max(reached_ns, at(lastEnd_ns, part));
  }
  if (!tree.isLive && tree.total_ns > reached_ns) stretches_ns.push([reached_ns, tree.total_ns]);
  return stretches_ns;
}
