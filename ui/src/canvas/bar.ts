// One bar and what belongs to it: the pause before it, its pin, the ring round it, the arrow that stands for it out of view.
import { at } from '../domain/columns';
import { formatDurationNs } from '../domain/format';
import { nextTryWords } from '../domain/words';
import type { StepTree } from '../domain/stepTree';
import { FADE_PX, type BarLook } from './barLabels';
import type { Palette } from './palette';
import { boxPath, hatch, type Box, type Pen } from './pen';
import { isFailed, isOutcomeTold, PAUSE_PX, px_from_time, stretchBox, type BarsScene } from './scene';

/** A text in the middle of a box, on a ground of its own. */
export function drawPlate(pen: Pen, box: Box, text: string, text_px: number, palette: Palette): void {
  const middle_px = box.x_px + box.width_px / 2;
  pen.fillStyle = palette.surface;
  pen.fillRect(middle_px - text_px / 2 - 3, box.y_px - 2, text_px + 6, box.height_px + 4);
  pen.fillStyle = palette.muted;
  pen.textAlign = 'center';
  pen.fillText(text, middle_px, box.y_px + box.height_px / 2 + 0.5);
}

/** The pause before an attempt, with how long it is where that fits. */
export function drawPause(pen: Pen, scene: BarsScene, row: number, box: Box, palette: Palette): void {
  hatch(pen, box, palette.muted, 0.55);
  const text = `pause ${formatDurationNs(at(scene.tree.pause_ns, row))}`;
  const text_px = pen.measureText(text).width;
  if (text_px + 16 <= box.width_px) drawPlate(pen, box, text, text_px, palette);
}

/**
 * The pause after a failed step so far, where its next try is awaited, with when that is due; `null` where none is, or it is out
 * of view. `words` is what of it did not fit in and is to stand beside.
 */
export function drawAwaited(
  pen: Pen,
  scene: BarsScene,
  line: number,
  row: number,
  palette: Palette,
): { box: Box; words: string } | null {
  const { tree } = scene;
  const until_ns = tree.awaited_ns.get(row);
  if (until_ns === undefined) return null;
  const end_ns = at(tree.end_ns, row);
  // The tree ends now.
  const now_ns = tree.total_ns;
  const box = stretchBox(scene, line, end_ns, Math.max(end_ns, Math.min(until_ns, now_ns)), PAUSE_PX);
  if (!box) return null;
  hatch(pen, box, palette.muted, 0.55);
  const text = nextTryWords((until_ns - now_ns) / 1e6);
  const text_px = pen.measureText(text).width;
  if (text_px + 16 > box.width_px) return { box, words: ` · ${text}` };
  drawPlate(pen, box, text, text_px, palette);
  return { box, words: '' };
}

/** The box around two of one line. */
export function joined(a: Box, b: Box): Box {
  const x_px = Math.min(a.x_px, b.x_px);
  const y_px = Math.min(a.y_px, b.y_px);
  const width_px = Math.max(a.x_px + a.width_px, b.x_px + b.width_px) - x_px;
  const height_px = Math.max(a.y_px + a.height_px, b.y_px + b.height_px) - y_px;
  return { x_px, y_px, width_px, height_px };
}

/** `light`: what is below it is on screen, too. */
export function lookOf(scene: BarsScene, row: number, light: boolean): BarLook {
  const { tree } = scene;
  return { failed: isFailed(scene, row), open: at(tree.duration_ns, row) < 0, light };
}

/** The bar of one step, without words. */
export function drawBar(
  pen: Pen,
  scene: BarsScene,
  row: number,
  box: Box,
  { failed, light, open }: BarLook,
  palette: Palette,
): void {
  const { tree } = scene;
  const colour = palette.kinds[at(tree.kind, row)] ?? palette.muted;
  if (row === tree.orphanRow) {
    // No step: only over what time those below it are.
    hatch(pen, box, palette.warning, 0.35);
  } else if (failed && box.width_px < 4) {
    pen.fillStyle = palette.failed;
    pen.fillRect(box.x_px, box.y_px, box.width_px, box.height_px);
  } else if (failed && !light) {
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
  }
  if (!light && at(tree.descendants, row) > 0 && isOutcomeTold(scene, row))
    drawInside(pen, box, tree, row, palette);
}

/** A flag at the upper left of a bar that the person has pinned. */
export function drawPin(pen: Pen, scene: BarsScene, row: number, box: Box, palette: Palette): void {
  if (!scene.pinned.has(row)) return;
  const { x_px, y_px } = box;
  pen.fillStyle = palette.surface;
  pen.fillRect(x_px - 1, y_px - 3, 10, 9);
  pen.fillStyle = palette.accent;
  pen.beginPath();
  pen.moveTo(x_px, y_px - 2);
  pen.lineTo(x_px + 8, y_px - 2);
  pen.lineTo(x_px, y_px + 5);
  pen.closePath();
  pen.fill();
}

/** Round the selected bar, and the one under the pointer. */
export function drawRing(pen: Pen, scene: BarsScene, row: number, box: Box, palette: Palette): void {
  if (row !== scene.selected && row !== scene.hovered) return;
  pen.strokeStyle = row === scene.selected ? palette.accent : palette.borderStrong;
  pen.lineWidth = row === scene.selected ? 2 : 1;
  boxPath(pen, box, 4, -2);
  pen.stroke();
}

function fillBar(pen: Pen, box: Box, colour: string, alpha: number, open: boolean): void {
  pen.save();
  const around = pen.globalAlpha;
  pen.fillStyle = colour;
  pen.globalAlpha = around * alpha;
  if (!open || box.width_px < 2 * FADE_PX) {
    boxPath(pen, box);
    pen.fill();
  } else {
    // It fades out in steps, as it has no end.
    const solid_px = box.width_px - FADE_PX;
    pen.fillRect(box.x_px, box.y_px, solid_px, box.height_px);
    for (let step = 0; step < 6; step++) {
      pen.globalAlpha = around * alpha * (1 - (step + 1) / 7);
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

/** Points to a bar that is out of view, by where it ends. */
export function drawArrow(pen: Pen, scene: BarsScene, line: number, end_ns: number, colour: string): void {
  const toLeft = px_from_time(scene, end_ns) <= 0;
  const tip_px = toLeft ? 4 : scene.width_px - 4;
  const back_px = toLeft ? 4 : -4;
  const middle_px = (line - scene.first + 0.5) * scene.line_px;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(tip_px + back_px, middle_px - 4);
  pen.lineTo(tip_px, middle_px);
  pen.lineTo(tip_px + back_px, middle_px + 4);
  pen.stroke();
}
