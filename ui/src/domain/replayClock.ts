// The clock of a replay: time that is played, how it runs on, and where each run is at any moment of it. Pure: whoever shows
// it says how much time has passed.
//
//   played   0 ──────┬────────────┬─────── total_ns       one axis for all runs that are replayed
//   run A    0 ──────┬───┬=waits==┬───────                 piecewise linear: it goes on, or waits for the other
//   run B    0 ──────┬────────────┬───────
//
// A run is played in its folded time, so that idle time takes little of it where that is folded.
import { at, countBelow } from './columns';
import type { StepTree } from './stepTree';
import { folded_from_ns, ns_from_folded, type TimeFolds } from './timeFolds';

/** What the runs keep time by: their aligned steps, waiting for each other, or each by itself from a common start. */
export const REPLAY_CLOCKS = ['aligned', 'own'] as const;
export type ReplayClock = (typeof REPLAY_CLOCKS)[number];

/** One run on the axis of what is played. */
export interface ReplayTrack {
  readonly folds: TimeFolds;
  /** Where the run goes on or begins to wait, in played time; ascending, from 0 on. */
  readonly played_ns: Float64Array;
  /** Where the run is there, in its folded time; never less than before. */
  readonly run_ns: Float64Array;
}

export interface ReplayTime {
  readonly total_ns: number;
  readonly tracks: readonly ReplayTrack[];
}

/** A run to be replayed. */
export interface ReplayedRun {
  tree: StepTree;
  folds: TimeFolds;
}

/** Each run by its own time, from a common start. */
export function ownTime(runs: readonly ReplayedRun[]): ReplayTime {
  const ends_ns = runs.map(end_ns);
  return {
    total_ns: Math.max(0, ...ends_ns),
    tracks: runs.map(({ folds }, index) => {
      const played_ns = new Float64Array([0, at(ends_ns, index)]);
      return { folds, played_ns, run_ns: played_ns };
    }),
  };
}

/**
 * Two runs by their aligned steps: both begin such a step at the same moment, the one that is there first having waited.
 * `starts` are rows of A and of B that are the same step. Those that would turn time back are passed over: of them, as
 * many are kept as go together.
 */
export function alignedTime(
  a: ReplayedRun,
  b: ReplayedRun,
  starts: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
): ReplayTime {
  const played_ns = [0];
  const run_ns: readonly [number[], number[]] = [[0], [0]];
  let [now_ns, a_ns, b_ns] = [0, 0, 0];
  const meet = (nextA_ns: number, nextB_ns: number) => {
    const [goesA_ns, goesB_ns] = [nextA_ns - a_ns, nextB_ns - b_ns];
    const [shorter_ns, longer_ns] = [Math.min(goesA_ns, goesB_ns), Math.max(goesA_ns, goesB_ns)];
    if (shorter_ns < longer_ns) {
      // The one with less to do is there, and waits.
      played_ns.push(now_ns + shorter_ns);
      run_ns[0].push(a_ns + shorter_ns);
      run_ns[1].push(b_ns + shorter_ns);
    }
    now_ns += longer_ns;
    [a_ns, b_ns] = [nextA_ns, nextB_ns];
    played_ns.push(now_ns);
    run_ns[0].push(a_ns);
    run_ns[1].push(b_ns);
  };
  for (const [startA_ns, startB_ns] of meetings(a, b, starts)) meet(startA_ns, startB_ns);
  meet(Math.max(a_ns, end_ns(a)), Math.max(b_ns, end_ns(b)));
  const played = new Float64Array(played_ns);
  return {
    total_ns: now_ns,
    tracks: [
      { folds: a.folds, played_ns: played, run_ns: new Float64Array(run_ns[0]) },
      { folds: b.folds, played_ns: played, run_ns: new Float64Array(run_ns[1]) },
    ],
  };
}

/** The folded starts of the same steps in both runs, neither going back: the longest such row of them. */
function meetings(
  a: ReplayedRun,
  b: ReplayedRun,
  starts: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
): [number, number][] {
  const start_ns = ({ tree, folds }: ReplayedRun, row: number) =>
    Math.max(0, folded_from_ns(folds, at(tree.start_ns, row)));
  const all: [number, number][] = [];
  for (let index = 0; index < starts.a.length; index++) {
    all.push([start_ns(a, at(starts.a, index)), start_ns(b, at(starts.b, index))]);
  }
  all.sort((first, second) => first[0] - second[0] || first[1] - second[1]);
  // The longest row that never goes back, by patience sorting: `tails[n]` ends the row of n + 1 that ends earliest.
  const tails: number[] = [];
  const before = new Int32Array(all.length);
  const startOf = (index: number) => all[index]?.[1] ?? 0;
  for (let index = 0; index < all.length; index++) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (startOf(tails[middle] ?? 0) <= startOf(index)) low = middle + 1;
      else high = middle;
    }
    before[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const row: [number, number][] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const meeting = all[index];
    if (meeting) row.push(meeting);
  }
  return row.reverse();
}

function end_ns({ tree, folds }: ReplayedRun): number {
  return Math.max(0, folded_from_ns(folds, tree.total_ns));
}

/** The time of a run at a moment of what is played. */
export function runTimeAt({ folds, played_ns, run_ns }: ReplayTrack, at_ns: number): number {
  const last = played_ns.length - 1;
  if (at_ns >= at(played_ns, last)) return ns_from_folded(folds, at(run_ns, last));
  return ns_from_folded(folds, between(played_ns, run_ns, at_ns));
}

/**
 * The moment at which a run is at a time of its own. Where it waits there, `arrives` is when it begins to, else when it goes on:
 * what ends there ends before the wait, and what begins there begins after it.
 */
export function playedAt(
  { folds, played_ns, run_ns }: ReplayTrack,
  time_ns: number,
  arrives = false,
): number {
  const run = folded_from_ns(folds, time_ns);
  const last = run_ns.length - 1;
  if (run >= at(run_ns, last) && !arrives) return at(played_ns, last);
  const index = countBelow(run_ns, run);
  if (index > last) return at(played_ns, last);
  if (at(run_ns, index) !== run) return between(run_ns, played_ns, run);
  let reached = index;
  while (!arrives && reached < last && at(run_ns, reached + 1) === run) reached++;
  return at(played_ns, reached);
}

/** Times of a run that are no further apart are one: they were folded and unfolded on the way. */
const NEAR_NS = 1;

/**
 * From when to when a run is at a time of its own: no longer than `NEAR_NS` to both sides where it goes on, all the while where
 * it waits; where that is its end, up to the end of what is played.
 */
export function stayAt(
  { folds, played_ns, run_ns }: ReplayTrack,
  time_ns: number,
  total_ns: number,
): readonly [from_ns: number, to_ns: number] {
  const run = folded_from_ns(folds, time_ns);
  const last = run_ns.length - 1;
  const end_ns = at(run_ns, last);
  const from_ns = run - NEAR_NS <= 0 ? 0 : between(run_ns, played_ns, Math.min(run - NEAR_NS, end_ns));
  return [from_ns, run + NEAR_NS >= end_ns ? total_ns : between(run_ns, played_ns, run + NEAR_NS)];
}

/** The value of `to` where `from`, which ascends, is `value`. */
function between(from: Float64Array, to: Float64Array, value: number): number {
  const index = Math.max(1, countBelow(from, value));
  const [low, high] = [at(from, index - 1), at(from, index)];
  const share = high > low ? (value - low) / (high - low) : 1;
  return at(to, index - 1) + Math.min(Math.max(share, 0), 1) * (at(to, index) - at(to, index - 1));
}

/** The steps of a run in played time, by row. */
export interface PlayedSteps {
  readonly tree: StepTree;
  readonly start_ns: Float64Array;
  readonly end_ns: Float64Array;
}

export function playedSteps(track: ReplayTrack, tree: StepTree): PlayedSteps {
  const start_ns = new Float64Array(tree.count);
  const end_ns = new Float64Array(tree.count);
  for (let row = 0; row < tree.count; row++) {
    const begun_ns = playedAt(track, at(tree.start_ns, row));
    start_ns[row] = begun_ns;
    // What takes no time where the run waits ends as it begins.
    end_ns[row] = Math.max(begun_ns, playedAt(track, at(tree.end_ns, row), true));
  }
  return { tree, start_ns, end_ns };
}

/** Moments at which a step of any of the runs begins or ends, ascending, each once. */
export function stopsOf(runs: readonly PlayedSteps[]): Float64Array {
  const moments = new Float64Array(runs.reduce((sum, { tree }) => sum + 2 * tree.count, 0));
  let next = 0;
  for (const { start_ns, end_ns } of runs) {
    moments.set(start_ns, next);
    moments.set(end_ns, next + start_ns.length);
    next += start_ns.length + end_ns.length;
  }
  moments.sort();
  let kept = 0;
  for (const moment of moments) {
    if (kept === 0 || moment > at(moments, kept - 1)) moments[kept++] = moment;
  }
  return moments.slice(0, kept);
}

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50] as const;

/** Where a replay is, and how it goes on. */
export interface Playing {
  /** The playhead, in played time. */
  readonly at_ns: number;
  readonly isPlaying: boolean;
  /** Played seconds a second. */
  readonly speed: number;
  /** The part that is played over and over; `null` for all, once. */
  readonly loop: readonly [from_ns: number, to_ns: number] | null;
}

/** Whether anything is replayed: not before it is begun, so that all can be read at rest. */
export function isUnderWay({ at_ns, isPlaying }: Playing): boolean {
  return isPlaying || at_ns > 0;
}

export const AT_START: Playing = { at_ns: 0, isPlaying: false, speed: 1, loop: null };

/** The replay after so much time has passed. At its end it stops; at the end of a loop it begins that again. */
export function advanced(playing: Playing, total_ns: number, passed_ms: number): Playing {
  if (!playing.isPlaying) return playing;
  const { loop, speed } = playing;
  const next_ns = playing.at_ns + passed_ms * 1e6 * speed;
  if (loop && playing.at_ns <= loop[1]) {
    const [from_ns, to_ns] = loop;
    const length_ns = to_ns - from_ns;
    if (next_ns < to_ns) return { ...playing, at_ns: next_ns };
    return { ...playing, at_ns: length_ns > 0 ? from_ns + ((next_ns - from_ns) % length_ns) : from_ns };
  }
  if (next_ns < total_ns) return { ...playing, at_ns: next_ns };
  return { ...playing, at_ns: total_ns, isPlaying: false };
}

/** Plays on, from the start where the end is reached; or pauses. */
export function toggledPlaying(playing: Playing, total_ns: number): Playing {
  if (playing.isPlaying) return { ...playing, isPlaying: false };
  const isAtEnd = playing.at_ns >= total_ns;
  return { ...playing, isPlaying: true, at_ns: isAtEnd ? (playing.loop?.[0] ?? 0) : playing.at_ns };
}

/** The playhead at a moment; it pauses only where it is told to. */
export function movedTo(playing: Playing, total_ns: number, at_ns: number): Playing {
  return { ...playing, at_ns: Math.min(Math.max(at_ns, 0), total_ns) };
}

/** The playhead at the next moment of `stops`, or the one before; paused. */
export function steppedTo(
  playing: Playing,
  total_ns: number,
  stops: Float64Array,
  direction: 1 | -1,
): Playing {
  const below = countBelow(stops, playing.at_ns);
  const index = direction < 0 ? below - 1 : (stops[below] ?? Infinity) > playing.at_ns ? below : below + 1;
  const stop_ns = stops[index] ?? (direction < 0 ? 0 : total_ns);
  return { ...movedTo(playing, total_ns, stop_ns), isPlaying: false };
}

/** The next speed of `SPEEDS`, faster or slower. */
export function speedStepped(speed: number, direction: 1 | -1): number {
  const index = SPEEDS.findIndex((each) => each >= speed);
  const from = index < 0 ? SPEEDS.length - 1 : index;
  return SPEEDS[Math.min(Math.max(from + direction, 0), SPEEDS.length - 1)] ?? 1;
}

/** A loop with one of its ends at a moment; an end that would lie on the wrong side of the other moves to the edge. */
export function loopSet(playing: Playing, total_ns: number, edge: 'from' | 'to', at_ns: number): Playing {
  const [from_ns, to_ns] = playing.loop ?? [0, total_ns];
  if (edge === 'from') return { ...playing, loop: [at_ns, to_ns > at_ns ? to_ns : total_ns] };
  return { ...playing, loop: [from_ns < at_ns ? from_ns : 0, at_ns] };
}
