import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDateTime,
  formatDurationMs,
  formatDurationNs,
  formatPercent,
  formatRelativeTime,
  formatShare,
  formatTokens,
  plural,
} from './format';

/** How numbers are said, by the page and by the engine. */
const WORDING = JSON.parse(readFileSync('../tests/fixtures/wording.json', 'utf8')) as {
  durations_ns: [number, string][];
  counts: [number, string][];
  bytes: [number, string][];
  costs_usd: [number, string][];
  shares: [[number, number], string][];
};

describe('what the engine says too', () => {
  it('is said in the same way', () => {
    for (const [ns, text] of WORDING.durations_ns) expect(formatDurationNs(ns), `${ns} ns`).toBe(text);
    for (const [count, text] of WORDING.counts) expect(formatCount(count)).toBe(text);
    for (const [bytes, text] of WORDING.bytes) expect(formatBytes(bytes)).toBe(text);
    for (const [usd, text] of WORDING.costs_usd) expect(formatCostUsd(usd)).toBe(text);
    for (const [[part, whole], text] of WORDING.shares) expect(formatShare(part, whole)).toBe(text);
  });
});

describe('formatDurationNs', () => {
  it.each([
    [null, '–'],
    [0, '0 ns'],
    [999, '999 ns'],
    [412_000, '412 µs'],
    [999_600, '1 ms'],
    [812_000_000, '812 ms'],
    [1_400_000, '1.4 ms'],
    [999_700_000, '1.00 s'],
    [2_412_000_000, '2.41 s'],
    [9_996_000_000, '10.0 s'],
    [59_960_000_000, '1 min'],
    [192_000_000_000, '3 min 12 s'],
    [3_599_700_000_000, '1 h'],
    [7_500_000_000_000, '2 h 5 min'],
    [273_600_000_000_000, '3 d 4 h'],
    [-5_000_000, '−5 ms'],
  ])('%s ns reads %s', (duration_ns, text) => {
    expect(formatDurationNs(duration_ns)).toBe(text);
  });

  it('takes milliseconds too', () => {
    expect(formatDurationMs(1500)).toBe('1.50 s');
    expect(formatDurationMs(undefined)).toBe('–');
  });
});

describe('counts', () => {
  it('are short where room is short', () => {
    expect([null, 0, 950, 1000, 12_440, 999_600, 3_140_000, 2e9].map((n) => formatCompact(n))).toEqual([
      '–',
      '0',
      '950',
      '1k',
      '12.4k',
      '1M',
      '3.14M',
      '2B',
    ]);
  });
  it('are grouped where they are given in full', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatCount(null)).toBe('–');
    expect(plural(1, 'trace')).toBe('1 trace');
    expect(plural(0, 'retry', 'retries')).toBe('0 retries');
  });
  it('mark what is estimated, but not what is unknown', () => {
    expect(formatTokens(12_400, true)).toBe('≈\u200912.4k');
    expect(formatTokens(null, true)).toBe('–');
  });
});

describe('cost, bytes and shares', () => {
  it('read well at every size', () => {
    expect([null, 0, 0.00001, 0.0042, 0.314, 12.4, 1965.78].map((n) => formatCostUsd(n))).toEqual([
      '–',
      '$0',
      '<$0.0001',
      '$0.0042',
      '$0.3140',
      '$12.40',
      '$1,966',
    ]);
    expect([0, 999, 1500, 12_440_000, 3.2e9].map((n) => formatBytes(n))).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '12.4 MB',
      '3.2 GB',
    ]);
    expect([formatShare(0, 10), formatShare(1, 1000), formatShare(999, 1000), formatShare(1, 0)]).toEqual([
      '0%',
      '<1%',
      '>99%',
      '–',
    ]);
    expect([null, 0, 0.0004, 0.926, 0.9999, 1].map(formatPercent)).toEqual([
      '–',
      '0%',
      '<1%',
      '93%',
      '>99%',
      '100%',
    ]);
  });
});

describe('points in time', () => {
  const now = new Date(2026, 10, 23, 14, 5, 9, 123).getTime();
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime();

  it('are given in full in the local zone', () => {
    expect(formatDateTime(now)).toBe('2026-11-23 14:05:09.123');
    expect(formatDateTime(null)).toBe('–');
    expect(formatDateTime(Number.MAX_VALUE)).toBe('–');
  });

  it.each([
    [now - 20_000, 'just now'],
    [now + 20_000, 'just now'],
    [now - 5 * 60_000, '5 min ago'],
    [at(2026, 10, 23, 9, 30), '09:30'],
    [at(2026, 10, 22, 23, 59), 'Nov 22 23:59'],
    [at(2026, 10, 3, 7, 4), 'Nov 3 07:04'],
    [at(2024, 10, 3, 7, 4), '2024-11-03'],
    [at(2026, 10, 23, 18, 0), '18:00'],
    [null, '–'],
  ])('%s reads %s', (unix_ms, text) => {
    expect(formatRelativeTime(unix_ms, now)).toBe(text);
  });
});
