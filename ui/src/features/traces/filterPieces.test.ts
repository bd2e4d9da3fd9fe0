import { describe, expect, it } from 'vitest';
import { readFilter } from '../../test/filters';
import { carried, piecesOf } from './filterPieces';

const drawn = (text: string, reading = readFilter(text)) =>
  piecesOf(text, reading).map(({ text: part, kind, isWrong }) => `${kind}${isWrong ? '!' : ''}(${part})`);

describe('a filter text', () => {
  it('is cut into fields, values, negations and free text, and loses nothing', () => {
    expect(drawn('-status:failed model:"gpt 4",x  "rate limit"')).toEqual([
      'not(-)',
      'field(status:)',
      'value(failed)',
      'plain( )',
      'field(model:)',
      'value("gpt 4",x)',
      'plain(  )',
      'text("rate limit")',
    ]);
  });

  it('shows an operator as part of the value', () => {
    const term = { from: 0, to: 11, field: 'duration', negated: false, values: ['>2s'], is_alone: true };
    expect(drawn('duration>2s', { error: null, terms: [term] })).toEqual(['field(duration)', 'value(>2s)']);
  });

  it('has its mistake marked where it stands, also at its end', () => {
    expect(drawn('ok stat:x')).toEqual(['text(ok)', 'plain( )', 'plain!(stat)', 'plain(:x)']);
    expect(drawn('status:')).toEqual(['plain(status:)', 'plain!( )']);
  });

  it('keeps its colours in place while more is typed than was read', () => {
    const known = 'status:failed x';
    const text = 'tag:a status:failed x';
    expect(drawn(text, carried(readFilter(known), known, text))).toEqual([
      'plain(tag:a )',
      'field(status:)',
      'value(failed)',
      'plain( )',
      'text(x)',
    ]);
    const shorter = 'status:fai';
    const parts = piecesOf(shorter, carried(readFilter(known), known, shorter));
    expect(parts.map(({ text: part }) => part).join('')).toBe(shorter);
  });
});
