// The traces that the person has picked out to do something with, apart from the one that is open.
import { create } from 'zustand';
import { usePlace } from './place';

export interface Selection {
  /** The traces picked out one by one; empty while `all`. */
  ids: ReadonlySet<number>;
  /** Everything that matches the filter is meant, also what is not on screen. */
  all: boolean;
  clear: () => void;
}

const NONE: ReadonlySet<number> = new Set();

export const useSelectionStore = create<Selection>(() => ({ ids: NONE, all: false, clear: clearSelection }));

/** What is picked out. */
export const useSelection = (): Selection => useSelectionStore();

export function clearSelection(): void {
  const { ids, all } = useSelectionStore.getState();
  if (all || ids.size > 0) useSelectionStore.setState({ ids: NONE, all: false });
}

export function isSelected({ ids, all }: Pick<Selection, 'ids' | 'all'>, traceId: number): boolean {
  return all || ids.has(traceId);
}

/**
 * Picks a trace out, or lets go of it. Letting go of one where all are meant leaves those of `known`, for of the others no ids
 * are known.
 */
export function toggleSelected(traceId: number, known: readonly number[]): void {
  useSelectionStore.setState(({ ids, all }) => {
    const next = new Set(all ? known : ids);
    if (!next.delete(traceId)) next.add(traceId);
    return { ids: next, all: false };
  });
}

/** Picks out further traces. */
export function addSelected(traceIds: readonly number[]): void {
  useSelectionStore.setState(({ ids, all }) => (all ? {} : { ids: new Set([...ids, ...traceIds]) }));
}

/** Everything that matches the filter. */
export function selectAll(): void {
  useSelectionStore.setState({ ids: NONE, all: true });
}

// Under another filter, "all that match" would be something else than what the person saw when they said so.
usePlace.subscribe((place, before) => {
  if (place.filter !== before.filter && useSelectionStore.getState().all) clearSelection();
});
