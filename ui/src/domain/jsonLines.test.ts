import { describe, expect, it } from 'vitest';
import { linesOf, parentOf, toggled } from './jsonLines';

const names = (lines: ReturnType<typeof linesOf>) => lines.map(({ name, depth }) => `${depth}${name ?? ''}`);

describe('a value as lines', () => {
  const value = { a: [1, { b: 2 }], c: '{"d": [3]}', e: {} };

  it('unfolds and folds at any place', () => {
    const start = linesOf(value);
    expect(names(start)).toEqual(['0', '1a', '1c', '1e']);
    const a = toggled(start, 1);
    expect(names(a)).toEqual(['0', '1a', '20', '21', '1c', '1e']);
    const deep = toggled(a, 3);
    expect(names(deep)).toEqual(['0', '1a', '20', '21', '3b', '1c', '1e']);
    expect(names(toggled(deep, 1))).toEqual(names(start));
    expect(names(toggled(deep, 0))).toEqual(['0']);
    expect(parentOf(deep, 4)).toBe(3);
  });

  it('unfolds JSON in a string, and says that it was one', () => {
    const lines = toggled(linesOf(value), 2);
    expect(names(lines)).toEqual(['0', '1a', '1c', '2d', '1e']);
    expect(lines[2]?.wasText).toBe(true);
  });
});
