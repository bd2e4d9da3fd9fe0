import { useState } from 'react';
import { formatCount } from '../domain/format';
import type { DiffLine, FileChange } from '../domain/lineDiff';
import { visibleText } from '../domain/visibleText';
import styles from './DiffView.module.css';

const MOST_LINES = 200;
const PAGE = 2000;

const SIGNS = { same: ' ', added: '+', removed: '−', gap: '' } as const;
const WORDS = { same: 'unchanged', added: 'added', removed: 'removed', gap: 'left out' } as const;

/** A change line by line: what was removed, what was added, and the words that differ. */
export function DiffView({ change, label }: { change: FileChange; label: string }) {
  const [most, setMost] = useState(MOST_LINES);
  const { lines, isRough } = change;
  const hasNumbers = lines.some(({ before, after }) => before !== null || after !== null);
  const left = lines.length - most;
  return (
    <div className={styles.diff}>
      {isRough && (
        <p className={styles.note}>
          Too long or too different to be lined up: all of the old text, then all of the new.
        </p>
      )}
      <div className={styles.sheet} tabIndex={0} role="region" aria-label={label}>
        <table className={styles.lines}>
          <tbody>
            {lines.slice(0, most).map((line, index) => (
              <Line key={index} line={line} hasNumbers={hasNumbers} />
            ))}
          </tbody>
        </table>
      </div>
      {lines.length === 0 && <p className={styles.note}>No lines.</p>}
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setMost(most + PAGE);
          }}
        >
          Show more ({formatCount(left)} lines left)
        </button>
      )}
    </div>
  );
}

function Line({ line, hasNumbers }: { line: DiffLine; hasNumbers: boolean }) {
  const { kind, before, after, parts } = line;
  return (
    <tr className={styles[kind]}>
      {hasNumbers && (
        <>
          <td className={styles.number}>{before}</td>
          <td className={styles.number}>{after}</td>
        </>
      )}
      <td className={styles.sign}>
        <span aria-hidden="true">{SIGNS[kind]}</span>
        <span className="visually-hidden">{WORDS[kind]}</span>
      </td>
      <td className={styles.text}>
        {kind === 'gap' && '⋯ '}
        {parts.map((part, index) =>
          part.isMarked ? (
            <mark key={index} className={styles.mark}>
              {visibleText(part.text)}
            </mark>
          ) : (
            <span key={index}>{visibleText(part.text)}</span>
          ),
        )}
      </td>
    </tr>
  );
}
