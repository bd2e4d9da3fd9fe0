// Where a number leads: to the traces that it counts.
import type { TraceSort } from '../../backend/bindings';
import { goTo, hashFromPlace, usePlace, type Place } from '../../state/place';

/** The filter that holds where both `filter` and the condition `term` hold. */
export function narrowed(filter: string, term: string): string {
  const present = filter.trim();
  if (present === '' || present === term) return term;
  const unquoted = present.replace(/"(?:\\.|[^"\\])*"?/gs, '""');
  // Alternatives would take the condition for a part of the last of them.
  return /(^|[\s)])or([\s(]|$)|\|/i.test(unquoted) ? `(${present}) ${term}` : `${present} ${term}`;
}

/** The condition that a run took at least about so long; never longer, so that the run itself is among them. */
export function atLeastTerm(duration_ns: number): string {
  const ms = duration_ns / 1e6;
  if (ms >= 10_000) return `duration:>=${Math.floor(ms / 10) / 100}s`;
  return ms >= 10 ? `duration:>=${Math.floor(ms)}ms` : `duration:>=${Math.floor(duration_ns)}ns`;
}

/** The list of the traces that match, the largest of a column first if one is named. */
export function tracesPlace(filter: string, sort?: TraceSort): Partial<Place> {
  const order = sort === undefined ? {} : { sort, descending: true };
  return { view: 'traces', traceId: null, stepId: null, filter, ...order };
}

export const hrefOf = (change: Partial<Place>): string =>
  hashFromPlace({ ...usePlace.getState(), ...change });

/** Goes to the list of the traces that match; back leads here again. */
export function openTraces(filter: string, sort?: TraceSort): void {
  goTo(tracesPlace(filter, sort), 'push');
}
