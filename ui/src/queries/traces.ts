import { queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import type { TraceListRequest } from '../backend/bindings';
import { whileSearching } from './finding';
import { key } from './keys';

/** A window of the trace list. */
export const traceListQuery = (backend: Backend, request: TraceListRequest) =>
  queryOptions({
    queryKey: [...key('trace_list'), request] as const,
    queryFn: async ({ signal }) => ({ request, list: await backend.call('trace_list', request, signal) }),
    refetchInterval: (query) => whileSearching(query.state.data?.list.search),
    gcTime: 30_000,
  });

/** The summary card of a trace. */
export const traceQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('trace_get', traceId),
    queryFn: ({ signal }) => backend.call('trace_get', { trace_id: traceId }, signal),
  });

/** The execution tree of a trace. */
export const spanTreeQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('span_tree', traceId),
    queryFn: ({ signal }) => backend.call('span_tree', { trace_id: traceId }, signal),
    // A tree may hold tens of thousands of rows: nothing is compared with it, and few are kept.
    structuralSharing: false,
    gcTime: 60_000,
  });

/** Where the time of a trace went: its budget and its critical path. */
export const runTimeQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('run_time', traceId),
    queryFn: ({ signal }) => backend.call('run_time', { trace_id: traceId }, signal),
    structuralSharing: false,
    gcTime: 60_000,
  });

/** One step of a trace in full. */
export const stepQuery = (backend: Backend, traceId: number, stepId: string) =>
  queryOptions({
    queryKey: key('step_get', traceId, stepId),
    queryFn: ({ signal }) => backend.call('step_get', { trace_id: traceId, span_id: stepId }, signal),
    gcTime: 60_000,
  });
