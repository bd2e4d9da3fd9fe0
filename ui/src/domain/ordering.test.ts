import { describe, expect, it } from 'vitest';
import { ascending } from './ordering';

const sorted = (keys: number[]) => [...ascending(new Float64Array(keys))];

describe('rows by a column', () => {
  it.each([
    ['nothing', []],
    ['one', [3]],
    ['in order', [0, 1, 1, 2]],
    ['out of order', [2, 1, 0]],
    ['with equals, which stay in their order', [1, 0, 1, 0, 1]],
    ['below zero and between whole numbers', [0.5, -1e-300, -7, 0, -0.25, 1e300]],
    ['times in nanoseconds over days', [8.64e13, 3, 8.64e13 - 1, 8.64e13 + 0.5, 0]],
  ])('%s', (_, keys) => {
    const expected = keys.map((_, index) => index).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
    expect(sorted(keys)).toEqual(expected);
  });

  it('many, as a comparison sorts them', () => {
    let state = 1;
    const keys = Array.from({ length: 5_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state % 1_000) * 1e6 + (state % 7) / 8;
    });
    const expected = keys.map((_, index) => index).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
    expect(sorted(keys)).toEqual(expected);
  });
});
