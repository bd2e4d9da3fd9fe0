// The divider between tree and timeline. They scroll as one region, so a split pane cannot hold them apart.
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import styles from './StepsPane.module.css';

interface ColumnHandleProps {
  /** What it resizes. */
  label: string;
  size_px: number;
  min_px: number;
  rest_min_px: number;
  onResize: (size_px: number) => void;
}

const STEP_PX = 16;

export function ColumnHandle({ label, size_px, min_px, rest_min_px, onResize }: ColumnHandleProps) {
  const grip = useRef<{ at_px: number; size_px: number } | null>(null);
  const clamp = (wanted_px: number, handle: HTMLElement) => {
    const whole_px = handle.parentElement?.clientWidth ?? Infinity;
    return Math.round(Math.max(min_px, Math.min(wanted_px, whole_px - rest_min_px)));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.dataset.dragging = '';
    grip.current = { at_px: event.clientX, size_px: clamp(size_px, event.currentTarget) };
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!grip.current) return;
    onResize(clamp(grip.current.size_px + event.clientX - grip.current.at_px, event.currentTarget));
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    grip.current = null;
    delete event.currentTarget.dataset.dragging;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    event.stopPropagation();
    onResize(clamp(size_px + (event.key === 'ArrowLeft' ? -STEP_PX : STEP_PX), event.currentTarget));
  };
  return (
    <div
      className={styles.handle}
      role="separator"
      tabIndex={0}
      aria-label={`Resize ${label}`}
      aria-orientation="vertical"
      aria-valuenow={Math.round(size_px)}
      aria-valuemin={min_px}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onLostPointerCapture={release}
      onKeyDown={onKeyDown}
    />
  );
}
