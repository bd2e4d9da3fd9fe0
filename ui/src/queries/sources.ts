import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend, type Backend } from '../backend';
import type { SourceConfig, SourceStatus } from '../backend/bindings';
import { key } from './keys';

/** All live sources, and how they fare. */
export const sourceListQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('source_list'),
    queryFn: ({ signal }) => backend.call('source_list', {}, signal),
  });

/** What on this machine could be followed. Looked for anew whenever it is shown. */
export const suggestionsQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('source_suggestions'),
    queryFn: ({ signal }) => backend.call('source_suggestions', {}, signal),
    staleTime: 0,
  });

/** Where agents reach this app. */
export const addressesQuery = (backend: Backend) =>
  queryOptions({
    queryKey: key('feed_addresses'),
    queryFn: ({ signal }) => backend.call('feed_addresses', {}, signal),
  });

/** Problems of one source that are listed. */
const LISTED_PROBLEMS = 200;

/** The last problems of a source, the last first. */
export const sourceProblemsQuery = (backend: Backend, id: string) =>
  queryOptions({
    queryKey: key('source_problems', id),
    queryFn: ({ signal }) => backend.call('source_problems', { id, limit: LISTED_PROBLEMS }, signal),
  });

/** Sets sources up and takes them away. The list shows a switch's new place at once, and takes it back if that fails. */
export function useSourceChanges() {
  const backend = useBackend();
  const cache = useQueryClient();
  const { queryKey } = sourceListQuery(backend);
  const readAgain = () =>
    Promise.all(
      [queryKey, key('source_suggestions'), key('feed_addresses')].map((each) =>
        cache.invalidateQueries({ queryKey: each }),
      ),
    );
  const set = useMutation({
    mutationFn: (config: SourceConfig) => backend.call('source_set', config),
    onMutate: async (config) => {
      await cache.cancelQueries({ queryKey });
      cache.setQueryData<SourceStatus[]>(queryKey, (list) =>
        list?.map((each) => (each.config.id === config.id ? { ...each, config } : each)),
      );
    },
    onSettled: readAgain,
  });
  const remove = useMutation({
    mutationFn: (id: string) => backend.call('source_remove', { id }),
    onSettled: readAgain,
  });
  return { set, remove };
}
