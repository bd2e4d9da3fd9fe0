import { describe, expect, it } from 'vitest';
import { rowWindow } from './rowWindow';

describe('the rows near the screen', () => {
  it('cover it with some to spare', () => {
    const { first, end } = rowWindow(1000, 500, 20, 10_000);
    expect(first).toBeLessThanOrEqual(40);
    expect(end).toBeGreaterThanOrEqual(85);
    expect(end - first).toBeLessThan(65);
  });

  it('stay the same while one scrolls a little', () => {
    expect(rowWindow(1000, 480, 20, 10_000)).toEqual(rowWindow(1010, 480, 20, 10_000));
  });

  it('end with the rows', () => {
    expect(rowWindow(0, 500, 20, 3)).toEqual({ first: 0, end: 3 });
    expect(rowWindow(90_000, 500, 20, 3).first).toBeLessThanOrEqual(3);
    expect(rowWindow(0, 500, 20, 0)).toEqual({ first: 0, end: 0 });
  });
});
