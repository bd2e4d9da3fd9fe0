import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import styles from './VirtualList.module.css';

interface VirtualListProps {
  label: string;
  count: number;
  /** What an item is likely to need; it is measured once on screen. */
  estimate_px: number;
  render: (index: number) => ReactNode;
  /** Told which items are on screen, as for loading them. */
  onVisible?: (first: number, last: number) => void;
  className?: string | undefined;
}

/** A list of any length, of which only what is on screen is drawn. Items may differ in height. */
export function VirtualList({ label, count, estimate_px, render, onVisible, className }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate_px,
    overscan: 8,
  });
  const items = list.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    onVisible?.(first, last);
  }, [first, last, onVisible]);
  return (
    <div
      ref={scroller}
      className={[styles.scroller, className].filter(Boolean).join(' ')}
      data-scrolls
      tabIndex={0}
      aria-label={label}
      role="list"
    >
      <div className={styles.body} style={{ height: list.getTotalSize() }} role="presentation">
        {items.map(({ index, start }) => (
          <div
            key={index}
            ref={list.measureElement}
            data-index={index}
            role="listitem"
            aria-setsize={count}
            aria-posinset={index + 1}
            className={styles.item}
            style={{ transform: `translateY(${start}px)` }}
          >
            {render(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
