// Live notices make the cache ask again for what they touch. While it is asking, further notices are merged, so that
// a fast feed neither starves an answer nor queues up questions.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useBackend, type BackendError } from '../backend';
import type { Notice } from '../backend/bindings';
import { key } from './keys';

const PAUSE_MS = 150;

/** Two notices as one. */
export function mergedNotice(a: Notice | null, b: Notice): Notice {
  if (!a) return b;
  const many_traces = a.many_traces || b.many_traces;
  return {
    revision: Math.max(a.revision, b.revision),
    traces: many_traces ? [] : [...new Set([...a.traces, ...b.traces])],
    many_traces,
    imports: a.imports || b.imports,
  };
}

/** Marks as stale what a notice touches, and waits until what is on screen has been asked for again. */
export async function applyNotice(cache: QueryClient, notice: Notice): Promise<void> {
  const stale: (readonly unknown[])[] = [];
  if (notice.imports) stale.push(key('import_list'), key('problem_list'));
  if (notice.many_traces || notice.traces.length > 0) stale.push(key('trace_list'));
  const perTrace = ['trace_get', 'span_tree', 'step_get'] as const;
  if (notice.many_traces) stale.push(...perTrace.map((name) => key(name)));
  else stale.push(...notice.traces.flatMap((traceId) => perTrace.map((name) => key(name, traceId))));
  await Promise.all(stale.map((queryKey) => cache.invalidateQueries({ queryKey })));
}

/** Why there are no live notices, and how to ask for them again. */
export interface LiveLoss {
  error: BackendError;
  retry: () => void;
}

const ANYTHING: Notice = { revision: 0, traces: [], many_traces: true, imports: true };

/** Keeps the cache up to date for as long as it is mounted. Gives why it cannot; `null` while it can. */
export function useLiveNotices(): LiveLoss | null {
  const backend = useBackend();
  const cache = useQueryClient();
  const [error, setError] = useState<BackendError | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let waiting: Notice | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let stopped = false;
    const work = () => {
      const notice = waiting;
      waiting = null;
      if (!notice || stopped) {
        timer = null;
        return;
      }
      void applyNotice(cache, notice).finally(() => {
        timer = setTimeout(work, PAUSE_MS);
      });
    };
    const take = (notice: Notice) => {
      waiting = mergedNotice(waiting, notice);
      timer ??= setTimeout(work, 0);
    };
    const unsubscribe = backend.subscribe(take, (lost) => {
      setError(lost);
      // What happened until now was not told.
      if (lost === null && attempt > 0) take(ANYTHING);
    });
    return () => {
      stopped = true;
      unsubscribe();
      if (timer !== null) clearTimeout(timer);
    };
  }, [backend, cache, attempt]);
  if (error === null) return null;
  return {
    error,
    retry() {
      setAttempt(attempt + 1);
    },
  };
}
