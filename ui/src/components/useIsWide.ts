import { useLayoutEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

/** Whether an element is at least so wide; `before` it has been measured, what is taken for true. */
export function useIsWide(frame: RefObject<HTMLElement | null>, from_px: number, before: boolean): boolean {
  const [isWide, setWide] = useState(before);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    setWide(element.clientWidth >= from_px);
    // Before the browser draws: else the new width would be seen for a moment in the old arrangement.
    const resized = new ResizeObserver(() => {
      flushSync(() => {
        setWide(element.clientWidth >= from_px);
      });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [frame, from_px]);
  return isWide;
}
