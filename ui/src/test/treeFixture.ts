// Trees for tests, drawn as text: one line a step, indented by depth.
//
//   agent           0..100 agent
//     fetch         0..20 tool error #1/a
//     fetch         30..50 tool #2/a
//
// `start..end` in milliseconds (`start..` is open), then the kind, `error`, `#attempt/group`, what is odd about it (`orphan`,
// `cycle`, …), and `orphans` for the row above orphans.
import { SPAN_KINDS, SPAN_STATUSES, type AttemptGroup, type SpanTree } from '../backend/bindings';

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
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  const tree: SpanTree = {
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
    model: [],
    attempt: [],
    group: [],
    flags: [],
    run_row: false,
    orphan_row: null,
    groups: [],
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
      recovered: SPAN_STATUSES[tree.status[rows.at(-1) ?? -1] ?? 0] === 'ok',
      waste_ns: 0,
      gap_ns,
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
