// The tries of the operation that a step is one of: each in turn, why it failed, the pause before it, and what changed from the one
// before.
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useBackend } from '../../backend';
import type { AttemptGroup, StepDetail } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { NextTry } from '../../components/NextTry';
import { PartDifferences } from '../../components/PartDifferences';
import { StatusIcon } from '../../components/StatusIcon';
import { formatDurationNs } from '../../domain/format';
import {
  attemptsOf,
  idOf,
  kindOf,
  nameOf,
  nextTryAt,
  rowOf,
  statusOf,
  type StepTree,
} from '../../domain/stepTree';
import {
  attemptsSentence,
  attemptWord,
  CAUSE_WORDS,
  durationText,
  NEXT_TRY_MEANING,
} from '../../domain/words';
import { stepDifferenceQuery } from '../../queries/comparing';
import { useLayout } from '../../state/layout';
import { goTo } from '../../state/place';
import { keepOperation } from '../../state/steps';
import styles from './Attempts.module.css';
import { AttemptWaste } from './AttemptWaste';
import { CorrectAttempts } from './CorrectAttempts';
import type { AttemptCorrection } from './useAttemptCorrection';

interface AttemptsProps {
  traceId: number;
  step: StepDetail;
  tree: StepTree;
  correction: AttemptCorrection;
}

export function Attempts({ traceId, step, tree, correction }: AttemptsProps) {
  const row = rowOf(tree, step.span_id);
  const attempts = row >= 0 ? attemptsOf(tree, row) : null;
  const next_unix_ms = nextTryAt(tree, attempts?.rows.at(-1) ?? row);
  const awaited = next_unix_ms !== null && <Awaited until_unix_ms={next_unix_ms} />;
  if (!attempts) return <NoAttempts tree={tree} row={row} correction={correction} awaited={awaited} />;
  const index = attempts.rows.indexOf(row);
  const before = attempts.rows[index - 1];
  const beforeId = before === undefined ? undefined : tree.spanId.get(before);
  return (
    <section className={styles.attempts} aria-label="Attempts">
      <ol className={styles.list}>
        {attempts.rows.map((each, number) => (
          <Try key={each} tree={tree} attempts={attempts} number={number} row={each} shownId={step.span_id} />
        ))}
      </ol>
      {awaited}
      <p className={styles.sentence}>
        {attemptsSentence(attempts)}
        {attempts.by_hand && !isJoined(attempts) && ' A step was taken out by hand.'}
      </p>
      <AttemptWaste traceId={traceId} tree={tree} attempts={attempts} />
      <div className={styles.corrections}>
        <CorrectAttempts tree={tree} correction={correction} />
        {correction.asDetected && (
          <Button size="small" look="quiet" disabled={correction.isSaving} onClick={correction.asDetected}>
            As detected
          </Button>
        )}
      </div>
      {beforeId !== undefined && (
        <Change key={step.span_id} traceId={traceId} step={step} beforeId={beforeId} number={index} />
      )}
    </section>
  );
}

/** That another try is to come, and that the source said so. */
function Awaited({ until_unix_ms }: { until_unix_ms: number }) {
  return (
    <p className={styles.awaited} title={NEXT_TRY_MEANING}>
      <NextTry until_unix_ms={until_unix_ms} /> <span className={styles.muted}>reported</span>
    </p>
  );
}

const isJoined = ({ signal }: AttemptGroup) => signal.startsWith('Joined by hand');

interface NoAttemptsProps {
  tree: StepTree;
  row: number;
  correction: AttemptCorrection;
  awaited: ReactNode;
}

/** Of a step in no group: that it was taken out of one, or what it may be joined with, where that is asked for or likely. */
function NoAttempts({ tree, row, correction, awaited }: NoAttemptsProps) {
  const isApart = tree.apartRows.has(row);
  const isLikely =
    row >= 0 &&
    statusOf(tree, row) === 'error' &&
    correction.candidates.some((other) => nameOf(tree, other) === nameOf(tree, row));
  if (!isApart && !isLikely && !correction.isOpen && !awaited) return null;
  return (
    <section className={styles.attempts} aria-label="Attempts">
      {awaited}
      <div className={styles.corrections}>
        <span className={styles.muted}>
          {isApart ? 'Taken out of a group of attempts by hand.' : 'Not known as an attempt.'}
        </span>
        <CorrectAttempts tree={tree} correction={correction} />
        {correction.asDetected && (
          <Button size="small" look="quiet" disabled={correction.isSaving} onClick={correction.asDetected}>
            As detected
          </Button>
        )}
      </div>
    </section>
  );
}

interface TryProps {
  tree: StepTree;
  attempts: AttemptGroup;
  number: number;
  row: number;
  /** The try in the inspector. */
  shownId: string;
}

function Try({ tree, attempts, number, row, shownId }: TryProps) {
  const isShown = idOf(tree, row) === shownId;
  const cause = attempts.causes[number] ?? null;
  const gap_ns = attempts.gap_ns[number] ?? 0;
  const model = attempts.relation === 'fallback' ? fallbackName(tree, row) : null;
  return (
    <>
      {gap_ns > 0 && tree.clock !== 'order_only' && (
        <li className={styles.gap}>
          {formatDurationNs(gap_ns)}
          <span className={styles.muted}>{attempts.gap_reported[number] ? ' told' : ' pause'}</span>
        </li>
      )}
      <li>
        <button
          type="button"
          className={styles.try}
          aria-current={isShown ? 'step' : undefined}
          onClick={() => {
            keepOperation(shownId, idOf(tree, row));
            goTo({ stepId: idOf(tree, row) }, 'push');
          }}
        >
          <span className={styles.number}>{number + 1}</span>
          <StatusIcon
            status={cause !== null ? 'failed' : tree.duration_ns[row] === -1 ? 'running' : 'success'}
            label={`${attemptWord(attempts)} ${number + 1}`}
          />
          <span>{cause === null ? durationText(tree, row) : CAUSE_WORDS[cause]}</span>
          {model !== null && <span className={styles.muted}>{model}</span>}
        </button>
      </li>
    </>
  );
}

/** Who took this try, where not all were taken by the same. */
function fallbackName(tree: StepTree, row: number): string {
  const model = tree.strings.get(tree.model[row] ?? -1);
  return kindOf(tree, row) === 'llm' && model !== undefined
    ? model
    : (tree.strings.get(tree.name[row] ?? -1) ?? '');
}

interface ChangeProps {
  traceId: number;
  step: StepDetail;
  beforeId: string;
  /** The number of the try before. */
  number: number;
}

function Change({ traceId, step, beforeId, number }: ChangeProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles.change}>
      <Button
        size="small"
        look="quiet"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {isOpen ? 'Hide what changed' : `What changed since attempt ${number}`}
      </Button>
      {isOpen && <Changes traceId={traceId} step={step} beforeId={beforeId} number={number} />}
    </div>
  );
}

/** What differs from the try before, by the rules by which two runs are compared; parts that say the same are named. */
function Changes({ traceId, step, beforeId, number }: ChangeProps) {
  const backend = useBackend();
  const ignore = useLayout((layout) => layout.ignored);
  const tries = { a: traceId, b: traceId, a_span_id: beforeId, b_span_id: step.span_id };
  const { data, error } = useQuery(stepDifferenceQuery(backend, { ...tries, ignore }));
  if (error) return <p className={styles.muted}>They could not be compared: {error.message}</p>;
  if (!data) return <p className={styles.muted}>Comparing…</p>;
  const differing = data.parts.filter(({ is_same }) => !is_same);
  const same = data.parts.flatMap(({ is_same, title }) => (is_same ? [title.toLowerCase()] : []));
  return (
    <>
      <PartDifferences
        parts={differing}
        unified
        names={{ a: `attempt ${number}`, b: `attempt ${number + 1}` }}
      />
      {same.length > 0 && (
        <p className={styles.muted}>
          The same as of attempt {number}: {same.join(', ')}.
        </p>
      )}
      {data.parts.length === 0 && <p className={styles.muted}>Neither says what it was given or answered.</p>}
    </>
  );
}
