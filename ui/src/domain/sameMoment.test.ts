import { describe, expect, it } from 'vitest';
import { treeOf } from '../test/treeFixture';
import {
  alignedTime,
  ownTime,
  playedSteps,
  runTimeAt,
  stopsOf,
  type ReplayedRun,
  type ReplayTime,
} from './replayClock';
import { sameMoment, type PlayedRuns } from './sameMoment';
import { stepTreeFrom } from './stepTree';
import { NO_FOLDS, quietFolds } from './timeFolds';

const MS = 1e6;
const run = (text: string): ReplayedRun => ({ tree: stepTreeFrom(treeOf(text)), folds: NO_FOLDS });
const skipping = ({ tree }: ReplayedRun): ReplayedRun => ({ tree, folds: quietFolds(tree) });

// B fails twice, with long pauses, while A waits; then both buy.
const A = run(`
  run 0..1300 agent
    plan 0..100 tool
    search 100..300 tool
    buy 1100..1300 tool
`);
const B = run(`
  run 0..9300 agent
    plan 0..100 tool
    search 100..300 tool error
    search 4000..4300 tool error
    search 8000..8300 tool
    buy 9000..9300 tool
`);
const PAIRS = { a: [0, 1, 2, 3], b: [0, 1, 2, 5] };

function played(time: ReplayTime, runs: ReplayedRun[]): PlayedRuns {
  const steps = runs.flatMap(({ tree }, index) => {
    const track = time.tracks[index];
    return track ? [playedSteps(track, tree)] : [];
  });
  return { time, steps, stops: stopsOf(steps) };
}
const aligned = (a: ReplayedRun, b: ReplayedRun) => played(alignedTime(a, b, PAIRS), [a, b]);
const own = (a: ReplayedRun, b: ReplayedRun) => played(ownTime([a, b]), [a, b]);
/** Where both runs are, in whole milliseconds of their own. */
const stand = ({ time }: PlayedRuns, at_ns: number) =>
  time.tracks.map((track) => Math.round(runTimeAt(track, at_ns) / MS));
/** How many steps of a run are done. */
const done = ({ steps }: PlayedRuns, index: number, at_ns: number) =>
  [...(steps[index]?.end_ns ?? [])].filter((end_ns) => end_ns <= at_ns).length;

describe('the same moment under another clock', () => {
  const idle = aligned(A, B);
  const folded = aligned(skipping(A), skipping(B));

  it('has both runs where they were, though one of them waits', () => {
    for (const moment_ms of [0, 50, 100, 250, 300, 2500, 4000, 4300, 8300, 9000, 9100, 9300]) {
      const moved_ns = sameMoment(idle, folded, moment_ms * MS);
      expect(stand(folded, moved_ns)[1], `B at ${moment_ms} ms`).toBe(stand(idle, moment_ms * MS)[1]);
      const back_ns = sameMoment(folded, idle, moved_ns);
      expect(stand(idle, back_ns)[1], `and back`).toBe(stand(idle, moment_ms * MS)[1]);
    }
  });

  it('keeps the ends of a loop at the same steps', () => {
    // Of B: from where its last search begins to where it ends.
    const loop = [8000 * MS, 8300 * MS].map((edge_ns) => sameMoment(idle, folded, edge_ns));
    expect(loop.map((edge_ns) => stand(folded, edge_ns)[1])).toEqual([8000, 8300]);
    expect(
      loop.map((edge_ns) => folded.stops.includes(edge_ns)),
      'they are still stops',
    ).toEqual([true, true]);
  });

  it('leaves done what was done, though one of them has ended', () => {
    const apart = own(A, B);
    const skipped = own(skipping(A), skipping(B));
    // A has ended long ago, two searches of B have failed.
    const moment_ns = 5000 * MS;
    expect([done(apart, 0, moment_ns), done(apart, 1, moment_ns)]).toEqual([4, 3]);
    const moved_ns = sameMoment(apart, skipped, moment_ns);
    expect([done(skipped, 0, moved_ns), done(skipped, 1, moved_ns)]).toEqual([4, 3]);
  });

  it('is where the run that was under way is, where both cannot be', () => {
    const apart = own(A, B);
    // A waits for B to buy; by its own time it was there long before.
    const moved_ns = sameMoment(idle, apart, 4100 * MS);
    expect(stand(apart, moved_ns)[1]).toBe(4100);
  });

  it('is the end at the end, and the start at the start', () => {
    for (const now of [folded, own(A, B), own(skipping(A), skipping(B))]) {
      expect(sameMoment(idle, now, idle.time.total_ns)).toBe(now.time.total_ns);
      expect(sameMoment(idle, now, 0)).toBe(0);
    }
  });
});
