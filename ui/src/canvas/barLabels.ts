// The words on and beside bars.
import { at } from '../domain/columns';
import { formatDurationNs } from '../domain/format';
import { attemptsOf, isStartUnknown, nameOf, STATUS_OPEN, type StepTree } from '../domain/stepTree';
import type { Palette } from './palette';
import { cross, type Box, type Pen } from './pen';
import type { BarsScene } from './scene';

const LABEL_GAP_PX = 5;
const CROSS_PX = 6;
/** Over so much a bar without an end fades out. */
export const FADE_PX = 18;

/** How a bar is drawn, as far as its label must know. */
export interface BarLook {
  failed: boolean;
  /** Has visible steps below it, and steps back behind them. */
  light: boolean;
  /** Has no end. */
  open: boolean;
}

/** `2/3 · 812 ms`; without the duration where the source gives no times. */
export function barLabel(tree: StepTree, row: number): string {
  return [attemptWord(tree, row), durationWord(tree, row)].filter((word) => word !== null).join(' · ');
}

function attemptWord(tree: StepTree, row: number): string | null {
  const attempt = at(tree.attempt, row);
  const attempts = attemptsOf(tree, row);
  return attempt > 0 && attempts ? `${attempt}/${attempts.rows.length}` : null;
}

function durationWord(tree: StepTree, row: number): string | null {
  if (tree.clock === 'order_only') return null;
  const known_ns = at(tree.duration_ns, row);
  if (known_ns >= 0) return formatDurationNs(known_ns);
  if (isStartUnknown(tree, row)) return 'start not known';
  if (tree.status[row] !== STATUS_OPEN || !tree.isLive) return 'no end';
  return `running ${formatDurationNs(at(tree.end_ns, row) - at(tree.start_ns, row))}`;
}

/** Inside the bar if it fits there, else on its right, else on the left of it and its pause (`before_px`). */
export function drawLabelBeside(
  pen: Pen,
  scene: BarsScene,
  row: number,
  box: Box,
  look: BarLook & { before_px: number },
  palette: Palette,
): void {
  const text = barLabel(scene.tree, row);
  const mark_px = look.failed ? CROSS_PX + 5 : 0;
  const label_px = mark_px + pen.measureText(text).width;
  const middle_px = box.y_px + box.height_px / 2;
  const left_px = Math.max(box.x_px, 0);
  const right_px = Math.min(box.x_px + box.width_px, scene.width_px);
  const inner_px = innerPx(look);
  let x_px: number;
  let colour = look.failed ? palette.failed : palette.muted;
  if (label_px + inner_px + LABEL_GAP_PX + (look.open ? FADE_PX : 0) <= right_px - left_px) {
    x_px = left_px + inner_px;
    colour = insideColour(look, palette);
    if (look.failed && !look.light) clearHatch(pen, box, x_px, label_px, palette);
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

/** On the right of a box, else on its left, else nowhere. */
export function drawTextBeside(pen: Pen, scene: BarsScene, box: Box, text: string, palette: Palette): void {
  const text_px = pen.measureText(text).width;
  const right_px = box.x_px + box.width_px + LABEL_GAP_PX;
  const left_px = box.x_px - LABEL_GAP_PX - text_px;
  const x_px = right_px + text_px <= scene.width_px ? right_px : left_px;
  if (x_px < 0) return;
  pen.fillStyle = palette.muted;
  pen.textAlign = 'left';
  pen.fillText(text, x_px, box.y_px + box.height_px / 2 + 0.5);
}

/** Shorter than this, a name says nothing. */
const SHORTEST_NAME = 3;
/** No bar shows more characters of a name than this. */
const LONGEST_NAME = 240;

/** Name, attempt and duration inside the bar, as much of them as fits; beside it stand other steps. */
export function drawLabelInside(
  pen: Pen,
  scene: BarsScene,
  row: number,
  box: Box,
  look: BarLook,
  palette: Palette,
): void {
  const left_px = Math.max(box.x_px, 0) + innerPx(look);
  const right_px = Math.min(box.x_px + box.width_px, scene.width_px) - LABEL_GAP_PX;
  const mark_px = look.failed ? CROSS_PX + 5 : 0;
  const room_px = right_px - left_px - mark_px - (look.open ? FADE_PX : 0);
  if (room_px < 12) return;
  const name = nameOf(scene.tree, row).slice(0, LONGEST_NAME) || 'unnamed';
  const attempt = attemptWord(scene.tree, row);
  const duration = durationWord(scene.tree, row);
  const short = attempt === null ? name : `${attempt} · ${name}`;
  const full = duration === null ? short : `${short} · ${duration}`;
  const text = pen.measureText(full).width <= room_px ? full : cutTo(pen, short, room_px);
  if (text === '' && !look.failed) return;
  const middle_px = box.y_px + box.height_px / 2;
  const colour = insideColour(look, palette);
  if (look.failed && !look.light) {
    clearHatch(pen, box, left_px, mark_px + (text === '' ? 0 : pen.measureText(text).width), palette);
  }
  if (look.failed) cross(pen, left_px, middle_px, CROSS_PX, colour);
  if (text === '') return;
  pen.fillStyle = colour;
  pen.textAlign = 'left';
  pen.fillText(text, left_px + mark_px, middle_px + 0.5);
}

/** As much of a text as fits, by the width of its average character; empty if that is next to nothing. */
export function cutTo(pen: Pen, text: string, room_px: number): string {
  const text_px = pen.measureText(text).width;
  if (text_px <= room_px) return text;
  const fits = Math.floor((text.length * room_px) / text_px) - 1;
  return fits < SHORTEST_NAME ? '' : `${text.slice(0, fits)}…`;
}

const innerPx = (look: BarLook) => (look.failed || look.light ? 8 : 6);

function insideColour(look: BarLook, palette: Palette): string {
  return look.failed ? palette.failed : look.light ? palette.text : palette.onKind;
}

/** The hatch stays clear of the text. */
function clearHatch(pen: Pen, box: Box, x_px: number, label_px: number, palette: Palette): void {
  pen.fillStyle = palette.failedSoft;
  pen.fillRect(x_px - 3, box.y_px + 2, label_px + 6, box.height_px - 4);
}
