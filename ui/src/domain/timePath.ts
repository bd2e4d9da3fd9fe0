// The critical path of a run, ready for drawing and listing. Rows hold for the tree it was made for.
import { TIME_PARTS, type RunTime, type TimePart } from '../backend/bindings';
import { at } from './columns';
import { lineShowing, type StepLines } from './stepLines';
import type { StepTree } from './stepTree';

/** Stretches in order of time; none overlap. */
export interface TimePath {
  /** The row whose own time it is; of a pause, the attempt that it leads to. -1 where nothing ran, or where the tree does not have it. */
  readonly row: Int32Array;
  /** Code of the part of the time. */
  readonly part: Uint8Array;
  readonly start_ns: Float64Array;
  readonly end_ns: Float64Array;
  /** How deep the row is, from 0 to below 1 of all levels. */
  readonly deep: Float32Array;
  /** Whether the last stretch goes on. */
  readonly grows: boolean;
}

export function timePathOf(time: RunTime, tree: StepTree): TimePath {
  const { step, part, start_ns, end_ns } = time.path;
  const rows = rowsByStep(time, tree);
  const row = Int32Array.from(step, (index) => (index < 0 ? -1 : at(rows, index)));
  return {
    row,
    part: new Uint8Array(part),
    start_ns: new Float64Array(start_ns),
    end_ns: new Float64Array(end_ns),
    deep: Float32Array.from(row, (each) => (each < 0 ? 0 : at(tree.depth, each) / (tree.maxDepth + 1))),
    grows: time.growing !== null && tree.isLive,
  };
}

/** The row of each step that an answer names, -1 for one that the tree does not have (yet). */
function rowsByStep(time: RunTime, tree: StepTree): Int32Array {
  return Int32Array.from(time.step_ids, (id) => tree.rowById.get(id) ?? -1);
}

/** Where a stretch ends; the last one of a run that goes on ends with the run. */
export function stretchEnd_ns(path: TimePath, index: number, total_ns: number): number {
  const isLast = index === path.end_ns.length - 1;
  return isLast && path.grows ? Math.max(at(path.end_ns, index), total_ns) : at(path.end_ns, index);
}

/** The line of each stretch: that of its row, or of what hides it; -1 where it has none. */
export function linesOfPath(path: TimePath, tree: StepTree, lines: StepLines): Int32Array {
  return path.row.map((row) => lineShowing(tree, lines, row));
}

/** A step on the critical path, with all its stretches. */
export interface PathStep {
  /** -1 where nothing ran that the run waited for. */
  row: number;
  /** Whether it is the pause before the step. */
  isPause: boolean;
  part: TimePart;
  own_ns: number;
  stretches: number;
}

/** The steps of a path in the order in which it comes to them. */
export function pathSteps(path: TimePath, tree: StepTree): PathStep[] {
  const steps = new Map<string, PathStep>();
  path.row.forEach((row, index) => {
    const part = TIME_PARTS[at(path.part, index)] ?? 'idle';
    const isPause =
      row >= 0 && at(path.end_ns, index) <= at(tree.start_ns, row) && at(tree.pause_ns, row) > 0;
    const key = `${row}${isPause ? 'p' : ''}`;
    const length_ns = at(path.end_ns, index) - at(path.start_ns, index);
    const known = steps.get(key);
    if (known) {
      known.own_ns += length_ns;
      known.stretches++;
    } else steps.set(key, { row, isPause, part, own_ns: length_ns, stretches: 1 });
  });
  return [...steps.values()];
}

/** The longest of some steps, still in their order. */
export function longest(steps: readonly PathStep[], most: number): readonly PathStep[] {
  if (steps.length <= most) return steps;
  const least_ns = [...steps].sort((a, b) => b.own_ns - a.own_ns)[most - 1]?.own_ns ?? 0;
  return steps.filter(({ own_ns }) => own_ns >= least_ns).slice(0, most);
}
