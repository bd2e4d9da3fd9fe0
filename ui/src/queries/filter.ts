// The filter text: read, completed and edited by the engine, whose business its meaning is.
import { keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query';
import { useBackend, type Backend } from '../backend';
import type { FilterEdit } from '../backend/bindings';
import { goTo, usePlace } from '../state/place';
import { key } from './keys';

/** How a filter text is understood. */
export const filterReadQuery = (backend: Backend, filter: string) =>
  queryOptions({
    queryKey: key('filter_read', filter),
    queryFn: async ({ signal }) => ({
      filter,
      reading: await backend.call('filter_read', { filter }, signal),
    }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });

/** What could be written at a place in a filter text. */
export const filterCompleteQuery = (backend: Backend, filter: string, cursor: number) =>
  queryOptions({
    queryKey: key('filter_complete', filter, cursor),
    queryFn: async ({ signal }) => ({
      filter,
      cursor,
      completions: await backend.call('filter_complete', { filter, cursor }, signal),
    }),
    // Its counts are of the moment.
    staleTime: 5_000,
    gcTime: 10_000,
  });

/** A change of what the filter asks of one field. */
export interface FieldEdit {
  field: string;
  edit: FilterEdit;
}

/** Edits wait for each other, so that each begins with what the last one left. */
let last: Promise<unknown> = Promise.resolve();

/** Edits the filter of the place, and goes there. */
export function useFilterEdit() {
  const backend = useBackend();
  return useMutation({
    mutationFn: ({ field, edit }: FieldEdit) => {
      const done = last.then(async () => {
        const { filter } = usePlace.getState();
        const edited = await backend.call('filter_edit', { filter, field, edit });
        // What was typed meanwhile is newer.
        if (usePlace.getState().filter === filter) goTo({ filter: edited.filter }, 'push');
      });
      last = done.catch(() => undefined);
      return done;
    },
  });
}
