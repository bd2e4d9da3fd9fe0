// The bars of the timeline, one row each, beside the rows of the tree:
//
//        0          1 s         2 s
//   ─────┼───────────┼───────────┼──────
//   agent ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 2.3 s      light: has visible steps below it
//   tool  ▨▨▨▨ ✕ 1/2 · 400 ms                 hatched, red edge: failed
//   tool  ····▓▓▓▓ 2/2 · 380 ms               dots: the pause before an attempt
//   llm          ▓▓▓▓▓▓▓▓▓░░ running 1.2 s     fades: no end yet
//
// Only rows of the window are drawn, and of a bar only what lies in view.
import { at } from '../domain/columns';
import { formatDurationNs } from '../domain/format';
import { attemptsOf, STATUS_ERROR, STATUS_OPEN, type StepTree } from '../domain/stepTree';
import { px_from_ns, type Ticks, type TimeView } from '../domain/timeScale';
import type { Palette } from './palette';
import { boxPath, cross, hair, hatch, type Box, type Pen } from './pen';

export interface BarsScene {
  tree: StepTree;
  /** Rows in view of the tree, in order. */
  visible: Uint32Array;
  /** The part of `visible` to draw: from here … */
  first: number;
  /** … up to, not including, this. The first of them is drawn at the top. */
  end: number;
  view: TimeView;
  width_px: number;
  row_px: number;
  ticks: Ticks;
  /** Selected row, -1 for none. */
  selected: number;
  /** Row under the pointer, -1 for none. */
  hovered: number;
  /** Where the pointer is. */
  cursor_px: number | null;
}

export const BAR_PX = 16;
/** No step vanishes, however short. */
export const NARROWEST_PX = 2;
const BEYOND_PX = 12;
const LABEL_GAP_PX = 5;
const CROSS_PX = 6;
const FADE_PX = 18;

/** Where a row's bar is, cut to just beyond both edges; `null` if it is out of view. */
export function barBox(scene: BarsScene, index: number): Box | null {
  const { tree, view, width_px } = scene;
  const row = at(scene.visible, index);
  return stretchBox(
    scene,
    index,
    at(tree.start_ns, row),
    at(tree.end_ns, row),
    BAR_PX,
    (left_px, right_px) => right_px < 0 || left_px > width_px || view.end_ns <= view.start_ns,
  );
}

/** Where the pause before a row's attempt is; `null` if there is none in view. */
export function pauseBox(scene: BarsScene, index: number): Box | null {
  const row = at(scene.visible, index);
  const pause_ns = at(scene.tree.pause_ns, row);
  if (pause_ns <= 0) return null;
  const start_ns = at(scene.tree.start_ns, row);
  return stretchBox(
    scene,
    index,
    start_ns - pause_ns,
    start_ns,
    BAR_PX - 8,
    (left_px, right_px) => right_px < 0 || left_px > scene.width_px,
  );
}

function stretchBox(
  scene: BarsScene,
  index: number,
  start_ns: number,
  end_ns: number,
  height_px: number,
  isOut: (left_px: number, right_px: number) => boolean,
): Box | null {
  const { view, width_px, row_px } = scene;
  const left_px = px_from_ns(view, width_px, start_ns);
  const right_px = Math.max(px_from_ns(view, width_px, end_ns), left_px + NARROWEST_PX);
  if (isOut(left_px, right_px)) return null;
  // Whole pixels: edges are sharp, and what touches in time touches on screen.
  const from_px = Math.round(Math.max(left_px, -BEYOND_PX));
  const to_px = Math.round(Math.min(right_px, width_px + BEYOND_PX));
  return {
    x_px: from_px,
    y_px: (index - scene.first) * row_px + (row_px - height_px) / 2,
    width_px: Math.max(NARROWEST_PX, to_px - from_px),
    height_px,
  };
}

/** What lies under a point of the drawing. */
export type Hit = { row: number; part: 'bar' | 'pause' | 'row' };

const NEAR_PX = 3;

/** The row by division, then its bar and its pause; short bars are caught a little beside them, too. */
export function hitAt(scene: BarsScene, x_px: number, y_px: number): Hit | null {
  const index = scene.first + Math.floor(y_px / scene.row_px);
  if (index < scene.first || index >= scene.end) return null;
  const row = at(scene.visible, index);
  const within = (box: Box | null) =>
    box !== null && x_px >= box.x_px - NEAR_PX && x_px <= box.x_px + box.width_px + NEAR_PX;
  if (within(barBox(scene, index))) return { row, part: 'bar' };
  if (within(pauseBox(scene, index))) return { row, part: 'pause' };
  return { row, part: 'row' };
}

export function drawBars(pen: Pen, scene: BarsScene, palette: Palette): void {
  const height_px = (scene.end - scene.first) * scene.row_px;
  pen.clearRect(0, 0, scene.width_px, height_px);
  for (const time_ns of scene.ticks.at_ns) {
    hair(pen, px_from_ns(scene.view, scene.width_px, time_ns), 0, height_px, palette.border);
  }
  pen.font = palette.font;
  pen.textBaseline = 'middle';
  for (let index = scene.first; index < scene.end; index++) {
    drawPause(pen, scene, index, palette);
    drawBar(pen, scene, index, palette);
  }
  if (scene.cursor_px !== null) hair(pen, scene.cursor_px, 0, height_px, palette.accent);
}

/** Whether steps below a row stand on screen below it; then its bar steps back. */
function isOpenContainer(scene: BarsScene, index: number): boolean {
  const row = at(scene.visible, index);
  return at(scene.tree.descendants, row) > 0 && scene.visible[index + 1] === row + 1;
}

function drawPause(pen: Pen, scene: BarsScene, index: number, palette: Palette): void {
  const box = pauseBox(scene, index);
  if (!box) return;
  hatch(pen, box, palette.muted, 0.55);
  const text = `pause ${formatDurationNs(at(scene.tree.pause_ns, at(scene.visible, index)))}`;
  const text_px = pen.measureText(text).width;
  if (text_px + 16 > box.width_px) return;
  const middle_px = box.x_px + box.width_px / 2;
  pen.fillStyle = palette.surface;
  pen.fillRect(middle_px - text_px / 2 - 3, box.y_px - 2, text_px + 6, box.height_px + 4);
  pen.fillStyle = palette.muted;
  pen.textAlign = 'center';
  pen.fillText(text, middle_px, box.y_px + box.height_px / 2 + 0.5);
}

function drawBar(pen: Pen, scene: BarsScene, index: number, palette: Palette): void {
  const row = at(scene.visible, index);
  const box = barBox(scene, index);
  if (!box) {
    drawArrow(pen, scene, index, palette);
    return;
  }
  const { tree } = scene;
  const colour = palette.kinds[at(tree.kind, row)] ?? palette.muted;
  const failed = tree.status[row] === STATUS_ERROR;
  const open = at(tree.duration_ns, row) < 0;
  const light = isOpenContainer(scene, index);

  if (failed && !light) {
    boxPath(pen, box);
    pen.fillStyle = palette.failedSoft;
    pen.fill();
    hatch(pen, box, palette.failed, 0.5);
  } else {
    // What is only a hair wide needs all its colour.
    fillBar(pen, box, colour, light && box.width_px >= 4 ? 0.22 : 1, open);
  }
  if (box.width_px >= 4) {
    // The kind stays readable on a failed bar, and an end that is not there is not drawn.
    if (failed || light) {
      pen.fillStyle = colour;
      pen.fillRect(box.x_px, box.y_px, 3, box.height_px);
    }
    if (failed || open) {
      pen.save();
      if (open) pen.setLineDash([4, 3]);
      pen.strokeStyle = failed ? palette.failed : colour;
      pen.lineWidth = failed ? 1.5 : 1;
      boxPath(pen, box, 3, 0.5);
      pen.stroke();
      pen.restore();
    }
  } else if (failed) {
    pen.fillStyle = palette.failed;
    pen.fillRect(box.x_px, box.y_px, box.width_px, box.height_px);
  }
  if (!light && at(tree.descendants, row) > 0) drawInside(pen, box, tree, row, palette);
  if (row === scene.selected || row === scene.hovered) {
    pen.strokeStyle = row === scene.selected ? palette.accent : palette.borderStrong;
    pen.lineWidth = row === scene.selected ? 2 : 1;
    boxPath(pen, box, 4, -2);
    pen.stroke();
  }
  const pause = pauseBox(scene, index);
  drawLabel(pen, scene, row, box, { failed, light, open, before_px: pause?.x_px ?? box.x_px }, palette);
}

function fillBar(pen: Pen, box: Box, colour: string, alpha: number, open: boolean): void {
  pen.save();
  pen.fillStyle = colour;
  pen.globalAlpha = alpha;
  if (!open || box.width_px < 2 * FADE_PX) {
    boxPath(pen, box);
    pen.fill();
  } else {
    // It fades out in steps, as it has no end.
    const solid_px = box.width_px - FADE_PX;
    pen.fillRect(box.x_px, box.y_px, solid_px, box.height_px);
    for (let step = 0; step < 6; step++) {
      pen.globalAlpha = alpha * (1 - (step + 1) / 7);
      pen.fillRect(box.x_px + solid_px + (step * FADE_PX) / 6, box.y_px, FADE_PX / 6, box.height_px);
    }
  }
  pen.restore();
}

/** A collapsed row says when something failed below it. */
function drawInside(pen: Pen, box: Box, tree: StepTree, row: number, palette: Palette): void {
  if (at(tree.errorsBelow, row) === 0 || box.width_px < 4) return;
  pen.fillStyle = palette.failed;
  pen.fillRect(box.x_px, box.y_px + box.height_px - 3, box.width_px, 3);
}

/** Points to a bar that is out of view. */
function drawArrow(pen: Pen, scene: BarsScene, index: number, palette: Palette): void {
  const row = at(scene.visible, index);
  const toLeft = at(scene.tree.end_ns, row) <= scene.view.start_ns;
  const tip_px = toLeft ? 4 : scene.width_px - 4;
  const back_px = toLeft ? 4 : -4;
  const middle_px = (index - scene.first + 0.5) * scene.row_px;
  pen.strokeStyle = scene.tree.status[row] === STATUS_ERROR ? palette.failed : palette.borderStrong;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(tip_px + back_px, middle_px - 4);
  pen.lineTo(tip_px, middle_px);
  pen.lineTo(tip_px + back_px, middle_px + 4);
  pen.stroke();
}

/** `2/3 · 812 ms`; without the duration where the source gives no times. */
export function barLabel(tree: StepTree, row: number): string {
  const attempt = at(tree.attempt, row);
  const attempts = attemptsOf(tree, row);
  const tried = attempt > 0 && attempts ? `${attempt}/${attempts.rows.length}` : null;
  return [tried, durationWord(tree, row)].filter((word) => word !== null).join(' · ');
}

function durationWord(tree: StepTree, row: number): string | null {
  if (tree.clock === 'order_only') return null;
  const known_ns = at(tree.duration_ns, row);
  if (known_ns >= 0) return formatDurationNs(known_ns);
  if (tree.status[row] !== STATUS_OPEN || !tree.isLive) return 'no end';
  return `running ${formatDurationNs(at(tree.end_ns, row) - at(tree.start_ns, row))}`;
}

/** Inside the bar if it fits there, else on its right, else on the left of it and its pause. */
function drawLabel(
  pen: Pen,
  scene: BarsScene,
  row: number,
  box: Box,
  look: { failed: boolean; light: boolean; open: boolean; before_px: number },
  palette: Palette,
): void {
  const text = barLabel(scene.tree, row);
  const mark_px = look.failed ? CROSS_PX + 5 : 0;
  const label_px = mark_px + pen.measureText(text).width;
  const middle_px = box.y_px + box.height_px / 2;
  const left_px = Math.max(box.x_px, 0);
  const right_px = Math.min(box.x_px + box.width_px, scene.width_px);
  const inner_px = look.failed || look.light ? 8 : 6;
  let x_px: number;
  let colour = look.failed ? palette.failed : palette.muted;
  if (label_px + inner_px + LABEL_GAP_PX + (look.open ? FADE_PX : 0) <= right_px - left_px) {
    x_px = left_px + inner_px;
    colour = look.failed ? palette.failed : look.light ? palette.text : palette.onKind;
    if (look.failed && !look.light) {
      // The hatch stays clear of the text.
      pen.fillStyle = palette.failedSoft;
      pen.fillRect(x_px - 3, box.y_px + 2, label_px + 6, box.height_px - 4);
    }
  } else if (right_px + LABEL_GAP_PX + label_px <= scene.width_px) {
    x_px = right_px + LABEL_GAP_PX;
  } else if (look.before_px - LABEL_GAP_PX - label_px >= 0) {
    x_px = look.before_px - LABEL_GAP_PX - label_px;
  } else {
    return;
  }
  if (look.failed) cross(pen, x_px, middle_px, CROSS_PX, colour);
  pen.fillStyle = colour;
  pen.textAlign = 'left';
  pen.fillText(text, x_px + mark_px, middle_px + 0.5);
}
