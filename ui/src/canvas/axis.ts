// The axis above the bars, with the time (or step) under the pointer.
import { quietWord, pointerLabel, type StepScale } from '../domain/stepScale';
import { NO_FOLDS, ns_from_folded } from '../domain/timeFolds';
import { ns_from_px, px_from_ns, type Ticks, type TimeView } from '../domain/timeScale';
import { drawBand } from './bars';
import { drawFoldGrounds, drawZigzags, foldsInView } from './foldMarks';
import type { Palette } from './palette';
import { hair, type Pen } from './pen';

export interface AxisScene {
  scale: StepScale;
  /** In folded time. */
  view: TimeView;
  width_px: number;
  height_px: number;
  ticks: Ticks;
  cursor_px: number | null;
  /** The stretch being chosen, from and to. */
  band_px: readonly [number, number] | null;
}

/** Two labels stand at least this far apart. */
export const LABEL_EVERY_PX = 84;
const TICK_PX = 5;

export function drawAxis(pen: Pen, scene: AxisScene, palette: Palette): void {
  const { scale, view, width_px, height_px, ticks, cursor_px } = scene;
  const folds = scale.folds ?? NO_FOLDS;
  pen.clearRect(0, 0, width_px, height_px);
  pen.font = palette.font;
  pen.textBaseline = 'middle';
  const middle_px = height_px / 2 + 0.5;
  const spans = foldsInView(folds, view, width_px);
  drawFoldGrounds(pen, spans, height_px, palette);
  drawZigzags(pen, spans, 0, height_px, palette);
  // What is quiet says how long it is, if there is room; times give way to it.
  const taken_px: [number, number][] = [];
  pen.textAlign = 'center';
  for (const { index, left_px, right_px } of spans) {
    const text = quietWord(folds, index);
    const half_px = pen.measureText(text).width / 2 + 4;
    const at_px = Math.min(Math.max((left_px + right_px) / 2, half_px), width_px - half_px);
    if (at_px - half_px < (taken_px.at(-1)?.[1] ?? 0)) continue;
    taken_px.push([at_px - half_px, at_px + half_px]);
    pen.fillStyle = palette.sunken;
    pen.fillRect(at_px - half_px, 2, 2 * half_px, height_px - TICK_PX - 3);
    pen.fillStyle = palette.muted;
    pen.fillText(text, at_px, middle_px - 1);
  }
  pen.textAlign = 'left';
  let free_px = 0;
  ticks.at_ns.forEach((time_ns, index) => {
    const x_px = px_from_ns(view, width_px, time_ns);
    hair(pen, x_px, height_px - TICK_PX, TICK_PX, palette.borderStrong);
    const label = ticks.labels[index] ?? '';
    const end_px = x_px + 4 + pen.measureText(label).width;
    const isTaken = taken_px.some(([from_px, to_px]) => end_px > from_px && x_px < to_px);
    if (end_px > width_px || x_px < free_px || isTaken) return;
    pen.fillStyle = palette.muted;
    pen.fillText(label, x_px + 4, middle_px);
    free_px = end_px;
  });
  if (scene.band_px) drawBand(pen, scene.band_px, height_px, palette);
  if (cursor_px === null) return;
  const at_ns = ns_from_px(view, width_px, cursor_px);
  const precise_ns = Math.max((view.end_ns - view.start_ns) / width_px, 1);
  const step_ns = 10 ** Math.floor(Math.log10(precise_ns));
  const label = pointerLabel(scale, at_ns, step_ns, ns_from_folded(folds, view.end_ns));
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
