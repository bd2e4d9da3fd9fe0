// The pair that is looked at: both steps, by what they differ, and each part of them as a real difference.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { useBackend } from '../../backend';
import type { Ignored } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { KindIcon } from '../../components/KindIcon';
import { PartDifferences } from '../../components/PartDifferences';
import { SegmentedControl } from '../../components/SegmentedControl';
import {
  differenceWords,
  firstRowOn,
  isTry,
  rowOn,
  stepOn,
  sumOfTries,
  took_ns,
  triesOf,
  type AlignedRuns,
  type Side,
} from '../../domain/alignedRuns';
import { formatCompact, formatCostUsd, formatDurationNs, plural } from '../../domain/format';
import { kindOf, nameOf, standingOf } from '../../domain/stepTree';
import { durationText, startText, STATUS_WORDS } from '../../domain/words';
import { stepDifferenceQuery } from '../../queries/comparing';
import { ignoreInTexts, toggleUnifiedDiff, useLayout } from '../../state/layout';
import { goTo } from '../../state/place';
import styles from './StepDifference.module.css';

interface StepDifferenceProps {
  frame: RefObject<HTMLElement | null>;
  a: number;
  b: number;
  runs: AlignedRuns;
  pair: number;
  /** What can be said of the pair by hand. */
  actions: ReactNode;
  onLeave: () => void;
}

export function StepDifference({ frame, a, b, runs, pair, actions, onLeave }: StepDifferenceProps) {
  return (
    <section
      ref={frame}
      className={styles.pane}
      tabIndex={-1}
      aria-label="The two steps"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onLeave();
      }}
    >
      {pair < 0 ? (
        <p className={styles.nothing}>Choose a line to see by what its two steps differ.</p>
      ) : (
        <>
          <div className={styles.top}>
            <StepHead traceId={a} runs={runs} side="a" pair={pair} />
            <StepHead traceId={b} runs={runs} side="b" pair={pair} />
          </div>
          <div className={styles.tools}>
            <Switches />
            <span className={styles.space} />
            <span className={styles.actions}>{actions}</span>
          </div>
          <Parts a={a} b={b} runs={runs} pair={pair} />
        </>
      )}
    </section>
  );
}

function StepHead({
  traceId,
  runs,
  side,
  pair,
}: {
  traceId: number;
  runs: AlignedRuns;
  side: Side;
  pair: number;
}) {
  const tree = runs[side];
  const row = rowOn(runs, side, pair);
  const letter = side.toUpperCase();
  if (row < 0) {
    return (
      <div className={styles.head}>
        <b className={styles.letter}>{letter}</b>
        <span className={styles.absent}>has no such step</span>
      </div>
    );
  }
  const status = standingOf(tree, row);
  const tokens = sumOfTries(runs, side, pair, true, tree.belowTokens);
  const cost_usd = sumOfTries(runs, side, pair, true, tree.belowCost_usd);
  const facts = [
    STATUS_WORDS[status].toLowerCase(),
    timeWords(runs, side, pair),
    startText(tree, firstRowOn(runs, side, pair, true)),
    tokens >= 0 ? `${formatCompact(tokens)} tokens` : null,
    cost_usd >= 0 ? formatCostUsd(cost_usd) : null,
  ]
    .filter((fact) => fact !== null)
    .join(' · ');
  return (
    <div className={styles.head}>
      <b className={styles.letter}>{letter}</b>
      <KindIcon kind={kindOf(tree, row)} />
      <button
        type="button"
        className={styles.name}
        title={`${nameOf(tree, row)}\nOpen this step in its run`}
        onClick={() => {
          goTo({ view: 'traces', traceId, stepId: stepOn(runs, side, pair) }, 'push');
        }}
      >
        {nameOf(tree, row) || 'unnamed'}
      </button>
      <span className={status === 'error' ? styles.failed : styles.facts} title={facts}>
        {facts}
      </span>
    </div>
  );
}

/** How long a step took; of an operation all its tries, as in its row while it is folded, and the last of them. */
function timeWords(runs: AlignedRuns, side: Side, pair: number): string {
  const tree = runs[side];
  const row = rowOn(runs, side, pair);
  const last = durationText(tree, row);
  const tries = isTry(runs, pair) ? 1 : triesOf(tree, row);
  const all_ns = took_ns(runs, side, pair, true);
  return tries > 1 && all_ns !== null
    ? `${formatDurationNs(all_ns)} in ${plural(tries, 'try', 'tries')}, the last ${last}`
    : last;
}

const NAMES = { a: 'A', b: 'B' };

const IGNORED: [keyof Ignored, string, string][] = [
  ['ids', 'Ids', 'UUIDs, long hex numbers, ids of runs and calls and numbers of tries are no difference'],
  ['times', 'Times', 'Timestamps and how long something took are no difference'],
  ['whitespace', 'White space', 'White space is no difference'],
];

function Switches() {
  const unified = useLayout((layout) => layout.unifiedDiff);
  const ignored = useLayout((layout) => layout.ignored);
  return (
    <>
      <SegmentedControl
        label="Show differences"
        value={unified ? 'unified' : 'split'}
        onChange={(value) => {
          if ((value === 'unified') !== unified) toggleUnifiedDiff();
        }}
        segments={[
          { value: 'split', icon: 'split', label: 'Side by side', hint: 'A on the left, B on the right' },
          { value: 'unified', icon: 'unified', label: 'Unified', hint: 'One below the other' },
        ]}
      />
      <span className={styles.ignore} role="group" aria-label="No difference">
        Ignore
        {IGNORED.map(([name, label, title]) => (
          <Button
            key={name}
            size="small"
            look="quiet"
            aria-pressed={ignored[name]}
            title={title}
            onClick={() => {
              ignoreInTexts({ [name]: !ignored[name] });
            }}
          >
            {label}
          </Button>
        ))}
      </span>
    </>
  );
}

function Parts({ a, b, runs, pair }: { a: number; b: number; runs: AlignedRuns; pair: number }) {
  const backend = useBackend();
  const unified = useLayout((layout) => layout.unifiedDiff);
  const ignore = useLayout((layout) => layout.ignored);
  const [a_span_id, b_span_id] = [stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)];
  const read = useQuery({
    ...stepDifferenceQuery(backend, { a, b, a_span_id, b_span_id, ignore }),
    placeholderData: keepPreviousData,
  });
  if (read.error) {
    return (
      <p className={styles.nothing} role="alert">
        They could not be compared: {read.error.message}
      </p>
    );
  }
  if (!read.data) return <p className={styles.nothing}>Comparing…</p>;
  const { parts } = read.data;
  const words = differenceWords(runs, pair);
  return (
    <div className={styles.parts} aria-busy={read.isPlaceholderData}>
      {words.length > 0 && <p className={styles.words}>{words.map(({ meaning }) => meaning).join(' ')}</p>}
      {parts.length === 0 && <p className={styles.nothing}>Neither step has any content.</p>}
      <PartDifferences parts={parts} unified={unified} names={NAMES} />
    </div>
  );
}
