// The top of a comparison: both runs, in plain words what differs, and their numbers as deltas with bars.
import type { Comparison, TraceSummary } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { RunStatus } from '../../components/RunStatus';
import { RunningTime } from '../../components/RunningTime';
import { comparedNumbers, differenceText, type ComparedNumber } from '../../domain/comparison';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDateTime,
  formatDurationNs,
} from '../../domain/format';
import type { Side } from '../../domain/alignedRuns';
import { goTo } from '../../state/place';
import styles from './Compare.module.css';

interface RunHeadsProps {
  comparison: Comparison;
  /** Which of the runs is the baseline of its task. */
  baseline: number | null;
  onPin: (traceId: number, isBaseline: boolean) => void;
  onSwap: () => void;
}

export function RunHeads({ comparison, baseline, onPin, onSwap }: RunHeadsProps) {
  const { a, b, summary, remarks } = comparison;
  return (
    <>
      <div className={styles.heads}>
        <RunHead side="a" trace={a.summary} isBaseline={baseline === a.summary.trace_id} onPin={onPin} />
        <IconButton icon="swap" size="small" label="Swap the sides" shortcut="Shift+S" onClick={onSwap} />
        <RunHead side="b" trace={b.summary} isBaseline={baseline === b.summary.trace_id} onPin={onPin} />
      </div>
      <section className={styles.summary} aria-label="What differs">
        {summary.length === 0 ? 'Nothing that counts differs.' : summary.join(' ')}
        {remarks.map((remark) => (
          <span key={remark} className={styles.remark}>
            <Icon name="info" size={12} /> {remark}
          </span>
        ))}
      </section>
      <Numbers a={a.summary} b={b.summary} />
    </>
  );
}

interface RunHeadProps {
  side: Side;
  trace: TraceSummary;
  isBaseline: boolean;
  onPin: (traceId: number, isBaseline: boolean) => void;
}

function RunHead({ side, trace, isBaseline, onPin }: RunHeadProps) {
  const letter = side.toUpperCase();
  return (
    <section className={styles.head} aria-label={`Run ${letter}`}>
      <span className={styles.letter} data-side={side}>
        {letter}
      </span>
      <RunStatus trace={trace} withLabel />
      {trace.status === 'running' && trace.start_unix_ms !== null && (
        <RunningTime since_unix_ms={trace.start_unix_ms} least_ns={trace.duration_ns ?? 0} />
      )}
      <button
        type="button"
        className={styles.runName}
        title={`${trace.name}\nOpen this run`}
        onClick={() => {
          goTo({ view: 'traces', traceId: trace.trace_id, stepId: null }, 'push');
        }}
      >
        {trace.name || 'unnamed'}
      </button>
      <span className={styles.when} title={trace.source}>
        {formatDateTime(trace.start_unix_ms).slice(0, 19)}
      </span>
      <Button
        size="small"
        look="quiet"
        icon={isBaseline ? 'pinned' : 'pin'}
        aria-pressed={isBaseline}
        title={
          isBaseline
            ? 'Others of its task are held against this run; click to let go of it'
            : 'Hold other runs of its task against this one'
        }
        onClick={() => {
          onPin(trace.trace_id, !isBaseline);
        }}
      >
        Baseline
      </Button>
    </section>
  );
}

const FORMATS: Record<ComparedNumber['unit'], (value: number | null) => string> = {
  ns: formatDurationNs,
  count: formatCount,
  usd: formatCostUsd,
};
const SHORT: Record<ComparedNumber['unit'], (value: number | null) => string> = {
  ...FORMATS,
  count: formatCompact,
};

function Numbers({ a, b }: { a: TraceSummary; b: TraceSummary }) {
  return (
    <dl className={styles.numbers} aria-label="Numbers of both runs">
      {comparedNumbers(a, b)
        .filter(({ values }) => values.some((value) => value !== null))
        .map((number) => (
          <NumberCell key={number.label} number={number} />
        ))}
    </dl>
  );
}

function NumberCell({ number: { label, unit, values } }: { number: ComparedNumber }) {
  const [a, b] = values;
  const largest = Math.max(a ?? 0, b ?? 0);
  const words = differenceText(a, b, FORMATS[unit]);
  const isSame = words === 'the same';
  return (
    <div className={styles.number} data-same={isSame ? '' : undefined}>
      <dt>{label}</dt>
      <dd>
        <span className={styles.values}>
          <span title={`A: ${FORMATS[unit](a)}`}>{SHORT[unit](a)}</span>
          <span aria-hidden="true"> → </span>
          <span className="visually-hidden"> in A, in B </span>
          <span title={`B: ${FORMATS[unit](b)}`}>{SHORT[unit](b)}</span>
        </span>
        <span className={styles.delta}>{words}</span>
        <span className={styles.twoBars} aria-hidden="true">
          {[a, b].map((value, index) => (
            <i
              key={index}
              data-side={index === 0 ? 'a' : 'b'}
              style={{ width: `${largest > 0 ? ((100 * (value ?? 0)) / largest).toFixed(1) : 0}%` }}
            />
          ))}
        </span>
      </dd>
    </div>
  );
}
