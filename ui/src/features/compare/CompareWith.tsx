// With which other run one is to be compared: those of its task that are worth it, or any that is looked for.
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState, type KeyboardEvent } from 'react';
import { useBackend } from '../../backend';
import type { TraceSummary } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { RunStatus } from '../../components/RunStatus';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { candidatesQuery, useBaseline } from '../../queries/comparing';
import { traceListQuery } from '../../queries/traces';
import { compareRuns, endChoosing, useChoosing } from '../../state/comparing';
import { wishFocus } from '../../state/focus';
import { usePlace } from '../../state/place';
import styles from './CompareWith.module.css';
import { RunFacts } from './RunFacts';

/** So many others are offered; words narrow them down. */
const OFFERED = 12;

export function CompareWith() {
  const traceId = useChoosing((choosing) => choosing.traceId);
  return (
    <Dialog
      open={traceId !== null}
      onClose={endChoosing}
      title="Compare this run with…"
      description="The other run becomes A, this one B"
      width_px={880}
      returnFocus={focusSteps}
    >
      {traceId !== null && <Choices traceId={traceId} />}
    </Dialog>
  );
}

/** Of the run that is open, or of the comparison that opens. */
const focusSteps = () => {
  const { traceId, view } = usePlace.getState();
  // Elsewhere there are no steps, and a wish would wait for some.
  if (traceId !== null || view === 'compare') wishFocus('steps');
};

function Choices({ traceId }: { traceId: number }) {
  const backend = useBackend();
  const read = useQuery(candidatesQuery(backend, traceId));
  const baseline = useBaseline();
  const [typed, setTyped] = useState('');
  const filter = useDeferredValue(typed);
  const others = useQuery(
    traceListQuery(backend, { filter, sort: 'started', descending: true, offset: 0, limit: OFFERED + 1 }),
  );
  const candidates = read.data;
  const offered: [string, string, TraceSummary | null][] = candidates
    ? [
        ['Baseline', 'The run that others of its task are held against', candidates.baseline],
        ['Previous', 'The run of its task before it', candidates.previous],
        ['Last good', 'The last one before it that went well', candidates.last_good],
        ['Median', 'Of those that went well, the one that took neither long nor short', candidates.median],
      ]
    : [];
  const found = offered.filter(([, , run]) => run !== null && run.trace_id !== traceId);
  const items = others.data?.list.items.filter((run) => run.trace_id !== traceId).slice(0, OFFERED) ?? [];
  const choose = (run: TraceSummary) => {
    endChoosing();
    compareRuns(run.trace_id, traceId);
  };
  const isBaseline = candidates?.baseline?.trace_id === traceId;
  /** Arrows walk the runs, from the field too. */
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input,[data-run]')];
    const from = stops.findIndex((each) => each === document.activeElement);
    stops[Math.min(Math.max(from + by, 0), stops.length - 1)]?.focus();
  };
  return (
    <div className={styles.choices} onKeyDown={onKeyDown}>
      {read.error && <p role="alert">Its task is not known: {read.error.message}</p>}
      {candidates && (
        <p className={styles.task}>
          {candidates.runs === 0
            ? `“${candidates.task}” has no other runs.`
            : `“${candidates.task}” has ${plural(candidates.runs, 'other run')}.`}{' '}
          <Button
            size="small"
            look="quiet"
            icon={isBaseline ? 'pinned' : 'pin'}
            aria-pressed={isBaseline}
            disabled={baseline.isPending}
            onClick={() => {
              baseline.mutate({ trace_id: traceId, is_baseline: !isBaseline });
            }}
          >
            {isBaseline ? 'This run is the baseline' : 'Make this run the baseline'}
          </Button>
        </p>
      )}
      {found.length > 0 && (
        <ul className={styles.runs} aria-label="Runs of the same task">
          {found.map(
            ([word, meaning, run]) =>
              run && <Run key={word} word={word} meaning={meaning} run={run} onChoose={choose} />,
          )}
        </ul>
      )}
      <label className={styles.any}>
        Any other run
        <input
          data-autofocus
          className={styles.field}
          value={typed}
          placeholder="Words, or conditions as in the list: status:success model:gpt-4*"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
      </label>
      {others.error && <p role="alert">{others.error.message}</p>}
      <ul className={styles.runs} aria-label="Other runs">
        {items.map((run) => (
          <Run key={run.trace_id} run={run} onChoose={choose} />
        ))}
      </ul>
      {others.data && others.data.list.total > OFFERED + 1 && (
        <p className={styles.task}>
          {plural(others.data.list.total - items.length, 'further run')}; words narrow them down.
        </p>
      )}
    </div>
  );
}

interface RunProps {
  word?: string;
  meaning?: string;
  run: TraceSummary;
  onChoose: (run: TraceSummary) => void;
}

function Run({ word, meaning, run, onChoose }: RunProps) {
  return (
    <li>
      <button
        type="button"
        data-run
        className={styles.run}
        title={[visibleText(run.name), meaning].filter(Boolean).join('\n')}
        onClick={() => {
          onChoose(run);
        }}
      >
        {word !== undefined && <span className={styles.word}>{word}</span>}
        <span className={styles.status}>
          <RunStatus trace={run} withLabel />
        </span>
        <span className={styles.name}>{visibleText(run.name) || 'unnamed'}</span>
        <RunFacts trace={run} inColumns />
      </button>
    </li>
  );
}
