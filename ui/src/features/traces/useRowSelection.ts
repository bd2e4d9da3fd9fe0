// Picking rows out: one, a stretch of them, all.
import { useRef } from 'react';
import { useBackend } from '../../backend';
import type { TraceListRequest } from '../../backend/bindings';
import {
  addSelected,
  clearSelection,
  selectAll,
  toggleSelected,
  useSelectionStore,
} from '../../state/selection';
import { rowAt, sameList, type Held } from './listWindow';

/** The engine gives no more at once. */
const MOST_ROWS = 1000;

export interface RowSelection {
  toggle: (index: number) => void;
  /** From the row last picked out, or from `start` where none was, to this one. */
  extend: (index: number, start: number | null) => void;
  all: () => void;
  /** Whether there was anything to let go of. */
  clear: () => boolean;
}

export function useRowSelection(held: Held | null): RowSelection {
  const backend = useBackend();
  /** Where a stretch begins. */
  const anchor = useRef<{ request: TraceListRequest; index: number } | null>(null);

  /** The traces of a stretch, also where it is longer than what is held. */
  const idsBetween = async (request: TraceListRequest, from: number, to: number): Promise<number[]> => {
    const ids: number[] = [];
    for (let offset = from; offset <= to; offset += MOST_ROWS) {
      const limit = Math.min(MOST_ROWS, to - offset + 1);
      const { items } = await backend.call('trace_list', { ...request, offset, limit });
      ids.push(...items.map(({ trace_id }) => trace_id));
    }
    return ids;
  };

  return {
    toggle(index) {
      const trace = rowAt(held, index);
      if (!held || !trace) return;
      anchor.current = { request: held.request, index };
      toggleSelected(
        trace.trace_id,
        held.list.items.map(({ trace_id }) => trace_id),
      );
    },
    extend(index, start) {
      if (!held) return;
      const { request } = held;
      if (!anchor.current || !sameList(anchor.current.request, request))
        anchor.current = { request, index: start ?? index };
      const [from, to] = [Math.min(anchor.current.index, index), Math.max(anchor.current.index, index)];
      const rows = Array.from({ length: Math.min(to - from + 1, MOST_ROWS) }, (_, at) =>
        rowAt(held, from + at),
      );
      if (to - from < MOST_ROWS && rows.every((row) => row !== undefined))
        addSelected(rows.flatMap((row) => (row ? [row.trace_id] : [])));
      else void idsBetween(request, from, to).then(addSelected, () => undefined);
    },
    all: selectAll,
    clear() {
      const { ids, all } = useSelectionStore.getState();
      anchor.current = null;
      clearSelection();
      return all || ids.size > 0;
    },
  };
}
