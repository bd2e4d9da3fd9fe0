// Where the rows of a trace are scrolled to: at rest while others come and go around them, and with the selected one in
// view when it is chosen or when the region gets smaller. Coming back to a trace leads to where it was left.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { rowOf, type StepTree } from '../../domain/stepTree';
import { indexOfRow } from '../../domain/treeRows';
import { keepAnchor, useSteps } from '../../state/steps';
import { anchoredTop_px, type Anchor } from './anchors';

interface Scrolled {
  traceId: number;
  tree: StepTree;
  visible: Uint32Array;
  selected: number;
  row_px: number;
  /** What sticks to the top. */
  head_px: number;
}

export function useAnchoredScroll(element: HTMLDivElement | null, scrolled: Scrolled): void {
  const { traceId, tree, visible, selected, row_px } = scrolled;
  const [kept] = useState(() => {
    const anchor = useSteps.getState().anchors.get(traceId);
    return anchor ? [{ ...anchor, under: parentIdOf(tree, rowOf(tree, anchor.stepId)) }] : [];
  });
  const anchors = useRef<readonly Anchor[]>(kept);
  const selectedId = tree.spanId.get(selected) ?? null;
  const isInRows = indexOfRow(visible, selected) >= 0;

  useEffect(
    () => () => {
      const [first] = anchors.current;
      keepAnchor(traceId, first ? { stepId: first.stepId, offset_px: first.offset_px } : null);
    },
    [traceId],
  );

  const read = useRef<(() => void) | null>(null);
  useLayoutEffect(() => {
    if (!element) return;
    // What has just scrolled may not have been told of yet; what is at the end of fewer rows now was put there by them.
    const isCut = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
    if (!isCut) read.current?.();
    const top_px = anchoredTop_px(anchors.current, (stepId) => {
      const row = rowOf(tree, stepId);
      const index = indexOfRow(visible, row);
      return index < 0 ? null : { under: parentIdOf(tree, row), top_px: index * row_px };
    });
    if (top_px !== null) element.scrollTop = top_px;
  }, [element, tree, visible, row_px]);

  useEffect(() => {
    if (!element) return;
    const readNow = () => {
      const { scrollTop } = element;
      const first = Math.floor(scrollTop / row_px);
      const onScreen = visible.subarray(first, first + Math.ceil(element.clientHeight / row_px));
      anchors.current = Array.from(onScreen, (row, index) => ({
        stepId: tree.spanId.get(row) ?? '',
        under: parentIdOf(tree, row),
        offset_px: scrollTop - (first + index) * row_px,
      }));
    };
    readNow();
    read.current = readNow;
    element.addEventListener('scroll', readNow, { passive: true });
    return () => {
      element.removeEventListener('scroll', readNow);
    };
  }, [element, tree, visible, row_px]);

  const latest = useRef(scrolled);
  useLayoutEffect(() => {
    latest.current = scrolled;
  });
  // Only a new selection scrolls, once nothing hides it; new data does not.
  useLayoutEffect(() => {
    if (element && selectedId !== null && isInRows) reveal(element, latest.current);
  }, [element, selectedId, isInRows]);

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

const topOf = ({ visible, selected, row_px }: Scrolled) => indexOfRow(visible, selected) * row_px;

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
  if (top_px < element.scrollTop + margin_px) element.scrollTop = top_px - margin_px;
  else if (top_px + row_px > element.scrollTop + height_px - margin_px) {
    element.scrollTop = top_px + row_px - height_px + margin_px;
  }
}
