// Why steps stand where they do, and clocks that disagree: read where the person looks.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend, type Backend } from '../backend';
import { key } from './keys';
import { spanTreeQuery } from './traces';

export const traceShapeQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('trace_shape', traceId),
    queryFn: ({ signal }) => backend.call('trace_shape', { trace_id: traceId }, signal),
    gcTime: 60_000,
  });

export const clockSkewQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('clock_skew', traceId),
    queryFn: ({ signal }) => backend.call('clock_skew', { trace_id: traceId }, signal),
    gcTime: 60_000,
  });

/** Shows the times of a trace adjusted, or as recorded. */
export function useAdjustClocks(traceId: number) {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (isAdjusted: boolean) =>
      backend.call('clock_adjust', { trace_id: traceId, is_adjusted: isAdjusted }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: spanTreeQuery(backend, traceId).queryKey }),
        cache.invalidateQueries({ queryKey: clockSkewQuery(backend, traceId).queryKey }),
      ]),
  });
}
