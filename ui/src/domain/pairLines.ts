// Which pairs of two runs are on screen, and where: all that are not folded away, or those that differ with a few around
// them. What is left out between two lines has a line of its own that says how much it is.
import { at } from './columns';
import { isOfRuns, isTry, isUnlike, pairKey, type AlignedRuns } from './alignedRuns';

export interface PairLines {
  readonly count: number;
  /** The pair on each line, -1 on a line that stands for pairs that are left out. */
  readonly pairs: Int32Array;
  /** How many steps a line stands for that are left out; 0 where that is the run alone. */
  readonly leftOut: Uint32Array;
  /** The line of each pair, -1 for one that has none. */
  readonly lineOf: Int32Array;
}

/** Pairs beside one that differs that are shown with it. */
const CONTEXT = 1;

/** Keys of pairs that a person has folded or unfolded: they are not as they usually are. */
export type TurnedPairs = ReadonlySet<string>;

/**
 * Whether what is below a pair is hidden. Usually that is so of tries before the last one, and of an operation that has
 * nothing below it but such tries: then it is one line.
 */
export function isFolded(runs: AlignedRuns, turned: TurnedPairs, pair: number): boolean {
  const below = at(runs.descendants, pair);
  if (below === 0) return false;
  const isUsual = isTry(runs, pair) || at(runs.ofTries, pair) === below;
  return turned.size > 0 && turned.has(pairKey(runs, pair)) ? !isUsual : isUsual;
}

/** The lines of two runs. */
export function pairLines(runs: AlignedRuns, turned: TurnedPairs, onlyDifferences: boolean): PairLines {
  const kept = onlyDifferences ? keptPairs(runs) : null;
  const pairs = new Int32Array(runs.count);
  const leftOut = new Uint32Array(runs.count);
  const lineOf = new Int32Array(runs.count).fill(-1);
  let count = 0;
  for (let pair = 0; pair < runs.count;) {
    if (kept && !kept[pair]) {
      const last = count > 0 && pairs[count - 1] === -1 ? count - 1 : count++;
      pairs[last] = -1;
      leftOut[last] = at(leftOut, last) + (isOfRuns(runs, pair) ? 0 : 1);
      pair++;
      continue;
    }
    lineOf[pair] = count;
    pairs[count++] = pair;
    pair += isFolded(runs, turned, pair) ? at(runs.descendants, pair) + 1 : 1;
  }
  return { count, pairs: pairs.subarray(0, count), leftOut, lineOf };
}

/** Pairs that are not alike, those just before and after, and all above them. */
function keptPairs(runs: AlignedRuns): Uint8Array {
  const kept = new Uint8Array(runs.count);
  for (let pair = 0; pair < runs.count; pair++) {
    if (!isUnlike(runs, pair)) continue;
    for (let each = pair - CONTEXT; each <= pair + CONTEXT; each++) {
      if (each >= 0 && each < runs.count) kept[each] = 1;
    }
  }
  for (let pair = runs.count - 1; pair > 0; pair--) {
    const above = at(runs.parent, pair);
    if (kept[pair] && above >= 0) kept[above] = 1;
  }
  return kept;
}

/** The same folds but for those of pairs that hide `pair`; the same set where none does. */
export function unfoldedFor(runs: AlignedRuns, turned: TurnedPairs, pair: number): TurnedPairs {
  let next = turned;
  for (let above = runs.parent[pair] ?? -1; above >= 0; above = runs.parent[above] ?? -1) {
    if (isFolded(runs, next, above)) next = withTurned(runs, next, above);
  }
  return next;
}

/** The same folds but for that of a pair, which is folded if it was not. */
export function withTurned(runs: AlignedRuns, turned: TurnedPairs, pair: number): TurnedPairs {
  const next = new Set(turned);
  const key = pairKey(runs, pair);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** The pair `by` lines further on, over lines that stand for none; `pair` itself where there is none. */
export function pairMovedBy(lines: PairLines, pair: number, by: number): number {
  const from = lines.lineOf[pair] ?? -1;
  const step = Math.sign(by);
  let line = from < 0 ? (by > 0 ? 0 : lines.count - 1) : Math.min(Math.max(from + by, 0), lines.count - 1);
  while (line >= 0 && line < lines.count && at(lines.pairs, line) < 0) line += step;
  return lines.pairs[line] ?? pair;
}
