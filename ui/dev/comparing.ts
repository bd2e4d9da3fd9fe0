// Invented runs side by side: two of one agent that part where a search fails, is tried again, and is answered otherwise.
import type {
  CompareCandidates,
  DiffLine,
  PartDifference,
  RunMatrix,
  SpanTree,
  TraceSummary,
} from '../src/backend/bindings';
import type { Answers } from '../src/backend/fake';
import { comparisonOf } from '../src/test/comparisonFixture';
import { packedTree } from '../src/test/plainTree';
import { plainTreeOf, roundsTree } from '../src/test/treeFixture';

const FIRST = `
  support-agent        0..9400 agent
    plan               20..1240 llm
    lookup_customer    1260..1420 tool
    search_orders      1440..2260 tool
    classify           2300..3180 llm
    refund-agent       3200..7800 agent
      check_policy     3240..3900 retrieval
      draft_refund     3920..5400 llm
      issue_refund     5420..6100 tool
      confirm          6120..7780 llm
    notify_crm         7820..8060 tool
    answer             8080..9380 llm
`;
const SECOND = `
  support-agent        0..17620 agent
    plan               20..1310 llm
    lookup_customer    1330..1480 tool
    search_orders      1500..3500 tool error #1/a
    search_orders      4500..6500 tool error #2/a
    search_orders      8600..9320 tool #3/a
    classify           9360..10220 llm
    refund-agent       10240..15900 agent
      check_policy     10280..10990 retrieval
      ask_human        11000..11900 other
      draft_refund     11920..13800 llm
      issue_refund     13820..14300 tool error
      confirm          14320..15880 llm
    answer             15920..17600 llm
`;

const PARTS: PartDifference[] = [
  {
    title: 'Input',
    is_same: false,
    remark: 'Keys in another order are no difference.',
    lines: [
      same('{'),
      changed(['  "order": ', '"88213"', ','], ['  "order": ', '"88231"', ',']),
      same('  "customer": "mira@example.com",'),
      { change: 'added', skipped: 0, a: null, b: [{ text: '  "include_archived": true', differs: true }] },
      same('}'),
    ],
  },
  {
    title: 'Message 3, user',
    is_same: false,
    remark: null,
    lines: [
      { change: 'same', skipped: 14, a: null, b: null },
      changed(
        ['I was charged ', 'twice', ' for order 88213 and the second charge never showed up in my account.'],
        [
          'I was charged ',
          'two times',
          ' for order 88213 and the second charge never showed up in my account.',
        ],
      ),
      same('Please refund the wrong one.'),
    ],
  },
  { title: 'Answer', is_same: true, remark: null, lines: [] },
];

function same(text: string): DiffLine {
  return { change: 'same', skipped: 0, a: [{ text, differs: false }], b: [{ text, differs: false }] };
}

function changed(a: [string, string, string], b: [string, string, string]): DiffLine {
  const pieces = (texts: [string, string, string]) => texts.map((text, at) => ({ text, differs: at === 1 }));
  return { change: 'changed', skipped: 0, a: pieces(a), b: pieces(b) };
}

function withUse(text: string): SpanTree {
  const tree = plainTreeOf(text);
  tree.kind.forEach((kind, row) => {
    if (kind !== 2) return;
    tree.tokens[row] = 800 + 37 * row;
    tree.cost_usd[row] = (800 + 37 * row) * 4e-6;
  });
  for (const below of ['tokens', 'cost_usd'] as const) {
    tree[`below_${below}`] = tree.span_id.map((_, row) => {
      const end = row + (tree.descendants[row] ?? 0);
      const known = tree[below].slice(row, end + 1).filter((value) => value >= 0);
      return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : -1;
    });
  }
  return packedTree(tree);
}

/** Answers about runs side by side; `many`: so many rounds of ten steps each. */
export function inventedComparing(traces: TraceSummary[], many: number): Answers {
  const named = (id: number): TraceSummary | undefined => traces.find(({ trace_id }) => trace_id === id);
  const byHand = new Set<string>();
  return {
    compare: ({ a, b }) => {
      const isSwapped = a > b;
      const [first, second] = [withUse(FIRST), withUse(SECOND)];
      const trees =
        many > 0 ? [roundsTree(many), roundsTree(many + 1)] : isSwapped ? [second, first] : [first, second];
      const runs = [first, second].map((tree, at) => ({
        ...named([a, b].sort((x, y) => x - y)[at] ?? a),
        name: 'support-triage',
        status: at === 0 ? ('success' as const) : ('warning' as const),
        duration_ns: tree.total_ns,
        steps: tree.span_id.length,
        errors: at === 0 ? 0 : 3,
        retries: at === 0 ? 0 : 2,
        retry_waste_ns: at === 0 ? null : 7.1e9,
        input_tokens: at === 0 ? 8100 : 11_900,
        output_tokens: at === 0 ? 912 : 1044,
        total_tokens: at === 0 ? 9012 : 12_944,
        cost_usd: at === 0 ? 0.0361 : 0.0514,
      }));
      const [runA, runB] = isSwapped ? [...runs].reverse() : runs;
      const made = comparisonOf(trees[0] ?? first, trees[1] ?? second, [runA ?? {}, runB ?? {}], {
        differs: { s1: 64, s4: 32, s6: 16, s11: 32 },
        sureness: { s7: 0.7 },
        moved: ['s6'],
        summary: [
          'B called search_orders 2 times more, did not call notify_crm, and took +8.22 s, of which 7.1 s retrying search_orders.',
        ],
      });
      made.by_hand.forEach((_, pair) => {
        made.by_hand[pair] = byHand.has(`${made.row_a[pair]}`) ? 1 : 0;
      });
      return made;
    },
    compare_step: () => ({ parts: PARTS }),
    compare_candidates: ({ trace_id }): CompareCandidates => {
      const others = traces.filter((trace) => trace.trace_id !== trace_id);
      return {
        task: 'support-triage',
        runs: others.length,
        baseline: others[3] ?? null,
        previous: others[0] ?? null,
        last_good: others.find(({ status }) => status === 'success') ?? null,
        median: others[7] ?? null,
      };
    },
    pair_set: () => ({}),
    baseline_set: () => ({}),
    run_matrix: ({ trace_ids, reference }): RunMatrix => {
      const runs = trace_ids.flatMap((id) => named(id) ?? []);
      const tree = plainTreeOf(FIRST);
      const base = Math.max(
        0,
        trace_ids.findIndex((id) => id === reference),
      );
      return {
        runs,
        reference: base,
        left_out: 0,
        left_out_varying: 0,
        remarks: [],
        rows: tree.span_id.map((span_id, row) => ({
          name: tree.strings[tree.name[row] ?? 0] ?? '',
          kind: (['other', 'agent', 'llm', 'tool', 'retrieval'] as const)[tree.kind[row] ?? 0] ?? 'other',
          depth: tree.depth[row] ?? 0,
          varies: [3, 4, 8].includes(row),
          cells: runs.map((run, at) => {
            const isOdd = [3, 8].includes(row) && at % 3 === 2;
            if (row === 10 && at % 4 === 1) return null;
            return {
              span_id,
              status: isOdd ? ('error' as const) : ('ok' as const),
              duration_ns: (tree.duration_ns[row] ?? 0) * (1 + (run.trace_id % 5) / 10),
              tokens: null,
              tries: isOdd ? 3 : 1,
              difference: at === base ? 0 : isOdd ? 4 + 128 : row === 4 && at % 2 === 1 ? 32 : 0,
            };
          }),
        })),
      };
    },
  };
}
