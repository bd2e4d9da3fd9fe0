// Going to where runs stand side by side, and for which run another one is being chosen.
import { create } from 'zustand';
import { goTo } from './place';

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

/** Sets two runs side by side, `b` against `a`. */
export function compareRuns(a: number, b: number): void {
  goTo({ view: 'compare', compare: { a, b, stepA: null, stepB: null } }, 'push');
}

/** Sets runs side by side: two step by step, more of them as a matrix. */
export function compareAll(runs: readonly number[]): void {
  const [a, b] = runs;
  if (a === undefined || b === undefined) return;
  if (runs.length === 2) compareRuns(a, b);
  else goTo({ view: 'matrix', matrix: { runs, reference: null } }, 'push');
}
