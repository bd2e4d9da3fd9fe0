// The timeline's parts on the page: what sticks to the top, and the bars that scroll below.
import { useLayoutEffect, type ReactNode } from 'react';
import type { RowWindow } from '../../components/rowWindow';
import { formatDurationNs, plural } from '../../domain/format';
import { stepCount, type StepTree } from '../../domain/stepTree';
import styles from './Timeline.module.css';
import { AXIS_PX, CONTROLS_PX, MINIMAP_PX, type TimelineHandle } from './useTimeline';

interface TimelineHeadProps {
  timeline: TimelineHandle;
  tree: StepTree;
  controls: ReactNode;
}

export function TimelineHead({ timeline, tree, controls }: TimelineHeadProps) {
  return (
    <div className={styles.head}>
      <div style={{ height: CONTROLS_PX, display: 'grid' }}>{controls}</div>
      <div className={styles.minimap} style={{ height: MINIMAP_PX }}>
        <canvas
          ref={timeline.minimap}
          role="img"
          aria-label={`The whole trace in little: ${countsOf(tree)}. Drag to choose what the timeline shows.`}
        />
      </div>
      <div className={styles.axis} style={{ height: AXIS_PX }}>
        <canvas
          ref={timeline.axis}
          role="img"
          aria-label={tree.clock === 'order_only' ? 'Steps in order' : 'Time axis'}
        />
      </div>
    </div>
  );
}

interface TimelineBarsProps {
  timeline: TimelineHandle;
  window: RowWindow;
  /**
   * What the bars show, where they stand by themselves. Beside the rows of the tree they are left out for readers of the
   * screen, for names, times and states are in the rows.
   */
  label?: string;
}

export function TimelineBars({ timeline, window, label }: TimelineBarsProps) {
  const { drawing, rows } = timeline;
  const { first, end } = window;
  useLayoutEffect(() => {
    rows.current = { first, end };
    drawing.current?.setRows(first, end);
  }, [drawing, rows, first, end]);
  const role = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return <canvas ref={timeline.bars} className={styles.bars} {...role} />;
}

/** `41 steps, 3 failed, 2 retries, in 16.3 s`. */
export function countsOf(tree: StepTree): string {
  const parts = [plural(stepCount(tree), 'step')];
  if (tree.errorRows.length > 0) parts.push(`${tree.errorRows.length} failed`);
  if (tree.retryRows.length > 0) parts.push(plural(tree.retryRows.length, 'retry', 'retries'));
  if (tree.clock !== 'order_only') parts.push(`in ${formatDurationNs(tree.total_ns)}`);
  return parts.join(', ');
}
