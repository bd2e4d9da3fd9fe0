// Where a key leads in the tree. -1 means: nowhere.
import { at, countBelow, indexOf } from './columns';
import { firstStepOf, headOf, isOperation, stepsBelow } from './operations';
import { nameOf, type StepTree } from './stepTree';
import { lineOfRow, rowOnLine, type TreeLines } from './treeRows';

export type Direction = 1 | -1;

/** The next or previous of `rows` (ascending) from `row`, round the end; `row` itself only if it is the only one. */
export function nextOf(rows: Uint32Array, row: number, direction: Direction): number {
  const total = rows.length;
  if (total === 0) return -1;
  const below = countBelow(rows, row);
  if (direction < 0) return at(rows, (below - 1 + total) % total);
  return at(rows, (rows[below] === row ? below + 1 : below) % total);
}

/** Which of `rows` this is, from 1; 0 if it is none of them. */
export function ordinalIn(rows: Uint32Array, row: number): number {
  return indexOf(rows, row) + 1;
}

/** The first row below a row, which follows it directly: of an operation, its first try. */
export function firstChild(tree: StepTree, row: number): number {
  if (isOperation(tree, row)) return firstStepOf(tree, row);
  return stepsBelow(tree, row) > 0 ? headOf(tree, row + 1) : -1;
}

export function parentOf(tree: StepTree, row: number): number {
  return tree.parent[row] ?? -1;
}

/** The visible row `by` lines further, held at both ends. */
export function movedBy(tree: StepTree, lines: TreeLines, row: number, by: number): number {
  const line = lineOfRow(tree, lines, row);
  const last = lines.count - 1;
  if (line < 0) return rowOnLine(tree, lines, by < 0 ? last : 0);
  return rowOnLine(tree, lines, Math.min(Math.max(line + by, 0), last));
}

/** Steps whose name contains `text`, however it is written, or whose id is `text`. Ascending. */
export function rowsNamed(tree: StepTree, text: string): Uint32Array {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === '') return new Uint32Array();
  const fits = new Uint8Array(tree.strings.length);
  for (let index = 0; index < fits.length; index++) {
    if (tree.strings.get(index)?.toLocaleLowerCase().includes(wanted)) fits[index] = 1;
  }
  const rows: number[] = [];
  const named = tree.rowById.get(text.trim());
  for (let row = 0; row < tree.count; row++) {
    if (fits[at(tree.name, row)] === 1 || row === named) rows.push(row);
  }
  return new Uint32Array(rows);
}

/** Names from the root down to a row, for a breadcrumb. */
export function pathTo(tree: StepTree, row: number): { row: number; name: string }[] {
  const path: { row: number; name: string }[] = [];
  for (let each = row; each >= 0; each = parentOf(tree, each))
    path.push({ row: each, name: nameOf(tree, each) });
  return path.reverse();
}
