import { useState } from 'react';
import { lengthWords } from '../domain/json';
import styles from './LongText.module.css';

interface LongTextProps {
  text: string;
  /** How many characters are shown at first. */
  most?: number;
  /** Whether it is code or data rather than prose. */
  mono?: boolean;
}

/** Text with its line breaks, its end folded away if it is long. Always text, whatever it contains. */
export function LongText({ text, most = 2000, mono = false }: LongTextProps) {
  const [whole, setWhole] = useState(false);
  // A little more than the limit is not worth a click.
  const folds = text.length > most * 1.3;
  const shown = folds && !whole ? text.slice(0, most).trimEnd() : text;
  return (
    <div className={`${styles.text} ${mono ? styles.mono : ''}`}>
      {shown}
      {folds && (
        <>
          {!whole && '…'}
          <button
            type="button"
            className={styles.more}
            onClick={() => {
              setWhole(!whole);
            }}
          >
            {whole ? 'Show less' : `Show all ${lengthWords(text)}`}
          </button>
        </>
      )}
    </div>
  );
}
