// What a frame of the timeline shows, and where in it steps are.
import { at, countBelow } from '../domain/columns';
import type { StepLines } from '../domain/stepLines';
import { STATUS_ERROR, type StepTree } from '../domain/stepTree';
import { folded_from_ns, ns_from_folded, type TimeFolds } from '../domain/timeFolds';
import { ns_from_px, px_from_ns, type Ticks, type TimeView } from '../domain/timeScale';
import type { PathMarks } from './criticalPath';
import type { Box } from './pen';

export interface BarsScene {
  tree: StepTree;
  lines: StepLines;
  /** The critical path, where it is shown. */
  path?: PathMarks | null;
  /** Places that are never merged with others, ascending. */
  kept: Uint32Array;
  /** By row, 1 for steps that a search has found; `null` while nothing is searched for. */
  found: Uint8Array | null;
  /** Pinned rows. */
  pinned: ReadonlySet<number>;
  /** The lines to draw: from here … */
  first: number;
  /** … up to, not including, this. The first of them is drawn at the top. */
  end: number;
  height_px: number;
  /** In folded time. */
  view: TimeView;
  folds: TimeFolds;
  width_px: number;
  line_px: number;
  ticks: Ticks;
  /** Selected row, -1 for none. */
  selected: number;
  /** Up to when it is told how steps ended, in time; without it, all of it is. */
  known_ns?: number | null;
  /** Row under the pointer, -1 for none. */
  hovered: number;
  /** Where the pointer is. */
  cursor_px: number | null;
  /** The stretch being chosen, from and to. */
  band_px: readonly [number, number] | null;
}

/** Times of a playhead no further apart are one: they were folded and unfolded on the way. */
const NEAR_NS = 2;

/** Whether it is told how a step ended. */
export function isOutcomeTold({ tree, known_ns }: BarsScene, row: number): boolean {
  return at(tree.end_ns, row) <= (known_ns ?? Infinity) + NEAR_NS;
}

/** Whether a step has failed, as far as that is told. */
export function isFailed(scene: BarsScene, row: number): boolean {
  return scene.tree.status[row] === STATUS_ERROR && isOutcomeTold(scene, row);
}

export const BAR_PX = 16;
export const PAUSE_PX = 8;
/** No step vanishes, however short. */
export const NARROWEST_PX = 2;
const BEYOND_PX = 12;

/** Where a time is across. */
export function px_from_time(scene: BarsScene, time_ns: number): number {
  return px_from_ns(scene.view, scene.width_px, folded_from_ns(scene.folds, time_ns));
}

/** The time at a point across. */
export function time_from_px(scene: BarsScene, x_px: number): number {
  return ns_from_folded(scene.folds, ns_from_px(scene.view, scene.width_px, x_px));
}

export function rowAt(scene: BarsScene, place: number): number {
  return at(scene.lines.rows, place);
}

/** Where the bar at a place is, cut to just beyond both edges; `null` if it is out of view. */
export function barBox(scene: BarsScene, line: number, place: number): Box | null {
  const row = rowAt(scene, place);
  return stretchBox(scene, line, at(scene.tree.start_ns, row), at(scene.tree.end_ns, row), BAR_PX);
}

/** Where the pause before an attempt is; `null` if there is none in view. */
export function pauseBox(scene: BarsScene, line: number, place: number): Box | null {
  const row = rowAt(scene, place);
  const pause_ns = at(scene.tree.pause_ns, row);
  if (pause_ns <= 0) return null;
  const start_ns = at(scene.tree.start_ns, row);
  return stretchBox(scene, line, start_ns - pause_ns, start_ns, PAUSE_PX);
}

/** The box of a stretch of time on a line, `height_px` high in its middle; `null` if it is out of view. */
export function stretchBox(
  scene: BarsScene,
  line: number,
  start_ns: number,
  end_ns: number,
  height_px: number,
): Box | null {
  const { view, width_px, line_px } = scene;
  const left_px = px_from_time(scene, start_ns);
  const right_px = Math.max(px_from_time(scene, end_ns), left_px + NARROWEST_PX);
  if (right_px < 0 || left_px > width_px || view.end_ns <= view.start_ns) return null;
  // Whole pixels: edges are sharp, and what touches in time touches on screen.
  const from_px = Math.round(Math.max(left_px, -BEYOND_PX));
  const to_px = Math.round(Math.min(right_px, width_px + BEYOND_PX));
  return {
    x_px: from_px,
    y_px: (line - scene.first) * line_px + (line_px - height_px) / 2,
    width_px: Math.max(NARROWEST_PX, to_px - from_px),
    height_px,
  };
}

/** Places of a line: from, and up to, not including. */
export interface Places {
  from: number;
  to: number;
}

/** Places of a line whose bars may be in view. */
export function placesInView(scene: BarsScene, line: number): Places {
  const { first, start_ns } = scene.lines;
  const low = at(first, line);
  const high = at(first, line + 1);
  // A narrow bar is drawn a little wider than it is, so that it may reach in from just outside.
  const from_ns = time_from_px(scene, -NARROWEST_PX);
  const from = countBelow(start_ns, from_ns, low, high) - 1;
  const reachesIn = from >= low && at(scene.tree.end_ns, rowAt(scene, from)) >= from_ns;
  const to = countBelow(start_ns, time_from_px(scene, scene.width_px), low, high);
  return { from: Math.max(low, reachesIn ? from : from + 1), to };
}
