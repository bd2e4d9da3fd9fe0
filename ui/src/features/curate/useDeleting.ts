// Deletes traces and offers to take it back.
import { backendErrorFrom } from '../../backend';
import type { TraceSelection } from '../../backend/bindings';
import { plural } from '../../domain/format';
import { useDeleteTraces, useRestoreTraces } from '../../queries/curate';
import { goTo, usePlace } from '../../state/place';
import { clearSelection } from '../../state/selection';
import { tell } from '../../state/toast';

export function useDeleting(): { isDeleting: boolean; deleteTraces: (selection: TraceSelection) => void } {
  const deleting = useDeleteTraces();
  const restoring = useRestoreTraces();
  const failed = (what: string) => (error: unknown) => {
    tell({ text: `${what}: ${backendErrorFrom(error).message}`, tone: 'failed' });
  };
  const deleteTraces = (selection: TraceSelection) => {
    const openId = usePlace.getState().traceId;
    const isOpenAmong = selection.filter === null && openId !== null && selection.trace_ids.includes(openId);
    // A trace that is open under a filter may or may not be among them; its own view says so if it is.
    if (isOpenAmong) goTo({ traceId: null }, 'push');
    deleting.mutate(selection, {
      onSuccess: ({ deletion_id, traces }) => {
        clearSelection();
        tell({
          text: `${plural(traces, 'trace')} deleted`,
          action: {
            label: 'Undo',
            run: () => {
              restoring.mutate(deletion_id, {
                onSuccess: (restored) => {
                  tell({ text: `${plural(restored.traces, 'trace')} restored` });
                },
                onError: failed('Not restored'),
              });
            },
          },
        });
      },
      onError: failed('Not deleted'),
    });
  };
  return { isDeleting: deleting.isPending, deleteTraces };
}
