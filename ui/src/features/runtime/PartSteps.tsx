// The steps of one part of a run's time, the longest first.
import type { RunTime } from '../../backend/bindings';
import { formatCount, formatDurationNs, formatShare, plural } from '../../domain/format';
import type { StepTree } from '../../domain/stepTree';
import { PART_WORDS, runsAtOnce, type ShownShare } from '../../domain/timeBudget';
import { PROVENANCE_WORDS } from '../../domain/words';
import { StepLink } from './StepLink';
import styles from './TimeBudget.module.css';

/** The most steps in the list; the timeline brings out more. */
const MOST = 50;

interface PartStepsProps {
  shown: ShownShare;
  time: RunTime;
  total_ns: number;
  tree: StepTree;
  onShow: (spanId: string) => void;
}

export function PartSteps({ shown, time, total_ns, tree, onShow }: PartStepsProps) {
  const { part, wall_ns, share } = shown;
  const steps = share?.steps.slice(0, MOST) ?? [];
  const more = (share?.count ?? 0) - steps.length;
  const { mark } = PROVENANCE_WORDS[share?.provenance ?? 'derived'];
  return (
    <div className={styles.steps}>
      <h3>
        {PART_WORDS[part]} {formatDurationNs(wall_ns)}
        <span className={styles.muted}> of {formatDurationNs(total_ns)}</span>
        {mark !== null && <span className={styles.mark}>{mark}</span>}
      </h3>
      {share && (
        <>
          <p className={styles.muted}>{share.explanation}</p>
          <dl>
            <dt>On the critical path</dt>
            <dd>
              {formatDurationNs(share.critical_ns)} · {formatShare(share.critical_ns, time.total_ns)}
            </dd>
            {share.count > 0 && part !== 'idle' && (
              <>
                <dt>Added up over {plural(share.count, 'step')}</dt>
                <dd>
                  {formatDurationNs(share.work_ns)}
                  {runsAtOnce(share) && <span className={styles.muted}>, some at once</span>}
                </dd>
              </>
            )}
          </dl>
        </>
      )}
      {steps.length > 0 && (
        <ol aria-label="Steps, the longest first">
          {steps.map((step, index) => (
            <li key={index}>
              <StepLink
                spanId={time.step_ids[step] ?? ''}
                tree={tree}
                pause={part === 'backoff' || part === 'throttled'}
                own_ns={share?.own_ns[index] ?? 0}
                onShow={onShow}
              />
            </li>
          ))}
        </ol>
      )}
      {more > 0 && <p className={styles.muted}>and {formatCount(more)} more, none longer</p>}
    </div>
  );
}
