// The part of the trace list that is on screen. One request covers all visible pages, so that all rows shown are of
// one revision; an answer is held until a better one comes, also when a filter cannot be understood.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { backendErrorFrom, useBackend, type BackendError } from '../../backend';
import type { TraceListRequest } from '../../backend/bindings';
import { traceListQuery } from '../../queries/traces';
import { rowsAround, sameList, type Held, type Rows } from './listWindow';

export type ListOrder = Pick<TraceListRequest, 'filter' | 'sort' | 'descending'>;

export interface TraceWindow {
  /** What to show; `null` before the first answer. */
  held: Held | null;
  /** Why the list asked for cannot be shown. */
  error: BackendError | null;
  /** Whether the rows shown belong to an earlier filter or order. */
  outdated: boolean;
  retry: () => void;
}

const FIRST_ROWS = rowsAround(0, 0);
/** While scrolling, rows are asked for no more often than this. */
const SCROLL_PAUSE_MS = 60;

export function useTraceWindow(order: ListOrder, visible: Rows): TraceWindow {
  const backend = useBackend();
  const [rows, setRows] = useState(visible);
  const [held, setHeld] = useState<Held | null>(null);

  const { offset, limit } = visible;
  useEffect(() => {
    const timer = setTimeout(() => {
      setRows({ offset, limit });
    }, SCROLL_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [offset, limit]);

  const whole = { ...order, ...rows };
  // Another list starts at its top.
  const request = held && sameList(held.request, whole) ? whole : { ...order, ...FIRST_ROWS };
  const query = useQuery(traceListQuery(backend, request));
  if (query.data && query.data !== held) setHeld(query.data);

  return {
    held,
    error: query.error ? backendErrorFrom(query.error) : null,
    outdated: held !== null && !sameList(held.request, request),
    retry: () => void query.refetch(),
  };
}
