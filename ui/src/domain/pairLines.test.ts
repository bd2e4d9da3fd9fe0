import { describe, expect, it } from 'vitest';
import { comparisonOf } from '../test/comparisonFixture';
import { packedTree } from '../test/plainTree';
import { plainTreeOf, treeOf } from '../test/treeFixture';
import {
  alignedFrom,
  differenceWords,
  nextDifference,
  pairKey,
  pairName,
  pairOf,
  pairSentence,
  sumOfTries,
  took_ns,
} from './alignedRuns';
import { isFolded, pairLines, pairMovedBy, unfoldedFor, withTurned } from './pairLines';

const runs = alignedFrom(
  comparisonOf(
    treeOf(`
      run 0..100 agent
        plan 0..10 chain
          ask 0..10 llm
          note 10..11 tool
        look 20..30 tool
        read 30..40 tool
        skim 40..50 tool
        say 90..100 llm
    `),
    treeOf(`
      run 0..200 agent
        plan 0..10 chain
          ask 0..10 llm
          note 10..11 tool error
        look 20..30 tool
        read 30..40 tool
        skim 40..50 tool
        more 50..60 tool
        say 90..100 llm
    `),
    [{}, {}],
    { differs: { s1: 16 } },
  ),
);
const NONE: ReadonlySet<string> = new Set();
const namesOf = (lines: ReturnType<typeof pairLines>) =>
  Array.from(lines.pairs, (pair, line) =>
    pair < 0 ? `${lines.leftOut[line]} left out` : pairName(runs, pair),
  );

describe('aligned runs', () => {
  it('tell what differs in more than wording, and count it above', () => {
    expect(Array.from(runs.different, (pair) => pairName(runs, pair))).toEqual(['note', 'more']);
    expect([runs.differentBelow[0], runs.differentBelow[1]]).toEqual([2, 1]);
    expect(differenceWords(runs, 1)).toMatchObject([{ word: 'input wording', weight: 'slight' }]);
    expect(differenceWords(runs, 3)).toMatchObject([{ word: 'ok → failed', weight: 'status' }]);
  });

  it('walk from difference to difference', () => {
    expect(nextDifference(runs, -1, 1)).toBe(3);
    expect(nextDifference(runs, 3, 1)).toBe(7);
    expect(nextDifference(runs, 7, 1)).toBe(-1);
    expect(nextDifference(runs, 5, -1)).toBe(3);
    expect(nextDifference(runs, 3, -1)).toBe(-1);
  });

  it('find a pair by the step of either side', () => {
    expect(pairName(runs, pairOf(runs, 's3', null))).toBe('note');
    expect(pairName(runs, pairOf(runs, null, 's7'))).toBe('more');
    expect(pairOf(runs, 'gone', null)).toBe(-1);
  });
});

describe('lines of pairs', () => {
  it('hide what is below a folded one', () => {
    const lines = pairLines(runs, new Set([pairKey(runs, 1)]), false);
    expect(namesOf(lines)).toEqual(['run', 'plan', 'look', 'read', 'skim', 'more', 'say']);
    expect([lines.lineOf[2], lines.lineOf[4]]).toEqual([-1, 2]);
  });

  it('show only what differs, with a little around it and all above, and say what is left out', () => {
    const lines = pairLines(runs, NONE, true);
    expect(namesOf(lines)).toEqual([
      'run',
      'plan',
      'ask',
      'note',
      'look',
      '1 left out',
      'skim',
      'more',
      'say',
    ]);
    expect(pairName(runs, pairMovedBy(lines, 4, 1)), 'over what is left out').toBe('skim');
    expect(pairName(runs, pairMovedBy(lines, 6, -1))).toBe('look');
    expect(pairMovedBy(lines, 8, 1), 'no further than the last').toBe(8);
  });

  it('unfold what hides a pair', () => {
    const folded = new Set([pairKey(runs, 0), pairKey(runs, 1)]);
    expect(unfoldedFor(runs, folded, 3).size).toBe(0);
    expect(unfoldedFor(runs, folded, 4)).toEqual(new Set([pairKey(runs, 1)]));
    expect(unfoldedFor(runs, NONE, 3)).toBe(NONE);
  });
});

describe('operations', () => {
  const tried = alignedFrom(
    comparisonOf(
      treeOf(`
        run 0..100 agent
          search 0..10 tool error #1/a
          search 20..30 tool error #2/a
          search 40..55 tool #3/a
          helper 60..70 agent error #1/b
            ask 60..65 llm
          helper 70..90 agent #2/b
            ask 70..75 llm
      `),
      treeOf(`
        run 0..100 agent
          search 0..12 tool
          helper 60..90 agent
            ask 70..75 llm
      `),
    ),
  );
  const search = pairOf(tried, 's3', null);
  const helper = pairOf(tried, 's6', null);
  const shown = (turned: ReadonlySet<string>) =>
    Array.from(pairLines(tried, turned, false).pairs, (pair) => pairSentence(tried, pair));

  it('are one line, which unfolds into their tries', () => {
    expect(shown(NONE)).toEqual([
      'agent run',
      'tool search, 3 tries in A, 1 in B',
      'agent helper, 2 tries in A, 1 in B',
      'agent helper, try 1 of 2 in A',
      'llm ask',
    ]);
    const unfolded = withTurned(tried, NONE, search);
    expect(shown(unfolded).slice(1, 4)).toEqual([
      'tool search, 3 tries in A, 1 in B',
      'tool search, try 1 of 3 in A',
      'tool search, try 2 of 3 in A',
    ]);
    expect(withTurned(tried, unfolded, search)).toEqual(NONE);
    expect(unfoldedFor(tried, NONE, search + 1)).toEqual(unfolded);
    expect([isFolded(tried, NONE, helper), isFolded(tried, NONE, helper + 1)]).toEqual([false, true]);
  });

  it('are one difference each, however often they were tried', () => {
    expect([...tried.different]).toEqual([search, helper]);
    expect(nextDifference(tried, search, 1)).toBe(helper);
    expect(tried.first, 'and no other decision').toBe(-1);
  });

  it('took from their first start to their last end while their tries are folded away', () => {
    expect([took_ns(tried, 'a', search, true), took_ns(tried, 'a', search, false)]).toEqual([55e6, 15e6]);
    expect([took_ns(tried, 'b', search, true), took_ns(tried, 'b', search + 1, false)]).toEqual([12e6, 0]);
    const tokens = new Float64Array(tried.a.count).fill(7);
    tokens[1] = -1;
    expect(sumOfTries(tried, 'a', search, true, tokens), 'what is not known adds nothing').toBe(14);
    expect(sumOfTries(tried, 'a', search, false, tokens)).toBe(7);
  });
});

describe('two reported runs', () => {
  const reported = (text: string) => packedTree({ ...plainTreeOf(text), run_row: true });
  const TRIED = `
    run 0..100 agent
      ask 0..10 tool error #1/a
      ask 20..30 tool #2/a
      say 90..100 llm
  `;
  const PLAIN = `
    run 0..100 agent
      ask 0..10 tool
      say 90..100 llm
  `;

  it('count their steps where these are left out, not themselves', () => {
    const same = alignedFrom(comparisonOf(reported(PLAIN), reported(PLAIN)));
    expect(pairLines(same, NONE, true).leftOut[0]).toBe(2);
  });

  it('say how often an operation was tried, and of none of its tries that it is of one run alone', () => {
    const tried = alignedFrom(comparisonOf(reported(PLAIN), reported(TRIED)));
    const [operation, first] = [1, 2];
    expect(differenceWords(tried, operation)).toMatchObject([{ meaning: 'It took 1 try in A, 2 in B.' }]);
    expect(pairSentence(tried, first)).toBe('tool ask, try 1 of 2 in B');
  });

  it('say the models of the runs where no step says its own', () => {
    const comparison = comparisonOf(reported(PLAIN), reported(PLAIN), [
      { model: 'gpt-4.1' },
      { model: 'o3' },
    ]);
    const difference = comparison.difference.slice();
    difference[0] = 2;
    expect(differenceWords(alignedFrom({ ...comparison, difference }), 0)).toMatchObject([
      { word: 'model', meaning: 'Its model is gpt-4.1 in A, o3 in B.' },
    ]);
  });

  it('say how both failed, and what is still to come', () => {
    const comparison = comparisonOf(reported(TRIED), reported(PLAIN));
    const difference = comparison.difference.slice();
    difference[1] = 256;
    expect(differenceWords(alignedFrom({ ...comparison, difference }), 1)).toMatchObject([
      { word: 'error', meaning: 'It failed in another way.' },
    ]);
    const whole = comparisonOf(reported(PLAIN), reported('run 0..100 agent\n  ask 0..10 tool'));
    const awaited = alignedFrom({
      ...whole,
      is_difference: new Uint8Array(3),
      is_awaited: Uint8Array.of(0, 0, 1),
    });
    expect(pairSentence({ ...awaited, first: -1 }, 2)).toBe('llm say, not yet in B');
  });
});
