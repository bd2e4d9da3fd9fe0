// Counts beside the list, and where a text stands in what was said.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Backend } from '../backend';
import type { FilterEdit, OverviewRequest, SearchState } from '../backend/bindings';
import { key } from './keys';

/** A search goes on by itself; how far it has come is asked for this often. */
const SEARCHING_MS = 500;
const INDEXING_MS = 2_000;

/** When to ask again for an answer that a search has not completed: in milliseconds, `false` for never. */
export const whileSearching = (search: SearchState | null | undefined): number | false =>
  search && !search.is_complete ? SEARCHING_MS : false;

/** The counts beside the list. */
export const overviewQuery = (backend: Backend, request: OverviewRequest) =>
  queryOptions({
    queryKey: [...key('overview'), request] as const,
    queryFn: ({ signal }) => backend.call('overview', request, signal),
    refetchInterval: (query) => whileSearching(query.state.data?.search),
    gcTime: 30_000,
  });

/** Where the texts of a filter stand in some traces, by trace. */
export const snippetsQuery = (backend: Backend, filter: string, traceIds: readonly number[]) =>
  queryOptions({
    queryKey: [...key('trace_snippets'), filter, traceIds] as const,
    queryFn: async ({ signal }) => {
      const found = await backend.call('trace_snippets', { filter, trace_ids: [...traceIds] }, signal);
      return new Map(found.map((each) => [each.trace_id, each]));
    },
    gcTime: 60_000,
  });

/** The places of the texts of a filter in one step, or (empty id) in the run itself. */
export const stepHitsQuery = (backend: Backend, traceId: number, filter: string, stepId: string) =>
  queryOptions({
    queryKey: key('trace_hits', traceId, filter, stepId),
    queryFn: ({ signal }) =>
      backend.call('trace_hits', { trace_id: traceId, filter, span_id: stepId }, signal),
    gcTime: 60_000,
  });

/** The steps of a trace that have one of the texts of a filter, a page for each piece of the trace that was looked through. */
export const traceFindQuery = (backend: Backend, traceId: number, filter: string) =>
  infiniteQueryOptions({
    queryKey: key('trace_find', traceId, filter),
    queryFn: ({ signal, pageParam }) =>
      backend.call('trace_find', { trace_id: traceId, filter, from: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ looked, total }) => (looked < total ? looked : undefined),
    gcTime: 60_000,
  });

/** How far the index of texts has come. */
export const indexStateQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('index_state'),
    queryFn: ({ signal }) => backend.call('index_state', {}, signal),
    refetchInterval: (query) => {
      const state = query.state.data;
      return state && state.indexed < state.traces ? INDEXING_MS : false;
    },
    staleTime: 0,
  });

/** The runs beside one in its conversation; `null` where there is none. */
export interface Neighbours {
  before: number | null;
  after: number | null;
}

/** The runs before and after the `place`-th (from 1) of a conversation, by start. */
export const neighboursQuery = (backend: Backend, traceId: number, conversation: string, place: number) =>
  queryOptions({
    queryKey: key('trace_list', 'neighbours', traceId, conversation, place),
    queryFn: async ({ signal }): Promise<Neighbours> => {
      const edit: FilterEdit = { type: 'set', values: [conversation] };
      const { filter } = await backend.call(
        'filter_edit',
        { filter: '', field: 'conversation', edit },
        signal,
      );
      const offset = Math.max(0, place - 2);
      const order = { sort: 'started', descending: false } as const;
      const { items } = await backend.call('trace_list', { filter, ...order, offset, limit: 3 }, signal);
      const at = items.findIndex(({ trace_id }) => trace_id === traceId);
      if (at < 0) return { before: null, after: null };
      return { before: items[at - 1]?.trace_id ?? null, after: items[at + 1]?.trace_id ?? null };
    },
  });
