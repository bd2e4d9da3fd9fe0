// Which pairs of two runs are on screen, and where: all that are not folded away, or those that differ with a few around
// them. What is left out between two lines has a line of its own that says how much it is.
import { at } from './columns';
import { pairKey, type AlignedRuns } from './alignedRuns';

export interface PairLines {
  readonly count: number;
  /** The pair on each line, -1 on a line that stands for pairs that are left out. */
  readonly pairs: Int32Array;
  /** How many pairs a line stands for that are left out. */
  readonly leftOut: Uint32Array;
  /** The line of each pair, -1 for one that has none. */
  readonly lineOf: Int32Array;
}

/** Pairs beside one that differs that are shown with it. */
const CONTEXT = 1;

/** The lines of two runs. `folded`: keys of pairs whose descendants are hidden. */
export function pairLines(
  runs: AlignedRuns,
  folded: ReadonlySet<string>,
  onlyDifferences: boolean,
): PairLines {
  const kept = onlyDifferences ? keptPairs(runs) : null;
  const pairs = new Int32Array(runs.count);
  const leftOut = new Uint32Array(runs.count);
  const lineOf = new Int32Array(runs.count).fill(-1);
  let count = 0;
  for (let pair = 0; pair < runs.count;) {
    if (kept && !kept[pair]) {
      const last = count > 0 && pairs[count - 1] === -1 ? count - 1 : count++;
      pairs[last] = -1;
      leftOut[last] = at(leftOut, last) + 1;
      pair++;
      continue;
    }
    lineOf[pair] = count;
    pairs[count++] = pair;
    const isFolded = folded.size > 0 && at(runs.descendants, pair) > 0 && folded.has(pairKey(runs, pair));
    pair += isFolded ? at(runs.descendants, pair) + 1 : 1;
  }
  return { count, pairs: pairs.subarray(0, count), leftOut, lineOf };
}

/** Pairs that differ, those just before and after, and all above them. */
function keptPairs(runs: AlignedRuns): Uint8Array {
  const kept = new Uint8Array(runs.count);
  for (const pair of runs.different) {
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

/** The keys of `folded` without those of pairs that hide `pair`; the same set where none does. */
export function unfoldedFor(
  runs: AlignedRuns,
  folded: ReadonlySet<string>,
  pair: number,
): ReadonlySet<string> {
  let next: Set<string> | null = null;
  for (let above = runs.parent[pair] ?? -1; above >= 0; above = runs.parent[above] ?? -1) {
    const id = pairKey(runs, above);
    if (folded.has(id)) (next ??= new Set(folded)).delete(id);
  }
  return next ?? folded;
}

/** The pair `by` lines further on, over lines that stand for none; `pair` itself where there is none. */
export function pairMovedBy(lines: PairLines, pair: number, by: number): number {
  const from = lines.lineOf[pair] ?? -1;
  const step = Math.sign(by);
  let line = from < 0 ? (by > 0 ? 0 : lines.count - 1) : Math.min(Math.max(from + by, 0), lines.count - 1);
  while (line >= 0 && line < lines.count && at(lines.pairs, line) < 0) line += step;
  return lines.pairs[line] ?? pair;
}
