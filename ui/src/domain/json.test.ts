import { describe, expect, it } from 'vitest';
import {
  entriesOf,
  fitsInLine,
  jsonInside,
  preview,
  rowsContaining,
  rowsOf,
  sizeWords,
  textOf,
} from './json';

describe('previews', () => {
  it.each([
    [{ a: 1, b: ['x', null] }, '{ a: 1, b: ["x", null] }'],
    [[], '[]'],
    [{}, '{}'],
    ['two\nlines', '"two\\nlines"'],
    [null, 'null'],
  ])('%j is %s', (value, text) => {
    expect(preview(value)).toBe(text);
  });

  it('are cut, and cost no more than what they show', () => {
    const large = Array.from({ length: 1_000_000 }, (_, index) => index);
    expect(preview(large, 20)).toBe('[0, 1, 2, 3, 4, 5, …');
    expect(preview('x'.repeat(5_000_000), 10)).toHaveLength(10);
  });

  it('know what fits in a line', () => {
    expect(fitsInLine({ a: 1 }, 20)).toBe(true);
    expect(fitsInLine({ a: 'x'.repeat(30) }, 20)).toBe(false);
    expect(fitsInLine({ a: 'x\ny' }, 20)).toBe(false);
  });
});

describe('JSON inside of strings', () => {
  it('is found where it is an array or object, and nowhere else', () => {
    expect(jsonInside(' {"a":1}')).toEqual({ a: 1 });
    expect(jsonInside('[1]')).toEqual([1]);
    for (const text of ['12', '"x"', '{broken', '[not json]', '', 'null'])
      expect(jsonInside(text)).toBeNull();
  });
});

describe('entries', () => {
  it('come a page at a time', () => {
    expect(entriesOf([5, 6, 7], 2)).toEqual([
      ['0', 5],
      ['1', 6],
    ]);
    expect(entriesOf({ a: 1, b: null }, 5)).toEqual([
      ['a', 1],
      ['b', null],
    ]);
  });

  it('are counted in words', () => {
    expect([sizeWords([1]), sizeWords({ a: 1, b: 2 })]).toEqual(['1 item', '2 fields']);
  });
});

describe('rows', () => {
  const rows = rowsOf({ 'llm.model': 'gpt-4o', usage: { total: 42 }, none: null });

  it('are searched by key and by value', () => {
    expect(rowsContaining(rows, 'GPT').map(({ key }) => key)).toEqual(['llm.model']);
    expect(rowsContaining(rows, '42').map(({ key }) => key)).toEqual(['usage']);
    expect(rowsContaining(rows, ' ')).toHaveLength(3);
  });

  it('exist for lone values, and not for none', () => {
    expect(rowsOf('text')).toEqual([{ key: '', value: 'text' }]);
    expect(rowsOf(null)).toEqual([]);
  });
});

describe('copying', () => {
  it('gives text as it is', () => {
    expect(textOf('a "b"')).toBe('a "b"');
    expect(textOf({ a: 1 })).toBe('{\n  "a": 1\n}');
  });
});
