// The bars of flame and lanes: lines of their own, which scroll apart from the rows of the tree. The selected step's line is
// brought into view. The keys of the tree hold here, too, but for those that scroll; the tree names whatever is selected.
import { useLayoutEffect, useState, type KeyboardEvent } from 'react';
import { mostRows, useRowWindow } from '../../components/rowWindow';
import { lineOf, type StepLines } from '../../domain/stepLines';
import type { StepTree } from '../../domain/stepTree';
import { countsOf, TimelineBars } from '../../features/timeline/Timeline';
import { ARRANGEMENT_WORDS } from '../../features/timeline/TimelineControls';
import type { TimelineHandle } from '../../features/timeline/useTimeline';
import styles from './StepsPane.module.css';

export const LINE_PX = 20;
const MOST_LINES = mostRows(LINE_PX);

interface StackedBarsProps {
  timeline: TimelineHandle;
  tree: StepTree;
  lines: StepLines;
  selected: number;
  /** Where they begin, below what sticks to the top. */
  top_px: number;
  onKeyDown: (event: KeyboardEvent) => void;
}

export function StackedBars({ timeline, tree, lines, selected, top_px, onKeyDown }: StackedBarsProps) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  // Also where there are no lines, the bars can be dragged and zoomed.
  const window = useRowWindow(scroller, Infinity, LINE_PX, 0);
  const line = lineOf(lines, selected);
  const selectedId = tree.spanId.get(selected) ?? null;
  useLayoutEffect(() => {
    if (!scroller || line < 0) return;
    const line_px = line * LINE_PX;
    const margin_px = Math.min(2 * LINE_PX, scroller.clientHeight / 3);
    const lowest_px = line_px + LINE_PX - scroller.clientHeight + margin_px;
    if (line_px - margin_px < scroller.scrollTop) scroller.scrollTop = line_px - margin_px;
    else if (lowest_px > scroller.scrollTop) scroller.scrollTop = lowest_px;
    // A line that new data moves is left where it is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scroller, selectedId, lines.arrangement]);
  const { label, hint } = ARRANGEMENT_WORDS[lines.arrangement];
  return (
    <div
      ref={setScroller}
      className={styles.stack}
      style={{ top: top_px }}
      role="region"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={() => timeline.drawing.current?.leave()}
    >
      <div className={styles.lines} style={{ height: Math.min(lines.count, MOST_LINES) * LINE_PX }}>
        <TimelineBars timeline={timeline} window={window} label={`${label}: ${hint}; ${countsOf(tree)}`} />
      </div>
    </div>
  );
}
