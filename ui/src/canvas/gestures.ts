// What mouse and wheel do to a timeline. Over the bars the plain wheel is left to the lines, which scroll.
import { centredAt, dragged, gripAt, type Drag, type Grip } from './minimap';
import type { Timeline } from './timeline';
import { panned, type TimeView } from '../domain/timeScale';

const WHEEL_ZOOM = 0.0022;
const LINE_PX = 16;
/** A pointer that moved less has clicked. */
const CLICK_PX = 4;

const CURSORS: Record<Grip, string> = {
  left: 'ew-resize',
  right: 'ew-resize',
  inside: 'grab',
  outside: 'crosshair',
};

/**
 * Bars and axis: hovering, clicking, zooming with two clicks. Dragging takes the time along on the bars; on the axis, or with
 * Shift, it chooses a stretch to zoom to.
 */
export function listenToRows(
  timeline: Timeline,
  bars: HTMLCanvasElement,
  axis: HTMLCanvasElement,
  signal: AbortSignal,
): void {
  let drag: { from_px: number; view: TimeView; moved: boolean; chooses: boolean } | null = null;
  const xOf = (event: MouseEvent) => event.clientX - axis.getBoundingClientRect().left;

  const move = (event: PointerEvent) => {
    const x_px = xOf(event);
    if (drag) {
      drag.moved ||= Math.abs(x_px - drag.from_px) >= CLICK_PX;
      if (drag.moved && drag.chooses) timeline.setBand([drag.from_px, x_px]);
      else if (drag.moved) {
        const per_px = (drag.view.end_ns - drag.view.start_ns) / Math.max(timeline.width_px, 1);
        timeline.setView(panned(drag.view, timeline.total_ns, (drag.from_px - x_px) * per_px));
      }
    }
    const hit = timeline.point(x_px, event.currentTarget === bars ? yOf(event) : null, event);
    const isBar = hit !== null && hit.part !== 'row';
    bars.style.cursor = drag?.moved
      ? drag.chooses
        ? 'col-resize'
        : 'grabbing'
      : event.shiftKey
        ? 'crosshair'
        : isBar
          ? 'pointer'
          : 'default';
  };
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const chooses = event.currentTarget === axis || event.shiftKey;
    drag = { from_px: xOf(event), view: timeline.view, moved: false, chooses };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const release = (event: PointerEvent) => {
    const done = drag;
    drag = null;
    timeline.setBand(null);
    if (!done || event.type !== 'pointerup') return;
    if (done.moved && done.chooses) timeline.zoomToBand(done.from_px, xOf(event));
    else if (!done.moved && event.currentTarget === bars) timeline.click(hitUnder(event));
  };
  const leave = () => {
    if (!drag) timeline.leave();
  };
  const yOf = (event: MouseEvent) => event.clientY - bars.getBoundingClientRect().top;
  const hitUnder = (event: MouseEvent) => timeline.hitAt(xOf(event), yOf(event));

  for (const canvas of [bars, axis]) {
    canvas.addEventListener('pointermove', move, { signal });
    canvas.addEventListener('pointerdown', press, { signal });
    canvas.addEventListener('pointerup', release, { signal });
    canvas.addEventListener('pointercancel', release, { signal });
    canvas.addEventListener('pointerleave', leave, { signal });
    const wheel = (event: WheelEvent) => {
      turnWheel(timeline, event, axis, canvas === axis);
    };
    canvas.addEventListener('wheel', wheel, { signal, passive: false });
  }
  const zoomTo = (event: MouseEvent) => {
    timeline.zoomToHit(hitUnder(event));
  };
  bars.addEventListener('dblclick', zoomTo, { signal });
  const fit = () => {
    timeline.fit();
  };
  axis.addEventListener('dblclick', fit, { signal });
  axis.style.cursor = 'col-resize';
}

/** The minimap: its brush is moved and stretched, a click beside it brings it there, dragging there makes a new one. */
export function listenToMinimap(
  timeline: Timeline,
  canvas: HTMLCanvasElement,
  axis: HTMLCanvasElement,
  signal: AbortSignal,
): void {
  let drag: (Drag & { moved: boolean }) | null = null;
  const xOf = (event: MouseEvent) => event.clientX - canvas.getBoundingClientRect().left;

  const press = (event: PointerEvent) => {
    if (event.button !== 0 || !timeline.tree) return;
    const from_px = xOf(event);
    const grip = gripAt(timeline.view, timeline.total_ns, timeline.width_px, from_px);
    drag = { grip, from_px, view: timeline.view, moved: false };
    canvas.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!timeline.tree) return;
    const x_px = xOf(event);
    const { total_ns } = timeline;
    if (!drag) {
      canvas.style.cursor = CURSORS[gripAt(timeline.view, total_ns, timeline.width_px, x_px)];
      return;
    }
    drag.moved ||= Math.abs(x_px - drag.from_px) >= CLICK_PX;
    if (drag.moved) timeline.setView(dragged(drag, total_ns, timeline.width_px, x_px));
  };
  const release = (event: PointerEvent) => {
    if (drag && !drag.moved && drag.grip === 'outside' && timeline.tree) {
      timeline.setView(centredAt(timeline.view, timeline.total_ns, timeline.width_px, xOf(event)));
    }
    drag = null;
  };
  const cancel = () => {
    drag = null;
  };
  const fit = () => {
    timeline.fit();
  };
  const wheel = (event: WheelEvent) => {
    turnWheel(timeline, event, axis, true);
  };
  canvas.addEventListener('pointerdown', press, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  canvas.addEventListener('pointerup', release, { signal });
  canvas.addEventListener('pointercancel', cancel, { signal });
  canvas.addEventListener('dblclick', fit, { signal });
  canvas.addEventListener('wheel', wheel, { signal, passive: false });
}

/** Ctrl zooms, Shift or a sideways wheel pans; the plain wheel zooms where `plainZooms`, else it is let through. */
function turnWheel(
  timeline: Timeline,
  event: WheelEvent,
  axis: HTMLCanvasElement,
  plainZooms: boolean,
): void {
  const unit_px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
  const along_px = event.deltaX * unit_px;
  const across_px = event.deltaY * unit_px;
  const zooms = event.ctrlKey || event.metaKey;
  if (!zooms && (event.shiftKey || Math.abs(along_px) > Math.abs(across_px))) {
    event.preventDefault();
    timeline.panBy_px(along_px === 0 ? across_px : along_px);
  } else if (zooms || plainZooms) {
    event.preventDefault();
    const at_px = event.clientX - axis.getBoundingClientRect().left;
    timeline.zoomBy(Math.exp(across_px * WHEEL_ZOOM), at_px);
  }
}
