import { describe, expect, it } from 'vitest';
import { atLeastTerm, narrowed } from './narrowed';

describe('a condition more', () => {
  it.each([
    ['', 'status:failed'],
    ['project:a', 'project:a status:failed'],
    ['a or b', '(a or b) status:failed'],
    ['(a OR b)', '((a OR b)) status:failed'],
    ['a | b', '(a | b) status:failed'],
    ['"this or that"', '"this or that" status:failed'],
    ['order', 'order status:failed'],
    ['status:failed', 'status:failed'],
  ])('%s', (filter, expected) => {
    expect(narrowed(filter, 'status:failed')).toBe(expected);
  });

  it('of a duration never leaves the run out that it was taken from', () => {
    expect(atLeastTerm(79_456_000_000)).toBe('duration:>=79.45s');
    expect(atLeastTerm(1_999_999_999)).toBe('duration:>=1999ms');
    expect(atLeastTerm(1234.5)).toBe('duration:>=1234ns');
  });
});
