import { describe, expect, it } from 'vitest';
import { largeTree, treeOf } from '../test/treeFixture';
import { nameOf, stepTreeFrom, type StepTree } from './stepTree';
import {
  collapsedBelow,
  lineOfRow,
  isCollapsed,
  nearestVisible,
  revealed,
  toggled,
  treeLines,
  UNFOLDED,
  type Folds,
} from './treeRows';

const tree = stepTreeFrom(
  treeOf(`
    root 0..100 agent
      plan 0..20 chain
        ask 0..10 llm
        check 10..20 tool error
      act 20..100 chain
        call 20..30 tool
          inner 21..29 tool error
    second 50..60 agent
  `),
);
const shown = (of: StepTree, folds: Folds) => treeLines(of, folds).steps;
const names = (rows: Uint32Array, of: StepTree = tree) => [...rows].map((row) => nameOf(of, row));

describe('what is derived from a tree', () => {
  it('counts failed steps below each row', () => {
    expect([...tree.errorsBelow]).toEqual([2, 1, 0, 0, 1, 1, 0, 0]);
    expect(names(tree.errorRows)).toEqual(['check', 'inner']);
  });

  it('lets a step without an end go on to the end of the trace', () => {
    const open = stepTreeFrom(treeOf('a 0..50\n  b 10..\n  c 60..90'));
    expect([...open.end_ns].map((ns) => ns / 1e6)).toEqual([50, 90, 90]);
  });

  it('knows the pause before each attempt', () => {
    const tried = stepTreeFrom(treeOf('a 0..50\n  b 0..10 error #1/x\n  b 14..20 #2/x'));
    expect([...tried.pause_ns].map((ns) => ns / 1e6)).toEqual([0, 0, 4]);
    expect([...tried.retryRows]).toEqual([2]);
  });
});

describe('visible rows', () => {
  it('leave out what stands below a collapsed row', () => {
    const collapsed = toggled(tree, UNFOLDED, 1);
    expect(names(shown(tree, collapsed))).toEqual(['root', 'plan', 'act', 'call', 'inner', 'second']);
    expect(isCollapsed(tree, collapsed, 1)).toBe(true);
    expect(names(shown(tree, toggled(tree, collapsed, 1)))).toHaveLength(8);
  });

  it('are found again by row, and hidden ones by what hides them', () => {
    const visible = treeLines(tree, { ...UNFOLDED, steps: new Set(['s4']) });
    expect(lineOfRow(tree, visible, 7)).toBe(5);
    expect(lineOfRow(tree, visible, 6)).toBe(-1);
    expect(nearestVisible(tree, visible, 6)).toBe(4);
  });

  it('collapse with everything below, so that expanding shows one level', () => {
    const collapsed = collapsedBelow(tree, UNFOLDED, 0);
    expect(names(shown(tree, collapsed))).toEqual(['root', 'second']);
    expect(names(shown(tree, toggled(tree, collapsed, 0)))).toEqual(['root', 'plan', 'act', 'second']);
  });

  it('show a hidden row once it is revealed, and nothing else', () => {
    const collapsed = collapsedBelow(tree, UNFOLDED, 0);
    const open = revealed(tree, collapsed, 6);
    expect(names(shown(tree, open))).toEqual(['root', 'plan', 'act', 'call', 'inner', 'second']);
    expect(revealed(tree, open, 6)).toBe(open);
  });

  it('ignore collapsed steps that are not in the tree, and steps without children', () => {
    expect(treeLines(tree, { ...UNFOLDED, steps: new Set(['gone', 's2']) }).count).toBe(8);
    expect(toggled(tree, UNFOLDED, 2)).toBe(UNFOLDED);
  });

  it('hold for a hundred thousand rows', () => {
    const large = stepTreeFrom(largeTree(100_000));
    expect(treeLines(large).count).toBe(100_000);
    const visible = shown(large, collapsedBelow(large, UNFOLDED, 0));
    expect(names(visible, large)).toEqual(['run']);
  });
});
