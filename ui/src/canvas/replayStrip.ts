// The strip of a replay: a lane for each run, its steps as bars in played time, the one below the other by depth; and over
// them, on a canvas of its own that is drawn every frame, the playhead, what is still to come, and the loop.
import { at } from '../domain/columns';
import type { PlayedSteps, ReplayTrack } from '../domain/replayClock';
import { STATUS_ERROR } from '../domain/stepTree';
import type { Palette } from './palette';
import { cross, hair, hatch, type Pen } from './pen';

export const LANE_PX = 22;
export const LANE_GAP_PX = 4;
const MOST_LEVELS = 5;
const MARK_PX = 7;
const NARROWEST_PX = 1;
const NARROW_PX = 2;

export interface StripScene {
  runs: readonly PlayedSteps[];
  tracks: readonly ReplayTrack[];
  total_ns: number;
  width_px: number;
  /** Up to when, in played time, it is told what failed; without it, all of it is. */
  known_ns?: number;
}

export function stripHeight_px(lanes: number): number {
  return lanes * LANE_PX + Math.max(0, lanes - 1) * LANE_GAP_PX;
}

/** Where a moment is across. */
export function px_from_played(total_ns: number, width_px: number, at_ns: number): number {
  return total_ns > 0 ? (at_ns / total_ns) * width_px : 0;
}

export function played_from_px(total_ns: number, width_px: number, x_px: number): number {
  return (Math.min(Math.max(x_px, 0), width_px) / Math.max(width_px, 1)) * total_ns;
}

/** The lanes: waits, bars, and on them what failed and what was tried again. */
export function drawStrip(pen: Pen, scene: StripScene, palette: Palette): void {
  const { runs, tracks, width_px } = scene;
  pen.clearRect(0, 0, width_px, stripHeight_px(runs.length));
  runs.forEach((run, lane) => {
    const top_px = lane * (LANE_PX + LANE_GAP_PX);
    pen.fillStyle = palette.sunken;
    pen.fillRect(0, top_px, width_px, LANE_PX);
    const track = tracks[lane];
    if (track) drawWaits(pen, track, scene, top_px, palette);
    drawLane(pen, run, scene, top_px, palette);
  });
}

/** Where the run waits for the other. */
function drawWaits(pen: Pen, track: ReplayTrack, scene: StripScene, top_px: number, palette: Palette): void {
  const { played_ns, run_ns } = track;
  for (let index = 1; index < played_ns.length; index++) {
    if (run_ns[index] !== run_ns[index - 1]) continue;
    const from_px = px_from_played(scene.total_ns, scene.width_px, at(played_ns, index - 1));
    const to_px = px_from_played(scene.total_ns, scene.width_px, at(played_ns, index));
    if (to_px - from_px < 3) continue;
    hatch(
      pen,
      { x_px: from_px, y_px: top_px, width_px: to_px - from_px, height_px: LANE_PX },
      palette.borderStrong,
      0.5,
    );
  }
}

function drawLane(
  pen: Pen,
  { tree, start_ns, end_ns }: PlayedSteps,
  { total_ns, width_px, known_ns = Infinity }: StripScene,
  top_px: number,
  palette: Palette,
): void {
  const levels = Math.min(tree.maxDepth + 1, MOST_LEVELS);
  const room_px = LANE_PX - MARK_PX;
  const level_px = room_px / levels;
  // Of narrow bars one a pixel is drawn, so that a lane has no more of them than pixels.
  const taken = new Uint8Array(levels * Math.ceil(width_px + 1));
  const px = (at_ns: number) => px_from_played(total_ns, width_px, at_ns);
  for (let row = 0; row < tree.count; row++) {
    const level = Math.min(at(tree.depth, row), levels - 1);
    const left_px = Math.floor(px(at(start_ns, row)));
    const right_px = Math.max(Math.round(px(at(end_ns, row))), left_px + NARROWEST_PX);
    if (right_px - left_px <= NARROW_PX) {
      const place = level * Math.ceil(width_px + 1) + left_px;
      if (taken[place] === 1) continue;
      taken[place] = 1;
    }
    pen.fillStyle =
      tree.status[row] === STATUS_ERROR && at(end_ns, row) <= known_ns
        ? palette.failed
        : (palette.kinds[at(tree.kind, row)] ?? palette.muted);
    pen.fillRect(left_px, top_px + MARK_PX + level * level_px, right_px - left_px, Math.max(1, level_px - 1));
  }
  let marked_px = -Infinity;
  for (const row of tree.errorRows) {
    if (at(end_ns, row) > known_ns) continue;
    const x_px = px(at(end_ns, row)) - 3;
    if (x_px < marked_px + 6) continue;
    marked_px = x_px;
    cross(pen, Math.min(Math.max(x_px, 1), width_px - 7), top_px + MARK_PX / 2, 5, palette.failed);
  }
  // A triangle that points back at what was tried before.
  for (const row of tree.retryRows) {
    const x_px = px(at(start_ns, row));
    pen.fillStyle = palette.warning;
    pen.beginPath();
    pen.moveTo(x_px, top_px + MARK_PX / 2);
    pen.lineTo(x_px + 5, top_px + 0.5);
    pen.lineTo(x_px + 5, top_px + MARK_PX - 0.5);
    pen.closePath();
    pen.fill();
  }
}

/** What is still to come, right of the playhead, is drawn faintly. */
export function veil(pen: Pen, x_px: number, width_px: number, height_px: number, palette: Palette): void {
  pen.globalAlpha = 0.6;
  pen.fillStyle = palette.surface;
  pen.fillRect(Math.max(0, x_px), 0, width_px - Math.max(0, x_px), height_px);
  pen.globalAlpha = 1;
}

export interface PlayheadScene {
  lanes: number;
  total_ns: number;
  width_px: number;
  at_ns: number;
  loop: readonly [number, number] | null;
  /** Nothing is to come before the replay is begun. */
  isUnderWay: boolean;
}

/** What is still to come lies under a veil; the loop has brackets, the playhead is a hair. */
export function drawPlayhead(pen: Pen, scene: PlayheadScene, palette: Palette): void {
  const { lanes, total_ns, width_px, at_ns, loop } = scene;
  const height_px = stripHeight_px(lanes);
  pen.clearRect(0, 0, width_px, height_px);
  const x_px = px_from_played(total_ns, width_px, at_ns);
  if (scene.isUnderWay) veil(pen, x_px, width_px, height_px, palette);
  if (loop) {
    const [from_px, to_px] = loop.map((edge_ns) => px_from_played(total_ns, width_px, edge_ns)) as [
      number,
      number,
    ];
    pen.globalAlpha = 0.12;
    pen.fillStyle = palette.accent;
    pen.fillRect(from_px, 0, to_px - from_px, height_px);
    pen.globalAlpha = 1;
    for (const [edge_px, side] of [
      [from_px, 1],
      [to_px, -1],
    ] as const) {
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.moveTo(edge_px + 4 * side, 0.75);
      pen.lineTo(edge_px + 0.75 * side, 0.75);
      pen.lineTo(edge_px + 0.75 * side, height_px - 0.75);
      pen.lineTo(edge_px + 4 * side, height_px - 0.75);
      pen.stroke();
    }
  }
  const edge_px = Math.min(Math.max(x_px, 0.5), width_px - 1.5);
  hair(pen, edge_px, 0, height_px, palette.accent);
  pen.fillStyle = palette.accent;
  pen.beginPath();
  pen.moveTo(edge_px - 4, 0);
  pen.lineTo(edge_px + 5, 0);
  pen.lineTo(edge_px + 0.5, 6);
  pen.closePath();
  pen.fill();
}
