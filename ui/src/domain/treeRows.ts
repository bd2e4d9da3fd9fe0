// The lines of the tree: which steps and operations are on screen, and where. Steps stand in pre-order, so the visible ones
// are an ascending list: a line is found by halving, and the descendants of a collapsed step are stepped over without a look,
// as is what a folded operation holds.
import { at, countBelow, indexOf } from './columns';
import {
  firstStepOf,
  foldedOperations,
  headOf,
  isOperation,
  NONE_FOLDED,
  operationAround,
  rowAbove,
  rowOfOperation,
  stepsBelow,
  type OperationFolds,
} from './operations';
import { idOf, type StepTree } from './stepTree';

/** Steps whose descendants are hidden, by step id. */
export type Collapsed = ReadonlySet<string>;

/** What hides rows of a tree. */
export interface Folds {
  readonly steps: Collapsed;
  readonly operations: OperationFolds;
}

/** Nothing hides anything. */
export const UNFOLDED: Folds = { steps: new Set(), operations: NONE_FOLDED };

/** What stands on each line, from top to bottom. Lists by operation are ascending. */
export interface TreeLines {
  /** Number of lines. */
  readonly count: number;
  /** Rows of the steps in view, ascending. */
  readonly steps: Uint32Array;
  /** The operations in view. */
  readonly operations: Uint32Array;
  /** The line of each. */
  readonly line: Uint32Array;
  /** How many steps stand above each. */
  readonly above: Uint32Array;
}

export function treeLines(tree: StepTree, folds: Folds = UNFOLDED): TreeLines {
  const hidden = new Uint8Array(tree.count);
  for (const id of folds.steps) {
    const row = tree.rowById.get(id);
    if (row !== undefined) hidden[row] = 1;
  }
  const folded = foldedOperations(tree, folds.operations);
  const { count, first, end } = tree.operations;
  const steps = new Uint32Array(tree.count);
  const operations = new Uint32Array(count);
  const line = new Uint32Array(count);
  const above = new Uint32Array(count);
  let shown = 0;
  let headed = 0;
  let next = 0;
  for (let row = 0; row < tree.count;) {
    while (next < count && at(first, next) < row) next++;
    if (next < count && first[next] === row) {
      operations[headed] = next;
      line[headed] = shown + headed;
      above[headed] = shown;
      headed++;
      if (folded[next] === 1) {
        row = at(end, next);
        continue;
      }
    }
    steps[shown++] = row;
    row += hidden[row] ? at(tree.descendants, row) + 1 : 1;
  }
  return {
    count: shown + headed,
    steps: steps.slice(0, shown),
    operations: operations.slice(0, headed),
    line: line.slice(0, headed),
    above: above.slice(0, headed),
  };
}

/** The operation on a line as an index of `lines.operations`, -1 where a step stands. */
export function operationOnLine(lines: TreeLines, line: number): number {
  return indexOf(lines.line, line);
}

/** The row on a line, -1 where there is none. */
export function rowOnLine(tree: StepTree, lines: TreeLines, line: number): number {
  const before = countBelow(lines.line, line);
  return lines.line[before] === line
    ? rowOfOperation(tree, at(lines.operations, before))
    : (lines.steps[line - before] ?? -1);
}

/** The line of a row, -1 if it is hidden. */
export function lineOfRow(tree: StepTree, lines: TreeLines, row: number): number {
  if (isOperation(tree, row)) {
    const index = indexOf(lines.operations, row - tree.count);
    return index < 0 ? -1 : at(lines.line, index);
  }
  const place = indexOf(lines.steps, row);
  return place < 0 ? -1 : place + countBelow(lines.above, place + 1);
}

/** The row itself if it is visible, else the nearest visible one above it in the tree; -1 if there is none. */
export function nearestVisible(tree: StepTree, lines: TreeLines, row: number): number {
  let candidate = row;
  while (candidate >= 0 && lineOfRow(tree, lines, candidate) < 0) candidate = rowAbove(tree, candidate);
  return candidate;
}

/** Whether what is below the row on a line follows it there. */
export function isOpenOnLine(tree: StepTree, lines: TreeLines, line: number): boolean {
  const row = rowOnLine(tree, lines, line);
  if (stepsBelow(tree, row) === 0) return false;
  const inside = isOperation(tree, row) ? firstStepOf(tree, row) : headOf(tree, row + 1);
  return rowOnLine(tree, lines, line + 1) === inside;
}

export function isCollapsed(tree: StepTree, folds: Folds, row: number): boolean {
  if (isOperation(tree, row)) return foldedOperations(tree, folds.operations)[row - tree.count] === 1;
  return at(tree.descendants, row) > 0 && folds.steps.has(idOf(tree, row));
}

/** Expands or collapses one row. */
export function toggled(tree: StepTree, folds: Folds, row: number): Folds {
  if (isOperation(tree, row)) {
    return withOperation(tree, folds, row - tree.count, !isCollapsed(tree, folds, row));
  }
  if (at(tree.descendants, row) === 0) return folds;
  const id = idOf(tree, row);
  const steps = new Set(folds.steps);
  if (!steps.delete(id)) steps.add(id);
  return { ...folds, steps };
}

/** Collapses a row and all below it. */
export function collapsedBelow(tree: StepTree, folds: Folds, row: number): Folds {
  const steps = new Set(folds.steps);
  const chosen = new Map(folds.operations.chosen);
  const { first } = tree.operations;
  const inside = isOperation(tree, row) ? firstStepOf(tree, row) : row + 1;
  const end = inside + stepsBelow(tree, row);
  for (let each = isOperation(tree, row) ? inside : row; each < end; each++) {
    if (at(tree.descendants, each) > 0) steps.add(idOf(tree, each));
  }
  for (let index = countBelow(first, inside); index < countBelow(first, end); index++) {
    chosen.set(idOf(tree, at(first, index)), true);
  }
  return { steps, operations: { ...folds.operations, chosen } };
}

/** Expands whatever hides a row. The same folds come back where nothing did. */
export function revealed(tree: StepTree, folds: Folds, row: number): Folds {
  const { within } = tree.operations;
  const step = firstStepOf(tree, row);
  let steps: Set<string> | null = null;
  for (let above = tree.parent[step] ?? -1; above >= 0; above = tree.parent[above] ?? -1) {
    const id = idOf(tree, above);
    if (folds.steps.has(id)) (steps ??= new Set(folds.steps)).delete(id);
  }
  let next = steps ? { ...folds, steps } : folds;
  let around = isOperation(tree, row) ? (within[row - tree.count] ?? -1) : operationAround(tree, step);
  if (around < 0) return next;
  const folded = foldedOperations(tree, folds.operations);
  for (; around >= 0; around = within[around] ?? -1) {
    if (folded[around] === 1) next = withOperation(tree, next, around, false);
  }
  return next;
}

function withOperation(tree: StepTree, folds: Folds, operation: number, isFolded: boolean): Folds {
  const chosen = new Map(folds.operations.chosen);
  chosen.set(idOf(tree, at(tree.operations.first, operation)), isFolded);
  return { ...folds, operations: { ...folds.operations, chosen } };
}
