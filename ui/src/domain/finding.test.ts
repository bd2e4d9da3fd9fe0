import { describe, expect, it } from 'vitest';
import { readFilter } from '../test/filters';
import { packedTree } from '../test/plainTree';
import { plainTreeOf, treeOf } from '../test/treeFixture';
import {
  filterOfText,
  findWords,
  nextStop,
  NO_STOPS,
  StopCollector,
  stopFrom,
  textsOfFilter,
} from './finding';
import { stepTreeFrom, type StepTree } from './stepTree';
import { isLink } from './traceLinks';

const stopsOf = (of: StepTree, span_ids: string[]) => new StopCollector(of).of([{ span_ids }]);
const tree = stepTreeFrom(treeOf('run 0..9 agent\n  a 0..1 tool\n  b 1..2 tool\n  c 2..3 tool'));

describe('stops', () => {
  it('are rows in order, each once; the run itself comes first', () => {
    expect([...stopsOf(tree, ['s3', 's1', 's3', 'gone'])]).toEqual([1, 3]);
    expect([...stopsOf(tree, ['s2', ''])], 'a run without a row').toEqual([-1, 2]);
    const plain = { ...plainTreeOf('run 0..9 agent\n  a 0..1 tool'), span_id: ['', 's1'] };
    const withRun = stepTreeFrom(packedTree(plain));
    expect([...stopsOf(withRun, ['', 's1'])]).toEqual([0, 1]);
  });

  it('add up as pieces come in, and begin anew where all was looked through again', () => {
    const stops = new StopCollector(tree);
    const [first, second, other] = [['s1'], ['s3', 's1'], ['s2']].map((span_ids) => ({ span_ids }));
    if (!first || !second || !other) return;
    expect([...stops.of([first])]).toEqual([1]);
    expect([...stops.of([first, second])]).toEqual([1, 3]);
    expect([...stops.of([other, second])]).toEqual([1, 2, 3]);
    expect([...stops.of([other])]).toEqual([2]);
  });

  it('are gone through round the end, from wherever one is', () => {
    const stops = new Int32Array([-1, 2, 5]);
    expect([nextStop(stops, -1, 1), nextStop(stops, 2, 1), nextStop(stops, 5, 1)]).toEqual([2, 5, -1]);
    expect([nextStop(stops, -1, -1), nextStop(stops, 3, -1), nextStop(stops, 3, 1)]).toEqual([5, 2, 5]);
    expect([stopFrom(stops, 2), stopFrom(stops, 3), stopFrom(stops, 9)]).toEqual([2, 5, -1]);
    expect([nextStop(NO_STOPS, 1, 1), stopFrom(NO_STOPS, 1)]).toEqual([null, null]);
  });

  it('are counted in words', () => {
    const stops = new Int32Array([1, 3]);
    const words = (row: number, progress = 1, found = stops) =>
      findWords({ stops: found, row, progress, problem: null, runRow: -1 });
    expect(words(3)).toBe('2 of 2 steps');
    expect(words(0)).toBe('2 steps');
    expect(words(1, 0.456)).toBe('1 of 2 steps · 45 %');
    expect(words(1, 1, NO_STOPS)).toBe('none');
    expect(words(1, 0, NO_STOPS)).toBe('looking · 0 %');
    expect(words(1, 1, new Int32Array([4]))).toBe('1 step');
    const withRun = new Int32Array([-1, 1, 3]);
    expect(words(3, 1, withRun)).toBe('2 of 2 steps and the run');
    expect(words(-1, 1, withRun)).toBe('the run, and 2 steps');
    expect(words(-1, 1, new Int32Array([-1]))).toBe('the run alone');
  });
});

describe('texts', () => {
  it('become filters and back', () => {
    for (const text of ['rate limit', 'say "hi"', 'C:\\new', 'status:failed', '-x', '日本 (a)']) {
      expect(textsOfFilter(readFilter(filterOfText(text)))).toEqual([text]);
    }
    expect(filterOfText('  ')).toBe('');
    expect(textsOfFilter(readFilter('status:failed timeout -"not me" "rate limit"'))).toEqual([
      'timeout',
      'rate limit',
    ]);
  });

  it('are links where they begin as one and nothing follows', () => {
    expect(['tracellm://trace/a', ' TraceLLM://x\n', 'tracellm://'].map(isLink)).toEqual([true, true, true]);
    expect(
      ['tracellm:x', 'see tracellm://trace/a', 'tracellm://trace/a b', '{"a":"tracellm://"}', ''].map(isLink),
    ).toEqual([false, false, false, false, false]);
  });
});
