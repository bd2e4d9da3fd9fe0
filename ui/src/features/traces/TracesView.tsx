// The trace list with its filter, and what stands in its place when there is nothing to list.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { Button } from '../../components/Button';
import { EmptyState, ErrorState } from '../../components/States';
import { useActions } from '../../state/actions';
import { noteMarks } from '../../state/alerts';
import { showList } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';
import { FilterBar } from './FilterBar';
import { rowsAround } from './listWindow';
import { TraceGrid } from './TraceGrid';
import styles from './TracesView.module.css';
import { useTraceWindow } from './useTraceWindow';

const FIRST_ROWS = rowsAround(0, 0);

/** `empty` stands where the store has no traces at all. */
export function TracesView({ empty }: { empty: ReactNode }) {
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

  useActions([
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
  ]);

  const storeIsEmpty = held !== null && held.list.total_unfiltered === 0;
  if (storeIsEmpty && !error) return <>{empty}</>;
  return (
    <section ref={view} className={styles.view} aria-label="Traces">
      <FilterBar
        total={held?.list.total ?? null}
        totalUnfiltered={held?.list.total_unfiltered ?? null}
        error={error?.code === 'invalid' ? error.message : null}
        onLeave={focusGrid}
      />
      {held && error && error.code !== 'invalid' && error.code !== 'cancelled' && (
        <div className={styles.stale} role="alert">
          <span>The list could not be brought up to date: {error.message}</span>
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
      {held === null && error ? (
        <div className={styles.nothing}>
          <ErrorState
            title={
              error.code === 'invalid' ? 'This filter cannot be applied' : 'The traces could not be read'
            }
            text={error.message}
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
            title="No trace matches"
            text="Change the filter, or clear it to see all traces."
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
    </section>
  );
}
