// The critical path over the bars: a line below each bar for as long as the run waited for that step, and hairs from one step to
// the next.
//
//   agent ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
//         ━━┐             ┌━
//   llm     ▓▓▓▓▓▓        │
//           ━━━━━┐        │
//   tool         ▓▓▓▓▓▓▓▓▓│
//                ━━━━━━━━━┘
import { at, countBelow } from '../domain/columns';
import { stretchEnd_ns, type TimePath } from '../domain/timePath';
import { fitted, px_from_ns } from '../domain/timeScale';
import { folded_from_ns, type TimeFolds } from '../domain/timeFolds';
import type { Palette } from './palette';
import type { Pen } from './pen';
import { BAR_PX, px_from_time, time_from_px, type BarsScene } from './scene';

export interface PathMarks {
  path: TimePath;
  /** The line of each stretch, -1 where it has none. */
  lines: Int32Array;
}

const LINE_PX = 2;

export function drawCriticalPath(pen: Pen, scene: BarsScene, palette: Palette): void {
  if (!scene.path) return;
  const { path, lines } = scene.path;
  const { first, line_px, width_px, height_px, tree } = scene;
  const last = path.row.length - 1;
  const below_px = (line: number) => (line - first) * line_px + (line_px + BAR_PX) / 2;
  const held_px = (y_px: number) => Math.min(Math.max(y_px, -LINE_PX), height_px + LINE_PX);
  const to_ns = time_from_px(scene, width_px);
  // One before the first in view, for the hair that leads to that.
  let index = Math.max(0, countBelow(path.end_ns, time_from_px(scene, 0)) - 1);
  let drawn = { x_px: -1, line: -1 };
  const hairs = new Map<number, { from_px: number; to_px: number }>();
  pen.save();
  pen.fillStyle = palette.text;
  for (; index <= last && at(path.start_ns, index) <= to_ns; index++) {
    const line = lines[index] ?? -1;
    if (line < 0) continue;
    const left_px = Math.round(px_from_time(scene, at(path.start_ns, index)));
    const right_px = Math.round(px_from_time(scene, stretchEnd_ns(path, index, tree.total_ns)));
    const y_px = below_px(line);
    const isInView = right_px >= 0 && line >= first && line < scene.end;
    const isNew = right_px > left_px || drawn.x_px !== left_px || drawn.line !== line;
    if (isInView && isNew) {
      const from_px = Math.max(left_px, 0);
      pen.fillRect(from_px, y_px, Math.max(Math.min(right_px, width_px) - from_px, 1), LINE_PX);
      drawn = { x_px: left_px, line };
    }
    const next = index < last ? (lines[index + 1] ?? -1) : -1;
    if (next < 0 || next === line || right_px < 0 || right_px > width_px) continue;
    // Hairs in one pixel are one.
    const [from_px, to_px] = [held_px(y_px), held_px(below_px(next))];
    const known = hairs.get(right_px);
    hairs.set(right_px, {
      from_px: Math.min(from_px, to_px, known?.from_px ?? Infinity),
      to_px: Math.max(from_px, to_px, known?.to_px ?? -Infinity),
    });
  }
  pen.globalAlpha = 0.5;
  for (const [x_px, { from_px, to_px }] of hairs) {
    if (to_px > 0 && from_px < height_px) pen.fillRect(x_px, from_px, 1, to_px - from_px + LINE_PX);
  }
  pen.restore();
}

interface PathInLittle {
  path: TimePath;
  folds: TimeFolds;
  total_ns: number;
  width_px: number;
  lanes: number;
  lane_px: number;
  top_px: number;
}

/** The path over the lanes of the minimap. */
export function drawPathInLittle(pen: Pen, scene: PathInLittle, palette: Palette): void {
  const { path, folds, total_ns, width_px, lanes, lane_px, top_px } = scene;
  const whole = fitted(total_ns);
  const pxOf = (time_ns: number) => Math.round(px_from_ns(whole, width_px, folded_from_ns(folds, time_ns)));
  pen.fillStyle = palette.text;
  path.row.forEach((row, index) => {
    if (row < 0) return;
    const left_px = pxOf(at(path.start_ns, index));
    const right_px = Math.max(left_px + 1, pxOf(at(path.end_ns, index)));
    const lane = Math.floor(at(path.deep, index) * lanes);
    pen.fillRect(left_px, top_px + (lane + 1) * lane_px - 1, right_px - left_px, 1);
  });
}
