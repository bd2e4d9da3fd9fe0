import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import styles from './SplitPane.module.css';

interface SplitPaneProps {
  /** What the handle resizes ("Trace list"). */
  label: string;
  /** `row`: side by side; `column`: one above the other. */
  direction?: 'row' | 'column';
  /** Which side keeps its size when the window changes. */
  sized?: 'first' | 'second';
  size_px: number;
  min_px: number;
  max_px?: number;
  /** What the other side is left with at least. */
  rest_min_px?: number;
  onResize: (size_px: number) => void;
  /** Takes the sized side's room away, but keeps what is in it as it was. */
  collapsed?: boolean;
  first: ReactNode;
  /** `null`: the first has all the room. It stays mounted when this comes and goes. */
  second: ReactNode;
}

const STEP_PX = 16;
/** Not `display: none`, which would lose where it was scrolled to. */
const COLLAPSED = { visibility: 'hidden', pointerEvents: 'none' } as const;

/** Two regions with a handle between them, for the mouse and for the arrow keys. The caller remembers the size. */
export function SplitPane(props: SplitPaneProps) {
  const { label, direction = 'row', sized = 'first', size_px, min_px, max_px = Infinity, onResize } = props;
  const { rest_min_px = 120, collapsed = false, first, second } = props;
  const frame = useRef<HTMLDivElement>(null);
  const grip = useRef<{ at_px: number; size_px: number } | null>(null);
  const sideways = direction === 'row';
  const grows = sized === 'first' ? 1 : -1;

  const clamp = (wanted_px: number) => {
    const whole_px = sideways ? frame.current?.clientWidth : frame.current?.clientHeight;
    const room_px = whole_px ? Math.max(min_px, whole_px - rest_min_px) : Infinity;
    return Math.round(Math.min(Math.max(wanted_px, min_px), max_px, room_px));
  };
  const place = (event: PointerEvent) => (sideways ? event.clientX : event.clientY);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.focus();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.dataset.dragging = '';
    grip.current = { at_px: place(event), size_px: clamp(size_px) };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!grip.current) return;
    onResize(clamp(grip.current.size_px + grows * (place(event) - grip.current.at_px)));
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    grip.current = null;
    delete event.currentTarget.dataset.dragging;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [less, more] = sideways ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    const step_px = event.shiftKey ? 4 * STEP_PX : STEP_PX;
    let next_px: number;
    if (event.key === less) next_px = size_px - grows * step_px;
    else if (event.key === more) next_px = size_px + grows * step_px;
    else if (event.key === 'Home') next_px = min_px;
    else if (event.key === 'End') next_px = Number.isFinite(max_px) ? max_px : Number.MAX_SAFE_INTEGER;
    else return;
    event.preventDefault();
    event.stopPropagation();
    onResize(clamp(next_px));
  };

  // The stylesheet keeps the other side's room when the window is smaller than it was at the last resize.
  const limit = `calc(100% - ${rest_min_px}px)`;
  const size = sideways
    ? { width: size_px, minWidth: min_px, maxWidth: limit }
    : { height: size_px, minHeight: min_px, maxHeight: limit };
  const alone = second === null;
  const side = (which: 'first' | 'second', children: ReactNode) =>
    sized === which && !alone ? (
      <div
        className={styles.sized}
        style={collapsed ? { ...COLLAPSED, [sideways ? 'width' : 'height']: 0 } : size}
      >
        {children}
      </div>
    ) : (
      <div className={styles.rest}>{children}</div>
    );

  return (
    <div ref={frame} className={`${styles.split} ${sideways ? '' : styles.vertical}`}>
      {side('first', first)}
      {!alone && !collapsed && (
        <div
          className={styles.handle}
          role="separator"
          tabIndex={0}
          aria-label={`Resize ${label}`}
          aria-orientation={sideways ? 'vertical' : 'horizontal'}
          aria-valuenow={Math.round(size_px)}
          aria-valuemin={min_px}
          {...(Number.isFinite(max_px) ? { 'aria-valuemax': max_px } : {})}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onLostPointerCapture={onPointerUp}
          onKeyDown={onKeyDown}
        />
      )}
      {!alone && side('second', second)}
    </div>
  );
}
