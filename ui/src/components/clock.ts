// The present time for what ticks on screen. All who tick at one pace do so together, from one timer, so that figures beside
// one another change at once.
import { useSyncExternalStore } from 'react';

interface Pace {
  now_ms: number;
  listeners: Set<() => void>;
  timer: ReturnType<typeof setInterval> | null;
}

/** Readings so close together are one, while nobody ticks. */
const SAME_MS = 50;

const paces = new Map<number, Pace>();

function paceOf(every_ms: number): Pace {
  let pace = paces.get(every_ms);
  if (!pace) {
    pace = { now_ms: Date.now(), listeners: new Set(), timer: null };
    paces.set(every_ms, pace);
  }
  return pace;
}

function listen(every_ms: number, listener: () => void): () => void {
  const pace = paceOf(every_ms);
  pace.listeners.add(listener);
  pace.timer ??= setInterval(() => {
    pace.now_ms = Date.now();
    for (const each of pace.listeners) each();
  }, every_ms);
  return () => {
    pace.listeners.delete(listener);
    if (pace.listeners.size > 0 || pace.timer === null) return;
    clearInterval(pace.timer);
    pace.timer = null;
  };
}

function read(every_ms: number): number {
  const pace = paceOf(every_ms);
  // A pace at which nobody ticked has stood still. It may not differ between two readings for one drawing.
  if (pace.timer === null && Date.now() - pace.now_ms >= SAME_MS) pace.now_ms = Date.now();
  return pace.now_ms;
}

const NOTHING = () => undefined;

/** The present time, told anew every so often; with `null` 0, for nothing ticks. */
export function useClock(every_ms: number | null): number {
  return useSyncExternalStore(
    (listener) => (every_ms === null ? NOTHING : listen(every_ms, listener)),
    () => (every_ms === null ? 0 : read(every_ms)),
  );
}
