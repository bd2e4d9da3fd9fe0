// Following a run: its newest step stays in view until the person looks at another.
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { Timeline } from '../../canvas/timeline';
import { scrollRowsTo } from '../../components/rowWindow';
import { newestRow, type StepTree } from '../../domain/stepTree';
import { lineOfRow, nearestVisible, type TreeLines } from '../../domain/treeRows';
import { followNewest, useLayout } from '../../state/layout';

interface Followed {
  tree: StepTree;
  lines: TreeLines;
  selected: number;
  row_px: number;
  /** What sticks to the top. */
  head_px: number;
  timeline: { readonly current: Timeline | null };
}

export function useFollowedStep(element: HTMLElement | null, followed: Followed): void {
  const { tree, lines, selected, row_px, head_px, timeline } = followed;
  const follows = useLayout((layout) => layout.followsNewest) && tree.isLive;
  useLayoutEffect(() => {
    if (!element || !follows) return;
    const newest = nearestVisible(tree, lines, newestRow(tree));
    const bottom_px = (lineOfRow(tree, lines, newest) + 2) * row_px;
    const room_px = element.clientHeight - head_px;
    const top_px = bottom_px - 3 * row_px;
    if (bottom_px > element.scrollTop + room_px) scrollRowsTo(element, bottom_px - room_px);
    else if (top_px < element.scrollTop) scrollRowsTo(element, top_px);
    timeline.current?.bringIntoView(newest);
  }, [element, follows, tree, lines, row_px, head_px, timeline]);

  const selectedId = tree.spanId.get(selected) ?? null;
  const lastSelected = useRef(selectedId);
  useEffect(() => {
    const isNew = lastSelected.current !== selectedId;
    lastSelected.current = selectedId;
    if (!element || !follows) return;
    const rest = () => {
      followNewest(false);
    };
    if (isNew && selectedId !== null) rest();
    element.addEventListener('wheel', rest, { passive: true });
    return () => {
      element.removeEventListener('wheel', rest);
    };
  }, [element, follows, selectedId]);
}
