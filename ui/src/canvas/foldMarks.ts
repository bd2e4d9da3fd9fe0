// Where quiet time is folded: a band with a zigzag through it, over all that is drawn at that time.
import { at } from '../domain/columns';
import type { TimeFolds } from '../domain/timeFolds';
import { px_from_ns, type TimeView } from '../domain/timeScale';
import type { Palette } from './palette';
import type { Pen } from './pen';

const ZIGZAG_PX = 6;
const AMPLITUDE_PX = 3;

export interface FoldSpan {
  index: number;
  left_px: number;
  right_px: number;
}

/** The folds in view, from left to right. */
export function foldsInView(folds: TimeFolds, view: TimeView, width_px: number): FoldSpan[] {
  const spans: FoldSpan[] = [];
  for (let index = 0; index < folds.folded_ns.length; index++) {
    const left_px = px_from_ns(view, width_px, at(folds.folded_ns, index));
    const right_px = px_from_ns(view, width_px, at(folds.folded_ns, index) + folds.width_ns);
    if (right_px >= 0 && left_px <= width_px) spans.push({ index, left_px, right_px });
  }
  return spans;
}

/** The ground of folds, below whatever is drawn. */
export function drawFoldGrounds(pen: Pen, spans: FoldSpan[], height_px: number, palette: Palette): void {
  pen.fillStyle = palette.sunken;
  for (const { left_px, right_px } of spans) pen.fillRect(left_px, 0, right_px - left_px, height_px);
}

/** The zigzags, over whatever is drawn: bars that reach across are seen to be broken there. */
export function drawZigzags(
  pen: Pen,
  spans: FoldSpan[],
  top_px: number,
  height_px: number,
  palette: Palette,
): void {
  for (const { left_px, right_px } of spans) {
    const middle_px = (left_px + right_px) / 2;
    for (const [colour, wide_px] of [
      [palette.sunken, 5],
      [palette.muted, 1.25],
    ] as const) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide_px;
      pen.beginPath();
      pen.moveTo(middle_px - AMPLITUDE_PX, top_px);
      for (let y_px = ZIGZAG_PX, side = 1; y_px <= height_px + ZIGZAG_PX; y_px += ZIGZAG_PX, side = -side)
        pen.lineTo(middle_px + side * AMPLITUDE_PX, top_px + y_px);
      pen.stroke();
    }
  }
}
