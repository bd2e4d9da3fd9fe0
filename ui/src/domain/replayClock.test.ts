import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import {
  advanced,
  alignedTime,
  AT_START,
  loopSet,
  movedTo,
  ownTime,
  playedAt,
  playedSteps,
  runTimeAt,
  speedStepped,
  steppedTo,
  stopsOf,
  toggledPlaying,
  type ReplayedRun,
} from './replayClock';
import { stepTreeFrom } from './stepTree';
import { foldsOf, NO_FOLDS } from './timeFolds';

const MS = 1e6;
const run = (text: string, folds = NO_FOLDS): ReplayedRun => ({ tree: stepTreeFrom(treeOf(text)), folds });

const QUICK = run(`
  run 0..50 agent
    a 0..10 tool
    b 10..20 tool
    c 20..50 tool
`);
const SLOW = run(`
  run 0..100 agent
    a 0..40 tool
    b 40..50 tool
    c 50..100 tool
`);
const SAME = { a: [0, 1, 2, 3], b: [0, 1, 2, 3] };

describe('two runs by their own time', () => {
  it('go on alike from a common start, and the shorter one stands still at its end', () => {
    const time = ownTime([QUICK, SLOW]);
    expect(time.total_ns).toBe(100 * MS);
    const at = (at_ms: number) => time.tracks.map((track) => runTimeAt(track, at_ms * MS) / MS);
    expect(at(0)).toEqual([0, 0]);
    expect(at(30)).toEqual([30, 30]);
    expect(at(80)).toEqual([50, 80]);
    expect(at(1000)).toEqual([50, 100]);
  });
});

describe('two runs by their aligned steps', () => {
  const time = alignedTime(QUICK, SLOW, SAME);
  const [a, b] = time.tracks;
  if (!a || !b) throw new Error('two runs have two tracks');
  const at = (at_ms: number) => [runTimeAt(a, at_ms * MS) / MS, runTimeAt(b, at_ms * MS) / MS];

  it('wait for each other at the start of each, and at the end', () => {
    expect(at(5)).toEqual([5, 5]);
    expect(at(25), 'A waits for B to come to b').toEqual([10, 25]);
    expect(at(40), 'both begin b').toEqual([10, 40]);
    expect(at(45)).toEqual([15, 45]);
    expect(at(70)).toEqual([40, 70]);
    expect(at(90), 'A has ended').toEqual([50, 90]);
    expect(time.total_ns).toBe(100 * MS);
  });

  it('end before they wait, and begin after it', () => {
    expect(playedAt(a, 10 * MS, true)).toBe(10 * MS);
    expect(playedAt(a, 10 * MS)).toBe(40 * MS);
    expect(playedAt(a, 15 * MS)).toBe(45 * MS);
    const steps = playedSteps(a, QUICK.tree);
    expect([...steps.start_ns].map((ns) => ns / MS)).toEqual([0, 0, 40, 50]);
    expect([...steps.end_ns].map((ns) => ns / MS)).toEqual([80, 10, 50, 80]);
  });

  it('pass over a step that would turn time back', () => {
    const turned = run(`
      run 0..100 agent
        c 0..40 tool
        a 40..50 tool
        b 50..100 tool
    `);
    const made = alignedTime(QUICK, turned, { a: [0, 1, 2, 3], b: [0, 2, 3, 1] });
    const [, other] = made.tracks;
    if (!other) throw new Error('two runs have two tracks');
    const begins = (row: number) => playedSteps(other, turned.tree).start_ns[row];
    expect(begins(2), 'a with a').toBe(40 * MS);
    expect(begins(3), 'b with b').toBe(50 * MS);
    expect([...other.run_ns], 'time never goes back').toEqual([...other.run_ns].sort((x, y) => x - y));
  });

  it('need no steps in common', () => {
    const apart = alignedTime(QUICK, SLOW, { a: [], b: [] });
    expect(apart.total_ns).toBe(100 * MS);
    const empty = run('');
    expect(alignedTime(empty, empty, { a: [], b: [] }).total_ns).toBe(0);
  });
});

it('idle time that is folded takes little of a replay', () => {
  const folds = foldsOf([[10 * MS, 1010 * MS]], 5 * MS);
  const time = ownTime([run('run 0..1020 agent', folds)]);
  const [track] = time.tracks;
  if (!track) throw new Error('a run has a track');
  expect(time.total_ns).toBe(25 * MS);
  expect(runTimeAt(track, 10 * MS)).toBe(10 * MS);
  expect(runTimeAt(track, 12.5 * MS)).toBe(510 * MS);
  expect(runTimeAt(track, 15 * MS)).toBe(1010 * MS);
});

it('moments at which something changes stand each once', () => {
  const time = ownTime([QUICK, SLOW]);
  const stops = stopsOf(
    time.tracks.map((track, index) => playedSteps(track, (index === 0 ? QUICK : SLOW).tree)),
  );
  expect([...stops].map((ns) => ns / MS)).toEqual([0, 10, 20, 40, 50, 100]);
});

describe('the playhead', () => {
  const TOTAL = 100 * MS;
  const playing = { ...AT_START, isPlaying: true };

  it('goes on as fast as it is told', () => {
    expect(advanced(playing, TOTAL, 30).at_ns).toBe(30 * MS);
    expect(advanced({ ...playing, speed: 0.1 }, TOTAL, 30).at_ns).toBe(3 * MS);
    expect(advanced({ ...AT_START, speed: 2 }, TOTAL, 30).at_ns, 'not while it pauses').toBe(0);
  });

  it('stops at the end, and plays from the start after that', () => {
    const ended = advanced(playing, TOTAL, 500);
    expect(ended).toMatchObject({ at_ns: TOTAL, isPlaying: false });
    expect(toggledPlaying(ended, TOTAL)).toMatchObject({ at_ns: 0, isPlaying: true });
    expect(toggledPlaying({ ...playing, at_ns: 7 }, TOTAL)).toMatchObject({ at_ns: 7, isPlaying: false });
  });

  it('goes round a loop exactly, however much time has passed', () => {
    const looped = { ...playing, at_ns: 20 * MS, loop: [20 * MS, 50 * MS] as const };
    expect(advanced(looped, TOTAL, 29).at_ns).toBe(49 * MS);
    expect(advanced(looped, TOTAL, 30).at_ns).toBe(20 * MS);
    expect(advanced(looped, TOTAL, 95)).toMatchObject({ at_ns: 25 * MS, isPlaying: true });
    expect(advanced({ ...looped, loop: [9, 9] as const, at_ns: 9 }, TOTAL, 5).at_ns, 'of no length').toBe(9);
  });

  it('steps from one moment to the next and back, and pauses there', () => {
    const stops = new Float64Array([0, 10, 20, 100].map((ms) => ms * MS));
    const from = (at_ms: number, direction: 1 | -1) =>
      steppedTo({ ...playing, at_ns: at_ms * MS }, TOTAL, stops, direction);
    expect(from(0, 1)).toMatchObject({ at_ns: 10 * MS, isPlaying: false });
    expect(from(10, 1).at_ns).toBe(20 * MS);
    expect(from(15, 1).at_ns).toBe(20 * MS);
    expect(from(15, -1).at_ns).toBe(10 * MS);
    expect(from(10, -1).at_ns).toBe(0);
    expect(from(0, -1).at_ns).toBe(0);
    expect(from(100, 1).at_ns).toBe(TOTAL);
  });

  it('stays inside what is played', () => {
    expect(movedTo(playing, TOTAL, -5).at_ns).toBe(0);
    expect(movedTo(playing, TOTAL, 1e12).at_ns).toBe(TOTAL);
  });

  it('takes the ends of a loop, and keeps them in order', () => {
    const begun = loopSet(playing, TOTAL, 'from', 30 * MS);
    expect(begun.loop).toEqual([30 * MS, TOTAL]);
    expect(loopSet(begun, TOTAL, 'to', 60 * MS).loop).toEqual([30 * MS, 60 * MS]);
    expect(loopSet(begun, TOTAL, 'to', 10 * MS).loop).toEqual([0, 10 * MS]);
  });

  it('goes faster and slower within bounds', () => {
    expect([speedStepped(1, 1), speedStepped(1, -1), speedStepped(50, 1), speedStepped(0.1, -1)]).toEqual([
      2, 0.5, 50, 0.1,
    ]);
  });
});
