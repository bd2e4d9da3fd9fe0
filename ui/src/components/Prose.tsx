import { lazy, Suspense, useState } from 'react';
import { lengthWords } from '../domain/json';
import { LONGEST_MARKDOWN, looksLikeMarkdown } from '../domain/markdownSigns';
import { visibleText } from '../domain/visibleText';
import { LongText } from './LongText';
import styles from './LongText.module.css';
import { WholeButton } from './WholeButton';

const Markdown = lazy(() => import('./Markdown'));

interface ProseProps {
  text: string;
  /** How many characters are shown at first. */
  most?: number;
  /** Whether to show it as written instead of as Markdown. */
  asWritten: boolean;
  label?: string;
}

/** What a person or a model wrote: Markdown where it is that, its end folded away if it is long. */
export function Prose({ text, most = 2000, asWritten, label }: ProseProps) {
  const [whole, setWhole] = useState(false);
  const folds = text.length > most * 1.3;
  const shown = folds && !whole ? startOf(text, most) : text;
  if (asWritten || shown.length > LONGEST_MARKDOWN || !looksLikeMarkdown(shown)) {
    return <LongText text={text} most={most} {...(label === undefined ? {} : { label })} />;
  }
  return (
    <div>
      <Suspense fallback={<div className={styles.text}>{visibleText(shown)}</div>}>
        <Markdown text={shown} />
      </Suspense>
      {folds && <WholeButton whole={whole} onChange={setWhole} size={lengthWords(text)} />}
    </div>
  );
}

/** Cut between lines where there is one near, so that no table or list is cut through. */
function startOf(text: string, most: number): string {
  const head = text.slice(0, most);
  const line = head.lastIndexOf('\n');
  return `${(line > most / 2 ? head.slice(0, line) : head).trimEnd()} …`;
}
