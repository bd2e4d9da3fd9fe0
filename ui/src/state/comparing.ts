// Going to where runs stand side by side, and for which run another one is being chosen.
import { create } from 'zustand';
import { wishFocus } from './focus';
import { goTo, usePlace, type ComparePlace, type Place } from './place';

interface Choosing {
  /** The trace that another is chosen for; `null` while none is. */
  traceId: number | null;
}

export const useChoosing = create<Choosing>(() => ({ traceId: null }));

/** Asks with which run this one is to be compared. */
export function chooseFor(traceId: number): void {
  useChoosing.setState({ traceId });
}

export function endChoosing(): void {
  useChoosing.setState({ traceId: null });
}

// Whoever goes elsewhere has chosen none.
usePlace.subscribe((now, before) => {
  const { traceId } = useChoosing.getState();
  if (traceId !== null && (now.view !== before.view || now.traceId !== before.traceId)) endChoosing();
});

/** Sets two runs side by side, `b` against `a`. */
export function compareRuns(a: number, b: number): void {
  compareSteps({ a, b, stepA: null, stepB: null });
}

/** Sets two runs side by side at a pair of their steps. Leaving them leads to where one is now. */
export function compareSteps(compare: ComparePlace): void {
  goTo({ view: 'compare', compare, matrix: null }, 'push');
}

/**
 * Goes back from two runs side by side to where they were chosen: the matrix, the run, or the list. A link to them may have
 * been opened from anywhere; it leads to the traces.
 */
export function leaveComparison(): void {
  const { matrix, traceId } = usePlace.getState();
  if (matrix) goTo({ view: 'matrix' }, 'push');
  else {
    goTo({ view: 'traces' }, 'push');
    if (traceId !== null) wishFocus('steps');
  }
}

/** What `leaveComparison` does, in words. */
export function wordsOfLeaving({ matrix, traceId }: Place): string {
  return matrix ? 'Back to the matrix of runs' : traceId === null ? 'Back to all traces' : 'Back to the run';
}

/** Sets runs side by side: two step by step, more of them as a matrix. */
export function compareAll(runs: readonly number[]): void {
  const [a, b] = runs;
  if (a === undefined || b === undefined) return;
  if (runs.length === 2) compareRuns(a, b);
  else goTo({ view: 'matrix', matrix: { runs, reference: null } }, 'push');
}
