import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import { pointerLabel, ticksFor } from './stepScale';
import { stepTreeFrom } from './stepTree';
import {
  foldAt,
  foldLength_ns,
  folded_from_ns,
  foldsOf,
  quietFolds,
  NO_FOLDS,
  ns_from_folded,
  type TimeFolds,
} from './timeFolds';
import { fitted } from './timeScale';
import { nsOfDay, timeOfDayLabel } from './timeOfDay';

const MS = 1e6;
const S = 1e9;
const idleOf = (text: string, isLive = false) => quietFolds(stepTreeFrom(treeOf(text), isLive));
const stretches = (folds: TimeFolds) =>
  [...folds.start_ns].map((start_ns, index) => [start_ns / MS, (folds.end_ns[index] ?? 0) / MS]);

describe('folded time', () => {
  const folds = foldsOf(
    [
      [100, 1100],
      [1200, 1300],
      [1300, 5300],
    ],
    50,
  );

  it.each([
    [-40, -40],
    [0, 0],
    [100, 100],
    [600, 125],
    [1100, 150],
    [1150, 200],
    [1200, 250],
    [1300, 300],
    [3300, 325],
    [5300, 350],
    [9000, 4050],
  ])('%d ns stands at %d, and back', (time_ns, folded_ns) => {
    expect(folded_from_ns(folds, time_ns)).toBeCloseTo(folded_ns, 9);
    expect(ns_from_folded(folds, folded_ns)).toBeCloseTo(time_ns, 9);
  });

  it('keeps the order of all times, and loses none', () => {
    let last_ns = -Infinity;
    for (let time_ns = -100; time_ns < 6000; time_ns += 7) {
      const folded_ns = folded_from_ns(folds, time_ns);
      expect(folded_ns).toBeGreaterThan(last_ns);
      expect(ns_from_folded(folds, folded_ns)).toBeCloseTo(time_ns, 6);
      last_ns = folded_ns;
    }
  });

  it('knows which fold is where', () => {
    expect([99, 120, 160, 260, 310, 360].map((place_ns) => foldAt(folds, place_ns))).toEqual([
      -1, 0, -1, 1, 2, -1,
    ]);
    expect(foldLength_ns(folds, 2)).toBe(4000);
  });

  it('is time where nothing is folded', () => {
    expect(folded_from_ns(NO_FOLDS, 123.5)).toBe(123.5);
    expect(ns_from_folded(NO_FOLDS, -7)).toBe(-7);
  });
});

describe('quiet time', () => {
  it('is where no call runs, and no step without steps below it', () => {
    const folds = idleOf(`
      run 0..20000 agent
        plan 0..1000 llm
        team 1000..19000 agent
          call 1200..2000 tool
          call 1500..3000 tool
          answer 15000..19000 llm
    `);
    expect(stretches(folds)).toEqual([
      [3000, 15_000],
      [19_000, 20_000],
    ]);
  });

  it('is not where a tool or a model is at work above what it calls', () => {
    expect(
      stretches(
        idleOf(`
          run 0..20000 agent
            level 0..9000 tool
              level 500..9000 tool
                leaf 8000..9000 tool
            ask 15000..20000 llm
              call 19000..20000 tool
        `),
      ),
    ).toEqual([[9000, 15_000]]);
  });

  it('is only folded where it is long, and long for the trace', () => {
    expect(stretches(idleOf('a 0..50 llm\nb 100..150 llm'))).toEqual([]);
    expect(stretches(idleOf('a 0..10000 llm\nb 10300..20000 llm'))).toEqual([]);
    expect(stretches(idleOf('a 0..10000 llm\nb 11300..20000 llm'))).toEqual([[10_000, 11_300]]);
  });

  it('always gets smaller, however much of the trace it is', () => {
    for (const text of [
      'a 0..1 llm\nb 900000..900001 llm',
      'a 0..0 llm\nb 500..500 llm\nc 1000..1000 llm',
      'a 0..1000 llm\nb 1110..1500 llm',
      Array.from({ length: 20 }, (_, at) => `s${at} ${at * 1000}..${at * 1000 + 5} tool`).join('\n'),
    ]) {
      const tree = stepTreeFrom(treeOf(text));
      const folds = quietFolds(tree);
      expect(folds.start_ns.length).toBeGreaterThan(0);
      expect(folds.width_ns).toBeGreaterThan(0);
      expect(folded_from_ns(folds, tree.total_ns)).toBeLessThan(tree.total_ns);
    }
  });

  it('ends where something goes on, and has no end of its own while a trace does', () => {
    const RUN = 'run 0.. agent\n  call 0..1000 tool\n  call 9000..10000 tool\n  mark 20000..20000 tool';
    expect(stretches(idleOf(RUN, true))).toEqual([
      [1000, 9000],
      [10_000, 20_000],
    ]);
    expect(stretches(idleOf('run 0..30000 agent\n  call 500.. llm\n  call 29000..30000 tool', true))).toEqual(
      [],
    );
  });

  it('is not known of a trace without times', () => {
    const tree = { ...treeOf('a 0..1 llm\nb 5000..6000 llm'), clock: 'order_only' as const };
    expect(quietFolds(stepTreeFrom(tree))).toBe(NO_FOLDS);
  });
});

describe('the axis over folds', () => {
  const folds = foldsOf([[10 * S, 310 * S]], 2 * S);
  const scale = { clock: 'measured' as const, total_ns: 320 * S, folds };
  const view = fitted(folded_from_ns(folds, 320 * S));

  it('has ticks at round times on both sides, and none inside', () => {
    const { at_ns, labels } = ticksFor(scale, view, 900, 84);
    expect(labels).toEqual(
      ['0:00', '0:05', '0:10', '5:15', '5:20'].map((each) => (each === '0:00' ? '0' : each)),
    );
    for (const place_ns of at_ns) expect(foldAt(folds, place_ns)).toBe(-1);
  });

  it('says how long is quiet under the pointer', () => {
    expect(pointerLabel(scale, 11 * S, S, 320 * S)).toBe('5 min quiet');
    expect(pointerLabel(scale, 13 * S, S, 320 * S)).toBe('5:11');
  });

  it('can tell the time of day, at round times of it', () => {
    const start_unix_ms = new Date(2026, 10, 23, 14, 5, 9, 250).getTime();
    const { labels, at_ns } = ticksFor({ ...scale, start_unix_ms }, view, 900, 84);
    expect(labels[0]).toBe('14:05:10');
    expect(at_ns[0]).toBeCloseTo(0.75 * S, 0);
    expect(labels.at(-1)).toBe('14:10:25');
    expect(pointerLabel({ ...scale, start_unix_ms }, 0.5 * S, 10 * MS, S)).toBe('14:05:09.75');
  });
});

describe('times of day', () => {
  const start_unix_ms = new Date(2026, 10, 23, 23, 59, 59, 999).getTime();

  it.each([
    [-2 * S, 60 * S, '23:59'],
    [0, S, '00:00:00'],
    [0, MS, '23:59:59.999'],
    [999_700, MS, '00:00:00.000'],
    [1_500_000, 1e5, '00:00:00.0005'],
    [3599 * S, 60 * S, '00:59'],
    [MS, 3600 * S, 'Nov 24'],
  ])('%d ns later, to %d ns', (time_ns, step_ns, label) => {
    expect(timeOfDayLabel(start_unix_ms, time_ns, step_ns)).toBe(label);
  });

  it('begin at midnight', () => {
    expect(nsOfDay(start_unix_ms)).toBe(86_399_999 * MS);
    expect(nsOfDay(start_unix_ms + 1)).toBe(0);
  });
});
