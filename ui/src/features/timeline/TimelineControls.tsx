// Which way the time is seen: how steps stand, what the axis tells, how much is in view.
import { IconButton } from '../../components/Button';
import { SegmentedControl } from '../../components/SegmentedControl';
import type { Arrangement } from '../../domain/stepLines';
import { plural } from '../../domain/format';
import { arrangeSteps, toggleIdleFolds, toggleTimeOfDay, useLayout } from '../../state/layout';
import styles from './Timeline.module.css';
import type { TimelineHandle } from './useTimeline';

export const ARRANGEMENT_WORDS: Record<Arrangement, { label: string; hint: string; key: string }> = {
  waterfall: { label: 'Waterfall', hint: 'A bar beside each row of the tree', key: '1' },
  flame: { label: 'Flame', hint: 'All steps by depth, parents above', key: '2' },
  lanes: { label: 'Lanes', hint: 'All steps by agent', key: '3' },
};

interface TimelineControlsProps {
  timeline: TimelineHandle;
  /** Whether the trace has a clock: an order alone has no time of day and no quiet time. */
  hasTimes: boolean;
  /** Whether its start is known. */
  hasStart: boolean;
  /** Stretches of quiet time that can be folded. */
  quiet: number;
}

export function TimelineControls({ timeline, hasTimes, hasStart, quiet }: TimelineControlsProps) {
  const arrangement = useLayout((layout) => layout.arrangement);
  const timeOfDay = useLayout((layout) => layout.timeOfDay);
  const foldsIdle = useLayout((layout) => layout.foldsIdle);
  const canFold = hasTimes && quiet > 0;
  const foldLabel = canFold
    ? `Fold quiet time, in which nothing was called (${plural(quiet, 'stretch', 'stretches')})`
    : 'No quiet time to fold';
  return (
    <div className={styles.controls}>
      <SegmentedControl
        label="View of the time"
        value={arrangement}
        onChange={arrangeSteps}
        segments={(['waterfall', 'flame', 'lanes'] as const).map((value) => ({
          value,
          icon: value,
          label: ARRANGEMENT_WORDS[value].label,
          hint: ARRANGEMENT_WORDS[value].hint,
          shortcut: ARRANGEMENT_WORDS[value].key,
        }))}
      />
      <span className={styles.room} />
      <IconButton
        size="small"
        icon="slow"
        label={hasStart ? 'Time of day on the axis' : 'The source gives no time of day'}
        shortcut="t"
        aria-pressed={timeOfDay && hasStart}
        disabled={!hasStart}
        onClick={toggleTimeOfDay}
      />
      <IconButton
        size="small"
        icon="idle"
        label={foldLabel}
        shortcut="i"
        aria-pressed={foldsIdle && canFold}
        disabled={!canFold}
        onClick={toggleIdleFolds}
      />
      <IconButton
        size="small"
        icon="fit"
        label="Show the whole trace in the timeline"
        shortcut="0"
        disabled={timeline.isWhole}
        onClick={() => timeline.drawing.current?.fit()}
      />
    </div>
  );
}
