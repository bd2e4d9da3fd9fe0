// The rows of the trace list: windowed, walked by keyboard, at rest while traces come and go around it.
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from 'react';
import type { TraceSort } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { useClock } from '../../components/clock';
import { Icon } from '../../components/icons';
import { plural } from '../../domain/format';
import { useSettings } from '../../queries/about';
import { theseTraces, useMarkTraces } from '../../queries/curate';
import { wishFocus } from '../../state/focus';
import { followNewest, useLayout } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';
import { columnsFitting, type Column, type Layout } from './columns';
import { setCursor, useCursor } from './cursor';
import {
  indexOf,
  isNewestFirst,
  movedIndex,
  reconciled,
  rowAt,
  rowsMoved,
  sameList,
  type Held,
} from './listWindow';
import { TraceRow } from './TraceRow';
import styles from './TraceList.module.css';
import { useFollowedTrace } from './useFollowedTrace';

const ROW_PX = 28;
const HEADER_PX = 28;
const PADDING_PX = 16;
/** Rows drawn before the first answer says how many there are. */
const FIRST_ROWS = 40;

type Scroller = RefObject<HTMLDivElement | null>;

interface TraceGridProps {
  held: Held | null;
  outdated: boolean;
  onVisible: (rows: { first: number; last: number }) => void;
}

export function TraceGrid({ held, outdated, onVisible }: TraceGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const layout = useLayoutOf(scroller);
  const { slow_ms, slow_warning_ms } = useSettings();
  const thresholds = useMemo(() => ({ slow_ms, slow_warning_ms }), [slow_ms, slow_warning_ms]);
  const now_ms = useClock(30_000);
  const openId = usePlace((place) => place.traceId);
  const cursor = useCursor((state) => state.cursor);
  const marking = useMarkTraces();
  const total = held?.list.total ?? FIRST_ROWS;

  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    scrollMargin: HEADER_PX,
    overscan: 12,
    getItemKey: (index) => index,
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    onVisible({ first, last });
  }, [first, last, onVisible]);

  const follows = useLayout((state) => state.followsNewest);
  const { arrived, toTop } = useReadersPlace(scroller, held, follows);
  useFollowedTrace(held, follows);
  useOpenRowShown(scroller, held, openId);

  const rowsOnScreen = () => Math.floor(((scroller.current?.clientHeight ?? 0) - HEADER_PX) / ROW_PX);
  const open = (traceId: number) => {
    goTo({ traceId }, 'push');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      // What is marked is opened: the trace that the cursor was on may have left the list.
      const traceId = cursor && (rowAt(held, cursor.index)?.trace_id ?? cursor.traceId);
      if (traceId === null) return;
      event.preventDefault();
      // Enter goes on to the steps; Space only shows the trace, so that one can walk on through the list.
      wishFocus(event.key === 'Enter' ? 'steps' : null);
      open(traceId);
      return;
    }
    if (event.key === 's') {
      const trace = cursor && rowAt(held, cursor.index);
      if (!trace) return;
      event.preventDefault();
      marking.mutate({ selection: theseTraces([trace.trace_id]), starred: !trace.starred });
      return;
    }
    const start = cursor?.index ?? (openId === null ? null : indexOf(held, openId));
    const index = movedIndex(event.key, start, held?.list.total ?? 0, rowsOnScreen());
    if (index === null) return;
    event.preventDefault();
    setCursor({ index, traceId: rowAt(held, index)?.trace_id ?? null });
    if (scroller.current) reveal(scroller.current, index);
  };
  const onClick = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const index = Number(row?.dataset.index ?? NaN);
    const trace = rowAt(held, index);
    if (!trace) return;
    setCursor({ index, traceId: trace.trace_id });
    wishFocus(null);
    open(trace.trace_id);
  };

  const rowId = (index: number) => `trace-row-${index}`;
  const markedShown = cursor !== null && cursor.index >= first && cursor.index <= last;
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="grid"
      aria-label="Traces"
      aria-rowcount={held ? total + 1 : -1}
      aria-colcount={layout.columns.length}
      aria-busy={!held || outdated}
      tabIndex={0}
      {...(markedShown ? { 'aria-activedescendant': rowId(cursor.index) } : {})}
      onKeyDown={onKeyDown}
      onClick={onClick}
      data-traces-grid=""
    >
      <Header layout={layout} />
      {arrived > 0 && (
        <div className={styles.pill} role="status">
          <Button size="small" icon="up" onClick={toTop}>
            {plural(arrived, 'new trace')}
          </Button>
        </div>
      )}
      <div
        className={outdated ? `${styles.body} ${styles.outdated}` : styles.body}
        role="rowgroup"
        style={{ height: rows.getTotalSize() }}
      >
        {items.map(({ index, start }) => {
          const trace = rowAt(held, index);
          return (
            <TraceRow
              key={index}
              id={rowId(index)}
              index={index}
              top_px={start - HEADER_PX}
              trace={trace}
              layout={layout}
              thresholds={thresholds}
              now_ms={now_ms}
              open={trace !== undefined && trace.trace_id === openId}
              marked={cursor?.index === index}
            />
          );
        })}
      </div>
    </div>
  );
}

function Header({ layout }: { layout: Layout }) {
  const sort = usePlace((place) => place.sort);
  const descending = usePlace((place) => place.descending);
  return (
    <div role="rowgroup" style={{ display: 'contents' }}>
      <div
        role="row"
        aria-rowindex={1}
        className={styles.header}
        style={{ gridTemplateColumns: layout.template }}
      >
        {layout.columns.map((column) => {
          const sorted = column.sort === sort;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={column.numeric ? `${styles.heading} ${styles.numeric}` : styles.heading}
              {...(sorted
                ? { 'aria-sort': descending ? ('descending' as const) : ('ascending' as const) }
                : {})}
            >
              {column.sort ? (
                <SortButton
                  column={column}
                  sort={column.sort}
                  sorted={sorted}
                  descending={descending}
                  narrow={layout.narrow}
                />
              ) : (
                <span title={column.title}>{column.label}</span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface SortButtonProps {
  column: Column;
  sort: TraceSort;
  sorted: boolean;
  descending: boolean;
  narrow: boolean;
}

function SortButton({ column, sort, sorted, descending, narrow }: SortButtonProps) {
  const arrow = sorted ? <Icon name={descending ? 'down' : 'up'} size={12} /> : null;
  const iconOnly = narrow && column.id === 'status';
  return (
    <button
      type="button"
      className={styles.head}
      title={column.title ?? `Sort by ${column.label.toLowerCase()}`}
      onClick={() => {
        goTo({ sort, descending: sorted ? !descending : (column.firstDescending ?? false) }, 'push');
      }}
    >
      {column.numeric && arrow}
      <span className={iconOnly ? 'visually-hidden' : styles.headText}>{column.label}</span>
      {!column.numeric && arrow}
    </button>
  );
}

/** Scrolls no further than it takes to have a row on screen. */
function reveal(box: HTMLElement, index: number): void {
  const top_px = index * ROW_PX;
  const room_px = box.clientHeight - HEADER_PX;
  if (top_px < box.scrollTop) box.scrollTop = top_px;
  else if (top_px + ROW_PX > box.scrollTop + room_px) box.scrollTop = top_px + ROW_PX - room_px;
}

/** Has the row of the open trace on screen when it is opened, for the list then gets smaller. */
function useOpenRowShown(scroller: Scroller, held: Held | null, openId: number | null): void {
  const latest = useRef(held);
  useLayoutEffect(() => {
    latest.current = held;
  });
  useLayoutEffect(() => {
    const index = openId === null ? null : indexOf(latest.current, openId);
    if (index !== null && scroller.current) reveal(scroller.current, index);
  }, [scroller, openId]);
}

/** The columns for the scroller's present width. */
function useLayoutOf(scroller: Scroller): Layout {
  const [width_px, setWidth] = useState(() => window.innerWidth);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const measure = () => {
      // A collapsed list keeps its columns for when it comes back.
      if (box.clientWidth > 0) setWidth(box.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => {
      observer.disconnect();
    };
  }, [scroller]);
  return useMemo(() => columnsFitting(width_px - PADDING_PX), [width_px]);
}

/** Where the list was scrolled to when it was last on screen. */
let left: { request: Held['request']; scroll_px: number } | null = null;

/**
 * Keeps rows and cursor where the reader has them when an answer differs from the one before, also over a visit to another
 * view; with `follows`, where the newest is. Gives how many traces have arrived above what is in view.
 */
function useReadersPlace(
  scroller: Scroller,
  held: Held | null,
  follows: boolean,
): { arrived: number; toTop: () => void } {
  const before = useRef<Held | null>(null);
  const [arrived, setArrived] = useState(0);
  useLayoutEffect(() => {
    const earlier = before.current;
    before.current = held;
    const box = scroller.current;
    if (!box || !held || earlier === held) return;
    setCursor(reconciled(useCursor.getState().cursor, held));
    const newestFirst = isNewestFirst(held.request);
    if (follows && newestFirst) {
      box.scrollTop = 0;
    } else if (!earlier) {
      if (left && sameList(left.request, held.request)) box.scrollTop = left.scroll_px;
    } else if (!sameList(earlier.request, held.request)) {
      box.scrollTop = 0;
      setArrived(0);
    } else if (box.scrollTop > 0 && earlier.list.revision !== held.list.revision) {
      const moved = rowsMoved(earlier, held, Math.floor(box.scrollTop / ROW_PX));
      if (moved !== 0) box.scrollTop += moved * ROW_PX;
      if (moved > 0 && newestFirst) setArrived((count) => count + moved);
    }
  }, [scroller, held, follows]);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const onScroll = () => {
      // Who scrolls away from the newest wants to look at something else.
      if (box.scrollTop > 0) followNewest(false);
      if (box.scrollTop < ROW_PX) setArrived(0);
      if (before.current) left = { request: before.current.request, scroll_px: box.scrollTop };
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      box.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);

  const toTop = () => {
    if (scroller.current) scroller.current.scrollTop = 0;
    setArrived(0);
  };
  return { arrived, toTop };
}
