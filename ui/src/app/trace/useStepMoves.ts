// What can be done with the rows of a trace: walking, jumping, folding. Selection is in the address, folding in the state of
// the page; both are kept by step id. A selected operation is one of its tries in the address, and a note that its own row is
// meant.
import { useEffect, useLayoutEffect, useMemo } from 'react';
import { causeOf } from '../../domain/cause';
import { at, indexOf } from '../../domain/columns';
import {
  ALL_FOLDED,
  firstStepOf,
  isOperation,
  NONE_FOLDED,
  rowOfOperation,
  triesOf,
} from '../../domain/operations';
import { movedBy, nextOf, parentOf, type Direction } from '../../domain/treeMoves';
import {
  collapsedBelow,
  isCollapsed,
  nearestVisible,
  revealed,
  toggled,
  treeLines,
  type Folds,
} from '../../domain/treeRows';
import { idOf, rowOf, type StepTree } from '../../domain/stepTree';
import { goTo, usePlace } from '../../state/place';
import {
  chooseOperation,
  collapsedIn,
  foldsIn,
  operationFoldsIn,
  setFolds,
  useSteps,
} from '../../state/steps';

export function useStepMoves(traceId: number, tree: StepTree) {
  const stepId = usePlace((place) => place.stepId);
  const collapsed = useSteps((steps) => collapsedIn(steps, traceId));
  const operations = useSteps((steps) => operationFoldsIn(steps, traceId));
  const folds = useMemo<Folds>(() => ({ steps: collapsed, operations }), [collapsed, operations]);
  const lines = useMemo(() => treeLines(tree, folds), [tree, folds]);
  const selected = rowOf(tree, stepId);
  const operation = useSelectedOperation(traceId, tree, stepId, selected);
  const cursor = operation >= 0 ? operation : selected;

  const fold = (next: Folds) => {
    setFolds(traceId, next);
  };
  // Wherever one comes from (a jump, back, a link), nothing hides the step.
  const isThere = selected >= 0;
  useLayoutEffect(() => {
    if (isThere) setFolds(traceId, revealed(tree, foldsIn(useSteps.getState(), traceId), cursor));
    // Only when one gets there: folding moves the selection by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [traceId, stepId, isThere]);
  // What was watched while it went on does not fold by itself when it ends.
  const { isLive } = tree;
  useEffect(() => {
    const { steps, operations: known } = foldsIn(useSteps.getState(), traceId);
    if (isLive && known.usual === 'recovered')
      setFolds(traceId, { steps, operations: { ...known, usual: 'none' } });
  }, [traceId, isLive]);

  /** Puts a row into the address; of an operation, `tryRow` is the try that is shown, else its last. */
  const choose = (row: number, how: 'push' | 'replace', tryRow?: number) => {
    const stepId = idOf(tree, tryRow ?? triesOf(tree, row)?.rows.at(-1) ?? row);
    const firstId = idOf(tree, firstStepOf(tree, row));
    chooseOperation(isOperation(tree, row) ? { traceId, firstId, stepId } : null);
    goTo({ stepId }, how);
  };
  const show = (row: number, how: 'push' | 'replace') => {
    if (row < 0) return;
    fold(revealed(tree, folds, row));
    choose(row, how);
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
  const foldKeepingSelection = (next: Folds) => {
    fold(next);
    const shown = nearestVisible(tree, treeLines(tree, next), cursor);
    if (shown < 0 || shown === cursor) return;
    choose(shown, 'replace', tryAround(tree, shown, selected));
  };

  return {
    lines,
    /** The step that the inspector shows. */
    selected,
    /** The row that is selected: that step, or the operation that it is a try of. */
    cursor,
    select,
    toNextLine() {
      select(movedBy(tree, lines, cursor, 1));
    },
    toPreviousLine() {
      select(movedBy(tree, lines, cursor, -1));
    },
    jump,
    /** To a step that is drawn on the line of an operation: as one of its tries where it is folded away. */
    jumpOnLine(step: number) {
      const shown = nearestVisible(tree, lines, step);
      if (isOperation(tree, shown)) choose(shown, 'push', tryAround(tree, shown, step));
      else jump(step);
    },
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
    isCollapsed: (row: number) => isCollapsed(tree, folds, row),
    toggle(row: number) {
      foldKeepingSelection(toggled(tree, folds, row));
    },
    collapseBelow(row: number) {
      foldKeepingSelection(collapsedBelow(tree, folds, row));
    },
    expandAll() {
      fold({ steps: new Set(), operations: NONE_FOLDED });
    },
    /** Leaves the roots and what is directly below them. */
    collapseAll() {
      let next: Folds = { steps: new Set(), operations: ALL_FOLDED };
      for (let row = 0; row < tree.count; row += at(tree.descendants, row) + 1) {
        next = collapsedBelow(tree, next, row);
        if (row === 0) next = toggled(tree, next, row);
      }
      foldKeepingSelection({ ...next, operations: ALL_FOLDED });
    },
  };
}

export type StepMoves = ReturnType<typeof useStepMoves>;

/** The row of the operation that is selected as such, -1 for none. */
function useSelectedOperation(
  traceId: number,
  tree: StepTree,
  stepId: string | null,
  selected: number,
): number {
  const choice = useSteps(({ operation }) => operation);
  const isMeant = choice !== null && choice.traceId === traceId && choice.stepId === stepId;
  const isOver = choice !== null && !isMeant;
  useEffect(() => {
    if (isOver) chooseOperation(null);
  }, [isOver]);
  if (!isMeant) return -1;
  const row = rowOfOperation(tree, indexOf(tree.operations.first, tree.rowById.get(choice.firstId) ?? -1));
  return triesOf(tree, row)?.rows.includes(selected) === true ? row : -1;
}

/** The try of an operation that a step is, or is below; else the last. `undefined` where the row is no operation. */
function tryAround(tree: StepTree, row: number, step: number): number | undefined {
  const tries = triesOf(tree, row)?.rows ?? [];
  return tries.find((each) => step >= each && step <= each + at(tree.descendants, each)) ?? tries.at(-1);
}
