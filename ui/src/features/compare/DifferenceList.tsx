// The differences of two runs, that which explains most first: each a sentence, and by how much B is apart from A in columns
// that stand below each other.
import type { KeyboardEvent } from 'react';
import type { RunDifference } from '../../backend/bindings';
import { placeOfPair, type AlignedRuns } from '../../domain/alignedRuns';
import { signedText } from '../../domain/comparison';
import { formatCompact, formatCostUsd, formatDurationNs, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import styles from './DifferenceList.module.css';

interface DifferenceListProps {
  runs: AlignedRuns;
  differences: readonly RunDifference[];
  /** Steps in which both did the same, in another time or for other tokens or cost. */
  drifts: readonly RunDifference[];
  onGo: (pair: number) => void;
}

interface Column {
  title: string;
  width_px: number;
  /** Empty where the two are not apart. */
  text: (difference: RunDifference) => string;
}

const COLUMNS: readonly Column[] = [
  {
    title: 'Time',
    width_px: 84,
    text: ({ time_ns }) => (time_ns === 0 ? '' : signedText(time_ns, formatDurationNs)),
  },
  {
    title: 'Tokens',
    width_px: 60,
    text: ({ tokens }) => (tokens === 0 ? '' : signedText(tokens, formatCompact)),
  },
  {
    title: 'Cost',
    width_px: 80,
    text: ({ cost_usd }) => (cost_usd === 0 ? '' : signedText(cost_usd, formatCostUsd)),
  },
];

export function DifferenceList({ runs, differences, drifts, onGo }: DifferenceListProps) {
  // A column in which nothing stands would take its room from the sentences.
  const columns = COLUMNS.filter(({ text }) => [...differences, ...drifts].some((each) => text(each) !== ''));
  const grid = {
    gridTemplateColumns: ['24px', 'minmax(0, 1fr)', ...columns.map(({ width_px }) => `${width_px}px`)].join(
      ' ',
    ),
  };
  const further = runs.different.length - differences.length;
  const row = (difference: RunDifference, index: number) => {
    const sentence = visibleText(difference.sentence);
    const place = placeOfPair(runs, difference.pair);
    return (
      <button
        key={difference.pair}
        type="button"
        className={styles.row}
        style={grid}
        onClick={() => {
          onGo(difference.pair);
        }}
      >
        <span className={styles.rank}>{index + 1}</span>
        <span className={styles.sentence} title={`${sentence}\n${place}`}>
          {sentence} <span className={styles.place}>{place}</span>
        </span>
        {columns.map(({ title, text }) => (
          <span key={title} className={styles.number}>
            <span className="visually-hidden">{text(difference) && `, ${title} `}</span>
            {text(difference)}
          </span>
        ))}
      </button>
    );
  };
  return (
    <div className={styles.list} onKeyDown={walkButtons}>
      {columns.length > 0 && (
        <div className={styles.headings} style={grid} aria-hidden="true">
          <span />
          <span />
          {columns.map(({ title }, index) => (
            <span key={title} className={styles.number}>
              {index === 0 ? `${title} B − A` : title}
            </span>
          ))}
        </div>
      )}
      {differences.length === 0 && <p className={styles.words}>Nothing that counts differs.</p>}
      {differences.map(row)}
      {further > 0 && (
        <p className={styles.words}>{plural(further, 'further difference')}: press n to walk them.</p>
      )}
      {drifts.length > 0 && (
        <p className={styles.words}>The same, in another time or for other tokens or cost:</p>
      )}
      {drifts.map(row)}
    </div>
  );
}

/** Keys walk the buttons: one on, one back, to the first, to the last. */
function walkButtons(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const from = buttons.findIndex((each) => each === document.activeElement);
  const last = buttons.length - 1;
  const to: Record<string, number> = {
    ArrowDown: from + 1,
    j: from + 1,
    ArrowUp: from - 1,
    k: from - 1,
    Home: 0,
    End: last,
  };
  const next = to[event.key];
  if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  buttons[Math.min(Math.max(next, 0), last)]?.focus();
}
