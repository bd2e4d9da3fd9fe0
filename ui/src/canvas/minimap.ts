// The whole trace in little: a lane for each depth, marks for failed steps and retries, quiet time that is folded, and the
// window of time on screen as a brush. Lanes are worked out once for a trace and a width; drawing then costs the same for any trace.
import { at } from '../domain/columns';
import { STATUS_ERROR, type StepTree } from '../domain/stepTree';
import { folded_from_ns, type TimeFolds } from '../domain/timeFolds';
import { clamped, fitted, isFitted, ns_from_px, px_from_ns, type TimeView } from '../domain/timeScale';
import type { TimePath } from '../domain/timePath';
import { drawPathInLittle } from './criticalPath';
import { drawZigzags, foldsInView } from './foldMarks';
import type { Palette } from './palette';
import { hair, type Pen } from './pen';

/** The trace condensed to columns of pixels. */
export interface Lanes {
  width_px: number;
  lanes: number;
  /** Kind code + 1 by lane and column, 0 where nothing is. */
  kinds: Uint8Array;
  /** Columns with a failed step. */
  errors: Uint8Array;
  /** Columns with a second or later attempt. */
  retries: Uint8Array;
}

const MOST_LANES = 9;
/** Above the lanes: marks of failed steps; below them: marks of retries. */
export const MARKS_PX = 7;

export function lanesOf(tree: StepTree, folds: TimeFolds, wide_px: number): Lanes {
  const width_px = Math.max(1, Math.floor(wide_px));
  const lanes = Math.min(tree.maxDepth + 1, MOST_LANES);
  const perDepth = lanes / (tree.maxDepth + 1);
  const kinds = new Uint8Array(lanes * width_px);
  const errors = new Uint8Array(width_px);
  const retries = new Uint8Array(width_px);
  const whole = fitted(folded_from_ns(folds, tree.total_ns));
  const pxOf = (time_ns: number) => px_from_ns(whole, width_px, folded_from_ns(folds, time_ns));
  for (let row = 0; row < tree.count; row++) {
    if (row === tree.orphanRow) continue;
    const left_px = pxOf(at(tree.start_ns, row));
    const right_px = pxOf(at(tree.end_ns, row));
    const first = Math.min(Math.max(Math.floor(left_px), 0), width_px - 1);
    const end = Math.max(first + 1, Math.min(Math.round(right_px), width_px));
    const base = Math.floor(at(tree.depth, row) * perDepth) * width_px;
    const kind = at(tree.kind, row) + 1;
    // Of a large trace nearly all steps are one column wide.
    if (end === first + 1) kinds[base + first] = kind;
    else kinds.fill(kind, base + first, base + end);
    // A failure that only repeats one below it needs no mark of its own.
    if (tree.status[row] === STATUS_ERROR && at(tree.errorsBelow, row) === 0) errors[first] = 1;
    if (at(tree.attempt, row) > 1) retries[first] = 1;
  }
  return { width_px, lanes, kinds, errors, retries };
}

/** Times are in folded time. */
export interface MinimapScene {
  lanes: Lanes;
  folds: TimeFolds;
  view: TimeView;
  total_ns: number;
  width_px: number;
  height_px: number;
  /** The critical path, where it is shown. */
  path?: TimePath | null;
  /** By column, 1 where a step starts that a search has found; `null` while nothing is searched for. */
  found: Uint8Array | null;
  /** Where the selected step starts. */
  selected_ns: number | null;
  /** Where pinned steps start. */
  pins_ns: readonly number[];
}

export function drawMinimap(pen: Pen, scene: MinimapScene, palette: Palette): void {
  const { lanes, view, total_ns, width_px, height_px } = scene;
  pen.clearRect(0, 0, width_px, height_px);
  drawLanes(pen, lanes, height_px, palette);
  if (scene.path) {
    const lane = { lanes: lanes.lanes, lane_px: laneHeight_px(lanes, height_px), top_px: MARKS_PX };
    drawPathInLittle(pen, { path: scene.path, folds: scene.folds, total_ns, width_px, ...lane }, palette);
  }
  const folds = foldsInView(scene.folds, fitted(total_ns), width_px);
  drawZigzags(pen, folds, MARKS_PX, height_px - 2 * MARKS_PX, palette);
  for (let x = 0; x < lanes.width_px; x++) {
    if (lanes.errors[x]) drawMark(pen, x, 1, 1, palette.failed);
    if (lanes.retries[x]) drawMark(pen, x, height_px - 1, -1, palette.warning);
  }
  if (scene.found) drawFound(pen, scene.found, height_px, palette);
  if (!isFitted(view, total_ns)) drawBrush(pen, scene, palette);
  for (const pin_ns of scene.pins_ns) {
    const x_px = Math.round(px_from_ns(fitted(total_ns), width_px, pin_ns));
    hair(pen, x_px, MARKS_PX, height_px, palette.accent);
    drawMark(pen, x_px, MARKS_PX + 1, 1, palette.accent);
  }
  if (scene.selected_ns === null) return;
  const at_px = px_from_ns(fitted(total_ns), width_px, scene.selected_ns);
  pen.fillStyle = palette.accent;
  pen.fillRect(Math.round(at_px) - 1, 0, 2, height_px);
}

/** The columns in which steps start, for `drawMinimap`. */
export function foundColumns(
  tree: StepTree,
  folds: TimeFolds,
  wide_px: number,
  rows: Uint32Array,
): Uint8Array {
  const width_px = Math.max(1, Math.floor(wide_px));
  const whole = fitted(folded_from_ns(folds, tree.total_ns));
  const columns = new Uint8Array(width_px);
  for (const row of rows) {
    const x_px = px_from_ns(whole, width_px, folded_from_ns(folds, at(tree.start_ns, row)));
    columns[Math.min(Math.max(Math.floor(x_px), 0), width_px - 1)] = 1;
  }
  return columns;
}

/** A tick for each step that was found, between the marks above and below. */
function drawFound(pen: Pen, found: Uint8Array, height_px: number, palette: Palette): void {
  pen.save();
  pen.fillStyle = palette.accent;
  for (let x = 0; x < found.length; x++) {
    if (found[x]) pen.fillRect(x, MARKS_PX - 1, 1, height_px - 2 * MARKS_PX + 2);
  }
  pen.restore();
}

function drawBrush(pen: Pen, scene: MinimapScene, palette: Palette): void {
  const { view, total_ns, width_px, height_px } = scene;
  const { left_px, right_px } = brushEdges(view, total_ns, width_px);
  pen.save();
  pen.fillStyle = palette.sunken;
  pen.globalAlpha = 0.74;
  pen.fillRect(0, 0, left_px, height_px);
  pen.fillRect(right_px, 0, width_px - right_px, height_px);
  pen.restore();
  for (const x_px of [left_px, right_px]) {
    hair(pen, x_px - 0.5, 0, height_px, palette.accent);
    pen.fillStyle = palette.accent;
    pen.beginPath();
    pen.roundRect(x_px - 2.5, height_px / 2 - 7, 5, 14, 2);
    pen.fill();
  }
}

const laneHeight_px = ({ lanes }: Lanes, height_px: number) =>
  Math.min(6, (height_px - 2 * MARKS_PX) / lanes);

/** Neighbouring columns of one kind are one rectangle. */
function drawLanes(pen: Pen, all: Lanes, height_px: number, palette: Palette): void {
  const { width_px, lanes, kinds } = all;
  const lane_px = laneHeight_px(all, height_px);
  const bar_px = Math.max(1, lane_px - 1);
  pen.save();
  for (let lane = 0; lane < lanes; lane++) {
    const base = lane * width_px;
    const top_px = MARKS_PX + lane * lane_px;
    let from = 0;
    for (let x = 1; x <= width_px; x++) {
      const kind = at(kinds, base + from);
      if (x < width_px && kinds[base + x] === kind) continue;
      if (kind > 0) {
        pen.fillStyle = palette.kinds[kind - 1] ?? palette.muted;
        pen.globalAlpha = 0.78;
        pen.fillRect(from, top_px, x - from, bar_px);
      }
      from = x;
    }
  }
  pen.restore();
}

/** A small triangle; it points down for `direction` 1, up for -1. */
function drawMark(pen: Pen, x_px: number, base_px: number, direction: 1 | -1, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x_px - 3, base_px);
  pen.lineTo(x_px + 4, base_px);
  pen.lineTo(x_px + 0.5, base_px + direction * 5);
  pen.closePath();
  pen.fill();
}

/** Where the window of time begins and ends on the minimap. */
function brushEdges(view: TimeView, total_ns: number, width_px: number) {
  const whole = fitted(total_ns);
  const left_px = px_from_ns(whole, width_px, view.start_ns);
  const right_px = px_from_ns(whole, width_px, view.end_ns);
  // A deep zoom still leaves something to take hold of.
  const spare_px = Math.max(0, 4 - (right_px - left_px)) / 2;
  return { left_px: left_px - spare_px, right_px: right_px + spare_px };
}

export type Grip = 'left' | 'right' | 'inside' | 'outside';

const GRIP_PX = 5;

/** What of the brush a point takes hold of. While all is in view, there is nothing to move: it starts a new range. */
export function gripAt(view: TimeView, total_ns: number, width_px: number, x_px: number): Grip {
  if (isFitted(view, total_ns)) return 'outside';
  const { left_px, right_px } = brushEdges(view, total_ns, width_px);
  const toLeft_px = Math.abs(x_px - left_px);
  const toRight_px = Math.abs(x_px - right_px);
  if (Math.min(toLeft_px, toRight_px) <= GRIP_PX) {
    // Of a narrow brush the middle can still be taken.
    const narrow = right_px - left_px < 3 * GRIP_PX && x_px > left_px && x_px < right_px;
    if (!narrow) return toLeft_px <= toRight_px ? 'left' : 'right';
  }
  return x_px > left_px && x_px < right_px ? 'inside' : 'outside';
}

export interface Drag {
  grip: Grip;
  /** Where it began. */
  from_px: number;
  /** The view it began with. */
  view: TimeView;
}

/** The view that a drag has led to. */
export function dragged(drag: Drag, total_ns: number, width_px: number, x_px: number): TimeView {
  const whole = fitted(total_ns);
  const to_ns = ns_from_px(whole, width_px, Math.min(Math.max(x_px, 0), width_px));
  const { start_ns, end_ns } = drag.view;
  if (drag.grip === 'inside') {
    const by_ns = ns_from_px(whole, width_px, x_px) - ns_from_px(whole, width_px, drag.from_px);
    return clamped({ start_ns: start_ns + by_ns, end_ns: end_ns + by_ns }, total_ns);
  }
  const held_ns =
    drag.grip === 'left'
      ? end_ns
      : drag.grip === 'right'
        ? start_ns
        : ns_from_px(whole, width_px, drag.from_px);
  return clamped({ start_ns: Math.min(held_ns, to_ns), end_ns: Math.max(held_ns, to_ns) }, total_ns);
}

/** The view moved so that its middle is where the minimap was clicked. */
export function centredAt(view: TimeView, total_ns: number, width_px: number, x_px: number): TimeView {
  const middle_ns = ns_from_px(fitted(total_ns), width_px, x_px);
  const half_ns = (view.end_ns - view.start_ns) / 2;
  return clamped({ start_ns: middle_ns - half_ns, end_ns: middle_ns + half_ns }, total_ns);
}
