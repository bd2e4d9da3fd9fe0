import { describe, expect, it } from 'vitest';
import { runTimeOf, type Stretch } from '../test/runTimeFixture';
import { treeOf } from '../test/treeFixture';
import { flameLines, waterfallLines } from './stepLines';
import { ALL_FOLDED } from './operations';
import { stepTreeFrom } from './stepTree';
import { budgetAt, rowsOfPart, runsAtOnce } from './timeBudget';
import { linesOfPath, longest, pathSteps, stretchEnd_ns, timePathOf } from './timePath';
import { treeLines, UNFOLDED } from './treeRows';

const MS = 1e6;
const TREE = `
  run 0..100 agent
    plan 0..20 chain
      ask 5..20 llm
    fetch 20..30 tool error #1/a
    fetch 50..60 tool #2/a
    answer 60..90 llm
`;
const STRETCHES: Stretch[] = [
  ['s1', 'own', 5],
  ['s2', 'model', 20],
  ['s3', 'tool', 30],
  ['s4', 'backoff', 50],
  ['s4', 'tool', 60],
  ['s5', 'model', 90],
  ['s0', 'own', 100],
];
const tree = stepTreeFrom(treeOf(TREE));
const time = runTimeOf(STRETCHES);

describe('the critical path', () => {
  it('stands on the lines of its steps, or of what hides them', () => {
    const path = timePathOf(time, tree);
    expect([...path.row]).toEqual([1, 2, 3, 4, 4, 5, 0]);
    const open = waterfallLines(tree, treeLines(tree));
    // The operation has line 3.
    expect([...linesOfPath(path, tree, open)]).toEqual([1, 2, 4, 5, 5, 6, 0]);
    const folded = waterfallLines(tree, treeLines(tree, { ...UNFOLDED, steps: new Set(['s1']) }));
    expect([...linesOfPath(path, tree, folded)]).toEqual([1, 1, 3, 4, 4, 5, 0]);
    const gathered = waterfallLines(tree, treeLines(tree, { ...UNFOLDED, operations: ALL_FOLDED }));
    expect([...linesOfPath(path, tree, gathered)]).toEqual([1, 2, 3, 3, 3, 4, 0]);
    expect([...linesOfPath(path, tree, flameLines(tree))]).toEqual([1, 2, 1, 1, 1, 1, 0]);
  });

  it('merges the stretches of a step, but not a pause with the try it leads to', () => {
    const again = runTimeOf([...STRETCHES, ['s5', 'model', 110]]);
    const steps = pathSteps(timePathOf(again, tree), tree);
    expect(
      steps.map(({ row, isPause, own_ns, stretches }) => [row, isPause, own_ns / MS, stretches]),
    ).toEqual([
      [1, false, 5, 1],
      [2, false, 15, 1],
      [3, false, 10, 1],
      [4, true, 20, 1],
      [4, false, 10, 1],
      [5, false, 40, 2],
      [0, false, 10, 1],
    ]);
    expect(longest(steps, 2).map(({ row }) => row)).toEqual([4, 5]);
    expect(longest(steps, 100)).toBe(steps);
  });

  it('passes over steps that the tree does not have yet', () => {
    const path = timePathOf(
      runTimeOf([
        ['s9', 'tool', 10],
        [null, 'idle', 20],
      ]),
      tree,
    );
    expect([...path.row]).toEqual([-1, -1]);
    expect([...linesOfPath(path, tree, flameLines(tree))]).toEqual([-1, -1]);
  });

  it('goes on to the end of a run that goes on', () => {
    const live = stepTreeFrom(treeOf(TREE.replace('60..90', '60..')), true);
    const path = timePathOf(runTimeOf(STRETCHES, { growing: 'own', as_of_unix_ms: 0 }), live);
    expect(stretchEnd_ns(path, 6, 140 * MS)).toBe(140 * MS);
    expect(stretchEnd_ns(path, 5, 140 * MS)).toBe(90 * MS);
    expect(stretchEnd_ns(timePathOf(time, tree), 6, 140 * MS)).toBe(100 * MS);
  });
});

describe('the budget', () => {
  it('grows in one part alone', () => {
    const going = { ...time, growing: 'human', as_of_unix_ms: 1000 } as const;
    const now = budgetAt(going, 1250);
    expect(now.total_ns).toBe(350 * MS);
    expect(now.parts.map(({ part, wall_ns }) => [part, wall_ns / MS])).toEqual([
      ['model', 45],
      ['tool', 20],
      ['human', 250],
      ['backoff', 20],
      ['own', 15],
    ]);
    expect(budgetAt(going, 900).total_ns).toBe(100 * MS);
    expect(budgetAt(time, 5000)).toMatchObject({ total_ns: 100 * MS });
  });

  it('knows the rows of a part, and whether some ran at once', () => {
    expect([...rowsOfPart(time, 'model', tree)]).toEqual([2, 5]);
    expect([...rowsOfPart(time, 'human', tree)]).toEqual([]);
    const [model] = time.parts;
    expect(model && runsAtOnce(model)).toBe(false);
    expect(model && runsAtOnce({ ...model, work_ns: 2 * model.wall_ns })).toBe(true);
  });
});
