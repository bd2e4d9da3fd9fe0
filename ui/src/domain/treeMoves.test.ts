import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import { stepTreeFrom } from './stepTree';
import { firstChild, movedBy, nextOf, ordinalIn, parentOf, pathTo, rowsNamed } from './treeMoves';
import { treeLines, UNFOLDED } from './treeRows';

const tree = stepTreeFrom(
  treeOf(`
    Root 0..100 agent
      search_web 0..20 tool error #1/a
      search_web 24..40 tool error #2/a
      search_web 48..60 tool #3/a
      answer 60..100 llm
        Search_index 70..80 retrieval error
  `),
);

describe('next and previous', () => {
  it('go round the end', () => {
    expect(nextOf(tree.errorRows, 0, 1)).toBe(1);
    expect(nextOf(tree.errorRows, 1, 1)).toBe(2);
    expect(nextOf(tree.errorRows, 3, 1)).toBe(5);
    expect(nextOf(tree.errorRows, 5, 1)).toBe(1);
    expect(nextOf(tree.errorRows, 1, -1)).toBe(5);
    expect(nextOf(tree.errorRows, -1, -1)).toBe(5);
    expect(nextOf(tree.retryRows, 2, 1)).toBe(3);
  });

  it('pass over the run, which is no step', () => {
    const source = treeOf('run 0..9 agent error\n  a 0..3 tool error\n  b 4..9 tool error');
    expect([...stepTreeFrom({ ...source, run_row: true }).errorRows]).toEqual([1, 2]);
  });

  it('lead nowhere where there is nothing', () => {
    expect(nextOf(new Uint32Array(), 3, 1)).toBe(-1);
  });

  it('say which one it is', () => {
    expect(ordinalIn(tree.errorRows, 5)).toBe(3);
    expect(ordinalIn(tree.errorRows, 4)).toBe(0);
  });
});

describe('moving', () => {
  it('goes to children and parents', () => {
    expect(firstChild(tree, 4)).toBe(5);
    expect(firstChild(tree, 5)).toBe(-1);
    expect(parentOf(tree, 5)).toBe(4);
    expect(parentOf(tree, 0)).toBe(-1);
    expect(pathTo(tree, 5).map(({ name }) => name)).toEqual(['Root', 'answer', 'Search_index']);
  });

  it('passes over hidden rows and stops at the ends', () => {
    const visible = treeLines(tree, { ...UNFOLDED, steps: new Set(['s4']) });
    expect(movedBy(tree, visible, 3, 1)).toBe(4);
    expect(movedBy(tree, visible, 4, 1)).toBe(4);
    expect(movedBy(tree, visible, 0, -1)).toBe(0);
    expect(movedBy(tree, visible, -1, 1)).toBe(0);
    expect(movedBy(tree, visible, -1, -1)).toBe(4);
    expect(movedBy(tree, visible, 4, -100)).toBe(0);
    const empty = stepTreeFrom(treeOf(''));
    expect(movedBy(empty, treeLines(empty), -1, 1)).toBe(-1);
  });
});

describe('search by name', () => {
  it('minds neither case nor place in the name', () => {
    expect([...rowsNamed(tree, 'SEARCH')]).toEqual([1, 2, 3, 5]);
    expect([...rowsNamed(tree, '_index ')]).toEqual([5]);
  });

  it('finds a step by its id', () => {
    expect([...rowsNamed(tree, 's4')]).toEqual([4]);
  });

  it('finds nothing for nothing', () => {
    expect([...rowsNamed(tree, '  ')]).toEqual([]);
    expect([...rowsNamed(tree, 'nope')]).toEqual([]);
  });
});
