// The trace list with its filter, and what stands in its place when there is nothing to list.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '../../components/Button';
import { EmptyState, ErrorState } from '../../components/States';
import { useActions, type Action } from '../../state/actions';
import { noteMarks } from '../../state/alerts';
import { showList, toggleFacets, useLayout } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';
import { selectAll } from '../../state/selection';
import { FilterBar } from './FilterBar';
import { rowsAround } from './listWindow';
import { SearchLine } from './SearchLine';
import { SelectionBar } from './SelectionBar';
import { TraceGrid } from './TraceGrid';
import styles from './TracesView.module.css';
import { useTraceWindow } from './useTraceWindow';

const FIRST_ROWS = rowsAround(0, 0);

interface TracesViewProps {
  /** Stands where the store has no traces at all. */
  empty: ReactNode;
  /** Stands left of the list, where the person wants it to; `null` where there is no room. */
  aside?: ReactNode;
  /** What can be done with the traces picked out: buttons. */
  selectionActions?: ReactNode;
}

export function TracesView({ empty, aside = null, selectionActions = null }: TracesViewProps) {
  const filter = usePlace((place) => place.filter);
  const sort = usePlace((place) => place.sort);
  const descending = usePlace((place) => place.descending);
  const traceId = usePlace((place) => place.traceId);
  // Another list begins at its first row, wherever the one before it was scrolled to.
  const list = JSON.stringify([filter, sort, descending]);
  const [seen, setSeen] = useState({ list, rows: FIRST_ROWS });
  const visible = seen.list === list ? seen.rows : FIRST_ROWS;
  const shownList = useRef(list);
  useLayoutEffect(() => {
    shownList.current = list;
  });
  const { held, error, outdated, retry } = useTraceWindow({ filter, sort, descending }, visible);
  const view = useRef<HTMLElement>(null);
  const side = useRef<HTMLElement>(null);
  const facetsOpen = useLayout((layout) => layout.facetsOpen);

  const focusGrid = useCallback(() => {
    view.current?.querySelector<HTMLElement>('[data-traces-grid]')?.focus();
  }, []);
  const showAndFocus = () => {
    flushSync(showList);
    focusGrid();
  };
  const onVisible = useCallback(({ first, last }: { first: number; last: number }) => {
    const now = { list: shownList.current, rows: rowsAround(first, last) };
    setSeen((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
  }, []);

  useEffect(() => {
    if (held) noteMarks(held.list.items);
  }, [held]);

  // Where nothing else has the keyboard, the list has it: at the start, and after a trace was closed.
  const listed = held !== null && held.list.total > 0;
  useEffect(() => {
    if (traceId === null && listed && document.activeElement === document.body) focusGrid();
  }, [traceId, listed, focusGrid]);

  const showAside = () => {
    flushSync(toggleFacets);
    if (side.current) side.current.querySelector<HTMLElement>('[data-stop][tabindex="0"]')?.focus();
    else focusGrid();
  };
  const asideAction: Action = {
    id: 'traces.aside',
    label: 'Show or hide the counts beside the list',
    group: 'Traces',
    keys: ['Shift+F'],
    run: showAside,
  };
  useActions([
    ...(aside === null ? [] : [asideAction]),
    {
      id: 'traces.focus',
      label: 'Go to the trace list',
      group: 'Traces',
      keys: ['Mod+1'],
      run: showAndFocus,
    },
    {
      id: 'traces.move',
      label: 'Next or previous trace',
      group: 'Traces',
      keys: ['j', 'k', 'ArrowDown', 'ArrowUp'],
    },
    {
      id: 'traces.page',
      label: 'Pages, first and last',
      group: 'Traces',
      keys: ['PageUp', 'PageDown', 'Home', 'End'],
    },
    { id: 'traces.open', label: 'Open the trace and go to its steps', group: 'Traces', keys: ['Enter'] },
    { id: 'traces.star', label: 'Star the trace, or take its star off', group: 'Traces', keys: ['s'] },
    { id: 'traces.show', label: 'Open the trace and stay in the list', group: 'Traces', keys: [' '] },
    { id: 'traces.pick', label: 'Select the trace', group: 'Traces', keys: ['x'] },
    {
      id: 'traces.pickMore',
      label: 'Select a stretch of traces',
      group: 'Traces',
      keys: ['Shift+ArrowDown', 'Shift+ArrowUp'],
    },
    {
      id: 'traces.pickAll',
      label: 'Select all of the list',
      group: 'Traces',
      keys: ['Mod+A'],
      whileTyping: false,
      // Beside an open trace it is for the text that is read there.
      ...(traceId === null && { run: listed ? selectAll : () => undefined }),
    },
  ]);

  const search = held?.list.search ?? null;
  const isSearching = search !== null && !search.is_complete;
  // Without a text there is nothing to be relevant for.
  const isAimless =
    sort === 'relevance' && held !== null && held.list.search === null && held.request.filter === filter;
  useEffect(() => {
    if (isAimless) goTo({ sort: 'started', descending: true }, 'replace');
  }, [isAimless]);

  const storeIsEmpty = held !== null && held.list.total_unfiltered === 0;
  if (storeIsEmpty && !error) return <>{empty}</>;
  return (
    <section ref={view} className={styles.view} aria-label="Traces">
      <FilterBar
        total={held?.list.total ?? null}
        totalUnfiltered={held?.list.total_unfiltered ?? null}
        error={error?.code === 'invalid' ? error.message : null}
        onLeave={focusGrid}
        hasAside={aside !== null}
      />
      {held && error && error.code !== 'invalid' && error.code !== 'cancelled' && (
        <div className={styles.stale} role="alert">
          <span>The list could not be brought up to date: {error.message}</span>
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
      {search && <SearchLine search={search} total={held?.list.total ?? 0} />}
      <div className={styles.main}>
        {aside !== null && facetsOpen && (
          <aside ref={side} className={styles.aside} data-scrolls aria-label="Counts and filters">
            {aside}
          </aside>
        )}
        {held === null && error ? (
          <div className={styles.nothing}>
            <ErrorState
              title={
                error.code === 'invalid' ? 'This filter cannot be applied' : 'The traces could not be read'
              }
              {...(error.code === 'invalid' ? { text: error.message } : { error })}
            >
              {error.code === 'invalid' ? (
                <Button
                  onClick={() => {
                    goTo({ filter: '' }, 'push');
                  }}
                >
                  Clear the filter
                </Button>
              ) : (
                <Button onClick={retry}>Try again</Button>
              )}
            </ErrorState>
          </div>
        ) : held !== null && held.list.total === 0 ? (
          <div className={styles.nothing}>
            <EmptyState
              icon="search"
              title={isSearching ? 'Nothing found so far' : 'No trace matches'}
              text={
                isSearching
                  ? 'The search goes on; what it finds comes here by itself.'
                  : 'Change the filter, or clear it to see all traces.'
              }
            >
              <Button
                onClick={() => {
                  goTo({ filter: '' }, 'push');
                }}
              >
                Clear the filter
              </Button>
            </EmptyState>
          </div>
        ) : (
          <TraceGrid held={held} outdated={outdated && error === null} onVisible={onVisible} />
        )}
      </div>
      <SelectionBar total={held?.list.total ?? 0}>{selectionActions}</SelectionBar>
    </section>
  );
}
