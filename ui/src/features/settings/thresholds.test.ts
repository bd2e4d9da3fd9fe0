import { expect, it } from 'vitest';
import { millisecondsFrom, thresholdError } from './thresholds';

it('takes milliseconds above zero and nothing else', () => {
  expect(['1500', ' 0.5 ', '0', '-3', '', '1e3', '2s', 'abc'].map(millisecondsFrom)).toEqual([
    1500,
    0.5,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

it('wants the warning no later than the limit', () => {
  expect(thresholdError('1500', '900')).toBeNull();
  expect(thresholdError('900', '900')).toBeNull();
  expect(thresholdError('900', '1500')).toMatch(/cannot be the larger/);
  expect(thresholdError('', '900')).toMatch(/above zero/);
});
