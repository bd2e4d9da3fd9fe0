import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import { joinCandidates } from './attemptJoin';
import { stepTreeFrom } from './stepTree';

const TREE = stepTreeFrom(
  treeOf(`
    run 0..100 agent
      search 0..10 tool error
        http 1..9
      plan 10..20 llm
      search 20..30 tool #1/a
      search 30..40 tool #2/a
      fetch 40..50 tool
    other 100..120 tool
  `),
);

describe('joinCandidates', () => {
  it('gives siblings of the same kind and name first, then of the same kind, then pinned steps', () => {
    expect(joinCandidates(TREE, 1, [7, 5])).toEqual([4, 5, 6, 7]);
    expect(joinCandidates(TREE, 6, [])).toEqual([5, 4, 1]);
  });

  it('leaves out steps of the same group, and what lies in the step or around it', () => {
    expect(joinCandidates(TREE, 4, [5, 0, 3])).toEqual([1, 6, 3]);
    expect(joinCandidates(TREE, 2, [1, 7])).toEqual([7]);
  });

  it('gives none for what is no step', () => {
    const ofRun = { ...TREE, runRow: true };
    expect(joinCandidates(ofRun, 0, [1])).toEqual([]);
    expect(joinCandidates(TREE, -1, [1])).toEqual([]);
  });
});
