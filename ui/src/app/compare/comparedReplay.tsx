// Two aligned runs replayed: the replay itself, and the list as it stands at the playhead.
import { useMemo } from 'react';
import { firstRowOn, relationOf, rowOn, type AlignedRuns, type Side } from '../../domain/alignedRuns';
import { at } from '../../domain/columns';
import { soFar } from '../../domain/replayState';
import { PairList } from '../../features/compare/PairList';
import { phaseIn, useMoment, useReplay, useUnderWay, type Replay } from '../../features/replay/useReplay';

/** The replay of two runs by their pairs. */
export function useCompareReplay(a: number, b: number, runs: AlignedRuns): Replay {
  const pairs = useMemo(() => {
    const rows = { a: [] as number[], b: [] as number[] };
    for (let pair = 0; pair < runs.count; pair++) {
      if (relationOf(runs, pair) !== 'matched') continue;
      rows.a.push(at(runs.rowA, pair));
      rows.b.push(at(runs.rowB, pair));
    }
    return rows;
  }, [runs]);
  return useReplay({
    runs: [
      { traceId: a, letter: 'A', tree: runs.a },
      { traceId: b, letter: 'B', tree: runs.b },
    ],
    pairs,
  });
}

type ListProps = Omit<React.ComponentProps<typeof PairList>, 'phases' | 'followed'>;

/** The list at the playhead: drawn anew only when a step begins or ends. */
export function ReplayedList({ replay, follows, ...list }: ListProps & { replay: Replay; follows: boolean }) {
  const moment_ns = useMoment(replay);
  const { runs, lines } = list;
  const pairOfRow = useMemo(
    () => [pairsByRow(runs.rowA, runs.a.count), pairsByRow(runs.rowB, runs.b.count)],
    [runs],
  );
  const underWay = useUnderWay(replay);
  /** An operation that is one line runs from its first try on. */
  const phase = (index: number, side: Side, pair: number) => {
    const begins = firstRowOn(runs, side, pair, list.isFolded(pair));
    const [first, last] = [begins, rowOn(runs, side, pair)].map((row) =>
      phaseIn(replay, index, row, moment_ns),
    );
    return last === 'coming' && first !== 'coming' ? 'running' : (last ?? null);
  };
  return (
    <PairList
      {...list}
      phases={underWay ? (pair) => [phase(0, 'a', pair), phase(1, 'b', pair)] : null}
      followed={follows && underWay ? newestPair(replay, runs, pairOfRow, lines.lineOf, moment_ns) : -1}
    />
  );
}

/** The pair of each row of a tree, -1 where it is in none. */
function pairsByRow(rows: Int32Array, count: number): Int32Array {
  const pairs = new Int32Array(count).fill(-1);
  rows.forEach((row, pair) => {
    if (row >= 0) pairs[row] = pair;
  });
  return pairs;
}

/** The pair whose step began last on either side; where it is folded away, the one above it that is not. */
function newestPair(
  replay: Replay,
  runs: AlignedRuns,
  pairOfRow: readonly Int32Array[],
  lineOf: Int32Array,
  moment_ns: number,
): number {
  let newest = -1;
  let newest_ns = -1;
  replay.tallies.forEach((tally, index) => {
    const row = soFar(tally, moment_ns).newest;
    const start_ns = at(replay.steps[index]?.start_ns ?? [], row);
    if (row < 0 || start_ns <= newest_ns) return;
    newest_ns = start_ns;
    newest = pairOfRow[index]?.[row] ?? -1;
  });
  while (newest >= 0 && at(lineOf, newest) < 0) newest = runs.parent[newest] ?? -1;
  return newest;
}
