// The stretch of time that the filter asks for. The text belongs to the engine: it reads it, and edits it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import type { FilterEdit, FilterEditRequest, FilterReading } from '../../backend/bindings';
import { filterReadQuery } from '../../queries/filter';
import { goTo, usePlace } from '../../state/place';

/** Stretches up to now on offer: what the filter asks of `started`, and the words for it. `null` is all there is. */
export const STRETCHES = [
  { value: '-1h', label: '1 h' },
  { value: '-24h', label: '24 h' },
  { value: '-7d', label: '7 days' },
  { value: '-30d', label: '30 days' },
  { value: null, label: 'All' },
] as const;

/** What the filter asks of the start; `undefined` where it is nothing on offer. */
function chosenStretch(reading: FilterReading | undefined): string | null | undefined {
  if (!reading || reading.error) return undefined;
  const terms = reading.terms.filter(({ field }) => field === 'started');
  const [term, ...more] = terms;
  if (!term) return null;
  const isPlain = more.length === 0 && term.is_alone && !term.negated && term.values.length === 1;
  return isPlain ? term.values[0] : undefined;
}

export function useStretch() {
  const backend = useBackend();
  const { filter, view } = usePlace();
  const { data: read } = useQuery(filterReadQuery(backend, filter));
  const edit = useMutation({
    mutationFn: (asked: FilterEditRequest) => backend.call('filter_edit', asked),
    onSuccess: (edited) => {
      goTo({ view, filter: edited.filter }, 'push');
    },
  });
  const ask = (change: FilterEdit) => {
    edit.mutate({ filter, field: 'started', edit: change });
  };
  // What was wrong with another filter is of no interest any more.
  const error = edit.variables?.filter === filter ? edit.error : null;
  return {
    /** The value of `STRETCHES` that is asked for. */
    chosen: chosenStretch(read?.reading),
    choose(value: string | null) {
      ask(value === null ? { type: 'clear' } : { type: 'set', values: [value] });
    },
    /** Asks for the runs that started from one time up to another, which is open if `null`. */
    narrow(from_ms: number, below_ms: number | null) {
      const below = below_ms === null ? null : Math.floor(below_ms);
      ask({ type: 'range', from: Math.floor(from_ms), below });
    },
    error: error ? backendErrorFrom(error).message : null,
  };
}
