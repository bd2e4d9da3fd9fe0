import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import { crumbsTo } from './crumbs';
import { stepTreeFrom } from './stepTree';

const chain = (count: number) =>
  stepTreeFrom(
    treeOf(Array.from({ length: count }, (_, depth) => `${'  '.repeat(depth)}s 0..1 tool`).join('\n')),
  );

describe('the way to a step', () => {
  it('is whole where it is short', () => {
    const tree = chain(6);
    expect(crumbsTo(tree, 0, 2, 10)).toEqual({ top: -1, folded: [], foldedCount: 0, near: [] });
    expect(crumbsTo(tree, 1, 2, 10)).toEqual({ top: 0, folded: [], foldedCount: 0, near: [] });
    expect(crumbsTo(tree, 3, 2, 10)).toEqual({ top: 0, folded: [], foldedCount: 0, near: [1, 2] });
    expect(crumbsTo(tree, 4, 2, 10), 'one step takes no menu').toEqual({
      top: 0,
      folded: [],
      foldedCount: 0,
      near: [1, 2, 3],
    });
  });

  it('leaves out its middle where it is long, and of that all but the nearest', () => {
    const tree = chain(200);
    expect(crumbsTo(tree, 199, 2, 3)).toEqual({
      top: 0,
      folded: [196, 195, 194],
      foldedCount: 196,
      near: [197, 198],
    });
  });
});
