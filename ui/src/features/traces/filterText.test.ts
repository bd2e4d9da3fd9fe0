import { describe, expect, it } from 'vitest';
import { isOn, quickToggles, termsOf, toggled, type Quick } from './filterText';

const [failed, slow, retried] = quickToggles(1500) as [Quick, Quick, Quick];

describe('terms', () => {
  it('end at white space, but not inside quotes', () => {
    expect(termsOf('  status:failed  "rate limit" model:"gpt 4",claude* ')).toEqual([
      'status:failed',
      '"rate limit"',
      'model:"gpt 4",claude*',
    ]);
    expect(termsOf('"a \\" b" c')).toEqual(['"a \\" b"', 'c']);
    expect(termsOf('"not closed yet')).toEqual(['"not closed yet']);
    expect(termsOf('')).toEqual([]);
  });
});

describe('quick toggles', () => {
  it('add their term to what is typed and take it out again', () => {
    const text = 'model:gpt* "status:failed"';
    const on = toggled(text, failed);
    expect(on).toBe('model:gpt* "status:failed" status:failed');
    expect([isOn(text, failed), isOn(on, failed)]).toEqual([false, true]);
    expect(toggled(on, failed)).toBe(text);
  });

  it('work together', () => {
    const all = [failed, slow, retried].reduce(toggled, '');
    expect(all).toBe('status:failed duration:>=1500ms retries:>0');
    expect(toggled(all, slow)).toBe('status:failed retries:>0');
  });

  it('take the place of a term that contradicts them', () => {
    expect(toggled('status:success x', failed)).toBe('x status:failed');
    expect(toggled('-status:failed', failed)).toBe('status:failed');
    expect(toggled('duration:<1s y', slow)).toBe('y duration:>=1500ms');
    expect(toggled('retries:0', retried)).toBe('retries:>0');
  });

  it('know themselves in other words', () => {
    expect(isOn('duration:>=1.5s', slow)).toBe(true);
    expect(isOn('duration:>=15s', slow)).toBe(false);
    expect(isOn('STATUS:FAILED', failed)).toBe(true);
    expect(isOn('has:retry', retried)).toBe(true);
    expect(isOn('retries:>3', retried)).toBe(false);
    expect(toggled('a duration:>=1.5s', slow)).toBe('a');
  });

  it('follow the setting of what is slow', () => {
    expect(quickToggles(4000)[1]?.term).toBe('duration:>=4000ms');
  });
});
