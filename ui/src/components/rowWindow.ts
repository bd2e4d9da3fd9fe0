// Which rows of a scrolled region are near the screen, for regions whose rows are all equally high.
import { useLayoutEffect, useState } from 'react';

export interface RowWindow {
  first: number;
  /** Up to, not including. */
  end: number;
}

/** Browsers lay out nothing below 2^25 px (Chromium and WebKit), and move rows exactly up to there. */
const HIGHEST_PX = 30_000_000;

/** How many rows of a height a scrolled region can hold. */
export function mostRows(row_px: number): number {
  return Math.floor(HIGHEST_PX / row_px);
}

/** The window moves by so many rows at once, so that scrolling seldom draws anew. */
const CHUNK = 8;
const SPARE = 10;

/** Rows to draw where `top_px` is scrolled away and `height_px` is in view. */
export function rowWindow(top_px: number, height_px: number, row_px: number, count: number): RowWindow {
  const first = Math.floor((top_px / row_px - SPARE) / CHUNK) * CHUNK;
  const end = Math.ceil(((top_px + height_px) / row_px + SPARE) / CHUNK) * CHUNK;
  return { first: Math.min(Math.max(0, first), count), end: Math.max(0, Math.min(end, count)) };
}

/**
 * Scrolls a region whose rows `useRowWindow` picks, before the screen is painted: in a layout effect or on a key. The browser
 * tells of a scroll only in the next frame, and up to then rows of the old place would stand at the new one: the list would be
 * empty for a frame, and while a replay runs fast, for most of them.
 */
export function scrollRowsTo(element: HTMLElement, top_px: number): void {
  const before_px = element.scrollTop;
  element.scrollTop = Math.max(0, top_px);
  if (element.scrollTop !== before_px) element.dispatchEvent(new Event('scroll'));
}

/** Follows a scrolled region, once it is there. `head_px` is the height of what sticks to its top. */
export function useRowWindow(
  element: HTMLElement | null,
  count: number,
  row_px: number,
  head_px: number,
): RowWindow {
  const [place, setPlace] = useState({ top_px: 0, height_px: 0 });
  useLayoutEffect(() => {
    if (!element) return;
    const read = () => {
      const next = { top_px: element.scrollTop, height_px: element.clientHeight - head_px };
      setPlace((last) => {
        const a = rowWindow(last.top_px, last.height_px, row_px, Infinity);
        const b = rowWindow(next.top_px, next.height_px, row_px, Infinity);
        return a.first === b.first && a.end === b.end ? last : next;
      });
    };
    read();
    element.addEventListener('scroll', read, { passive: true });
    const resized = new ResizeObserver(read);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      resized.disconnect();
    };
  }, [element, row_px, head_px]);
  return rowWindow(place.top_px, place.height_px, row_px, count);
}
