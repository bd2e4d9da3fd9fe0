// What the person says of single steps: read, and changed at once on screen, as it will be stored.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend, type Backend, type CommandName } from '../backend';
import type { MarkedStep, StepMark, StepMarkItem } from '../backend/bindings';
import { key } from './keys';

export const stepMarksQuery = (backend: Backend, traceId: number) =>
  queryOptions({
    queryKey: key('step_marks', traceId),
    queryFn: ({ signal }) => backend.call('step_marks', { trace_id: traceId }, signal),
  });

const OF_FILTERS: readonly CommandName[] = ['trace_list', 'overview'];

/** What changes of a mark; what is not given stays. `step` is shown until the engine has answered. */
export interface StepMarking {
  spanId: string;
  pinned?: boolean;
  note?: string;
  step: MarkedStep | null;
}

/** Pins steps of a trace and writes notes on them. */
export function useMarkStep(traceId: number) {
  const backend = useBackend();
  const cache = useQueryClient();
  const { queryKey } = stepMarksQuery(backend, traceId);
  const mutationKey = ['step_mark', traceId];
  return useMutation({
    mutationFn: ({ spanId, pinned, note }: StepMarking) => {
      const mark: StepMark = {
        trace_id: traceId,
        span_id: spanId,
        pinned: pinned ?? null,
        note: note ?? null,
      };
      return backend.call('step_mark', mark);
    },
    mutationKey,
    // One after the other, as they were asked for: each answers with all marks as they stand then.
    scope: { id: `step_mark ${traceId}` },
    onMutate: (marking) => {
      // An answer on its way is older than this.
      void cache.cancelQueries({ queryKey });
      const before = cache.getQueryData(queryKey);
      cache.setQueryData(queryKey, withMark(before ?? [], marking, Date.now()));
      return { before };
    },
    onError: (_error, _marking, kept) => {
      cache.setQueryData(queryKey, kept?.before);
      void cache.invalidateQueries({ queryKey });
    },
    onSuccess: async (items) => {
      // What was asked for after it is on screen already.
      if (cache.isMutating({ mutationKey }) <= 1) cache.setQueryData(queryKey, items);
      await Promise.all(OF_FILTERS.map((name) => cache.invalidateQueries({ queryKey: [name] })));
    },
  });
}

/** Marks with one changed. A new one stands last until the engine puts it in its place. */
export function withMark(
  items: readonly StepMarkItem[],
  { spanId, pinned, note, step }: StepMarking,
  now_unix_ms: number,
): StepMarkItem[] {
  const known = items.find((item) => item.span_id === spanId);
  const before: StepMarkItem = known ?? { span_id: spanId, pinned_unix_ms: null, note: null, step };
  const pinnedSince = before.pinned_unix_ms ?? now_unix_ms;
  const trimmed = note?.trimEnd();
  const after: StepMarkItem = {
    ...before,
    pinned_unix_ms: pinned === undefined ? before.pinned_unix_ms : pinned ? pinnedSince : null,
    note: trimmed === undefined ? before.note : trimmed === '' ? null : trimmed,
  };
  const saysSomething = after.pinned_unix_ms !== null || after.note !== null;
  if (!known) return saysSomething ? [...items, after] : [...items];
  return items.flatMap((item) => (item !== known ? [item] : saysSomething ? [after] : []));
}
