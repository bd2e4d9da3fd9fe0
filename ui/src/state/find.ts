// What is looked for in the open trace: what the person typed, or the texts of the list's filter until they typed something.
import { create } from 'zustand';
import { usePlace } from './place';

interface Find {
  /** What was typed; `null` while the texts of the list's filter count, empty where nothing is to be looked for. */
  typed: string | null;
  /** The trace it was typed in. */
  traceId: number | null;
}

export const useFind = create<Find>(() => ({ typed: null, traceId: null }));

/** What was typed in a trace, as in `Find.typed`. */
export const typedIn = ({ typed, traceId: of }: Find, traceId: number): string | null =>
  of === traceId ? typed : null;

/** Looks for `text`; `null` for the texts of the list's filter. */
export function findInTrace(traceId: number, typed: string | null): void {
  useFind.setState({ traceId, typed });
}

// The texts of another filter have not been turned down.
usePlace.subscribe((place, before) => {
  if (place.filter !== before.filter && useFind.getState().typed === '') useFind.setState({ typed: null });
});
