import { describe, expect, it } from 'vitest';
import { packedTree } from '../test/plainTree';
import { plainTreeOf, treeOf } from '../test/treeFixture';
import { ownTime, playedSteps } from './replayClock';
import { isOutcomeKnown, phaseAt, soFar, tallyOf, type Phase } from './replayState';
import { stepTreeFrom, type StepTree } from './stepTree';
import { NO_FOLDS } from './timeFolds';

const MS = 1e6;

function stepsOf(tree: StepTree) {
  const [track] = ownTime([{ tree, folds: NO_FOLDS }]).tracks;
  if (!track) throw new Error('a run has a track');
  return playedSteps(track, tree);
}

describe('at a moment of a replay', () => {
  const TEXT = `
    run 0..100 agent
      ask 0..30 llm
      fetch 30..40 tool error #1/a
      fetch 50..60 tool #2/a
      say 60..100 llm
  `;

  it('steps are done, run, or are to come', () => {
    const steps = stepsOf(stepTreeFrom(treeOf(TEXT)));
    const at = (at_ms: number) => [0, 1, 2, 3, 4].map((row) => phaseAt(steps, row, at_ms * MS));
    expect(at(0)).toEqual(['running', 'running', 'coming', 'coming', 'coming']);
    expect(at(30)).toEqual(['running', 'done', 'running', 'coming', 'coming']);
    expect(at(45)).toEqual(['running', 'done', 'done', 'coming', 'coming']);
    expect(at(100)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  it('the run itself is no step that is counted', () => {
    const plain = { ...plainTreeOf(TEXT), run_row: true };
    const tally = tallyOf(stepsOf(stepTreeFrom(packedTree(plain))));
    expect(soFar(tally, 0)).toMatchObject({ begun: 1, done: 0 });
    expect(soFar(tally, 45 * MS)).toMatchObject({ begun: 2, done: 2 });
    expect(soFar(tally, 100 * MS)).toMatchObject({ begun: 4, done: 4 });
    const empty = { ...plainTreeOf('run 0..100 agent'), run_row: true };
    expect(soFar(tallyOf(stepsOf(stepTreeFrom(packedTree(empty)))), 50 * MS)).toMatchObject({
      begun: 0,
      done: 0,
    });
  });

  it('a run that failed is not one more step that did', () => {
    const plain = { ...plainTreeOf('run 0..100 agent error\n  ask 0..30 llm error'), run_row: true };
    const tally = tallyOf(stepsOf(stepTreeFrom(packedTree(plain))));
    expect(soFar(tally, 100 * MS).failures).toBe(1);
  });

  it('how a step ended is known once it has', () => {
    expect([null, 'done', 'running', 'coming'].map((phase) => isOutcomeKnown(phase as Phase | null))).toEqual(
      [true, true, false, false],
    );
  });

  it('a step that goes on is never done', () => {
    const steps = stepsOf(stepTreeFrom(treeOf('run 0.. agent\n  ask 0..10 llm'), true));
    expect(phaseAt(steps, 0, 10 * MS)).toBe('running');
    expect(phaseAt(steps, 1, 10 * MS)).toBe('done');
    expect(soFar(tallyOf(steps), 10 * MS)).toMatchObject({ begun: 2, done: 1 });
  });

  it('what was used is added up in the order in which it ended, what a step repeats counting once', () => {
    const plain = plainTreeOf(TEXT);
    plain.tokens = [300, 100, -1, -1, 200];
    plain.below_tokens = [300, 100, -1, -1, 200];
    plain.cost_usd = [-1, 0.25, -1, -1, 0.5];
    plain.below_cost_usd = [0.75, 0.25, -1, -1, 0.5];
    const tally = tallyOf(stepsOf(stepTreeFrom(packedTree(plain))));
    expect(soFar(tally, 0)).toMatchObject({ done: 0, tokens: 0, modelCalls: 0, lastModelCall: -1 });
    expect(soFar(tally, 55 * MS)).toEqual({
      begun: 4,
      newest: 3,
      done: 2,
      tokens: 100,
      cost_usd: 0.25,
      modelCalls: 1,
      failures: 1,
      retries: 1,
      lastModelCall: 1,
      lastStays_ns: 70 * MS,
    });
    expect(soFar(tally, 100 * MS)).toMatchObject({ done: 5, tokens: 300, cost_usd: 0.75, lastModelCall: 4 });
  });

  it('a run without steps has nothing', () => {
    const tally = tallyOf(stepsOf(stepTreeFrom(treeOf(''))));
    expect(soFar(tally, 5)).toMatchObject({ begun: 0, done: 0, newest: -1, lastModelCall: -1 });
  });
});
