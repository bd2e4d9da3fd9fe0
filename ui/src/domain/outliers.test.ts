import { expect, it } from 'vitest';
import { measureWord, outlierText } from './outliers';

it('says how far a run is from what is usual for its task', () => {
  const slow = { measure: 'duration', value: 3.84e9, median: 1.2e9, limit: 2.9e9, score: 8.1, runs: 412 };
  expect(measureWord(slow)).toBe('Duration');
  expect(outlierText(slow)).toBe('3.2× the median of 412 runs of this task (median 1.20 s, limit 2.90 s)');
  const costly = { measure: 'cost', value: 2, median: 0.01, limit: 0.2, score: 9, runs: 1200 };
  expect(outlierText(costly)).toBe(
    '200× the median of 1,200 runs of this task (median $0.0100, limit $0.2000)',
  );
});

it('says no multiple of nothing', () => {
  const retried = { measure: 'retries', value: 4, median: 0, limit: 0, score: null, runs: 96 };
  expect(outlierText(retried)).toBe('4, where the median of 96 runs of this task is 0 (limit 0)');
});
