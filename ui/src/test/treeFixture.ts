// Trees for tests, drawn as text: one line a step, indented by depth.
//
//   agent           0..100 agent
//     fetch         0..20 tool error #1/a
//     fetch         30..50 tool #2/a
//
// `start..end` in milliseconds (`start..` is open), then the kind, `error`, `#attempt/group`, what is odd about it (`orphan`,
// `cycle`, …), and `orphans` for the row above orphans.
import { SPAN_KINDS, SPAN_STATUSES, type AttemptGroup, type SpanTree } from '../backend/bindings';
import { TextColumn } from '../backend/columns';
import { packedTree, type PlainTree } from './plainTree';

const MS = 1e6;

const FLAGS: Readonly<Record<string, number>> = {
  orphan: 8,
  cycle: 16,
  outside: 32,
  negative: 128,
  shared: 2048,
  moved: 4096,
};

/** The tree drawn by `text`. Ids are `s0`, `s1`, … */
export function treeOf(text: string): SpanTree {
  return packedTree(plainTreeOf(text));
}

/** The same, for tests that change it before it is packed. */
export function plainTreeOf(text: string): PlainTree {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  const tree: PlainTree = {
    revision: 1,
    start_unix_ms: Date.UTC(2026, 10, 23, 12),
    total_ns: 0,
    clock: 'measured',
    strings: [],
    span_id: [],
    name: [],
    kind: [],
    status: [],
    parent: [],
    depth: [],
    descendants: [],
    start_ns: [],
    duration_ns: [],
    tokens: [],
    cost_usd: [],
    below_tokens: [],
    below_cost_usd: [],
    model: [],
    attempt: [],
    group: [],
    flags: [],
    run_row: false,
    orphan_row: null,
    groups: [],
    awaited: [],
    apart_rows: [],
    remarks: [],
  };
  const open: number[] = [];
  const groups = new Map<string, number[]>();
  lines.forEach((line, row) => {
    const depth = (line.search(/\S/) - indent) / 2;
    const [name = '', times = '0..0', ...words] = line.trim().split(/\s+/);
    const [start = '0', end = ''] = times.split('..');
    const isOpen = end === '';
    const kind = SPAN_KINDS.findIndex((each) => words.includes(each));
    const tried = words.map((word) => /^#(\d+)\/(\w+)$/.exec(word)).find((found) => found !== null);
    let string = tree.strings.indexOf(name);
    if (string < 0) string = tree.strings.push(name) - 1;
    open.length = depth;
    for (const above of open) tree.descendants[above] = (tree.descendants[above] ?? 0) + 1;
    tree.span_id.push(`s${row}`);
    tree.name.push(string);
    tree.kind.push(Math.max(kind, 0));
    tree.status.push(SPAN_STATUSES.indexOf(words.includes('error') ? 'error' : isOpen ? 'open' : 'ok'));
    tree.parent.push(open.at(-1) ?? -1);
    tree.depth.push(depth);
    tree.descendants.push(0);
    tree.start_ns.push(Number(start) * MS);
    tree.duration_ns.push(isOpen ? -1 : (Number(end) - Number(start)) * MS);
    tree.tokens.push(-1);
    tree.cost_usd.push(-1);
    tree.below_tokens.push(-1);
    tree.below_cost_usd.push(-1);
    tree.model.push(-1);
    tree.attempt.push(tried ? Number(tried[1]) : 0);
    tree.group.push(-1);
    tree.flags.push(words.reduce((bits, word) => bits | (FLAGS[word] ?? 0), 0));
    if (words.includes('orphans')) tree.orphan_row = row;
    if (tried?.[2]) groups.set(tried[2], [...(groups.get(tried[2]) ?? []), row]);
    open.push(row);
    tree.total_ns = Math.max(tree.total_ns, Number(isOpen ? start : end) * MS);
  });
  for (const rows of groups.values()) {
    const gap_ns = rows.map((row, index) => {
      const before = rows[index - 1];
      if (before === undefined) return 0;
      return (tree.start_ns[row] ?? 0) - (tree.start_ns[before] ?? 0) - (tree.duration_ns[before] ?? 0);
    });
    for (const row of rows) tree.group[row] = tree.groups.length;
    const group: AttemptGroup = {
      rows,
      signal: 'the source numbers its attempts',
      confidence: 1,
      by_hand: false,
      relation: 'retry',
      outcome: SPAN_STATUSES[tree.status[rows.at(-1) ?? -1] ?? 0] === 'ok' ? 'recovered' : 'gaveup',
      within: null,
      causes: rows.map((row) => (SPAN_STATUSES[tree.status[row] ?? 0] === 'error' ? 'unknown' : null)),
      waste_ns: 0,
      waste_tokens: null,
      waste_cost_usd: null,
      gap_ns,
      gap_reported: rows.map(() => false),
    };
    tree.groups.push(group);
  }
  return tree;
}

/** A tree of `count` steps: a root, and below it chains of `deep` steps. */
export function largeTree(count: number, deep = 10): SpanTree {
  const lines = ['run 0..1000 agent'];
  for (let row = 1; row < count; row++) {
    const depth = 1 + ((row - 1) % deep);
    lines.push(
      `${'  '.repeat(depth)}step${row % 50} ${row % 900}..${(row % 900) + 5} ${row % 97 === 0 ? 'error' : 'tool'}`,
    );
  }
  return treeOf(lines.join('\n'));
}

/** A tree of a root and `rounds` below it, each with nine steps below, of which one in 300 fails; for any number of them. */
export function roundsTree(rounds: number): SpanTree {
  const count = 1 + 10 * rounds;
  const tree = packedTree({
    ...plainTreeOf('run 0..1 agent'),
    strings: ['run', 'round', 'step'],
    span_id: [],
  });
  const column = <Values extends { [index: number]: number }>(
    values: Values,
    valueOf: (row: number) => number,
  ) => {
    for (let row = 0; row < count; row++) values[row] = valueOf(row);
    return values;
  };
  const round = (row: number) => Math.floor((row - 1) / 10);
  const place = (row: number) => (row - 1) % 10;
  const byPlace = (row: number, root: number, head: number, step: number) =>
    row === 0 ? root : place(row) === 0 ? head : step;
  return {
    ...tree,
    total_ns: rounds * 10 * MS,
    span_id: TextColumn.of(Array.from({ length: count }, (_, row) => `s${row}`)),
    name: column(new Uint32Array(count), (row) => byPlace(row, 0, 1, 2)),
    kind: column(new Uint8Array(count), (row) => byPlace(row, AGENT, LLM, TOOL)),
    status: column(new Uint8Array(count), (row) => (row % 300 === 299 ? ERROR : OK)),
    parent: column(new Int32Array(count), (row) => byPlace(row, -1, 0, row - place(row))),
    depth: column(new Uint16Array(count), (row) => byPlace(row, 0, 1, 2)),
    descendants: column(new Uint32Array(count), (row) => byPlace(row, count - 1, 9, 0)),
    start_ns: column(new Float64Array(count), (row) => (row === 0 ? 0 : (round(row) * 10 + place(row)) * MS)),
    duration_ns: column(new Float64Array(count), (row) => byPlace(row, rounds * 10 * MS, 10 * MS, MS / 2)),
    tokens: new Float64Array(count).fill(-1),
    model: new Int32Array(count).fill(-1),
    attempt: new Uint16Array(count),
    group: new Int32Array(count).fill(-1),
    flags: new Uint32Array(count),
  };
}

const OK = SPAN_STATUSES.indexOf('ok');
const ERROR = SPAN_STATUSES.indexOf('error');
const [AGENT, LLM, TOOL] = (['agent', 'llm', 'tool'] as const).map((kind) => SPAN_KINDS.indexOf(kind)) as [
  number,
  number,
  number,
];
