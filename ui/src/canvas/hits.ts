// What lies under a point of the bars: the line by division, the step by halving.
import { at, countBelow } from '../domain/columns';
import { triesOf } from '../domain/operations';
import { placeOf } from '../domain/stepLines';
import { operationOnLine, rowOnLine, type TreeLines } from '../domain/treeRows';
import { blockEnd, blockStart, isNarrow, mergedOf, type Merged } from './merging';
import { tryBox, tryPauseBox } from './operationBars';
import type { Box } from './pen';
import { barBox, pauseBox, placesInView, rowAt, time_from_px, type BarsScene } from './scene';

/**
 * What lies under a point. `row`, of a merged block, is the step nearest to the point; of those beside it, one that failed. Where
 * `part` is `row`, it may be an operation.
 */
export type Hit =
  { row: number; part: 'bar' | 'pause' | 'row' } | { row: number; part: 'merged'; merged: Merged };

/** Short bars are caught a little beside them, too. */
const NEAR_PX = 3;

const holds = (box: Box | null, x_px: number, near_px: number) =>
  box !== null && x_px >= box.x_px - near_px && x_px <= box.x_px + box.width_px + near_px;

export function hitAt(scene: BarsScene, x_px: number, y_px: number): Hit | null {
  const line = scene.first + Math.floor(y_px / scene.line_px);
  if (line < scene.first || line >= scene.end) return null;
  const { ofTree } = scene.lines;
  if (!ofTree) return hitOnLine(scene, line, x_px);
  return operationOnLine(ofTree, line) >= 0
    ? hitOnOperation(scene, ofTree, line, x_px)
    : hitOnRow(scene, line, x_px);
}

/** A try, the pause before it, or the operation as a whole. Tries that overlap lie the later on top. */
function hitOnOperation(scene: BarsScene, ofTree: TreeLines, line: number, x_px: number): Hit {
  const row = rowOnLine(scene.tree, ofTree, line);
  const tries = triesOf(scene.tree, row)?.rows ?? [];
  for (const near_px of [0, NEAR_PX]) {
    const step = tries.findLast((each) => holds(tryBox(scene, line, each), x_px, near_px));
    if (step !== undefined) return { row: step, part: 'bar' };
  }
  const waited = tries.find((each) => holds(tryPauseBox(scene, line, each), x_px, 0));
  return waited === undefined ? { row, part: 'row' } : { row: waited, part: 'pause' };
}

function hitOnRow(scene: BarsScene, line: number, x_px: number): Hit {
  const place = at(scene.lines.first, line);
  const row = rowAt(scene, place);
  if (holds(barBox(scene, line, place), x_px, NEAR_PX)) return { row, part: 'bar' };
  if (holds(pauseBox(scene, line, place), x_px, NEAR_PX)) return { row, part: 'pause' };
  return { row, part: 'row' };
}

function hitOnLine(scene: BarsScene, line: number, x_px: number): Hit | null {
  const { from, to } = placesInView(scene, line);
  const near_ns = time_from_px(scene, x_px + NEAR_PX);
  const last = countBelow(scene.lines.start_ns, near_ns, from, to) - 1;
  const isOn = (place: number, near_px: number) =>
    place >= from && holds(barBox(scene, line, place), x_px, near_px);

  // What is drawn on top comes first, then what lies under the very point, then what is near.
  const selected = placeOf(scene.lines, scene.selected);
  if (selected <= last && isOn(selected, 1)) return { row: scene.selected, part: 'bar' };
  const keptBefore = countBelow(scene.kept, last + 1);
  const kept = keptBefore > 0 ? at(scene.kept, keptBefore - 1) : -1;
  if (isOn(kept, 1)) return { row: rowAt(scene, kept), part: 'bar' };
  for (const near_px of [0, NEAR_PX]) {
    // The last may begin just right of the point, and the one before it hold it.
    for (const place of [last, last - 1]) {
      if (!isOn(place, near_px)) continue;
      return isNarrow(scene, place)
        ? hitBlock(scene, place, from, to, x_px)
        : { row: rowAt(scene, place), part: 'bar' };
    }
  }
  for (const index of [keptBefore - 1, keptBefore]) {
    const place = scene.kept[index] ?? -1;
    const isOfLine = place >= at(scene.lines.first, line) && place < at(scene.lines.first, line + 1);
    if (isOfLine && holds(pauseBox(scene, line, place), x_px, 0))
      return { row: rowAt(scene, place), part: 'pause' };
  }
  return null;
}

function hitBlock(scene: BarsScene, inside: number, from: number, to: number, x_px: number): Hit {
  const start = blockStart(scene, inside, from);
  const end = Math.max(blockEnd(scene, { from: start, to }), start + 1);
  if (end - start === 1) return { row: rowAt(scene, inside), part: 'bar' };
  const merged = mergedOf(scene, { from: start, to: end });
  const { start_ns, errorsBefore } = scene.lines;
  const placeFrom = (px: number) => countBelow(start_ns, time_from_px(scene, px), start, end);
  const near = { from: placeFrom(x_px - NEAR_PX), to: placeFrom(x_px + NEAR_PX) };
  const isFailing = at(errorsBefore, near.to) > at(errorsBefore, near.from);
  const place = isFailing
    ? // Where their count first grows.
      countBelow(errorsBefore, at(errorsBefore, near.from) + 1, near.from, near.to + 1) - 1
    : Math.max(placeFrom(x_px) - 1, start);
  return { row: rowAt(scene, place), part: 'merged', merged };
}
