// Operations: what was tried more than once, each one row of the tree that unfolds into its tries.
//
//   run
//   ▾ fetch   3 tries: recovered        the operation: no step, it stands where its first try stands
//       fetch   1/3 rate limit
//       wait
//       fetch   2/3 time-out
//       fetch   3/3 recovered
//     answer
//
// Only tries below one parent are gathered, and only where nothing but waiting lies between them: all others stay in their
// places. So an operation holds a stretch of rows, stretches nest, and rows and columns of the tree stay as the engine gave
// them. Operation `n` is row `tree.count + n` wherever rows of steps and of operations stand in one list.
import { SPAN_KINDS, type AttemptGroup, type SpanTree } from '../backend/bindings';
import { at, countBelow, indexOf } from './columns';
import type { StepTree } from './stepTree';

/** By first row, ascending. */
export interface Operations {
  readonly count: number;
  /** Index into `tree.groups`. */
  readonly group: Uint32Array;
  /** Row of the first try. */
  readonly first: Uint32Array;
  /** The row after the last try and all below it. */
  readonly end: Uint32Array;
  /** The operation in one of whose tries it lies, -1 for none. */
  readonly within: Int32Array;
}

/** Kinds of steps that may lie between two tries of one operation: the others are work of their own. */
const QUIET_KINDS = new Set(
  (['wait', 'other', 'guardrail'] as const).map((kind) => SPAN_KINDS.indexOf(kind)),
);

type Shape = Pick<SpanTree, 'parent' | 'descendants' | 'kind' | 'group' | 'groups'>;

/** The operations of a tree. */
export function operationsOf(shape: Shape): Operations {
  const found: { group: number; first: number; end: number }[] = [];
  shape.groups.forEach(({ rows }, group) => {
    const end = endOfTries(shape, rows);
    if (end > 0) found.push({ group, first: rows[0] ?? 0, end });
  });
  found.sort((a, b) => a.first - b.first);
  const within = new Int32Array(found.length).fill(-1);
  for (let index = 1; index < found.length; index++) {
    const first = found[index]?.first ?? 0;
    let around = index - 1;
    while (around >= 0 && first >= (found[around]?.end ?? 0)) around = within[around] ?? -1;
    within[index] = around;
  }
  return {
    count: found.length,
    group: Uint32Array.from(found, ({ group }) => group),
    first: Uint32Array.from(found, ({ first }) => first),
    end: Uint32Array.from(found, ({ end }) => end),
    within,
  };
}

/** The row after the last of these tries; 0 if they do not stand together. */
function endOfTries({ parent, descendants, kind, group }: Shape, tries: readonly number[]): number {
  const [first = -1] = tries;
  let row = first;
  for (const next of tries) {
    if (next < row || parent[next] !== parent[first]) return 0;
    // The steps beside the tries, from one to the next.
    for (; row < next; row += 1 + at(descendants, row)) {
      const isQuiet = QUIET_KINDS.has(at(kind, row)) && descendants[row] === 0 && (group[row] ?? -1) < 0;
      if (!isQuiet) return 0;
    }
    row = next + 1 + at(descendants, next);
  }
  return tries.length > 1 ? row : 0;
}

/** Whether a row is an operation rather than a step. */
export function isOperation(tree: StepTree, row: number): boolean {
  return row >= tree.count;
}

/** The row of an operation. */
export function rowOfOperation(tree: StepTree, operation: number): number {
  return operation < 0 ? -1 : tree.count + operation;
}

/** The tries of an operation, by its row; `null` for a step. */
export function triesOf(tree: StepTree, row: number): AttemptGroup | null {
  return tree.groups[tree.operations.group[row - tree.count] ?? -1] ?? null;
}

/** A step's row as it is; of an operation, that of its first try. */
export function firstStepOf(tree: StepTree, row: number): number {
  return isOperation(tree, row) ? at(tree.operations.first, row - tree.count) : row;
}

/** The innermost operation that holds a step, as its index; -1 for none. */
export function operationAround({ operations }: StepTree, step: number): number {
  let index = countBelow(operations.first, step + 1) - 1;
  while (index >= 0 && step >= at(operations.end, index)) index = operations.within[index] ?? -1;
  return index;
}

/** What stands at the place of a step from above: the operation that it is the first try of, else the step. */
export function headOf(tree: StepTree, step: number): number {
  const operation = indexOf(tree.operations.first, step);
  return operation < 0 ? step : rowOfOperation(tree, operation);
}

/** What a row stands under: of tries and of what lies between them, their operation. -1 for a root. */
export function rowAbove(tree: StepTree, row: number): number {
  if (row < 0) return -1;
  const step = firstStepOf(tree, row);
  const parent = tree.parent[step] ?? -1;
  if (isOperation(tree, row)) return parent;
  const around = operationAround(tree, step);
  const isBesideTries = around >= 0 && parent === (tree.parent[at(tree.operations.first, around)] ?? -1);
  return isBesideTries ? rowOfOperation(tree, around) : parent;
}

/** How many rows a row stands under. */
export function levelOf(tree: StepTree, row: number): number {
  const step = firstStepOf(tree, row);
  const { within } = tree.operations;
  let level = at(tree.depth, step);
  let around = isOperation(tree, row) ? (within[row - tree.count] ?? -1) : operationAround(tree, step);
  for (; around >= 0; around = within[around] ?? -1) level++;
  return level;
}

/** Steps below a row: of an operation, its tries with all that is below and between them. */
export function stepsBelow(tree: StepTree, row: number): number {
  if (!isOperation(tree, row)) return at(tree.descendants, row);
  const operation = row - tree.count;
  return at(tree.operations.end, operation) - at(tree.operations.first, operation);
}

/** Steps that `rows` (ascending) has below a row. */
export function countBelowRow(tree: StepTree, rows: Uint32Array, row: number): number {
  const from = isOperation(tree, row) ? firstStepOf(tree, row) : row + 1;
  return countBelow(rows, from + stepsBelow(tree, row)) - countBelow(rows, from);
}

/** From when to when a row is drawn: a try with the pause before it, an operation from its first start to its last end. */
export function extentOf(tree: StepTree, row: number): { start_ns: number; end_ns: number } {
  const tries = triesOf(tree, row)?.rows ?? [row];
  let start_ns = Infinity;
  let end_ns = -Infinity;
  for (const each of tries) {
    start_ns = Math.min(start_ns, at(tree.start_ns, each) - at(tree.pause_ns, each));
    end_ns = Math.max(end_ns, at(tree.end_ns, each));
  }
  return { start_ns, end_ns };
}

/** Which operations are folded. */
export interface OperationFolds {
  /** `recovered`: those that went well in the end. */
  readonly usual: 'recovered' | 'all' | 'none';
  /** Those that the person folded (`true`) or unfolded, by the id of the first try. */
  readonly chosen: ReadonlyMap<string, boolean>;
}

export const USUAL_FOLDS: OperationFolds = { usual: 'recovered', chosen: new Map() };
export const ALL_FOLDED: OperationFolds = { usual: 'all', chosen: new Map() };
export const NONE_FOLDED: OperationFolds = { usual: 'none', chosen: new Map() };

/** By operation, 1 where it is folded. In a run that goes on none is unless it was chosen: its tries are being watched. */
export function foldedOperations(tree: StepTree, folds: OperationFolds): Uint8Array {
  const { count, group, first } = tree.operations;
  const folded = new Uint8Array(count);
  const { usual, chosen } = folds;
  for (let index = 0; index < count; index++) {
    const hasRecovered = tree.groups[at(group, index)]?.outcome === 'recovered';
    if (usual === 'all' || (usual === 'recovered' && hasRecovered && !tree.isLive)) folded[index] = 1;
  }
  for (const [id, isFolded] of chosen) {
    const index = indexOf(first, tree.rowById.get(id) ?? -1);
    if (index >= 0) folded[index] = isFolded ? 1 : 0;
  }
  return folded;
}
