// The top of a comparison: both runs, in plain words what differs, and their numbers as deltas with bars.
import type { Comparison, TraceSummary } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { RunStatus } from '../../components/RunStatus';
import { RunFacts } from './RunFacts';
import { comparedNumbers, differenceText, signedText, type ComparedNumber } from '../../domain/comparison';
import { formatCompact, formatCostUsd, formatCount, formatDurationNs } from '../../domain/format';
import type { Side } from '../../domain/alignedRuns';
import { visibleText } from '../../domain/visibleText';
import { goTo } from '../../state/place';
import styles from './Compare.module.css';

interface RunHeadsProps {
  comparison: Comparison;
  /** Which of the runs is the baseline of its task. */
  baseline: number | null;
  onPin: (traceId: number, isBaseline: boolean) => void;
  onSwap: () => void;
  /** Whether their numbers are shown in full, or what differs of them in a line. */
  showsNumbers: boolean;
}

export function RunHeads({ comparison, baseline, onPin, onSwap, showsNumbers }: RunHeadsProps) {
  const { a, b, summary, remarks } = comparison;
  return (
    <>
      <div className={styles.heads}>
        <RunHead side="a" trace={a.summary} isBaseline={baseline === a.summary.trace_id} onPin={onPin} />
        <IconButton icon="swap" size="small" label="Swap the sides" shortcut="Shift+S" onClick={onSwap} />
        <RunHead side="b" trace={b.summary} isBaseline={baseline === b.summary.trace_id} onPin={onPin} />
      </div>
      <section className={styles.summary} aria-label="What differs">
        {summary.length === 0 ? 'Nothing that counts differs.' : visibleText(summary.join(' '))}
        {remarks.map((remark) => (
          <span key={remark} className={styles.remark}>
            <Icon name="info" size={12} /> {remark}
          </span>
        ))}
      </section>
      <Numbers a={a.summary} b={b.summary} isFull={showsNumbers} />
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
      <button
        type="button"
        className={styles.runName}
        title={`${visibleText(trace.name)}\nOpen this run`}
        onClick={() => {
          goTo({ view: 'traces', traceId: trace.trace_id, stepId: null }, 'push');
        }}
      >
        {visibleText(trace.name) || 'unnamed'}
      </button>
      <RunFacts trace={trace} />
      <IconButton
        icon={isBaseline ? 'pinned' : 'pin'}
        size="small"
        aria-pressed={isBaseline}
        label={
          isBaseline
            ? 'Baseline: others of its task are held against this run'
            : 'Make it the baseline that others of its task are held against'
        }
        onClick={() => {
          onPin(trace.trace_id, !isBaseline);
        }}
      />
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

function Numbers({ a, b, isFull }: { a: TraceSummary; b: TraceSummary; isFull: boolean }) {
  // Of a run under way the heads count the time; how far apart the runs are is not known before it has ended.
  const isGoing = [a, b].some(({ status }) => status === 'running');
  const known = comparedNumbers(a, b).filter(
    ({ label, values }) => values.some((value) => value !== null) && !(isGoing && label === 'Duration'),
  );
  if (isFull) {
    return (
      <dl className={styles.numbers} aria-label="Numbers of both runs">
        {known.map((number) => (
          <NumberCell key={number.label} number={number} isGoing={isGoing} />
        ))}
      </dl>
    );
  }
  const differ = known.filter(({ values: [a, b] }) => a !== b);
  return (
    <dl className={styles.numberLine} aria-label="Numbers of both runs">
      {differ.map((number) => (
        <NumberWord key={number.label} number={number} isGoing={isGoing} />
      ))}
      {differ.length > 0 && isGoing && <dt>so far</dt>}
      {differ.length === 0 && <dt>All numbers are the same.</dt>}
    </dl>
  );
}

interface NumberProps {
  number: ComparedNumber;
  /** Whether a run is under way, so that the number is no more than what has come so far. */
  isGoing: boolean;
}

/** A number that differs, in a word or two. */
function NumberWord({ number: { label, unit, values }, isGoing }: NumberProps) {
  const [a, b] = values;
  const short = SHORT[unit];
  const words = isGoing || a === null || b === null ? `${short(a)} → ${short(b)}` : signedText(b - a, short);
  return (
    <div title={`${label}: A ${FORMATS[unit](a)}, B ${FORMATS[unit](b)}`}>
      <dt>{label}</dt>
      <dd>{words}</dd>
    </div>
  );
}

function NumberCell({ number: { label, unit, values }, isGoing }: NumberProps) {
  const [a, b] = values;
  const largest = Math.max(a ?? 0, b ?? 0);
  const words = isGoing ? 'so far' : differenceText(a, b, FORMATS[unit]);
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
