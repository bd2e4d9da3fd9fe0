// Alerts of followed runs: told on screen unless the person is looking at the run already, counted in the window's title, and
// forgotten once they have looked.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useBackend } from '../backend';
import type { RunAlert } from '../backend/bindings';
import { key } from '../queries/keys';
import { traceQuery } from '../queries/traces';
import { forgetAlerts, tellAlerts, useAlerts } from '../state/alerts';
import { usePlace, type Place } from '../state/place';

const TITLE = 'TraceLLM Explorer';

const openTrace = ({ view, traceId }: Place) => (view === 'traces' ? traceId : null);

/** Gives what is to be told of alerts. */
export function useAlerting(): (alerts: RunAlert[]) => void {
  useSeen(usePlace(openTrace));
  useTitle();
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
    if (traceId === null || !isMarked) return;
    forgetAlerts(traceId);
    backend.call('alerts_seen', { trace_id: traceId }).then(
      async () => {
        const marks = [key('trace_list'), key('trace_get', traceId), key('monitor')];
        await Promise.all(marks.map((queryKey) => cache.invalidateQueries({ queryKey })));
      },
      // The mark stays, and is taken away the next time.
      () => undefined,
    );
  }, [backend, cache, traceId, isMarked]);
}

function useTitle(): void {
  const count = useAlerts(({ unseen }) => unseen.size);
  useEffect(() => {
    document.title = count === 0 ? TITLE : `(${count}) ${TITLE}`;
  }, [count]);
}
