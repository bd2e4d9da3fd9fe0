// What can be done with the steps of a trace: walking, jumping, folding. Selection is in the address, folding
// in the state of the page; both are kept by step id.
import { useLayoutEffect, useMemo } from 'react';
import { causeOf } from '../../domain/cause';
import { nextOf, parentOf, type Direction } from '../../domain/treeMoves';
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
  const visible = useMemo(() => visibleRows(tree, collapsed), [tree, collapsed]);
  const selected = rowOf(tree, stepId);

  const fold = (next: Collapsed) => {
    setCollapsed(traceId, next);
  };
  // Wherever one comes from (a jump, back, a link), nothing hides the step.
  const isThere = selected >= 0;
  useLayoutEffect(() => {
    if (isThere) setCollapsed(traceId, revealed(tree, collapsedIn(useSteps.getState(), traceId), selected));
    // Only when one gets there: folding moves the selection by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [traceId, stepId, isThere]);
  const show = (row: number, how: 'push' | 'replace') => {
    if (row < 0) return;
    fold(revealed(tree, collapsed, row));
    goTo({ stepId: idOf(tree, row) }, how);
  };
  /** Walks to a row: the way back leads over it. */
  const select = (row: number) => {
    show(row, 'replace');
  };
  /** Jumps to a row: a place to come back to, and to come back from. */
  const jump = (row: number) => {
    show(row, 'push');
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
    select,
    jump,
    toNext(rows: Uint32Array, direction: Direction) {
      jump(nextOf(rows, selected, direction));
    },
    toParent() {
      jump(parentOf(tree, selected));
    },
    /** To the step that explains the failure of this one; `false` if there is none. */
    toCause() {
      const cause = causeOf(tree, selected);
      jump(cause);
      return cause >= 0;
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
