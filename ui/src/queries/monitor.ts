import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import type { Span } from '../state/place';
import { key } from './keys';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Lengths of the stretches up to now; `null` for all there is. */
export const SPAN_MS: Record<Span, number | null> = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  all: null,
};

const LATEST = 50;
const BUCKETS = 60;
/** Time passes also while nothing happens. */
const PASSING_MS = 15_000;

/** How the runs of a stretch of time fared. While another stretch is read, the last one stays. */
export const monitorQuery = (backend: Backend, span: Span) =>
  queryOptions({
    queryKey: key('monitor', span),
    queryFn: ({ signal }) =>
      backend.call(
        'monitor',
        { window_ms: SPAN_MS[span], filter: '', latest: LATEST, buckets: BUCKETS },
        signal,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: PASSING_MS,
    staleTime: 0,
  });
