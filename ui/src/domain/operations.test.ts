import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import { levelOf, operationAround, rowAbove, stepsBelow, USUAL_FOLDS } from './operations';
import { nameOf, stepTreeFrom, type StepTree } from './stepTree';
import {
  collapsedBelow,
  isCollapsed,
  revealed,
  rowOnLine,
  treeLines,
  UNFOLDED,
  type Folds,
} from './treeRows';
import { operationName } from './words';

const NESTED = `
  run 0..100 agent
    ask 0..40 agent error #1/a
      fetch 0..10 tool error #1/b
      wait 10..20 wait
      fetch 20..30 tool #2/b
    ask 50..90 agent #2/a
      fetch 50..60 tool
    answer 90..100 llm
`;

/** The lines as text, two spaces a level; operations in brackets. */
function drawn(tree: StepTree, folds: Folds = UNFOLDED): string[] {
  const lines = treeLines(tree, folds);
  return Array.from({ length: lines.count }, (_, line) => {
    const row = rowOnLine(tree, lines, line);
    const name = row >= tree.count ? `[${operationName(tree, row)}]` : nameOf(tree, row);
    return '  '.repeat(levelOf(tree, row)) + name;
  });
}

const parsed = (text: string) => stepTreeFrom(treeOf(text));

describe('operations', () => {
  const tree = parsed(NESTED);

  it('stand where their first try stands, hold what lies between, and nest', () => {
    expect(drawn(tree)).toEqual([
      'run',
      '  [ask]',
      '    ask',
      '      [fetch]',
      '        fetch',
      '        wait',
      '        fetch',
      '    ask',
      '      fetch',
      '  answer',
    ]);
    const [outer, inner] = [tree.count, tree.count + 1];
    expect([outer, inner].map((row) => stepsBelow(tree, row))).toEqual([6, 3]);
    expect([1, 2, 3, 4, 5, 6, 7].map((row) => operationAround(tree, row))).toEqual([0, 1, 1, 1, 0, 0, -1]);
    expect([outer, 1, inner, 3, 6, 7].map((row) => rowAbove(tree, row))).toEqual([0, outer, 1, inner, 5, 0]);
  });

  it('fold to their own row where they went well, with whatever they hold', () => {
    const usual: Folds = { ...UNFOLDED, operations: USUAL_FOLDS };
    expect(drawn(tree, usual)).toEqual(['run', '  [ask]', '  answer']);
    expect(drawn(tree, revealed(tree, usual, 3))).toEqual(drawn(tree));
    expect(drawn(tree, revealed(tree, usual, tree.count + 1)), 'its row, not what it holds').toHaveLength(7);
    const folded = collapsedBelow(tree, UNFOLDED, tree.count);
    expect(drawn(tree, folded)).toEqual(['run', '  [ask]', '  answer']);
    expect(isCollapsed(tree, folded, tree.count + 1)).toBe(true);
    const live = { ...tree, isLive: true };
    expect(drawn(live, usual), 'what is being watched is not folded').toHaveLength(10);
  });

  it.each([
    ['other work between', 'a 0..9\n  b 0..1 tool error #1/x\n  c 1..2 llm\n  b 3..4 tool #2/x'],
    ['two parents', 'a 0..9\n  b 0..4\n    c 0..1 error #1/x\n  d 4..9\n    c 5..6 #2/x'],
    ['tries in turn', 'a 0..9\n  b 0..1 error #1/x\n  c 1..2 error #1/y\n  b 2..3 #2/x\n  c 3..4 #2/y'],
    ['a step between that has steps', 'a 0..9\n  b 0..1 error #1/x\n  c 1..2\n    d 1..2\n  b 2..3 #2/x'],
  ])('leave steps in their places: %s', (_, text) => {
    const apart = parsed(text);
    expect(apart.operations.count).toBe(0);
    expect(treeLines(apart).count).toBe(apart.count);
  });

  it('hold for a hundred thousand steps, each tried twice', () => {
    const tries = Array.from(
      { length: 50_000 },
      (_, each) =>
        `  call ${4 * each}..${4 * each + 1} tool error #1/g${each}\n  call ${4 * each + 2}..${4 * each + 3} tool #2/g${each}`,
    );
    const large = parsed(`run 0..200000 agent\n${tries.join('\n')}`);
    expect(large.operations.count).toBe(50_000);
    expect(treeLines(large).count).toBe(150_001);
    const folded = treeLines(large, { ...UNFOLDED, operations: USUAL_FOLDS });
    expect(folded.count).toBe(50_001);
    expect(rowOnLine(large, folded, 50_000)).toBe(large.count + 49_999);
  });
});
