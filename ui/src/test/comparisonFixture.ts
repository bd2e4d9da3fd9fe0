// Comparisons for tests and for the page without an engine: two trees lined up by the names of their steps, level by level,
// which is all that is needed of an alignment there.
import {
  PAIR_RELATIONS,
  SPAN_STATUSES,
  type Comparison,
  type PairRelation,
  type SpanTree,
  type TraceSummary,
} from '../backend/bindings';
import { traceSummary } from './traces';

interface Given {
  /** Further bits of what differs, by the id of A's step. */
  differs?: Record<string, number>;
  /** How sure a pair is, by the id of A's step. */
  sureness?: Record<string, number>;
  /** Ids of A's steps whose pair has moved. */
  moved?: readonly string[];
  summary?: string[];
}

/** Two runs, lined up. `first` is the first pair that differs at all. */
export function comparisonOf(
  a: SpanTree,
  b: SpanTree,
  runs: readonly [Partial<TraceSummary>, Partial<TraceSummary>] = [{}, {}],
  given: Given = {},
): Comparison {
  const pairs: { a: number; b: number; parent: number; depth: number; tryOf: number }[] = [];
  const add = (rowA: number, rowB: number, parent: number, depth: number, tryOf: number) => {
    const pair = pairs.push({ a: rowA, b: rowB, parent, depth, tryOf }) - 1;
    // The last try stands for the operation; those before it stand below it.
    const [triesA, triesB] = [triesBefore(a, rowA), triesBefore(b, rowB)];
    for (let index = 0; index < Math.max(triesA.length, triesB.length); index++) {
      add(triesA[index] ?? -1, triesB[index] ?? -1, pair, depth + 1, pair);
    }
    lineUp(rowA < 0 ? [] : below(a, rowA), rowB < 0 ? [] : below(b, rowB), pair, depth + 1, tryOf);
  };
  const lineUp = (allA: number[], allB: number[], parent: number, depth: number, tryOf = -1) => {
    const [rowsA, rowsB] = [
      allA.filter((row) => !isTryBefore(a, row)),
      allB.filter((row) => !isTryBefore(b, row)),
    ];
    let from = 0;
    for (const rowA of rowsA) {
      const index = rowsB.findIndex((rowB, at) => at >= from && nameIn(b, rowB) === nameIn(a, rowA));
      if (index < 0) {
        add(rowA, -1, parent, depth, tryOf);
        continue;
      }
      for (const rowB of rowsB.slice(from, index)) add(-1, rowB, parent, depth, tryOf);
      add(rowA, rowsB[index] ?? -1, parent, depth, tryOf);
      from = index + 1;
    }
    for (const rowB of rowsB.slice(from)) add(-1, rowB, parent, depth, tryOf);
  };
  lineUp(rootsOf(a), rootsOf(b), -1, 0);

  const idA = (row: number) => a.span_id.get(row) ?? '';
  const relation = pairs.map(({ a: rowA, b: rowB }): PairRelation => {
    if (rowB < 0) return 'only_a';
    if (rowA < 0) return 'only_b';
    return given.moved?.includes(idA(rowA)) ? 'moved' : 'matched';
  });
  const difference = pairs.map(({ a: rowA, b: rowB }) => {
    if (rowA < 0 || rowB < 0) return 0;
    const status = a.status[rowA] === b.status[rowB] ? 0 : 4;
    const tries = triesIn(a, rowA) === triesIn(b, rowB) ? 0 : 128;
    return status | tries | (given.differs?.[idA(rowA)] ?? 0);
  });
  const differs = (at: number, bits: number) =>
    pairs[at]?.tryOf === -1 && (relation[at] !== 'matched' || ((difference[at] ?? 0) & bits) !== 0);
  // Other tries are a difference and no other decision.
  const differing = pairs.findIndex((pair, at) => pair.depth > 0 && differs(at, ~(80 | 128)));
  const codes = relation.map((each) => PAIR_RELATIONS.indexOf(each));
  return {
    revision: 1,
    a: { summary: traceSummary({ trace_id: 1, name: 'run A', ...runs[0] }), tree: a },
    b: { summary: traceSummary({ trace_id: 2, name: 'run B', ...runs[1] }), tree: b },
    row_a: Int32Array.from(pairs, (pair) => pair.a),
    row_b: Int32Array.from(pairs, (pair) => pair.b),
    parent: Int32Array.from(pairs, (pair) => pair.parent),
    depth: Uint16Array.from(pairs, (pair) => pair.depth),
    relation: Uint8Array.from(codes),
    difference: Uint16Array.from(difference),
    sureness: Float64Array.from(pairs, (pair) => given.sureness?.[idA(pair.a)] ?? 1),
    repeats: Int32Array.from(pairs, (pair, at) => {
      if (relation[at] !== 'only_b') return -1;
      const name = nameIn(b, pair.b);
      return pairs
        .slice(0, at)
        .findLastIndex((other) => other.parent === pair.parent && nameIn(b, other.b) === name);
    }),
    try_of: Int32Array.from(pairs, ({ tryOf }) => tryOf),
    is_difference: Uint8Array.from(pairs, (_, at) => Number(differs(at, ~80))),
    is_awaited: new Uint8Array(pairs.length),
    by_hand: new Uint8Array(pairs.length),
    apart: [],
    first_difference: differing < 0 ? null : differing,
    differences: pairs.flatMap((pair, at) => {
      if (!differs(at, ~80)) return [];
      const time_ns = (b.duration_ns[pair.b] ?? 0) - (a.duration_ns[pair.a] ?? 0);
      const name = pair.a >= 0 ? nameIn(a, pair.a) : nameIn(b, pair.b);
      const is_status = pair.a >= 0 && pair.b >= 0 && a.status[pair.a] !== b.status[pair.b];
      const sentence =
        relation[at] === 'only_b'
          ? `B called ${name} once more`
          : relation[at] === 'only_a'
            ? `B did not call ${name}`
            : is_status
              ? `${name} ended otherwise: ${statusIn(a, pair.a)} in A, ${statusIn(b, pair.b)} in B`
              : `${name} was done otherwise`;
      return [{ pair: at, place: `step ${at}`, sentence, time_ns, tokens: 0, cost_usd: 0, is_status }];
    }),
    drifts: [],
    summary: given.summary ?? ['B is another run than A.'],
    remarks: [],
  };
}

function rootsOf(tree: SpanTree): number[] {
  return rowsFrom(tree, 0, tree.span_id.length);
}

function below(tree: SpanTree, row: number): number[] {
  return rowsFrom(tree, row + 1, row + 1 + (tree.descendants[row] ?? 0));
}

function rowsFrom(tree: SpanTree, from: number, to: number): number[] {
  const rows: number[] = [];
  for (let row = from; row < to; row += (tree.descendants[row] ?? 0) + 1) rows.push(row);
  return rows;
}

const nameIn = (tree: SpanTree, row: number) => (row < 0 ? null : tree.strings.get(tree.name[row] ?? 0));
const statusIn = (tree: SpanTree, row: number) => SPAN_STATUSES[tree.status[row] ?? 0] ?? 'unset';
const triesIn = (tree: SpanTree, row: number) => tree.groups[tree.group[row] ?? -1]?.rows.length ?? 1;

/** The tries of an operation before its last one, by the row of that. */
function triesBefore(tree: SpanTree, row: number): number[] {
  const rows = tree.groups[tree.group[row] ?? -1]?.rows ?? [];
  return rows.at(-1) === row ? rows.slice(0, -1) : [];
}

function isTryBefore(tree: SpanTree, row: number): boolean {
  const rows = tree.groups[tree.group[row] ?? -1]?.rows ?? [];
  return rows.length > 1 && rows.at(-1) !== row;
}
