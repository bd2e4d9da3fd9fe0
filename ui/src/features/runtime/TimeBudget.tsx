// Where the time of a run went, as one bar and its legend. A part of the legend lists the steps of that part, and while it does
// so the timeline brings them out.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useBackend } from '../../backend';
import type { RunTime, TimePart } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { useClock } from '../../components/clock';
import { Popover } from '../../components/Popover';
import { formatDurationNs, formatShare } from '../../domain/format';
import type { StepTree } from '../../domain/stepTree';
import { budgetAt, PART_WORDS, type ShownShare } from '../../domain/timeBudget';
import { runTimeQuery } from '../../queries/traces';
import { useActions } from '../../state/actions';
import { toggleBudget, togglePath, useLayout } from '../../state/layout';
import { choosePart, partIn, useTimePart } from '../../state/timePart';
import { PartSteps } from './PartSteps';
import styles from './TimeBudget.module.css';

/** How often the part that grows is told anew. */
const TICK_MS = 200;
const CALM_MS = 60_000;

interface TimeBudgetProps {
  traceId: number;
  tree: StepTree;
  /** Goes to a step. */
  onShow: (spanId: string) => void;
}

export function TimeBudget({ traceId, tree, onShow }: TimeBudgetProps) {
  const backend = useBackend();
  const shows = useLayout((layout) => layout.showsBudget);
  const read = useQuery({ ...runTimeQuery(backend, traceId), enabled: shows });
  const hasTimes = tree.count > 0 && tree.clock !== 'order_only';
  // What the trace has nothing for is not turned on behind the person's back.
  useActions(
    hasTimes
      ? [
          {
            id: 'time.budget',
            label: 'What the time went into',
            group: 'Trace',
            keys: ['b'],
            run: toggleBudget,
          },
          {
            id: 'time.path',
            label: 'Critical path in the timeline, or without it',
            group: 'Trace',
            keys: ['c'],
            run: togglePath,
          },
        ]
      : [],
  );
  if (!shows || !hasTimes || (read.data && !read.data.has_times)) return null;
  return (
    <section className={styles.budget} aria-label="What the time went into" aria-busy={!read.data}>
      {read.data ? (
        <Parts traceId={traceId} time={read.data} tree={tree} onShow={onShow} />
      ) : read.error ? (
        <p className={styles.failed}>What the time went into cannot be read: {read.error.message}</p>
      ) : (
        <div className={styles.bar} aria-hidden="true" />
      )}
    </section>
  );
}

function Parts({ traceId, time, tree, onShow }: TimeBudgetProps & { time: RunTime }) {
  const grows = time.growing !== null && tree.isLive;
  const now_ms = useClock(grows ? TICK_MS : CALM_MS);
  const { total_ns, parts } = budgetAt(time, grows ? now_ms : (time.as_of_unix_ms ?? 0));
  const chosen = useTimePart((state) => partIn(state, traceId));
  const showsPath = useLayout((layout) => layout.showsPath);
  const choose = (part: TimePart | null) => {
    choosePart(traceId, part);
  };
  // What is put away brings nothing out any more.
  useEffect(
    () => () => {
      choosePart(traceId, null);
    },
    [traceId],
  );
  return (
    <>
      {/* The legend says the same, and has the buttons. */}
      <div className={styles.bar} aria-hidden="true" data-dims={chosen === null ? undefined : ''}>
        {parts.map(({ part, wall_ns }) =>
          wall_ns > 0 ? (
            <i
              key={part}
              data-part={part}
              data-chosen={part === chosen ? '' : undefined}
              style={{ flexGrow: wall_ns / Math.max(total_ns, 1) }}
              title={partTitle(part, wall_ns, total_ns)}
              onClick={() => {
                choose(part);
              }}
            />
          ) : null,
        )}
      </div>
      <div className={styles.legend}>
        {total_ns === 0 && (
          <span className={styles.none}>The run took no time: all its steps stand at one moment</span>
        )}
        {parts.map((shown) => (
          <Popover
            key={shown.part}
            open={chosen === shown.part}
            onOpenChange={(open) => {
              choose(open ? shown.part : null);
            }}
            label={`Steps: ${PART_WORDS[shown.part]}`}
            trigger={
              <button type="button" className={styles.part}>
                <i data-part={shown.part} aria-hidden="true" />
                {PART_WORDS[shown.part]}
                {isBeside(shown) ? (
                  <span className={styles.share}>only beside others</span>
                ) : (
                  <>
                    <b>{formatDurationNs(shown.wall_ns)}</b>
                    <span className={styles.share}>{formatShare(shown.wall_ns, total_ns)}</span>
                  </>
                )}
              </button>
            }
          >
            <PartSteps shown={shown} time={time} total_ns={total_ns} tree={tree} onShow={onShow} />
          </Popover>
        ))}
        <span className={styles.room} />
        <IconButton
          size="small"
          icon="path"
          label="Critical path in the timeline"
          shortcut="c"
          aria-pressed={showsPath}
          onClick={togglePath}
        />
      </div>
    </>
  );
}

/** Whether a part had steps at work, yet no moment: at each of them a part that goes before it was at work as well. */
function isBeside({ wall_ns, share }: ShownShare): boolean {
  return wall_ns === 0 && (share?.work_ns ?? 0) > 0;
}

function partTitle(part: TimePart, wall_ns: ShownShare['wall_ns'], total_ns: number): string {
  return `${PART_WORDS[part]}: ${formatDurationNs(wall_ns)}, ${formatShare(wall_ns, total_ns)}`;
}
