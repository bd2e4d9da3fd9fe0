import { describe, expect, it } from 'vitest';
import { largeTree, treeOf } from '../test/treeFixture';
import { at } from './columns';
import {
  flameLines,
  keptPlaces,
  laneLines,
  laneTitle,
  lineOf,
  lineShowing,
  waterfallLines,
  type StepLines,
} from './stepLines';
import { ALL_FOLDED } from './operations';
import { nameOf, stepTreeFrom, type StepTree } from './stepTree';
import { toggled, treeLines, UNFOLDED } from './treeRows';

const parsed = (text: string, isLive = false) => stepTreeFrom(treeOf(text), isLive);

/** Names by line; a heading in brackets. */
function drawn(tree: StepTree, lines: StepLines): string[] {
  return Array.from({ length: lines.count }, (_, line) => {
    const heading = lines.headings.get(line);
    if (heading) return `[${laneTitle(heading)}]`;
    const rows = [...lines.rows.subarray(lines.first[line], lines.first[line + 1])];
    return rows.map((row) => nameOf(tree, row)).join(' ');
  });
}

/** Whatever the tree: every step has one place, and no two of a line overlap. */
function expectSound(tree: StepTree, lines: StepLines): void {
  expect([...lines.rows].sort((a, b) => a - b)).toEqual([...tree.name.keys()]);
  let overlaps = 0;
  for (let line = 0; line < lines.count; line++) {
    for (let place = at(lines.first, line); place < at(lines.first, line + 1); place++) {
      const row = at(lines.rows, place);
      if (lineOf(lines, row) !== line || lines.start_ns[place] !== tree.start_ns[row]) overlaps++;
      if (place + 1 >= at(lines.first, line + 1)) continue;
      if (at(tree.end_ns, row) > at(lines.start_ns, place + 1)) overlaps++;
    }
  }
  expect(overlaps).toBe(0);
}

const TEAM = `
  setup 0..5 other
  lead 10..100 agent
    plan 10..20 llm
    coder 20..60 agent
      edit 21..30 tool
      test 30..50 tool error
    coder 25..70 agent
      edit 26..30 tool
    ask 80..90 llm
`;

const TRIED = `
  run 0..100 agent
    fetch 10..20 tool error #1/a
      parse 12..14 chain
    wait 20..30 wait
    fetch 30..40 tool #2/a
    answer 50..90 llm
`;

describe('flame', () => {
  it('has a line a depth, parents above, and more only where steps run at once', () => {
    const tree = parsed(TEAM);
    const lines = flameLines(tree);
    expect(drawn(tree, lines)).toEqual(['setup lead', 'plan coder ask', 'coder', 'edit test', 'edit']);
    expectSound(tree, lines);
  });

  it('takes the first line that is free', () => {
    const tree = parsed('a 0..10\nb 1..5\nc 2..20\nd 6..9\ne 10..12\nf 11..13\ng 12..14');
    expect(drawn(tree, flameLines(tree))).toEqual(['a e g', 'b d f', 'c']);
  });
});

describe('lanes', () => {
  it('are of agents, by name, in the order in which they begin', () => {
    const tree = parsed(TEAM);
    const lines = laneLines(tree);
    expect(drawn(tree, lines)).toEqual([
      '[No agent]',
      'setup',
      '[lead]',
      'lead',
      'plan ask',
      '[coder]',
      'coder',
      'edit test',
      'coder',
      'edit',
    ]);
    expect(lines.headings.get(5)).toEqual({ agent: 'coder', steps: 5, errors: 1 });
    expectSound(tree, lines);
  });
});

describe('odd trees', () => {
  const ODD: [string, string][] = [
    ['no steps', ''],
    ['several roots at once', 'a 0..10 agent\nb 0..10 llm\nc 5..20 tool'],
    ['children outside of their parents', 'a 50..60 agent\n  b 0..10 tool\n  c 55..200 llm'],
    ['missing ends', 'a 0.. agent\n  b 10.. tool\n  c 20..30 llm\n  d 40.. llm'],
    ['no duration', 'a 5..5 agent\n  b 5..5 tool\n  c 5..5 tool\nd 5..6 tool'],
    [
      'a deep chain',
      Array.from({ length: 300 }, (_, depth) => `${'  '.repeat(depth)}s 0..9 tool`).join('\n'),
    ],
  ];
  it.each(ODD)('%s', (_, text) => {
    for (const isLive of [false, true]) {
      const tree = parsed(text, isLive);
      expectSound(tree, flameLines(tree));
      expectSound(tree, laneLines(tree));
    }
  });

  it('orphans, and a cycle that was cut', () => {
    // An orphan keeps a depth; of a cycle, one step is left without a parent, or with one that stands below it.
    const source = treeOf('a 0..10 agent\n  b 1..5 tool\n  c 2..9 tool');
    const tree = stepTreeFrom({
      ...source,
      parent: new Int32Array([-1, 2, -1]),
      depth: new Uint16Array([0, 3, 1]),
    });
    expectSound(tree, flameLines(tree));
    const lanes = laneLines(tree);
    expectSound(tree, lanes);
    expect(drawn(tree, lanes)).toEqual(['[a]', 'a', '[No agent]', 'b', 'c']);
  });

  it('a hundred thousand steps, and as many at once', () => {
    const large = stepTreeFrom(largeTree(100_000));
    expectSound(large, flameLines(large));
    expectSound(large, laneLines(large));
    const source = largeTree(20_000, 1);
    const atOnce = stepTreeFrom({ ...source, start_ns: source.start_ns.map(() => 0) });
    expect(flameLines(atOnce).count).toBe(20_000);
  });
});

describe('a step that goes on', () => {
  it('has its line for itself from then on', () => {
    const tree = parsed('a 0.. agent\n  b 10.. tool\n  c 20..30 llm\n  d 40..50 llm', true);
    expect(drawn(tree, flameLines(tree))).toEqual(['a', 'b', 'c d']);
  });
});

describe('the row above orphans', () => {
  const tree = parsed(
    'run 0..100 agent\n  plan 0..20 llm\nno_parent 10..80 orphans\n  fetch 10..80 tool orphan',
  );

  it('stands in flame, and in no lane, for it is no step', () => {
    expect(drawn(tree, flameLines(tree))).toEqual(['run', 'no_parent', 'plan', 'fetch']);
    const lanes = laneLines(tree);
    expect(drawn(tree, lanes)).toEqual(['[run]', 'run', 'plan', '[No agent]', 'fetch']);
    expect(lineOf(lanes, tree.orphanRow)).toBe(-1);
  });
});

describe('what is never merged', () => {
  it('are failed steps, further attempts and finds', () => {
    const tree = parsed('a 0..100\n  b 0..1 error #1/x\n  b 2..3 #2/x\n  c 4..5\n  d 6..7');
    const lines = flameLines(tree);
    const names = (places: Uint32Array) => [...places].map((place) => at(lines.rows, place));
    expect(names(lines.notable)).toEqual([1, 2]);
    expect(names(keptPlaces(lines, new Uint32Array([0, 4])))).toEqual([0, 1, 2, 4]);
    expect(keptPlaces(lines, null)).toBe(lines.notable);
  });
});

describe('the waterfall', () => {
  it('has a line a visible row', () => {
    const tree = parsed(TEAM);
    const folds = toggled(tree, toggled(tree, UNFOLDED, 3), 6);
    const lines = waterfallLines(tree, treeLines(tree, folds));
    expect(drawn(tree, lines)).toEqual(['setup', 'lead', 'plan', 'coder', 'coder', 'ask']);
    expect([0, 1, 5, 8].map((row) => lineOf(lines, row))).toEqual([0, 1, -1, 5]);
    expect(lineShowing(tree, lines, 5), 'what hides it').toBe(3);
  });

  it('has a line without a place for an operation, on which its tries stand while it is folded', () => {
    const tree = parsed(TRIED);
    const open = waterfallLines(tree, treeLines(tree));
    expect(drawn(tree, open)).toEqual(['run', '', 'fetch', 'parse', 'wait', 'fetch', 'answer']);
    expect([1, 2, 4, 5].map((row) => lineOf(open, row))).toEqual([2, 3, 5, 6]);
    const folded = waterfallLines(tree, treeLines(tree, { ...UNFOLDED, operations: ALL_FOLDED }));
    expect(drawn(tree, folded)).toEqual(['run', '', 'answer']);
    expect([1, 2, 4, 5].map((row) => lineShowing(tree, folded, row))).toEqual([1, 1, 1, 2]);
    expect(lineOf(folded, 4)).toBe(-1);
  });
});
