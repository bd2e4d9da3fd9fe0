// The timeline's parts on the page: what sticks to the top, and the bars that scroll with the rows.
import { useLayoutEffect } from 'react';
import type { RowWindow } from '../../components/rowWindow';
import styles from './Timeline.module.css';
import { AXIS_PX, MINIMAP_PX, type TimelineHandle } from './useTimeline';

export function TimelineHead({ timeline, ordered }: { timeline: TimelineHandle; ordered: boolean }) {
  return (
    <div className={styles.head}>
      <div className={styles.minimap} style={{ height: MINIMAP_PX }}>
        <canvas
          ref={timeline.minimap}
          role="img"
          aria-label="The whole trace in little. Drag to choose what the timeline shows."
        />
      </div>
      <div className={styles.axis} style={{ height: AXIS_PX }}>
        <canvas ref={timeline.axis} role="img" aria-label={ordered ? 'Steps in order' : 'Time axis'} />
      </div>
    </div>
  );
}

export function TimelineBars({ timeline, window }: { timeline: TimelineHandle; window: RowWindow }) {
  const { drawing, rows } = timeline;
  const { first, end } = window;
  useLayoutEffect(() => {
    rows.current = { first, end };
    drawing.current?.setRows(first, end);
  }, [drawing, rows, first, end]);
  // Names, times and states of the bars stand in the rows of the tree, so a reader of the screen has them there.
  return <canvas ref={timeline.bars} className={styles.bars} aria-hidden="true" />;
}
