// What the person says of traces, and what is kept: reads, and changes with what they make stale.
import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useBackend, type Backend, type CommandName } from '../backend';
import type { SavedFilterSave, TraceMark, TraceSelection } from '../backend/bindings';
import { key } from './keys';

export const tagListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('tag_list'),
    queryFn: ({ signal }) => backend.call('tag_list', {}, signal),
  });

export const savedFilterListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('saved_filter_list'),
    queryFn: ({ signal }) => backend.call('saved_filter_list', {}, signal),
  });

export const deletionListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('deletion_list'),
    queryFn: ({ signal }) => backend.call('deletion_list', {}, signal),
  });

export const labelListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('label_list'),
    queryFn: ({ signal }) => backend.call('label_list', {}, signal),
  });

/** What the store takes on disk. Costs the engine something, so notices do not ask again for it. */
export const storageInfoQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('storage_info'),
    queryFn: ({ signal }) => backend.call('storage_info', {}, signal),
    staleTime: 0,
  });

const OF_MARKS: readonly CommandName[] = ['trace_list', 'trace_get', 'tag_list', 'monitor'];
const OF_PRESENCE: readonly CommandName[] = [...OF_MARKS, 'deletion_list', 'storage_info', 'label_list'];

async function invalidate(cache: QueryClient, names: readonly CommandName[]): Promise<void> {
  await Promise.all(names.map((name) => cache.invalidateQueries({ queryKey: [name] })));
}

/** A selection of single traces. */
export const theseTraces = (trace_ids: number[]): TraceSelection => ({ trace_ids, filter: null });

export type Marking = Partial<Omit<TraceMark, 'selection'>> & { selection: TraceSelection };

/** Sets star, tags or note; what is not given stays. */
export function useMarkTraces() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (marking: Marking) =>
      backend.call('trace_mark', { starred: null, add_tags: [], remove_tags: [], note: null, ...marking }),
    onSuccess: () => invalidate(cache, OF_MARKS),
  });
}

/** Deletes traces; they can be restored for some minutes. */
export function useDeleteTraces() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (selection: TraceSelection) => backend.call('trace_delete', selection),
    onSuccess: () => invalidate(cache, OF_PRESENCE),
  });
}

/** Brings back what was deleted together. */
export function useRestoreTraces() {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (deletion_id: number) => backend.call('trace_restore', { deletion_id }),
    onSettled: () => invalidate(cache, OF_PRESENCE),
  });
}

/** Saves, removes and orders filters; the answer of each is the new list. */
export function useSavedFilterChanges() {
  const backend = useBackend();
  const cache = useQueryClient();
  const { queryKey } = savedFilterListQuery(backend);
  const keep = (list: Awaited<ReturnType<typeof backend.call<'saved_filter_list'>>>) => {
    cache.setQueryData(queryKey, list);
  };
  return {
    save: useMutation({
      mutationFn: (filter: SavedFilterSave) => backend.call('saved_filter_save', filter),
      onSuccess: keep,
    }),
    remove: useMutation({
      mutationFn: (id: number) => backend.call('saved_filter_remove', { id }),
      onSuccess: keep,
    }),
    reorder: useMutation({
      mutationFn: (ids: number[]) => backend.call('saved_filter_reorder', { ids }),
      onSuccess: keep,
    }),
  };
}
