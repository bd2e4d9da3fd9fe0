// Where the rows of a trace are scrolled to: at rest while others come and go around them, and with the selected one in
// view when it is chosen or when the region gets smaller. Coming back to a trace leads to where it was left.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { scrollRowsTo } from '../../components/rowWindow';
import { firstStepOf, headOf, isOperation } from '../../domain/operations';
import { idOf, rowOf, type StepTree } from '../../domain/stepTree';
import { lineOfRow, rowOnLine, type TreeLines } from '../../domain/treeRows';
import { keepAnchor, useSteps } from '../../state/steps';
import { anchoredTop_px, type Anchor } from './anchors';

interface Scrolled {
  traceId: number;
  tree: StepTree;
  lines: TreeLines;
  /** The selected row. */
  cursor: number;
  row_px: number;
  /** What sticks to the top. */
  head_px: number;
}

export function useAnchoredScroll(element: HTMLDivElement | null, scrolled: Scrolled): void {
  const { traceId, tree, lines, cursor, row_px } = scrolled;
  const [kept] = useState(() => {
    const anchor = useSteps.getState().anchors.get(traceId);
    return anchor ? [{ ...anchor, under: parentIdOf(tree, rowOf(tree, anchor.stepId)) }] : [];
  });
  const anchors = useRef<readonly Anchor[]>(kept);
  const isOnOperation = isOperation(tree, cursor);
  const cursorId = cursor < 0 ? null : idOf(tree, firstStepOf(tree, cursor));
  const isInRows = lineOfRow(tree, lines, cursor) >= 0;

  useEffect(
    () => () => {
      const [first] = anchors.current;
      keepAnchor(
        traceId,
        first
          ? {
              stepId: first.stepId,
              isOperation: first.isOperation ?? false,
              offset_px: first.offset_px,
            }
          : null,
      );
    },
    [traceId],
  );

  const read = useRef<(() => void) | null>(null);
  useLayoutEffect(() => {
    if (!element) return;
    // What has just scrolled may not have been told of yet; what is at the end of fewer rows now was put there by them.
    const isCut = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
    if (!isCut) read.current?.();
    const top_px = anchoredTop_px(anchors.current, (stepId, isAbove) => {
      const step = rowOf(tree, stepId);
      const line = lineOfRow(tree, lines, isAbove ? headOf(tree, step) : step);
      return line < 0 ? null : { under: parentIdOf(tree, step), top_px: line * row_px };
    });
    if (top_px !== null) scrollRowsTo(element, top_px);
  }, [element, tree, lines, row_px]);

  useEffect(() => {
    if (!element) return;
    const readNow = () => {
      const { scrollTop } = element;
      const first = Math.floor(scrollTop / row_px);
      const count = Math.min(Math.ceil(element.clientHeight / row_px), Math.max(0, lines.count - first));
      anchors.current = Array.from({ length: count }, (_, index) => {
        const row = rowOnLine(tree, lines, first + index);
        const step = firstStepOf(tree, row);
        return {
          stepId: idOf(tree, step),
          isOperation: isOperation(tree, row),
          under: parentIdOf(tree, step),
          offset_px: scrollTop - (first + index) * row_px,
        };
      });
    };
    readNow();
    read.current = readNow;
    element.addEventListener('scroll', readNow, { passive: true });
    return () => {
      element.removeEventListener('scroll', readNow);
    };
  }, [element, tree, lines, row_px]);

  const latest = useRef(scrolled);
  useLayoutEffect(() => {
    latest.current = scrolled;
  });
  // Only a new selection scrolls, once nothing hides it; new data does not.
  useLayoutEffect(() => {
    if (element && cursorId !== null && isInRows) reveal(element, latest.current);
  }, [element, cursorId, isOnOperation, isInRows]);

  useEffect(() => {
    if (!element) return;
    let height_px = element.clientHeight;
    const resized = new ResizeObserver(() => {
      const before_px = height_px;
      height_px = element.clientHeight;
      // A row that was out of view was left there by the person.
      if (height_px < before_px && isShown(element, latest.current, before_px))
        reveal(element, latest.current);
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [element]);
}

const parentIdOf = (tree: StepTree, row: number) => tree.spanId.get(tree.parent[row] ?? -1) ?? '';

const topOf = ({ tree, lines, cursor, row_px }: Scrolled) => lineOfRow(tree, lines, cursor) * row_px;

/** Whether the selected row is on screen where the region is so high. */
function isShown(element: HTMLElement, scrolled: Scrolled, height_px: number): boolean {
  const top_px = topOf(scrolled);
  const { row_px, head_px } = scrolled;
  return (
    top_px >= 0 && top_px + row_px > element.scrollTop && top_px < element.scrollTop + height_px - head_px
  );
}

/** Scrolls just so far that the selected row is on screen, with a little beside it. */
function reveal(element: HTMLElement, scrolled: Scrolled): void {
  const { row_px, head_px } = scrolled;
  const top_px = topOf(scrolled);
  if (top_px < 0) return;
  const height_px = element.clientHeight - head_px;
  const margin_px = Math.min(2 * row_px, Math.max(0, (height_px - row_px) / 2));
  if (top_px < element.scrollTop + margin_px) scrollRowsTo(element, top_px - margin_px);
  else if (top_px + row_px > element.scrollTop + height_px - margin_px) {
    scrollRowsTo(element, top_px + row_px - height_px + margin_px);
  }
}
