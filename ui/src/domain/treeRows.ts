// Which rows of a tree are on screen, and where. Rows stand in pre-order, so the visible ones are an ascending list:
// a row's place is found by halving, and a collapsed row's descendants are stepped over without a look.
import { at, indexOf } from './columns';
import { idOf, type StepTree } from './stepTree';

/** Steps whose descendants are hidden, by step id. */
export type Collapsed = ReadonlySet<string>;

/** Rows in view, in order. */
export function visibleRows(tree: StepTree, collapsed: Collapsed): Uint32Array {
  const hidden = new Uint8Array(tree.count);
  for (const id of collapsed) {
    const row = tree.rowById.get(id);
    if (row !== undefined) hidden[row] = 1;
  }
  const rows = new Uint32Array(tree.count);
  let visible = 0;
  for (let row = 0; row < tree.count; row += hidden[row] ? at(tree.descendants, row) + 1 : 1) {
    rows[visible++] = row;
  }
  return rows.slice(0, visible);
}

/** Where a row stands among the visible ones, -1 if it is hidden. */
export function indexOfRow(visible: Uint32Array, row: number): number {
  return indexOf(visible, row);
}

/** The row itself if it is visible, else the nearest visible one above it in the tree; -1 if there is none. */
export function nearestVisible(tree: StepTree, visible: Uint32Array, row: number): number {
  let candidate = row;
  while (candidate >= 0 && indexOfRow(visible, candidate) < 0) candidate = tree.parent[candidate] ?? -1;
  return candidate;
}

export function isCollapsed(tree: StepTree, collapsed: Collapsed, row: number): boolean {
  return at(tree.descendants, row) > 0 && collapsed.has(idOf(tree, row));
}

/** Expands or collapses one row. */
export function toggled(tree: StepTree, collapsed: Collapsed, row: number): Collapsed {
  if (at(tree.descendants, row) === 0) return collapsed;
  const id = idOf(tree, row);
  const next = new Set(collapsed);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Collapses a row and all below it. */
export function collapsedBelow(tree: StepTree, collapsed: Collapsed, row: number): Collapsed {
  const next = new Set(collapsed);
  const last = row + at(tree.descendants, row);
  for (let each = row; each <= last; each++) {
    if (at(tree.descendants, each) > 0) next.add(idOf(tree, each));
  }
  return next;
}

/** Expands whatever hides a row. The same set comes back where nothing did. */
export function revealed(tree: StepTree, collapsed: Collapsed, row: number): Collapsed {
  let next: Set<string> | null = null;
  for (let above = tree.parent[row] ?? -1; above >= 0; above = tree.parent[above] ?? -1) {
    const id = idOf(tree, above);
    if (collapsed.has(id)) (next ??= new Set(collapsed)).delete(id);
  }
  return next ?? collapsed;
}
