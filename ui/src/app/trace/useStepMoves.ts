// What can be done with the steps of a trace: selecting, folding, finding, jumping. Selection is in the address, folding
// in the state of the page; both are kept by step id.
import { useMemo, useState } from 'react';
import { nextOf, ordinalIn, rowsNamed, type Direction } from '../../domain/treeMoves';
import {
  collapsedBelow,
  isCollapsed,
  nearestVisible,
  revealed,
  toggled,
  visibleRows,
  type Collapsed,
} from '../../domain/treeRows';
import { idOf, rowOf, type StepTree } from '../../domain/stepTree';
import { goTo, usePlace } from '../../state/place';
import { collapsedIn, setCollapsed, useSteps } from '../../state/steps';

export function useStepMoves(traceId: number, tree: StepTree) {
  const stepId = usePlace((place) => place.stepId);
  const collapsed = useSteps((steps) => collapsedIn(steps, traceId));
  const [search, setSearch] = useState('');
  const visible = useMemo(() => visibleRows(tree, collapsed), [tree, collapsed]);
  const foundRows = useMemo(() => rowsNamed(tree, search), [tree, search]);
  const isSearching = search.trim() !== '';
  const selected = rowOf(tree, stepId);

  const fold = (next: Collapsed) => {
    setCollapsed(traceId, next);
  };
  /** Selects a row, and expands what hides it. */
  const select = (row: number) => {
    if (row < 0) return;
    fold(revealed(tree, collapsed, row));
    goTo({ stepId: idOf(tree, row) }, 'replace');
  };
  /** After folding, the selection moves up to what is still in view. */
  const foldKeepingSelection = (next: Collapsed) => {
    fold(next);
    const shown = nearestVisible(tree, visibleRows(tree, next), selected);
    if (shown >= 0 && shown !== selected) goTo({ stepId: idOf(tree, shown) }, 'replace');
  };

  return {
    visible,
    selected,
    search,
    /** Rows found by name, ascending; `null` while nothing is searched for. */
    foundRows: isSearching ? foundRows : null,
    finds: { ordinal: ordinalIn(foundRows, selected), total: foundRows.length },
    select,
    /** Searches, and goes to the first find from the selection on. */
    searchFor(text: string) {
      setSearch(text);
      const rows = rowsNamed(tree, text);
      if (rows.length > 0) select(ordinalIn(rows, selected) > 0 ? selected : nextOf(rows, selected, 1));
    },
    toNext(rows: Uint32Array, direction: Direction) {
      select(nextOf(rows, selected, direction));
    },
    toFind(direction: Direction) {
      select(nextOf(foundRows, selected, direction));
    },
    isCollapsed: (row: number) => isCollapsed(tree, collapsed, row),
    toggle(row: number) {
      foldKeepingSelection(toggled(tree, collapsed, row));
    },
    collapseBelow(row: number) {
      foldKeepingSelection(collapsedBelow(tree, collapsed, row));
    },
    expandAll() {
      fold(new Set());
    },
    /** Leaves the roots and what is directly below them. */
    collapseAll() {
      let next: Collapsed = new Set();
      for (let row = 0; row < tree.count; row += (tree.descendants[row] ?? 0) + 1) {
        next = collapsedBelow(tree, next, row);
        if (row === 0) next = toggled(tree, next, row);
      }
      foldKeepingSelection(next);
    },
  };
}

export type StepMoves = ReturnType<typeof useStepMoves>;
