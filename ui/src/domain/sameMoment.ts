// The same moment of a replay under another clock: each run stands where it stood, as far as that clock has such a moment.
import { at, countBelow } from './columns';
import { runTimeAt, stayAt, type PlayedSteps, type ReplayTime } from './replayClock';

/** Runs as they are played by one clock. */
export interface PlayedRuns {
  readonly time: ReplayTime;
  readonly steps: readonly PlayedSteps[];
  /** Where steps begin or end, ascending. */
  readonly stops: Float64Array;
}

/** So close, two moments are one: times were folded and unfolded on the way. */
const NEAR_NS = 2;

/**
 * The moment of `now` at which the runs stand where they stood at `at_ns` of `before`. Where `now` never has them so, the run
 * leads whose step began or ended just then, else the one that was under way while the other waited, else the one that comes
 * there last: what was done stays done.
 */
export function sameMoment(before: PlayedRuns, now: PlayedRuns, at_ns: number): number {
  if (at_ns <= 0) return 0;
  const total_ns = now.time.total_ns;
  const runs = now.time.tracks.flatMap((track, index) => {
    const old = before.time.tracks[index];
    if (!old) return [];
    const time_ns = runTimeAt(old, at_ns);
    const [from_ns, to_ns] = stayAt(track, time_ns, total_ns);
    const [oldFrom_ns, oldTo_ns] = stayAt(old, time_ns, before.time.total_ns);
    const isAtStop = hasStop(before.steps[index], at_ns);
    return [{ from_ns, to_ns, isAtStop, isUnderWay: oldTo_ns - oldFrom_ns <= 2 * NEAR_NS }];
  });
  const latest_ns = Math.max(0, ...runs.map(({ from_ns }) => from_ns));
  const earliestEnd_ns = Math.min(total_ns, ...runs.map(({ to_ns }) => to_ns));
  const isAtEnd = at_ns >= before.time.total_ns && earliestEnd_ns >= total_ns;
  if (isAtEnd) return total_ns;
  if (latest_ns <= earliestEnd_ns)
    return atStop(now.stops, (latest_ns + Math.min(earliestEnd_ns, latest_ns + NEAR_NS)) / 2);
  const [leads] = [runs.filter(({ isAtStop }) => isAtStop), runs.filter(({ isUnderWay }) => isUnderWay)]
    .filter(({ length }) => length === 1)
    .flat();
  // A run that waits there is taken at that end of its wait that is nearer to the other.
  const led_ns = leads ? Math.min(Math.max(latest_ns, leads.from_ns), leads.to_ns) : latest_ns;
  return atStop(now.stops, led_ns);
}

function hasStop(run: PlayedSteps | undefined, at_ns: number): boolean {
  const isNear = (moment_ns: number) => Math.abs(moment_ns - at_ns) <= NEAR_NS;
  return run !== undefined && (run.start_ns.some(isNear) || run.end_ns.some(isNear));
}

/** The stop that a moment is at, else the moment: a step that began just then has begun. */
function atStop(stops: Float64Array, moment_ns: number): number {
  const next_ns = at(stops, countBelow(stops, moment_ns - NEAR_NS));
  return Math.abs(next_ns - moment_ns) <= NEAR_NS ? next_ns : moment_ns;
}
