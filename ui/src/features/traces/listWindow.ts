// Arithmetic of the trace list: which rows to ask for, and how to keep the reader's place when rows come and go.
import type { TraceList, TraceListRequest, TraceSummary } from '../../backend/bindings';

export const ROWS_PER_PAGE = 200;
/** Rows asked for beyond those on screen, so that scrolling rarely shows a gap. */
const MARGIN_ROWS = 60;
/** The engine gives no more at once. */
const MOST_ROWS = 1000;

export type Rows = Pick<TraceListRequest, 'offset' | 'limit'>;

/** An answer with the question it belongs to. */
export interface Held {
  request: TraceListRequest;
  list: TraceList;
}

/** Whole pages around the rows `first` to `last`. */
export function rowsAround(first: number, last: number): Rows {
  const offset = Math.floor(Math.max(0, first - MARGIN_ROWS) / ROWS_PER_PAGE) * ROWS_PER_PAGE;
  const end = Math.ceil((Math.max(first, last) + 1 + MARGIN_ROWS) / ROWS_PER_PAGE) * ROWS_PER_PAGE;
  return { offset, limit: Math.min(end - offset, MOST_ROWS) };
}

/** Whether two requests are for the same list, if perhaps for other rows of it. */
export function sameList(a: TraceListRequest, b: TraceListRequest): boolean {
  return a.filter === b.filter && a.sort === b.sort && a.descending === b.descending;
}

/** Whether the newest stand at the top. */
export function isNewestFirst(order: Pick<TraceListRequest, 'sort' | 'descending'>): boolean {
  return order.sort === 'started' && order.descending;
}

export function rowAt(held: Held | null, index: number): TraceSummary | undefined {
  return held?.list.items[index - held.request.offset];
}

/** Where a trace stands in the list, if among the rows held. */
export function indexOf(held: Held | null, traceId: number): number | null {
  if (!held) return null;
  const at = held.list.items.findIndex((item) => item.trace_id === traceId);
  return at === -1 ? null : held.request.offset + at;
}

/** How many rows the one at `top` (or the next one that is still there) moved down between two answers. */
export function rowsMoved(before: Held, after: Held, top: number): number {
  const reach = 30;
  for (let index = top; index < top + reach; index++) {
    const row = rowAt(before, index);
    if (!row) break;
    const now = indexOf(after, row.trace_id);
    if (now !== null) return now - index;
  }
  return 0;
}

/** The row with the keyboard's mark: which trace, and where it was last seen. */
export interface Cursor {
  traceId: number | null;
  index: number;
}

/** The cursor after an answer: it stays with its trace, or with its place while that trace is not among the rows. */
export function reconciled(cursor: Cursor | null, held: Held): Cursor | null {
  if (!cursor) return null;
  if (held.list.total === 0) return null;
  const found = cursor.traceId === null ? null : indexOf(held, cursor.traceId);
  if (found !== null) return found === cursor.index ? cursor : { ...cursor, index: found };
  const index = Math.min(cursor.index, held.list.total - 1);
  const there = rowAt(held, index);
  if (cursor.traceId === null && there) return { traceId: there.trace_id, index };
  return index === cursor.index ? cursor : { ...cursor, index };
}

/** Where a key moves the cursor to, or `null` if it is not a moving key. */
export function movedIndex(
  key: string,
  from: number | null,
  total: number,
  rowsOnScreen: number,
): number | null {
  const target = {
    j: (from ?? -1) + 1,
    ArrowDown: (from ?? -1) + 1,
    k: (from ?? 1) - 1,
    ArrowUp: (from ?? 1) - 1,
    PageDown: (from ?? 0) + Math.max(1, rowsOnScreen - 1),
    PageUp: (from ?? 0) - Math.max(1, rowsOnScreen - 1),
    Home: 0,
    End: total - 1,
  }[key];
  if (target === undefined || total === 0) return null;
  return Math.max(0, Math.min(total - 1, target));
}
