// Where the person is, kept in the address: the view, the open trace, the selected step, the list's filter and order, the
// monitor's stretch of time, the runs that are compared.
// Back and forward move between places; `push` adds one, `replace` corrects the present one.
import { create } from 'zustand';
import type { TraceSort } from '../backend/bindings';
import { useLayout } from './layout';
import { noteArrival, noteStart, pushAddress, replaceAddress } from './history';

export const VIEWS = ['traces', 'monitor', 'insights', 'retries', 'sources', 'compare', 'matrix'] as const;
export type View = (typeof VIEWS)[number];

/** Stretches of time up to now that the monitor counts over. */
export const SPANS = ['15m', '1h', '24h', '7d', 'all'] as const;
export type Span = (typeof SPANS)[number];

/** The ways in which an open trace is shown. */
export const PARTS = ['steps', 'conversation'] as const;
export type Part = (typeof PARTS)[number];

/** Two runs side by side, and which of their steps is looked at. */
export interface ComparePlace {
  /** The trace that the other is held against. */
  a: number;
  b: number;
  /** The step of A that is looked at; `null` where there is none, or only B has it. */
  stepA: string | null;
  /** The same of B. */
  stepB: string | null;
}

/** Several runs of one task side by side. */
export interface MatrixPlace {
  runs: readonly number[];
  /** The run that the others are held against; `null` for the first. */
  reference: number | null;
}

export interface Place {
  view: View;
  /** Also kept while another view is shown, so that coming back leads to it. */
  traceId: number | null;
  stepId: string | null;
  /** How the open trace is shown. */
  part: Part;
  filter: string;
  sort: TraceSort;
  descending: boolean;
  span: Span;
  /** The runs of the comparison; `null` where none are compared. */
  compare: ComparePlace | null;
  /** The runs of the matrix; `null` where there is none. Also kept while two of them are compared, which were chosen in it. */
  matrix: MatrixPlace | null;
}

export const START: Place = {
  view: 'traces',
  traceId: null,
  stepId: null,
  part: 'steps',
  filter: '',
  sort: 'started',
  descending: true,
  span: '1h',
  compare: null,
  matrix: null,
};

const SORTS: readonly TraceSort[] = [
  'started',
  'duration',
  'status',
  'name',
  'steps',
  'errors',
  'retries',
  'tokens',
  'cost',
  'model',
  'project',
  'environment',
  'conversation',
  'relevance',
];

/** Reads an address' hash. What cannot be read is as at the start. */
export function placeFromHash(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#\/?\??/, ''));
  const traceId = Number(fields.get('trace') ?? NaN);
  const open = Number.isSafeInteger(traceId) ? traceId : null;
  const sort = SORTS.find((known) => known === fields.get('sort'));
  return {
    view: VIEWS.find((known) => known === fields.get('view')) ?? START.view,
    traceId: open,
    stepId: open === null ? null : fields.get('step'),
    part: PARTS.find((known) => open !== null && known === fields.get('part')) ?? START.part,
    filter: fields.get('filter') ?? '',
    sort: sort ?? START.sort,
    descending: fields.get('order') !== 'ascending',
    span: SPANS.find((known) => known === fields.get('span')) ?? START.span,
    compare: compareFrom(fields),
    matrix: matrixFrom(fields),
  };
}

/** The ids of a list like `12,7`; what is none is left out. */
function idsFrom(text: string | null): number[] {
  const ids = (text ?? '').split(',').filter((each) => each !== '');
  return ids.map(Number).filter((id) => Number.isSafeInteger(id));
}

function compareFrom(fields: URLSearchParams): ComparePlace | null {
  const [a, b] = idsFrom(fields.get('compare'));
  if (a === undefined || b === undefined) return null;
  return { a, b, stepA: fields.get('stepA'), stepB: fields.get('stepB') };
}

function matrixFrom(fields: URLSearchParams): MatrixPlace | null {
  const runs = [...new Set(idsFrom(fields.get('matrix')))];
  if (runs.length < 2) return null;
  return { runs, reference: idsFrom(fields.get('reference'))[0] ?? null };
}

/** Writes an address' hash; what is as at the start is left out. */
export function hashFromPlace(place: Place): string {
  const fields = new URLSearchParams();
  if (place.view !== START.view) fields.set('view', place.view);
  if (place.traceId !== null) {
    fields.set('trace', String(place.traceId));
    if (place.stepId !== null) fields.set('step', place.stepId);
    if (place.part !== START.part) fields.set('part', place.part);
  }
  if (place.filter !== '') fields.set('filter', place.filter);
  if (place.sort !== START.sort) fields.set('sort', place.sort);
  if (!place.descending) fields.set('order', 'ascending');
  if (place.span !== START.span) fields.set('span', place.span);
  if (place.view === 'compare' && place.compare) {
    const { a, b, stepA, stepB } = place.compare;
    fields.set('compare', `${a},${b}`);
    if (stepA !== null) fields.set('stepA', stepA);
    if (stepB !== null) fields.set('stepB', stepB);
  }
  if ((place.view === 'matrix' || place.view === 'compare') && place.matrix) {
    fields.set('matrix', place.matrix.runs.join(','));
    if (place.matrix.reference !== null) fields.set('reference', String(place.matrix.reference));
  }
  const text = fields.toString();
  return text === '' ? '#/' : `#/?${text}`;
}

export const usePlace = create<Place>(() => placeFromHash(window.location.hash));

/**
 * Goes to a place: the present one with `change` applied. Opening another trace lets go of the selected step, and shows the
 * part that the person looked at last; a trace or a filter leads to the traces, unless `change` names another view.
 * `push` for what the person would want to come back from: a step they jumped to is such a place, one they walk over is not.
 * `replace` for typing, walking and corrections.
 */
export function goTo(change: Partial<Place>, how: 'push' | 'replace'): void {
  const before = usePlace.getState();
  const next = { ...before, ...change };
  if (next.traceId !== before.traceId && change.stepId === undefined) next.stepId = null;
  if (next.traceId !== before.traceId && change.part === undefined) next.part = useLayout.getState().part;
  const isOfTraces = change.traceId !== undefined || change.filter !== undefined;
  if (isOfTraces && change.view === undefined) next.view = 'traces';
  const hash = hashFromPlace(next);
  if (hash === hashFromPlace(before)) return;
  if (how === 'push') pushAddress(hash);
  else replaceAddress(hash);
  usePlace.setState(next);
}

/** Follows back, forward and an edited address. */
export function followAddress(): () => void {
  const follow = () => {
    noteArrival();
    usePlace.setState(placeFromHash(window.location.hash));
  };
  noteStart();
  usePlace.setState(placeFromHash(window.location.hash));
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  return () => {
    window.removeEventListener('popstate', follow);
    window.removeEventListener('hashchange', follow);
  };
}
