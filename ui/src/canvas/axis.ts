// The axis above the bars, with the time (or step) under the pointer.
import { pointerLabel, type Clocked } from '../domain/stepScale';
import { ns_from_px, px_from_ns, type Ticks, type TimeView } from '../domain/timeScale';
import type { Palette } from './palette';
import { hair, type Pen } from './pen';

export interface AxisScene {
  tree: Clocked;
  view: TimeView;
  width_px: number;
  height_px: number;
  ticks: Ticks;
  cursor_px: number | null;
}

/** Two labels stand at least this far apart. */
export const LABEL_EVERY_PX = 84;
const TICK_PX = 5;

export function drawAxis(pen: Pen, scene: AxisScene, palette: Palette): void {
  const { tree, view, width_px, height_px, ticks, cursor_px } = scene;
  pen.clearRect(0, 0, width_px, height_px);
  pen.font = palette.font;
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  const middle_px = height_px / 2 + 0.5;
  ticks.at_ns.forEach((time_ns, index) => {
    const x_px = px_from_ns(view, width_px, time_ns);
    hair(pen, x_px, height_px - TICK_PX, TICK_PX, palette.borderStrong);
    const label = ticks.labels[index] ?? '';
    const room_px = width_px - x_px - 4;
    pen.fillStyle = palette.muted;
    if (pen.measureText(label).width <= room_px) pen.fillText(label, x_px + 4, middle_px);
  });
  if (cursor_px === null) return;
  const at_ns = ns_from_px(view, width_px, cursor_px);
  const precise_ns = Math.max((view.end_ns - view.start_ns) / width_px, 1);
  const step_ns = 10 ** Math.floor(Math.log10(precise_ns));
  const label = pointerLabel(tree, at_ns, step_ns, view.end_ns);
  const label_px = pen.measureText(label).width + 10;
  const left_px = Math.min(Math.max(cursor_px - label_px / 2, 0), width_px - label_px);
  hair(pen, cursor_px, 0, height_px, palette.accent);
  pen.fillStyle = palette.accent;
  pen.beginPath();
  pen.roundRect(left_px, 2, label_px, height_px - 5, 3);
  pen.fill();
  pen.fillStyle = palette.surface;
  pen.fillText(label, left_px + 5, middle_px);
}
