import { describe, expect, it } from 'vitest';
import { valueAxis, type Unit } from './valueAxis';

const labels = (largest: number, unit: Unit) => valueAxis(largest, unit, 4).ticks.map(({ label }) => label);

describe('the axis of values', () => {
  it('has round ticks in the words of its unit', () => {
    expect(labels(7, 'count')).toEqual(['0', '2', '4', '6', '8']);
    expect(labels(640_000, 'count')).toEqual(['0', '200k', '400k', '600k', '800k']);
    expect(labels(1.8, 'usd')).toEqual(['0', '$0.5', '$1.0', '$1.5', '$2.0']);
    expect(labels(0.0031, 'usd')).toEqual(['0', '$0.001', '$0.002', '$0.003', '$0.004']);
    expect(labels(5200, 'usd')).toEqual(['0', '$2k', '$4k', '$6k']);
    expect(labels(0.31e9, 'duration')).toEqual(['0', '100 ms', '200 ms', '300 ms', '400 ms']);
    expect(labels(29e9, 'duration')).toEqual(['0', '10 s', '20 s', '30 s']);
    expect(labels(95e9, 'duration')).toEqual(['0', '30 s', '1 min', '1 min 30 s', '2 min']);
  });

  it('counts in whole things', () => {
    expect(labels(1, 'count')).toEqual(['0', '1']);
    expect(labels(3, 'count')).toEqual(['0', '1', '2', '3']);
  });

  it('holds the largest value, and stands also for nothing', () => {
    for (const largest of [0.1, 1, 2.0000001, 9.99, 1e6, 123_456_789]) {
      expect(valueAxis(largest, 'usd', 4).end).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
    }
    expect(valueAxis(0, 'duration', 4)).toEqual({ end: 1, ticks: [{ value: 0, label: '0' }] });
    expect(valueAxis(NaN, 'count', 4).end).toBe(1);
  });
});
