// The critical path as a list: the steps that decided how long the run took, in the order in which the run came to them.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { ErrorState } from '../../components/States';
import { formatCount, formatDurationNs, formatShare, plural } from '../../domain/format';
import type { StepTree } from '../../domain/stepTree';
import { longest, pathSteps, timePathOf } from '../../domain/timePath';
import { runTimeQuery } from '../../queries/traces';
import { togglePath, useLayout } from '../../state/layout';
import { StepLink } from './StepLink';
import styles from './TimeBudget.module.css';

/** The most steps in the list: the longest, and it says how many these are. */
const MOST = 200;

interface PathListProps {
  traceId: number;
  tree: StepTree;
  onShow: (spanId: string) => void;
}

export function PathList({ traceId, tree, onShow }: PathListProps) {
  const backend = useBackend();
  const read = useQuery(runTimeQuery(backend, traceId));
  const showsPath = useLayout((layout) => layout.showsPath);
  const time = read.data;
  const steps = useMemo(() => (time ? pathSteps(timePathOf(time, tree), tree) : []), [time, tree]);
  if (read.error && !time) {
    return <ErrorState title="The critical path cannot be read" error={read.error} />;
  }
  if (!time) return <p className={styles.intro} role="status" aria-label="Reading the critical path…" />;
  if (time.total_ns === 0)
    return (
      <div className={styles.path}>
        <p className={styles.intro}>The run took no time: its source gives all its steps one moment.</p>
      </div>
    );
  const shown = longest(steps, MOST);
  const { left_out, left_out_ns } = time.path;
  return (
    <div className={styles.path}>
      <p className={styles.intro}>
        The run took {formatDurationNs(time.total_ns)}, as long as these steps one after the other, each
        counted while it waited for nothing below it.
        <Button size="small" aria-pressed={showsPath} title="Key: c" onClick={togglePath}>
          {showsPath ? 'Shown in the timeline' : 'Show in the timeline'}
        </Button>
      </p>
      {shown.length < steps.length && (
        <p className={styles.intro}>
          The {formatCount(shown.length)} longest of {plural(steps.length, 'step')}.
        </p>
      )}
      <ol aria-label="Critical path">
        {shown.map((step) => (
          <li key={`${step.row}${step.isPause ? 'p' : ''}`}>
            <i
              data-part={step.part}
              style={{ width: share(step.own_ns, time.total_ns) }}
              aria-hidden="true"
            />
            {step.row < 0 ? (
              <div className={styles.step}>
                <span className={`${styles.name} ${styles.muted}`}>nothing ran</span>
                <span className={styles.muted}>{formatShare(step.own_ns, time.total_ns)}</span>
                <span className={styles.time}>{formatDurationNs(step.own_ns)}</span>
              </div>
            ) : (
              <StepLink
                spanId={tree.spanId.get(step.row) ?? ''}
                tree={tree}
                pause={step.isPause}
                own_ns={step.own_ns}
                note={noteOf(step.stretches, formatShare(step.own_ns, time.total_ns))}
                onShow={onShow}
              />
            )}
          </li>
        ))}
      </ol>
      {left_out > 0 && (
        <p className={styles.intro}>
          Without the {formatCount(left_out)} shortest stretches, {formatDurationNs(left_out_ns)} in all.
        </p>
      )}
    </div>
  );
}

const share = (part_ns: number, total_ns: number) => `${(100 * part_ns) / Math.max(total_ns, 1)}%`;

const noteOf = (stretches: number, share: string) =>
  stretches > 1 ? `in ${formatCount(stretches)} stretches · ${share}` : share;
