import { describe, expect, it } from 'vitest';
import {
  aroundStretch,
  clamped,
  fitted,
  isFitted,
  ns_from_px,
  panned,
  px_from_ns,
  roundStep_ns,
  ticksOf,
  timeLabel,
  withStretch,
  zoomed,
} from './timeScale';

const S = 1e9;
const MS = 1e6;

describe('time against pixels', () => {
  const view = { start_ns: 100, end_ns: 300 };
  it('goes both ways', () => {
    expect(px_from_ns(view, 1000, 200)).toBe(500);
    expect(ns_from_px(view, 1000, 500)).toBe(200);
    expect(px_from_ns(view, 1000, 50)).toBe(-250);
  });
});

describe('zooming and panning', () => {
  const total_ns = 10 * S;

  it('keeps the point under the pointer where it is', () => {
    const before = fitted(total_ns);
    const at_ns = 4 * S;
    const after = zoomed(before, total_ns, 0.5, at_ns);
    expect(px_from_ns(after, 800, at_ns)).toBeCloseTo(px_from_ns(before, 800, at_ns), 6);
    expect(after.end_ns - after.start_ns).toBeCloseTo((before.end_ns - before.start_ns) / 2, 3);
  });

  it('never leaves the trace', () => {
    expect(zoomed(fitted(total_ns), total_ns, 50, S)).toEqual(fitted(total_ns));
    const close = aroundStretch(9 * S, 10 * S, total_ns);
    const end = panned(close, total_ns, 100 * S);
    expect(end.end_ns).toBeCloseTo(fitted(total_ns).end_ns, 3);
    expect(end.end_ns - end.start_ns).toBeCloseTo(close.end_ns - close.start_ns, 3);
    expect(panned(close, total_ns, -100 * S).start_ns).toBe(fitted(total_ns).start_ns);
  });

  it('stops before numbers lose their meaning', () => {
    let view = fitted(total_ns);
    for (let turn = 0; turn < 200; turn++) view = zoomed(view, total_ns, 0.5, 3 * S);
    expect(view.end_ns - view.start_ns).toBeCloseTo(50, 3);
    expect(view.start_ns).toBeLessThan(3 * S);
    expect(view.end_ns).toBeGreaterThan(3 * S);
  });

  it('survives a trace without time and nonsense', () => {
    expect(fitted(0).end_ns).toBeGreaterThan(fitted(0).start_ns);
    expect(clamped({ start_ns: NaN, end_ns: NaN }, total_ns)).toEqual(fitted(total_ns));
  });

  it('knows the whole trace when it sees it', () => {
    expect(isFitted(fitted(total_ns), total_ns)).toBe(true);
    expect(isFitted(zoomed(fitted(total_ns), total_ns, 0.9, 0), total_ns)).toBe(false);
  });

  it('brings a stretch into view only where it is not', () => {
    const view = { start_ns: 2 * S, end_ns: 4 * S };
    expect(withStretch(view, 3 * S, 9 * S, total_ns)).toBe(view);
    const moved = withStretch(view, 8 * S, 8.1 * S, total_ns);
    expect(moved.start_ns).toBeLessThan(8 * S);
    expect(moved.end_ns).toBeGreaterThan(8.1 * S);
    expect(moved.end_ns - moved.start_ns).toBeCloseTo(2 * S, 3);
  });
});

describe('ticks', () => {
  it.each([
    [1, 1],
    [3, 5],
    [70, 100],
    [180 * MS, 200 * MS],
    [0.7 * S, S],
    [6 * S, 10 * S],
    [11 * S, 15 * S],
    [40 * S, 60 * S],
    [4000 * S, 7200 * S],
    [100_000 * S, 2 * 86400 * S],
  ])('%d ns is rounded up to %d ns', (least_ns, step_ns) => {
    expect(roundStep_ns(least_ns)).toBeCloseTo(step_ns, 6);
  });

  it('stand at round times, with the unit that suits the view', () => {
    expect(ticksOf({ start_ns: 0, end_ns: 2.4 * S }, 600, 90).labels).toEqual([
      '0',
      '0.5 s',
      '1.0 s',
      '1.5 s',
      '2.0 s',
    ]);
    expect(ticksOf({ start_ns: 0, end_ns: 900 * MS }, 500, 90).labels).toEqual([
      '0',
      '200 ms',
      '400 ms',
      '600 ms',
      '800 ms',
    ]);
    expect(ticksOf({ start_ns: 60 * S, end_ns: 300 * S }, 400, 90).labels).toEqual([
      '1:00',
      '2:00',
      '3:00',
      '4:00',
      '5:00',
    ]);
    expect(ticksOf({ start_ns: 5 * S, end_ns: 5 * S + 4000 }, 400, 100).labels[1]).toBe('5.000001 s');
  });

  it('never stand closer than asked', () => {
    for (let end_ns = 100; end_ns < 1e15; end_ns *= 3.7) {
      const { at_ns, step_ns } = ticksOf({ start_ns: 0, end_ns }, 700, 90);
      expect((step_ns / end_ns) * 700).toBeGreaterThanOrEqual(89.9);
      expect(at_ns.length).toBeGreaterThan(0);
    }
  });

  it('are none without room', () => {
    expect(ticksOf({ start_ns: 0, end_ns: 10 }, 0, 90).at_ns).toEqual([]);
  });

  it('label clock times', () => {
    expect(timeLabel(3725 * S, 5 * S, 4000 * S)).toBe('1:02:05');
    expect(timeLabel(125.5 * S, 0.5 * S, 200 * S)).toBe('2:05.5');
  });
});
