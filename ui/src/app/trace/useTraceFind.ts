// Finding in the open trace, in one place for all who take part: the field, the keys, the marks in tree and timeline, and the
// places in the inspector. Looked for is what was typed, else the texts of the list's filter.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useBackend } from '../../backend';
import {
  filterOfText,
  findWords,
  nextStop,
  NO_STOPS,
  StopCollector,
  stopFrom,
  textsOfFilter,
  type FindScope,
  type Stops,
} from '../../domain/finding';
import { rowOf, type StepTree } from '../../domain/stepTree';
import { rowsNamed } from '../../domain/treeMoves';
import { filterReadQuery } from '../../queries/filter';
import { traceFindQuery } from '../../queries/finding';
import { findInTrace, typedIn, useFind } from '../../state/find';
import { findIn, useLayout } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';

export interface TraceFind {
  /** What stands in the field. */
  text: string;
  /** Whether that comes from the list's filter. */
  isOfFilter: boolean;
  scope: FindScope;
  /** Rows that have it; `null` while nothing is looked for. */
  stops: Stops | null;
  /** Which of them one is at, how many there are, how far the search has come. */
  words: string;
  /** Why it could not be looked through, for a tooltip. */
  problem: string | null;
  /** The filter that looks for it in everything; `null` where only names are looked at, or nothing is looked for. */
  filter: string | null;
  /** Looks for a text, and goes to the first step that has it, from the selected one on. */
  search: (text: string) => void;
  setScope: (scope: FindScope) => void;
  /** To the next or previous step that has it; `false` if nothing is looked for. */
  go: (direction: 1 | -1) => boolean;
  /** Looks for nothing any more. */
  clear: () => void;
}

/** Where one is to be taken as soon as that is known. */
interface Wish {
  /** To the first stop from the selection on, before anything else. */
  first: boolean;
  /** So many stops further, or back. */
  by: number;
}

export function useTraceFind(traceId: number, tree: StepTree): TraceFind {
  const backend = useBackend();
  const stepId = usePlace((place) => place.stepId);
  const listFilter = usePlace((place) => place.filter);
  const typed = useFind((find) => typedIn(find, traceId));
  const chosen = useLayout((layout) => layout.findScope);
  const { data: read } = useQuery({ ...filterReadQuery(backend, listFilter), enabled: listFilter !== '' });
  const listTexts =
    listFilter !== '' && read?.filter === listFilter ? textsOfFilter(read.reading).join(', ') : '';

  const isOfFilter = typed === null && listTexts !== '';
  const text = typed ?? listTexts;
  // The texts of a filter were looked for everywhere.
  const scope = isOfFilter ? 'everything' : chosen;
  const isAsked = text.trim() !== '';
  const filter = !isAsked || scope === 'names' ? null : isOfFilter ? listFilter : filterOfText(text);
  const found = useInfiniteQuery({
    ...traceFindQuery(backend, traceId, filter ?? ''),
    enabled: filter !== null,
  });
  const { hasNextPage, isFetching, fetchNextPage, error } = found;
  useEffect(() => {
    if (filter !== null && hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [filter, hasNextPage, isFetching, error, fetchNextPage]);

  const pages = filter === null ? undefined : found.data?.pages;
  // What is looked for, and where, makes other stops; the pieces of one search add to each other.
  const collector = useMemo(() => ({ filter, stops: new StopCollector(tree) }), [tree, filter]).stops;
  const stops = useMemo(() => {
    if (!isAsked) return null;
    if (filter === null) return new Int32Array(rowsNamed(tree, text));
    return pages ? collector.of(pages) : NO_STOPS;
  }, [tree, collector, isAsked, filter, text, pages]);
  const last = pages?.at(-1);
  const progress = filter === null ? 1 : !last ? 0 : last.total === 0 ? 1 : last.looked / last.total;
  const problem = filter === null ? null : (error?.message ?? null);
  const row = rowOf(tree, stepId);

  const show = (stop: number, how: 'push' | 'replace') => {
    goTo({ stepId: stop < 0 ? null : (tree.spanId.get(stop) ?? null) }, how);
  };
  const wish = useRef<Wish | null>(null);
  // While a text is typed, the way to it is one place to come back from.
  const hasTypedPlace = useRef(false);
  useEffect(() => {
    const { current } = wish;
    if (current === null || stops === null) return;
    const isThere = progress >= 1 || (current.by !== 0 && stops.length > 0);
    if (!isThere && problem === null) return;
    wish.current = null;
    let stop: number | null = current.first ? stopFrom(stops, row) : row;
    for (let left = Math.abs(current.by); left > 0 && stop !== null; left--) {
      stop = nextStop(stops, stop, current.by > 0 ? 1 : -1);
    }
    if (stop === null || stops.length === 0) return;
    show(stop, hasTypedPlace.current && current.by === 0 ? 'replace' : 'push');
    if (current.by === 0 && stop !== row) hasTypedPlace.current = true;
  });
  const wishFirst = () => {
    wish.current = { first: true, by: 0 };
  };

  return {
    text,
    isOfFilter,
    scope,
    stops,
    words: stops === null ? '' : findWords({ stops, row, progress, problem, runRow: tree.runRow ? 0 : -1 }),
    problem,
    filter,
    search(next) {
      if (next.trim() === '') wish.current = null;
      else wishFirst();
      findInTrace(traceId, next);
    },
    setScope(next) {
      if (isOfFilter) findInTrace(traceId, text);
      if (isAsked) wishFirst();
      findIn(next);
    },
    go(direction) {
      hasTypedPlace.current = false;
      if (stops === null) {
        if (typed === null || listTexts === '') return false;
        // It was turned down, and is asked for again.
        findInTrace(traceId, null);
        wish.current = { first: false, by: direction };
        return true;
      }
      const stop = wish.current === null ? nextStop(stops, row, direction) : null;
      if (stop !== null) show(stop, 'push');
      else if (progress < 1 && problem === null) {
        const { first = false, by = 0 } = wish.current ?? {};
        wish.current = { first, by: by + direction };
      }
      return true;
    },
    clear() {
      wish.current = null;
      hasTypedPlace.current = false;
      findInTrace(traceId, '');
    },
  };
}
