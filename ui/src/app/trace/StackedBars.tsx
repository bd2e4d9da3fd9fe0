// The bars of flame and lanes: lines of their own, which scroll apart from the rows of the tree. The selected step's line is
// brought into view. The keys of the tree hold here, too, but for those that scroll; the tree names whatever is selected.
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { mostRows, scrollRowsTo, useRowWindow } from '../../components/rowWindow';
import { at } from '../../domain/columns';
import { lineOf, type StepLines } from '../../domain/stepLines';
import { rowOf, type StepTree } from '../../domain/stepTree';
import { countsOf, TimelineBars } from '../../features/timeline/Timeline';
import { ARRANGEMENT_WORDS } from '../../features/timeline/TimelineControls';
import type { TimelineHandle } from '../../features/timeline/useTimeline';
import { anchoredTop_px, type Anchor } from './anchors';
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
    if (line_px - margin_px < scroller.scrollTop) scrollRowsTo(scroller, line_px - margin_px);
    else if (lowest_px > scroller.scrollTop) scrollRowsTo(scroller, lowest_px);
    // A line that new data moves is left where it is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scroller, selectedId, lines.arrangement]);
  useAnchoredLines(scroller, tree, lines);
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

/** Holds the lines in view still while others come above them. */
function useAnchoredLines(scroller: HTMLElement | null, tree: StepTree, lines: StepLines): void {
  const anchors = useRef<{ arrangement: string; steps: readonly Anchor[] }>({ arrangement: '', steps: [] });
  useLayoutEffect(() => {
    // Another view begins where it did.
    if (!scroller || anchors.current.arrangement !== lines.arrangement) return;
    const top_px = anchoredTop_px(anchors.current.steps, (stepId) => {
      const row = rowOf(tree, stepId);
      const line = lineOf(lines, row);
      return line < 0 ? null : { under: String(at(tree.depth, row)), top_px: line * LINE_PX };
    });
    if (top_px !== null) scrollRowsTo(scroller, top_px);
  }, [scroller, tree, lines]);
  useEffect(() => {
    if (!scroller) return;
    const read = () => {
      const { scrollTop } = scroller;
      const first = Math.floor(scrollTop / LINE_PX);
      const end = Math.min(lines.count, first + Math.ceil(scroller.clientHeight / LINE_PX));
      const steps: Anchor[] = [];
      for (let line = first; line < end; line++) {
        // The first step of a line; headings have none.
        const place = at(lines.first, line);
        if (place === at(lines.first, line + 1)) continue;
        const row = at(lines.rows, place);
        steps.push({
          stepId: tree.spanId.get(row) ?? '',
          under: String(at(tree.depth, row)),
          offset_px: scrollTop - line * LINE_PX,
        });
      }
      anchors.current = { arrangement: lines.arrangement, steps };
    };
    read();
    scroller.addEventListener('scroll', read, { passive: true });
    return () => {
      scroller.removeEventListener('scroll', read);
    };
  }, [scroller, tree, lines]);
}
