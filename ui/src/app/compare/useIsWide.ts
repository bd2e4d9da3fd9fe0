import { useLayoutEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

/** Narrower than this, the pair goes below. */
const SIDE_FROM_PX = 1560;

/** Whether there is room for the pair beside the list. */
export function useIsWide(frame: RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    setWide(element.clientWidth >= SIDE_FROM_PX);
    // Before the browser draws: else the new width would be seen for a moment in the old arrangement.
    const resized = new ResizeObserver(() => {
      flushSync(() => {
        setWide(element.clientWidth >= SIDE_FROM_PX);
      });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [frame]);
  return isWide;
}
