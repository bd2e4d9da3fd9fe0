// Brackets over the tries of one operation.
//
//   ┌ tool  ▨▨▨▨ ✕ 1/3          in the waterfall, left of the first try, down to the last;
//   ├ tool  ····▨▨▨ ✕ 2/3       a tick to each
//   └ tool       ····▓▓▓ 3/3
//
//   ┌────────┬─────────┐        on a line of many, above them
//    ▨▨▨▨ ····▨▨▨ ····▓▓▓
import { at } from '../domain/columns';
import { lineOf } from '../domain/stepLines';
import type { StepTree } from '../domain/stepTree';
import { forKept } from './merging';
import type { Palette } from './palette';
import type { Pen } from './pen';
import { placesInView, px_from_time, rowAt, type BarsScene } from './scene';

/** Left of the first try, so that its bar stays clear. */
const LEFT_PX = 6;
const TICK_PX = 4;
/** Brackets narrower than this say nothing that the tries do not. */
const NARROWEST_PX = 10;

/** Draws the brackets of the groups that have a try, or what lies between two, in view. */
export function drawBrackets(pen: Pen, scene: BarsScene, palette: Palette): void {
  const { tree, lines } = scene;
  if (tree.groups.length === 0) return;
  pen.save();
  pen.strokeStyle = palette.warning;
  pen.lineWidth = 1.5;
  for (const group of groupsInView(scene)) {
    const rows = tree.groups[group]?.rows ?? [];
    if (lines.arrangement === 'waterfall') drawBeside(pen, scene, rows);
    else drawAbove(pen, scene, rows);
  }
  pen.restore();
}

/** Groups of the trace by their first and last try, once a tree. */
const spansOf = new WeakMap<StepTree, { first: Uint32Array; last: Uint32Array }>();

function groupSpans(tree: StepTree) {
  const known = spansOf.get(tree);
  if (known) return known;
  const made = {
    first: Uint32Array.from(tree.groups, ({ rows }) => rows[0] ?? 0),
    last: Uint32Array.from(tree.groups, ({ rows }) => rows.at(-1) ?? 0),
  };
  spansOf.set(tree, made);
  return made;
}

/** Which groups reach into the lines that are drawn. */
function groupsInView(scene: BarsScene): number[] {
  const { tree, lines, first, end } = scene;
  if (first >= end) return [];
  const found: number[] = [];
  if (lines.arrangement === 'waterfall') {
    const top = at(lines.rows, at(lines.first, first));
    const bottom = at(lines.rows, at(lines.first, end) - 1);
    const spans = groupSpans(tree);
    for (let group = 0; group < tree.groups.length; group++)
      if (at(spans.first, group) <= bottom && at(spans.last, group) >= top) found.push(group);
    return found;
  }
  // On a line of many, further tries are never merged away: the places that are kept tell of all groups in view.
  const seen = new Set<number>();
  for (let line = first; line < end; line++) {
    forKept(scene, placesInView(scene, line), (place) => {
      const group = tree.group[rowAt(scene, place)] ?? -1;
      if (group >= 0) seen.add(group);
    });
  }
  return [...seen];
}

/** In the waterfall: a line down the left of the tries that stand on lines of their own. */
function drawBeside(pen: Pen, scene: BarsScene, rows: readonly number[]): void {
  const { tree, lines, line_px } = scene;
  const standing = rows.map((row) => lineOf(lines, row)).filter((line) => line >= 0);
  if (standing.length < 2) return;
  const starts_px = rows.map((row) => px_from_time(scene, at(tree.start_ns, row) - at(tree.pause_ns, row)));
  const left_px = Math.min(...starts_px);
  const right_px = Math.max(...rows.map((row) => px_from_time(scene, at(tree.end_ns, row))));
  if (left_px > scene.width_px || right_px < 0) return;
  // Tries that begin at the left edge, or beyond it, have theirs along it.
  const x_px = Math.max(1, Math.round(left_px) - LEFT_PX) + 0.5;
  const tops = standing.map((line) => (line - scene.first + 0.5) * line_px);
  const top_px = Math.round(Math.min(...tops)) + 0.5;
  const bottom_px = Math.round(Math.max(...tops)) + 0.5;
  pen.beginPath();
  pen.moveTo(x_px, top_px);
  pen.lineTo(x_px, bottom_px);
  for (const tick of tops) {
    if (tick < -line_px || tick > scene.height_px + line_px) continue;
    const y_px = Math.round(tick) + 0.5;
    pen.moveTo(x_px, y_px);
    pen.lineTo(x_px + TICK_PX, y_px);
  }
  pen.stroke();
}

/** On a line of many: a bracket over the tries that stand on it. */
function drawAbove(pen: Pen, scene: BarsScene, rows: readonly number[]): void {
  const { tree, lines, line_px } = scene;
  const byLine = new Map<number, number[]>();
  for (const row of rows) {
    const line = lineOf(lines, row);
    if (line >= 0) byLine.set(line, [...(byLine.get(line) ?? []), row]);
  }
  for (const [line, tries] of byLine) {
    if (tries.length < 2 || line < scene.first || line >= scene.end) continue;
    const left_px = px_from_time(scene, at(tree.start_ns, tries[0] ?? 0));
    const right_px = px_from_time(scene, at(tree.end_ns, tries.at(-1) ?? 0));
    if (right_px - left_px < NARROWEST_PX || right_px < 0 || left_px > scene.width_px) continue;
    const y_px = (line - scene.first) * line_px + 1.5;
    const from_px = Math.round(Math.max(left_px, -TICK_PX)) + 0.5;
    const to_px = Math.round(Math.min(right_px, scene.width_px + TICK_PX)) - 0.5;
    pen.beginPath();
    pen.moveTo(from_px, y_px + TICK_PX - 1);
    pen.lineTo(from_px, y_px);
    pen.lineTo(to_px, y_px);
    pen.lineTo(to_px, y_px + TICK_PX - 1);
    for (const row of tries.slice(1)) {
      const x_px = Math.round(px_from_time(scene, at(tree.start_ns, row))) + 0.5;
      if (x_px <= from_px || x_px >= to_px) continue;
      pen.moveTo(x_px, y_px);
      pen.lineTo(x_px, y_px + TICK_PX - 1);
    }
    pen.stroke();
  }
}
