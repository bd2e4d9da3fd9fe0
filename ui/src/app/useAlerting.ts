// Alerts of followed runs: told on screen unless the person is looking at the run already, counted in the window's title, and
// forgotten once they have looked.
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useBackend, type Backend } from '../backend';
import type { RunAlert } from '../backend/bindings';
import { key } from '../queries/keys';
import { traceQuery } from '../queries/traces';
import { useActions } from '../state/actions';
import { forgetAlerts, tellAlerts, useAlerts } from '../state/alerts';
import { usePlace, type Place } from '../state/place';

const TITLE = 'TraceLLM Explorer';

const openTrace = ({ view, traceId }: Place) => (view === 'traces' ? traceId : null);

/** Gives what is to be told of alerts. */
export function useAlerting(): (alerts: RunAlert[]) => void {
  useSeen(usePlace(openTrace));
  useTitle();
  useSeenAll();
  return useCallback((alerts) => {
    tellAlerts(alerts, openTrace(usePlace.getState()));
  }, []);
}

/** Says that the person has looked at the open trace, if it is marked. */
function useSeen(traceId: number | null): void {
  const backend = useBackend();
  const cache = useQueryClient();
  const { data } = useQuery({ ...traceQuery(backend, traceId ?? -1), enabled: traceId !== null });
  const isMarked = data !== undefined && data.summary.alert !== null;
  useEffect(() => {
    if (traceId !== null && isMarked) void seen(backend, cache, traceId);
  }, [backend, cache, traceId, isMarked]);
}

function useSeenAll(): void {
  const backend = useBackend();
  const cache = useQueryClient();
  const any = useAlerts(({ unseen }) => unseen.size > 0);
  const action = {
    id: 'alerts.seen',
    label: 'Mark all failed and slow runs as looked at',
    group: 'Traces',
    run: () => {
      void seen(backend, cache, null);
    },
  };
  useActions(any ? [action] : []);
}

/** Stores that the person has looked at one trace, or (`null`) at all. What can't be stored stays marked. */
async function seen(backend: Backend, cache: QueryClient, traceId: number | null): Promise<void> {
  forgetAlerts(traceId);
  try {
    await backend.call('alerts_seen', { trace_id: traceId });
  } catch {
    return;
  }
  const marks = [
    key('trace_list'),
    key('monitor'),
    traceId === null ? key('trace_get') : key('trace_get', traceId),
  ];
  await Promise.all(marks.map((queryKey) => cache.invalidateQueries({ queryKey })));
}

function useTitle(): void {
  const count = useAlerts(({ unseen }) => unseen.size);
  useEffect(() => {
    document.title = count === 0 ? TITLE : `(${count}) ${TITLE}`;
  }, [count]);
}
