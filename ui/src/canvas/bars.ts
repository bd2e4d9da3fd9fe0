// The bars of the timeline. Beside the rows of the tree, a row has one:
//
//        0          1 s         2 s
//   ─────┼───────────┼───────────┼──────
//   agent ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ 2.3 s      light: has visible steps below it
//   tool  ▨▨▨▨ ✕ 1/2 · 400 ms                 hatched, red edge: failed
//   tool  ····▓▓▓▓ 2/2 · 380 ms               dots: the pause before an attempt (brackets.ts draws what joins them)
//   llm          ▓▓▓▓▓▓▓▓▓░░ running 1.2 s     fades: no end yet
//
// The row of an operation has all its tries (operationBars.ts).
//
// In flame and lanes a line has many, with their names in them; those narrower than a pixel are merged (merging.ts).
// Only lines of the window are drawn, and of a line only what lies in view.
import { at, countBelow } from '../domain/columns';
import { plural } from '../domain/format';
import { laneTitle, placeOf, type LaneHeading } from '../domain/stepLines';
import { px_from_ns } from '../domain/timeScale';
import { isOpenOnLine, operationOnLine, type TreeLines } from '../domain/treeRows';
import {
  drawArrow,
  drawAwaited,
  drawBar,
  drawPause,
  drawPin,
  drawPlate,
  drawRing,
  joined,
  lookOf,
} from './bar';
import { barLabel, cutTo, drawLabelBeside, drawLabelInside, drawTextBeside } from './barLabels';
import { drawBrackets } from './brackets';
import { drawCriticalPath } from './criticalPath';
import { drawFoldGrounds, drawZigzags, foldsInView } from './foldMarks';
import { blockEnd, forKept, isNarrow, mergedOf } from './merging';
import { drawOperation } from './operationBars';
import type { Palette } from './palette';
import { cross, hair, type Pen } from './pen';
import {
  isFailed,
  barBox,
  BAR_PX,
  NARROWEST_PX,
  pauseBox,
  placesInView,
  px_from_time,
  rowAt,
  stretchBox,
  type BarsScene,
  type Places,
} from './scene';

/** Merged blocks are this much lower than bars. */
const MERGED_PX = BAR_PX - 6;
/** Steps that a search has not found step back. */
const DIM = 0.3;

export function drawBars(pen: Pen, scene: BarsScene, palette: Palette): void {
  const { height_px } = scene;
  const folds = foldsInView(scene.folds, scene.view, scene.width_px);
  pen.clearRect(0, 0, scene.width_px, height_px);
  drawFoldGrounds(pen, folds, height_px, palette);
  for (const time_ns of scene.ticks.at_ns) {
    hair(pen, px_from_ns(scene.view, scene.width_px, time_ns), 0, height_px, palette.border);
  }
  pen.font = palette.font;
  pen.textBaseline = 'middle';
  const { headings, ofTree } = scene.lines;
  for (let line = scene.first; line < scene.end; line++) {
    const heading = headings.get(line);
    if (heading) drawHeading(pen, scene, line, heading, palette);
    else if (ofTree) drawRow(pen, scene, ofTree, line, palette);
    else drawLine(pen, scene, line, palette);
  }
  drawBrackets(pen, scene, palette);
  drawCriticalPath(pen, scene, palette);
  drawZigzags(pen, folds, 0, height_px, palette);
  if (scene.band_px) drawBand(pen, scene.band_px, height_px, palette);
  if (scene.cursor_px !== null) hair(pen, scene.cursor_px, 0, height_px, palette.accent);
}

/** The stretch that is being chosen. */
export function drawBand(
  pen: Pen,
  [from_px, to_px]: readonly [number, number],
  height_px: number,
  palette: Palette,
): void {
  const left_px = Math.min(from_px, to_px);
  const right_px = Math.max(from_px, to_px);
  pen.save();
  pen.globalAlpha = 0.14;
  pen.fillStyle = palette.accent;
  pen.fillRect(left_px, 0, right_px - left_px, height_px);
  pen.restore();
  hair(pen, left_px, 0, height_px, palette.accent);
  hair(pen, right_px, 0, height_px, palette.accent);
}

/** A row of the tree: a pause and a bar, or where it is to be found. */
function drawRow(pen: Pen, scene: BarsScene, ofTree: TreeLines, line: number, palette: Palette): void {
  if (operationOnLine(ofTree, line) >= 0) {
    drawOperation(pen, scene, ofTree, line, palette);
    return;
  }
  const place = at(scene.lines.first, line);
  const row = rowAt(scene, place);
  const pause = pauseBox(scene, line, place);
  if (pause) drawPause(pen, scene, row, pause, palette);
  const box = barBox(scene, line, place);
  if (!box) {
    const colour = isFailed(scene, row) ? palette.failed : palette.borderStrong;
    drawArrow(pen, scene, line, at(scene.tree.end_ns, row), colour);
    return;
  }
  const look = lookOf(scene, row, isOpenOnLine(scene.tree, ofTree, line));
  drawBar(pen, scene, row, box, look, palette);
  drawPin(pen, scene, row, box, palette);
  drawRing(pen, scene, row, box, palette);
  if (row === scene.tree.orphanRow) return;
  const wait = drawAwaited(pen, scene, line, row, palette);
  if (wait) {
    drawTextBeside(pen, scene, joined(box, wait.box), barLabel(scene.tree, row) + wait.words, palette);
    return;
  }
  drawLabelBeside(pen, scene, row, box, { ...look, before_px: pause?.x_px ?? box.x_px }, palette);
}

/** A line of many steps. Pauses lie below bars, what must not be overlooked above all. */
function drawLine(pen: Pen, scene: BarsScene, line: number, palette: Palette): void {
  const places = placesInView(scene, line);
  drawPauses(pen, scene, line, places, palette);
  for (let place = places.from; place < places.to;) {
    const end = drawMerged(pen, scene, line, { from: place, to: places.to }, palette);
    if (end === place) drawNamed(pen, scene, line, place, palette);
    place = Math.max(end, place + 1);
  }
  forKept(scene, places, (place) => {
    if (isNarrow(scene, place)) drawKept(pen, scene, line, place, palette);
  });
  for (const row of [scene.hovered, scene.selected]) {
    const place = placeOf(scene.lines, row);
    if (place < places.from || place >= places.to) continue;
    if (isNarrow(scene, place)) drawNamed(pen, scene, line, place, palette);
    const box = barBox(scene, line, place);
    if (box) drawRing(pen, scene, row, box, palette);
  }
}

/** What stands on a block. Of failures only the upper half: where there are many, it is still seen what lies below. */
function drawKept(pen: Pen, scene: BarsScene, line: number, place: number, palette: Palette): void {
  const row = rowAt(scene, place);
  if (!isFailed(scene, row) || row === scene.selected) {
    drawNamed(pen, scene, line, place, palette);
    return;
  }
  const box = barBox(scene, line, place);
  if (!box) return;
  pen.save();
  pen.globalAlpha = isDim(scene, row) ? DIM : 1;
  pen.fillStyle = palette.failed;
  pen.fillRect(box.x_px, box.y_px, box.width_px, box.height_px / 2);
  pen.restore();
}

/** Whether a search goes on that has not found this step. */
function isDim({ found, selected }: BarsScene, row: number): boolean {
  return found !== null && !found[row] && row !== selected;
}

function drawPauses(pen: Pen, scene: BarsScene, line: number, places: Places, palette: Palette): void {
  const draw = (place: number) => {
    const box = pauseBox(scene, line, place);
    if (!box || box.width_px <= NARROWEST_PX) return;
    pen.save();
    pen.globalAlpha = isDim(scene, rowAt(scene, place)) ? DIM : 1;
    drawPause(pen, scene, rowAt(scene, place), box, palette);
    pen.restore();
  };
  forKept(scene, places, draw);
  // An attempt right of the view, and its pause in it.
  const next = scene.kept[countBelow(scene.kept, places.to)];
  if (next !== undefined && next < at(scene.lines.first, line + 1)) draw(next);
}

/** Draws the block that begins at `from`, if one does, and says up to where it reaches. */
function drawMerged(pen: Pen, scene: BarsScene, line: number, places: Places, palette: Palette): number {
  const { from } = places;
  const pixels: number[] = [];
  const end = blockEnd(scene, places, (place) => pixels.push(place));
  if (end - from < 2) return from;
  const { steps, start_ns, end_ns } = mergedOf(scene, { from, to: end });
  const box = stretchBox(scene, line, start_ns, end_ns, MERGED_PX);
  if (!box) return end;
  // Its colours are those of the first step in each pixel; neighbours of one kind are one rectangle.
  pen.save();
  pen.globalAlpha = scene.found ? 0.65 * DIM : 0.65;
  const kindAt = (index: number) => at(scene.tree.kind, rowAt(scene, pixels[index] ?? from));
  let first = 0;
  for (let index = 1; index <= pixels.length; index++) {
    if (index < pixels.length && kindAt(index) === kindAt(first)) continue;
    const edgeOf = (pixel: number) =>
      Math.round(px_from_time(scene, at(scene.lines.start_ns, pixels[pixel] ?? from)));
    const left_px = first === 0 ? box.x_px : edgeOf(first);
    const right_px = index === pixels.length ? box.x_px + box.width_px : edgeOf(index);
    pen.fillStyle = palette.kinds[kindAt(first)] ?? palette.muted;
    if (right_px > left_px) pen.fillRect(left_px, box.y_px, right_px - left_px, box.height_px);
    first = index;
  }
  pen.restore();
  // The words would hide what stands on top of the block; pointing at it says as much.
  if (countBelow(scene.kept, end) > countBelow(scene.kept, from)) return end;
  const text = plural(steps, 'step');
  const text_px = pen.measureText(text).width;
  if (text_px + 16 <= box.width_px) drawPlate(pen, box, text, text_px, palette);
  return end;
}

function drawNamed(pen: Pen, scene: BarsScene, line: number, place: number, palette: Palette): void {
  const box = barBox(scene, line, place);
  if (!box) return;
  const row = rowAt(scene, place);
  const look = lookOf(scene, row, at(scene.tree.descendants, row) > 0);
  // A hair of ground keeps neighbours apart.
  const inner = box.width_px > 3 ? { ...box, width_px: box.width_px - 1 } : box;
  const dims = isDim(scene, row);
  if (dims) {
    pen.save();
    pen.globalAlpha = DIM;
  }
  drawBar(pen, scene, row, inner, look, palette);
  drawLabelInside(pen, scene, row, inner, look, palette);
  drawPin(pen, scene, row, inner, palette);
  if (dims) pen.restore();
}

/** An agent's name above its lines, wherever the view is. */
function drawHeading(pen: Pen, scene: BarsScene, line: number, heading: LaneHeading, palette: Palette): void {
  const top_px = (line - scene.first) * scene.line_px;
  const middle_px = top_px + scene.line_px / 2 + 1;
  if (line > 0) {
    pen.fillStyle = palette.borderStrong;
    pen.fillRect(0, top_px, scene.width_px, 1);
  }
  const counts = plural(heading.steps, 'step');
  const name = cutTo(pen, laneTitle(heading), Math.max(0, scene.width_px / 2));
  pen.textAlign = 'left';
  pen.fillStyle = palette.text;
  pen.fillText(name, 6, middle_px);
  let x_px = 6 + pen.measureText(name).width + 8;
  pen.fillStyle = palette.muted;
  pen.fillText(counts, x_px, middle_px);
  if (heading.errors === 0) return;
  x_px += pen.measureText(counts).width + 8;
  cross(pen, x_px, middle_px, 6, palette.failed);
  pen.fillStyle = palette.failed;
  pen.fillText(`${heading.errors} failed`, x_px + 10, middle_px);
}
