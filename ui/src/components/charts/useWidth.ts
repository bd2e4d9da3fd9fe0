import { useLayoutEffect, useState, type RefObject } from 'react';

/** The inner width of an element, in pixels, as it changes; 0 before it is known. */
export function useWidth_px(box: RefObject<HTMLElement | null>): number {
  const [width_px, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      setWidth(element.clientWidth);
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [box]);
  return width_px;
}
