// Deletes traces and offers to take it back. Goes on when the surface that asked for it has gone with the trace.
import { backendErrorFrom } from '../../backend';
import type { TraceSelection } from '../../backend/bindings';
import { plural } from '../../domain/format';
import { useDeleteTraces, useRestoreTraces } from '../../queries/curate';
import { goTo, usePlace } from '../../state/place';
import { clearSelection } from '../../state/selection';
import { tell, tellFailure } from '../../state/toast';

const failing = (what: string) => (error: unknown) => {
  tellFailure(what, backendErrorFrom(error));
};

export function useDeleting(): { isDeleting: boolean; deleteTraces: (selection: TraceSelection) => void } {
  const deleting = useDeleteTraces();
  const restoring = useRestoreTraces();
  const restore = (deletionId: number) => {
    restoring.mutateAsync(deletionId).then(({ traces }) => {
      tell({ text: `${plural(traces, 'trace')} restored` });
    }, failing('Not restored'));
  };
  const deleteTraces = (selection: TraceSelection) => {
    const openId = usePlace.getState().traceId;
    const isOpenAmong = selection.filter === null && openId !== null && selection.trace_ids.includes(openId);
    // A trace that is open under a filter may or may not be among them; its own view says so if it is.
    if (isOpenAmong) goTo({ traceId: null }, 'push');
    // Not by the mutation's own callbacks, which are called only while the component is there.
    deleting.mutateAsync(selection).then(({ deletion_id, traces }) => {
      clearSelection();
      tell({
        text: `${plural(traces, 'trace')} deleted`,
        action: {
          label: 'Undo',
          run: () => {
            restore(deletion_id);
          },
        },
      });
    }, failing('Not deleted'));
  };
  return { isDeleting: deleting.isPending, deleteTraces };
}
