// Groups of attempts that the person corrects: changed, with what that makes stale.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBackend, type CommandName } from '../backend';
import type { AttemptChange } from '../backend/bindings';

const OF_SHAPE: readonly CommandName[] = [
  'span_tree',
  'run_time',
  'trace_get',
  'trace_list',
  'overview',
  'insights',
  'retry_report',
];

/** Corrects attempts of a trace; the answer has what was said before, to undo it with. */
export function useCorrectAttempts(traceId: number) {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: AttemptChange) => backend.call('attempt_correct', { trace_id: traceId, change }),
    // One after the other, so that each is undone to what was before it.
    scope: { id: `attempt_correct ${traceId}` },
    onSuccess: () => Promise.all(OF_SHAPE.map((name) => cache.invalidateQueries({ queryKey: [name] }))),
  });
}
