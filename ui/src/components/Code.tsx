import { lazy, Suspense, useState } from 'react';
import { plural } from '../domain/format';
import { visibleText } from '../domain/visibleText';
import styles from './Code.module.css';
import { LONGEST_DRAWN, wholeSize } from './LongText';
import { useCutText, type CutText } from './LongTexts';
import { WholeButton } from './WholeButton';
import { WholeText } from './WholeText';

const HighlightedCode = lazy(() => import('./HighlightedCode'));

interface CodeProps {
  text: string;
  /** As `domain/language` names it; `null` for no colours. */
  language: string | null;
  /** What it is, for the screen reader. */
  label: string;
  /** The number of its first line; without it there are no numbers, and long lines are broken. */
  first_line?: number;
}

const MOST_LINES = 60;
const MOST_CHARACTERS = 6000;

/** Code in its language's colours, its end folded away if it is long. */
export function Code({ text, language, label, first_line }: CodeProps) {
  const [whole, setWhole] = useState(false);
  const cut = useCutText(text);
  const start = startOf(cut?.start ?? text);
  const folds = cut !== null || start.length < text.length * 0.8;
  if (folds && whole && (cut !== null || text.length > LONGEST_DRAWN)) {
    return (
      <div>
        <WholeText text={text} cut={cut} label={label} first_line={first_line ?? 1}>
          <pre className={styles.code}>{visibleText(start)}</pre>
        </WholeText>
        <WholeButton whole onChange={setWhole} size={wholeWords(text, cut)} />
      </div>
    );
  }
  const shown = visibleText(folds && !whole ? start : text);
  const lines = shown.split('\n').length;
  return (
    <div className={styles.frame}>
      <div
        className={styles.sheet}
        tabIndex={first_line === undefined ? undefined : 0}
        role={first_line === undefined ? undefined : 'region'}
        aria-label={first_line === undefined ? undefined : label}
      >
        {first_line !== undefined && (
          <pre className={styles.numbers} aria-hidden="true">
            {Array.from({ length: lines }, (_, index) => first_line + index).join('\n')}
          </pre>
        )}
        <pre className={`${styles.code} ${first_line === undefined ? styles.wraps : ''}`}>
          {language === null ? (
            shown
          ) : (
            <Suspense fallback={shown}>
              <HighlightedCode text={shown} language={language} />
            </Suspense>
          )}
        </pre>
      </div>
      {folds && (
        <div className={styles.foot}>
          <WholeButton whole={whole} onChange={setWhole} size={wholeWords(text, cut)} />
        </div>
      )}
    </div>
  );
}

/** The first lines of a text, as many as are shown at first. */
function startOf(text: string): string {
  const head = text.slice(0, MOST_CHARACTERS);
  return head.split('\n', MOST_LINES).join('\n');
}

/** Lines of a long text are not counted for its button. */
function wholeWords(text: string, cut: CutText | null): string {
  return cut !== null || text.length > LONGEST_DRAWN
    ? wholeSize(text, cut)
    : plural(text.replace(/\n$/, '').split('\n').length, 'line');
}
