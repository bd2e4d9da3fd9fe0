// The pair that is looked at: both steps, by what they differ, and each part of them as a real difference.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode, RefObject } from 'react';
import { useBackend } from '../../backend';
import type { Ignored } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { KindIcon } from '../../components/KindIcon';
import { PartDifferences } from '../../components/PartDifferences';
import { SegmentedControl } from '../../components/SegmentedControl';
import { differenceWords, rowOn, stepOn, type AlignedRuns, type Side } from '../../domain/alignedRuns';
import { formatCompact, formatCostUsd } from '../../domain/format';
import { at } from '../../domain/columns';
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
            {actions}
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
  const facts = [
    STATUS_WORDS[status].toLowerCase(),
    durationText(tree, row),
    startText(tree, row),
    at(tree.belowTokens, row) >= 0 ? `${formatCompact(at(tree.belowTokens, row))} tokens` : null,
    at(tree.belowCost_usd, row) >= 0 ? formatCostUsd(at(tree.belowCost_usd, row)) : null,
  ];
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
      <span
        className={status === 'error' ? styles.failed : styles.facts}
        title={facts.filter((fact) => fact !== null).join(' · ')}
      >
        {facts.filter((fact) => fact !== null).join(' · ')}
      </span>
    </div>
  );
}

const NAMES = { a: 'A', b: 'B' };

const IGNORED: [keyof Ignored, string, string][] = [
  ['ids', 'Ids', 'UUIDs, long hex numbers and ids of calls are no difference'],
  ['times', 'Times', 'Timestamps are no difference'],
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
