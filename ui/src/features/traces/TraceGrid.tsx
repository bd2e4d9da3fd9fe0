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
import { backendErrorFrom } from '../../backend';
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
import { isSelected, useSelection } from '../../state/selection';
import { tellFailure } from '../../state/toast';
import { columnsFitting, type Column, type Layout } from './columns';
import { setCursor, useCursor } from './cursor';
import { GroupLine } from './GroupLine';
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
import {
  FOUND_ROW_PX,
  GROUP_PX,
  ROW_PX,
  UNGROUPED,
  beginsGroup,
  groupFrom,
  groupsIn,
  indexAt,
  offsetOf,
  sizeOf,
  type Geometry,
} from './rowGeometry';
import { TraceRow } from './TraceRow';
import styles from './TraceList.module.css';
import { useFollowedTrace } from './useFollowedTrace';
import { useRowSelection } from './useRowSelection';
import { useSnippets } from './useSnippets';

const HEADER_PX = 28;
const PADDING_PX = 20;
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
  const geometry = useGeometry(held);
  const isSearch = held !== null && held.list.search !== null;

  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => sizeOf(geometry, index),
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

  useLayoutEffect(() => {
    rows.measure();
  }, [rows, geometry]);
  const snippets = useSnippets(held, first, last);
  const picking = useRowSelection(held);
  const picked = useSelection();

  const follows = useLayout((state) => state.followsNewest);
  const { arrived, toTop } = useReadersPlace(scroller, held, geometry, follows);
  useFollowedTrace(held, follows);
  useOpenRowShown(scroller, held, geometry, openId);

  const rowsOnScreen = () =>
    Math.floor(((scroller.current?.clientHeight ?? 0) - HEADER_PX) / geometry.row_px);
  const open = (traceId: number) => {
    goTo({ traceId }, 'push');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'a' || event.shiftKey) return;
      event.preventDefault();
      picking.all();
      return;
    }
    if (event.key === 'Escape') {
      // With nothing to let go of it is for others.
      if (picking.clear()) event.preventDefault();
      return;
    }
    if (event.key === 'x' || (event.key === ' ' && event.shiftKey)) {
      event.preventDefault();
      if (cursor) picking.toggle(cursor.index);
      return;
    }
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
      marking.mutate(
        { selection: theseTraces([trace.trace_id]), starred: !trace.starred },
        {
          onError: (error) => {
            tellFailure('Not changed', backendErrorFrom(error));
          },
        },
      );
      return;
    }
    const start = cursor?.index ?? (openId === null ? null : indexOf(held, openId));
    const index = movedIndex(event.key, start, held?.list.total ?? 0, rowsOnScreen());
    if (index === null) return;
    event.preventDefault();
    // Not with a letter, which Shift makes another one.
    if (event.shiftKey && event.key.length > 1) picking.extend(index, start);
    setCursor({ index, traceId: rowAt(held, index)?.trace_id ?? null });
    if (scroller.current) reveal(scroller.current, geometry, index);
  };
  const onClick = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const index = Number(row?.dataset.index ?? NaN);
    const trace = rowAt(held, index);
    if (!trace) return;
    const before = cursor?.index ?? null;
    setCursor({ index, traceId: trace.trace_id });
    if (event.shiftKey) {
      picking.extend(index, before);
      return;
    }
    const isBox = event.target instanceof Element && event.target.closest('[data-pick]') !== null;
    if (isBox || event.ctrlKey || event.metaKey) {
      picking.toggle(index);
      return;
    }
    wishFocus(null);
    open(trace.trace_id);
  };

  const rowId = (index: number) => `trace-row-${index}`;
  const markedShown = cursor !== null && cursor.index >= first && cursor.index <= last;
  return (
    <div
      ref={scroller}
      className={styles.grid}
      data-scrolls
      role="grid"
      aria-label="Traces"
      aria-rowcount={held ? total + 1 : -1}
      aria-colcount={layout.columns.length}
      aria-busy={!held || outdated}
      aria-multiselectable="true"
      data-picking={picked.all || picked.ids.size > 0 || undefined}
      tabIndex={0}
      {...(markedShown ? { 'aria-activedescendant': rowId(cursor.index) } : {})}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onMouseDown={(event) => {
        // A stretch of rows is meant, not of text.
        if (event.shiftKey) event.preventDefault();
      }}
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
        style={{ height: offsetOf(geometry, total) }}
      >
        {items.map(({ index }) => {
          if (index >= total || !beginsGroup(geometry, index)) return null;
          const top_px = offsetOf(geometry, index);
          return (
            <GroupLine key={`group ${index}`} runs={groupFrom(held, index)} top_px={top_px} now_ms={now_ms} />
          );
        })}
        {items.map(({ index }) => {
          const trace = rowAt(held, index);
          return (
            <TraceRow
              key={index}
              id={rowId(index)}
              index={index}
              top_px={offsetOf(geometry, index) + (beginsGroup(geometry, index) ? GROUP_PX : 0)}
              height_px={geometry.row_px}
              trace={trace}
              isSearch={isSearch}
              found={trace && snippets.get(trace.trace_id)}
              picked={trace !== undefined && isSelected(picked, trace.trace_id)}
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

/** Heights of the rows: with a line below where something was looked for, with lines above where they stand in groups. */
function useGeometry(held: Held | null): Geometry {
  const [known, setKnown] = useState<{ held: Held | null; begins: readonly number[] }>({
    held: null,
    begins: UNGROUPED,
  });
  const isGrouped = held?.request.sort === 'conversation';
  let { begins } = known;
  if (known.held !== held) {
    const next = held && isGrouped ? groupsIn(held, known.held, known.begins) : UNGROUPED;
    // The same groups are the same array, so that nothing is measured anew for them.
    if (JSON.stringify(next) !== JSON.stringify(begins)) begins = next;
    setKnown({ held, begins });
  }
  const row_px = held !== null && held.list.search !== null ? FOUND_ROW_PX : ROW_PX;
  return useMemo(() => ({ row_px, begins }), [row_px, begins]);
}

/** Scrolls no further than it takes to have a row on screen. */
function reveal(box: HTMLElement, geometry: Geometry, index: number): void {
  const top_px = offsetOf(geometry, index);
  const end_px = top_px + sizeOf(geometry, index);
  const room_px = box.clientHeight - HEADER_PX;
  if (top_px < box.scrollTop) box.scrollTop = top_px;
  else if (end_px > box.scrollTop + room_px) box.scrollTop = end_px - room_px;
}

/** Has the row of the open trace on screen when it is opened, for the list then gets smaller. */
function useOpenRowShown(
  scroller: Scroller,
  held: Held | null,
  geometry: Geometry,
  openId: number | null,
): void {
  const latest = useRef({ held, geometry });
  useLayoutEffect(() => {
    latest.current = { held, geometry };
  });
  useLayoutEffect(() => {
    const index = openId === null ? null : indexOf(latest.current.held, openId);
    if (index !== null && scroller.current) reveal(scroller.current, latest.current.geometry, index);
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
  geometry: Geometry,
  follows: boolean,
): { arrived: number; toTop: () => void } {
  const before = useRef<Held | null>(null);
  const measured = useRef(geometry);
  const [arrived, setArrived] = useState(0);
  useLayoutEffect(() => {
    const earlier = before.current;
    const earlierGeometry = measured.current;
    before.current = held;
    measured.current = geometry;
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
    } else if (box.scrollTop > 0) {
      const top = indexAt(earlierGeometry, box.scrollTop);
      const isNews = earlier.list.revision !== held.list.revision;
      const moved = isNews ? rowsMoved(earlier, held, top) : 0;
      // Also where a group's line was found out above what is in view.
      const by_px = offsetOf(geometry, top + moved) - offsetOf(earlierGeometry, top);
      if (by_px !== 0) box.scrollTop += by_px;
      if (moved > 0 && newestFirst) setArrived((count) => count + moved);
    }
  }, [scroller, held, geometry, follows]);

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
