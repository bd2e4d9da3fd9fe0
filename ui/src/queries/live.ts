// Live notices make the cache ask again for what they touch. Every answer on screen is asked for at its own pace: one
// question at a time, and after each a rest as long as it took, so that a fast feed neither starves an answer nor queues up
// questions, and a large trace that takes long holds up no other.
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ANYTHING, useBackend, type BackendError, type CommandName } from '../backend';
import type { Notice, RunAlert } from '../backend/bindings';

/** The least rest between two questions for one answer. */
const LEAST_REST_MS = 40;

const OF_TRACES: readonly CommandName[] = [
  'trace_list',
  'monitor',
  'overview',
  'insights',
  'retry_report',
  'trace_snippets',
  'index_state',
  'tag_list',
  'deletion_list',
  'compare_candidates',
];
const OF_ONE_TRACE: readonly CommandName[] = [
  'trace_get',
  'span_tree',
  'step_get',
  'run_time',
  'step_marks',
  'trace_shape',
  'clock_skew',
  'trace_hits',
  'trace_find',
  'conversation_outline',
  'run_conversation',
];
/** Answers about several traces, whose ids stand in their names. */
const OF_SEVERAL_TRACES: readonly CommandName[] = ['compare', 'compare_step', 'run_matrix'];
const OF_SEARCH: readonly CommandName[] = [
  'trace_list',
  'overview',
  'insights',
  'retry_report',
  'trace_snippets',
  'index_state',
];
const OF_IMPORTS: readonly CommandName[] = ['import_list', 'problem_list'];
const OF_SOURCES: readonly CommandName[] = [
  'source_list',
  'source_problems',
  'source_suggestions',
  'feed_addresses',
];

/** Whether a notice says that the answer of this name may be another now. */
export function isTouched(notice: Notice, [name, traceId, ...others]: readonly unknown[]): boolean {
  const among = (names: readonly CommandName[]) => names.some((each) => each === name);
  if (name === 'app_info') return notice.store;
  if (among(OF_IMPORTS)) return notice.imports;
  if (among(OF_SOURCES)) return notice.sources;
  if (notice.search && among(OF_SEARCH)) return true;
  const anyTrace = notice.many_traces || notice.traces.length > 0;
  if (among(OF_TRACES)) return anyTrace;
  const isNamed = (id: unknown) => notice.traces.some((each) => each === id);
  if (among(OF_SEVERAL_TRACES)) return notice.many_traces || [traceId, ...others].some(isNamed);
  return among(OF_ONE_TRACE) && (notice.many_traces || isNamed(traceId));
}

/** Keeps the answers of a cache up to date, as notices tell. */
export class Refresher {
  /** Answers that are being asked for, or rest; `again` where a notice has come since the question was put. */
  private readonly busy = new Map<string, { again: boolean }>();
  private readonly rests = new Set<ReturnType<typeof setTimeout>>();
  private isStopped = false;

  constructor(private readonly cache: QueryClient) {}

  /** Marks as stale what a notice touches, and asks again for what is on screen of it. */
  apply(notice: Notice): void {
    for (const query of this.cache.getQueryCache().getAll()) {
      if (!isTouched(notice, query.queryKey)) continue;
      query.invalidate();
      if (query.isActive()) this.refresh(query);
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const rest of this.rests) clearTimeout(rest);
  }

  private refresh(query: Query): void {
    const turn = this.busy.get(query.queryHash);
    if (turn) {
      turn.again = true;
      return;
    }
    this.busy.set(query.queryHash, { again: false });
    const since_ms = performance.now();
    void this.ask(query).finally(() => {
      if (this.isStopped) return;
      const rest = setTimeout(
        () => {
          this.rests.delete(rest);
          const again = this.busy.get(query.queryHash)?.again ?? false;
          this.busy.delete(query.queryHash);
          if (again && query.isActive()) this.refresh(query);
        },
        Math.max(LEAST_REST_MS, performance.now() - since_ms),
      );
      this.rests.add(rest);
    });
  }

  private async ask(query: Query): Promise<void> {
    // An answer that is on its way may be older than the notice; it is neither thrown away nor trusted.
    if (query.state.fetchStatus !== 'idle') await query.fetch().catch(() => undefined);
    const own = { queryKey: query.queryKey, exact: true, type: 'active' } as const;
    await this.cache.refetchQueries(own, { cancelRefetch: false });
  }
}

/** Why there are no live notices, and how to ask for them again. */
export interface LiveLoss {
  error: BackendError;
  retry: () => void;
}

/**
 * Keeps the cache up to date for as long as it is mounted, and passes on whom the person should look at. Gives why it
 * cannot; `null` while it can.
 */
export function useLiveNotices(onAlerts: (alerts: RunAlert[]) => void): LiveLoss | null {
  const backend = useBackend();
  const cache = useQueryClient();
  const [error, setError] = useState<BackendError | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const refresher = new Refresher(cache);
    const take = (notice: Notice) => {
      refresher.apply(notice);
      if (notice.alerts.length > 0) onAlerts(notice.alerts);
    };
    const unsubscribe = backend.subscribe(take, (lost) => {
      setError(lost);
      // What happened until now was not told.
      if (lost === null && attempt > 0) take(ANYTHING);
    });
    return () => {
      refresher.stop();
      unsubscribe();
    };
  }, [backend, cache, attempt, onAlerts]);
  if (error === null) return null;
  return {
    error,
    retry() {
      setAttempt(attempt + 1);
    },
  };
}
