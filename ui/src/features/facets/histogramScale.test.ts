import { describe, expect, it } from 'vitest';
import type { Histogram } from '../../backend/bindings';
import { brushBetween, brushOf, placeOf, rangeOf, ticksOf, valueText } from './histogramScale';

const S = 1e9;

function histogram(given: Partial<Histogram>): Histogram {
  return {
    field: 'duration',
    is_logarithmic: true,
    edges: [0.1 * S, S, 10 * S, 100 * S],
    matching: [1, 2, 3],
    others: [0, 0, 1],
    unknown: 0,
    chosen: null,
    ...given,
  };
}

describe('places', () => {
  it('follow the growth of the bins', () => {
    expect(placeOf(histogram({}), 10 * S)).toBeCloseTo(2);
    expect(placeOf(histogram({}), Math.sqrt(10) * S)).toBeCloseTo(1.5);
    expect(placeOf(histogram({ is_logarithmic: false, edges: [0, 10, 20] }), 5)).toBeCloseTo(0.5);
    expect([placeOf(histogram({}), 0), placeOf(histogram({}), 1e15)]).toEqual([0, 3]);
  });

  it('of what the filter asks are a brush, with open ends at the ends', () => {
    expect(brushOf(histogram({}))).toBeNull();
    expect(brushOf(histogram({ chosen: { from: S, below: null } }))).toEqual({ from: 1, to: 3 });
  });
});

describe('a brush', () => {
  it('covers whole bins, whichever way it was drawn', () => {
    expect(brushBetween(10, 4.2, 1.9)).toEqual({ from: 1, to: 5 });
    expect(brushBetween(10, 3, 3)).toEqual({ from: 3, to: 4 });
    expect(brushBetween(10, -4, 99)).toEqual({ from: 0, to: 10 });
    expect(brushBetween(10, 10, 12)).toEqual({ from: 9, to: 10 });
  });

  it('asks for nothing at an end that lies at the end', () => {
    expect(rangeOf(histogram({}), { from: 0, to: 2 })).toEqual({ from: null, below: 10 * S });
    expect(rangeOf(histogram({}), { from: 1, to: 3 })).toEqual({ from: S, below: null });
  });
});

describe('the axis', () => {
  it('has round values with room between them', () => {
    const ticks = ticksOf(histogram({ edges: [0.02 * S, 0.2 * S, 2 * S, 20 * S, 200 * S] }));
    expect(ticks.map(({ label }) => label)).toEqual(['100 ms', '1 s', '10 s']);
    expect(ticksOf(histogram({ edges: [] }))).toEqual([]);
    expect(ticksOf(histogram({ edges: [S, S] }))).toEqual([]);
  });

  it('of times has clock times within days, and dates over days', () => {
    const day = (hours: number) => new Date(2026, 10, 23, hours).getTime();
    const times = (edges: number[]) =>
      ticksOf(histogram({ field: 'started', is_logarithmic: false, edges })).map(({ label }) => label);
    expect(times([day(9), day(12), day(18)])).toEqual(['12:00', '15:00']);
    expect(times([day(0), day(48), day(240)])).toEqual(['11-27', '12-01']);
    expect(times([day(0), day(365 * 24), day(500 * 24)]), 'days of which year?').toEqual([
      '2027-05',
      '2027-11',
    ]);
  });

  it('says values as they are read elsewhere', () => {
    expect(valueText(histogram({}), 2.4 * S)).toBe('2.40 s');
    expect(valueText(histogram({ field: 'tokens' }), 12_400)).toBe('12.4k');
  });
});
