// The line of an operation: its tries in time, what went wrong with each, and the pauses between.
//
//   ▏▨1▨····▨▨2▨▨·····▓▓▓3▓▓▏ 3 tries · 2.41 s
import { at } from '../domain/columns';
import { formatDurationNs } from '../domain/format';
import { extentOf, triesOf } from '../domain/operations';
import { isOpenOnLine, rowOnLine, type TreeLines } from '../domain/treeRows';
import { triesWord } from '../domain/words';
import { drawArrow, drawAwaited, drawBar, drawPause, drawPin, drawRing, joined, lookOf } from './bar';
import { drawTextBeside, type BarLook } from './barLabels';
import type { Palette } from './palette';
import { boxPath, type Box, type Pen } from './pen';
import { BAR_PX, PAUSE_PX, stretchBox, type BarsScene } from './scene';

/** Once its tries are on screen themselves, an operation steps back behind them. */
const BEHIND = 0.45;
/** Round the number in a bar. */
const NUMBER_ROOM_PX = 5;

export function drawOperation(
  pen: Pen,
  scene: BarsScene,
  ofTree: TreeLines,
  line: number,
  palette: Palette,
): void {
  const { tree } = scene;
  const row = rowOnLine(tree, ofTree, line);
  const attempts = triesOf(tree, row);
  if (!attempts) return;
  const { start_ns, end_ns } = extentOf(tree, row);
  const frame = stretchBox(scene, line, start_ns, end_ns, BAR_PX);
  if (!frame) {
    drawArrow(pen, scene, line, end_ns, palette.borderStrong);
    return;
  }
  pen.save();
  const isOpen = isOpenOnLine(tree, ofTree, line);
  if (isOpen) pen.globalAlpha = BEHIND;
  drawTrack(pen, frame, palette);
  // Tries that would change no pixel are passed over, however many there are.
  let drawn_px = -Infinity;
  attempts.rows.forEach((step, index) => {
    const box = tryBox(scene, line, step);
    if (!box || box.x_px + box.width_px <= drawn_px) return;
    const pause = tryPauseBox(scene, line, step);
    if (pause) drawPause(pen, scene, step, pause, palette);
    const look = lookOf(scene, step, false);
    drawBar(pen, scene, step, box, look, palette);
    drawNumber(pen, box, index + 1, look, palette);
    drawPin(pen, scene, step, box, palette);
    if (!isOpen) drawRing(pen, scene, step, box, palette);
    drawn_px = box.x_px + box.width_px;
  });
  const last = attempts.rows.at(-1) ?? -1;
  const wait = drawAwaited(pen, scene, line, last, palette);
  const took = tree.clock === 'order_only' ? '' : ` · ${formatDurationNs(end_ns - start_ns)}`;
  const beside = wait ? joined(frame, wait.box) : frame;
  const text = `${triesWord(attempts)}${took}${wait?.words ?? ''}`;
  drawTextBeside(pen, scene, beside, text, palette);
  pen.restore();
}

/** Where a try is on the line of its operation; `null` if it is out of view. */
export function tryBox(scene: BarsScene, line: number, step: number): Box | null {
  return stretchBox(scene, line, at(scene.tree.start_ns, step), at(scene.tree.end_ns, step), BAR_PX);
}

/** Where the pause before it is; `null` if there is none in view. */
export function tryPauseBox(scene: BarsScene, line: number, step: number): Box | null {
  const pause_ns = at(scene.tree.pause_ns, step);
  const start_ns = at(scene.tree.start_ns, step);
  return pause_ns > 0 ? stretchBox(scene, line, start_ns - pause_ns, start_ns, PAUSE_PX) : null;
}

/** What holds the tries together. */
function drawTrack(pen: Pen, frame: Box, palette: Palette): void {
  pen.strokeStyle = palette.warning;
  pen.lineWidth = 1;
  boxPath(pen, frame, 4, -1.5);
  pen.stroke();
}

function drawNumber(pen: Pen, box: Box, number: number, look: BarLook, palette: Palette): void {
  const text = String(number);
  const text_px = pen.measureText(text).width;
  if (text_px + 2 * NUMBER_ROOM_PX > box.width_px) return;
  const middle_px = box.x_px + box.width_px / 2;
  const y_px = box.y_px + box.height_px / 2;
  if (look.failed) {
    pen.fillStyle = palette.failedSoft;
    pen.fillRect(middle_px - text_px / 2 - 3, box.y_px + 2, text_px + 6, box.height_px - 4);
  }
  pen.fillStyle = look.failed ? palette.failed : palette.onKind;
  pen.textAlign = 'center';
  pen.fillText(text, middle_px, y_px + 0.5);
}
