// Followed runs that failed or drag on, and that the person has not looked at yet: as told since the page was opened, and as
// the rows of the list say.
import { create } from 'zustand';
import type { RunAlert, TraceSummary } from '../backend/bindings';

interface Alerts {
  /** Traces not looked at yet. */
  unseen: ReadonlySet<number>;
  /** Told of on screen, the latest first, until dismissed. */
  told: readonly RunAlert[];
}

/** Further ones are only marked in the list. */
const MOST_TOLD = 50;

export const useAlerts = create<Alerts>(() => ({ unseen: new Set(), told: [] }));

/** Takes note of alerts. `openId` is the trace that the person is looking at, who need not be told of it. */
export function tellAlerts(alerts: readonly RunAlert[], openId: number | null): void {
  const news = alerts.filter(({ trace_id }) => trace_id !== openId);
  if (news.length === 0) return;
  useAlerts.setState(({ unseen, told }) => {
    const ids = new Set(news.map(({ trace_id }) => trace_id));
    const others = told.filter(({ trace_id }) => !ids.has(trace_id));
    return {
      unseen: new Set([...unseen, ...ids]),
      told: [...news].reverse().concat(others).slice(0, MOST_TOLD),
    };
  });
}

/** Corrects what is known by rows of the list. */
export function noteMarks(rows: readonly Pick<TraceSummary, 'trace_id' | 'alert'>[]): void {
  const { unseen } = useAlerts.getState();
  const next = new Set(unseen);
  for (const { trace_id, alert } of rows) {
    if (alert === null) next.delete(trace_id);
    else next.add(trace_id);
  }
  if (next.size !== unseen.size || [...next].some((id) => !unseen.has(id)))
    useAlerts.setState({ unseen: next });
}

/** The person has looked: at one trace, or (`null`) at all. */
export function forgetAlerts(traceId: number | null): void {
  useAlerts.setState(({ unseen, told }) => ({
    unseen: new Set(traceId === null ? [] : [...unseen].filter((id) => id !== traceId)),
    told: traceId === null ? [] : told.filter(({ trace_id }) => trace_id !== traceId),
  }));
}

/** Takes what was told off the screen; the marks in the list stay. */
export function dismissAlerts(): void {
  useAlerts.setState({ told: [] });
}
