import { formatDurationNs } from '../domain/format';
import { useClock } from './clock';

const TICK_MS = 100;

/** How long something has been running by now, in nanoseconds, and never less than is known of it. */
export function useRunningTime(since_unix_ms: number, least_ns = 0): number {
  return Math.max(least_ns, (useClock(TICK_MS) - since_unix_ms) * 1e6);
}

/** How long something has been running, ticking. */
export function RunningTime({ since_unix_ms, least_ns = 0 }: { since_unix_ms: number; least_ns?: number }) {
  return formatDurationNs(useRunningTime(since_unix_ms, least_ns));
}
