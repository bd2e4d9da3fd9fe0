import { useState } from 'react';
import { ansiPieces, hasAnsi, withoutAnsi, type AnsiPiece } from '../domain/ansi';
import { lengthWords } from '../domain/json';
import { visibleText } from '../domain/visibleText';
import styles from './AnsiText.module.css';
import { LONGEST_DRAWN, LongText } from './LongText';
import { useCutText } from './LongTexts';
import { WholeButton } from './WholeButton';

const MOST = 4000;

/** What a terminal showed, in tones instead of its colours. */
export function AnsiText({ text, label }: { text: string; label: string }) {
  const [whole, setWhole] = useState(false);
  const cut = useCutText(text);
  if (cut !== null || text.length > LONGEST_DRAWN) {
    return (
      <div className={styles.output}>
        {hasAnsi(text) && <p className={styles.note}>Without colours, for its length.</p>}
        <LongText mono text={withoutAnsi(text)} most={MOST} label={label} />
      </div>
    );
  }
  const folds = text.length > MOST * 1.3;
  const pieces = ansiPieces(folds && !whole ? text.slice(0, MOST) : text);
  return (
    <div className={styles.output}>
      <pre className={styles.text}>
        {pieces.map((piece, index) => {
          const className = classesOf(piece);
          return className === '' ? (
            visibleText(piece.text)
          ) : (
            <span key={index} className={className}>
              {visibleText(piece.text)}
            </span>
          );
        })}
        {folds && !whole && '…'}
      </pre>
      {folds && <WholeButton whole={whole} onChange={setWhole} size={lengthWords(text)} />}
    </div>
  );
}

function classesOf(piece: AnsiPiece): string {
  const { tone, ground, bold, dim, italic, underline, struck } = piece;
  return [
    tone && styles[tone],
    ground && `${styles.ground} ${styles[`on-${ground}`]}`,
    bold && styles.bold,
    dim && styles.muted,
    italic && styles.italic,
    underline && styles.underline,
    struck && styles.struck,
  ]
    .filter(Boolean)
    .join(' ');
}
