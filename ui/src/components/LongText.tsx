import { lazy, Suspense, useState } from 'react';
import { lengthWords } from '../domain/json';
import { visibleText } from '../domain/visibleText';
import styles from './LongText.module.css';
import { WholeButton } from './WholeButton';

const TextView = lazy(() => import('./TextView'));

interface LongTextProps {
  text: string;
  /** How many characters are shown at first. */
  most?: number;
  /** Whether it is code or data rather than prose. */
  mono?: boolean;
  /** What it is, for the screen reader, where it is long. */
  label?: string;
}

/** Up to this length a text is drawn as a whole; a longer one gets a box in which only what is on screen is drawn. */
export const LONGEST_DRAWN = 50_000;

/** Text with its line breaks, its end folded away if it is long. Always text, whatever it contains. */
export function LongText({ text, most = 2000, mono = false, label = 'the whole text' }: LongTextProps) {
  const [whole, setWhole] = useState(false);
  // A little more than the limit is not worth a click.
  const folds = text.length > most * 1.3;
  const isBoxed = folds && whole && text.length > LONGEST_DRAWN;
  const shown = folds && !whole ? text.slice(0, most).trimEnd() : text;
  const start = <>{visibleText(text.slice(0, most))}…</>;
  return (
    <div className={`${styles.text} ${mono ? styles.mono : ''}`}>
      {isBoxed ? (
        <Suspense fallback={start}>
          <TextView text={text} label={label} />
        </Suspense>
      ) : (
        visibleText(shown)
      )}
      {folds && (
        <>
          {!whole && '…'}
          <WholeButton whole={whole} onChange={setWhole} size={lengthWords(text)} />
        </>
      )}
    </div>
  );
}
