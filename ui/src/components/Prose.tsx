import { lazy, Suspense, useState } from 'react';
import { LONGEST_MARKDOWN, looksLikeMarkdown } from '../domain/markdownSigns';
import { visibleText } from '../domain/visibleText';
import { LongText, wholeSize } from './LongText';
import styles from './LongText.module.css';
import { useCutText } from './LongTexts';
import { WholeButton } from './WholeButton';
import { WholeText } from './WholeText';

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
  const cut = useCutText(text);
  const here = cut?.start ?? text;
  const folds = cut !== null || text.length > most * 1.3;
  const shown = folds && !whole ? startOf(here, most) : here;
  // What is shown at first decides, so that opening a text does not turn it into another.
  if (
    asWritten ||
    (!cut && shown.length > LONGEST_MARKDOWN) ||
    !looksLikeMarkdown(cut ? startOf(here, most) : shown)
  ) {
    return <LongText text={text} most={most} {...(label === undefined ? {} : { label })} />;
  }
  return (
    <div>
      {cut && whole ? (
        <WholeText text={text} cut={cut} label={label ?? 'the whole text'} takesFocus>
          <div className={styles.text}>{visibleText(here.slice(0, most))}…</div>
        </WholeText>
      ) : (
        <Suspense fallback={<div className={styles.text}>{visibleText(shown)}</div>}>
          <Markdown text={shown} />
        </Suspense>
      )}
      {folds && <WholeButton whole={whole} onChange={setWhole} size={wholeSize(text, cut)} />}
    </div>
  );
}

/** Cut between lines where there is one near, so that no table or list is cut through. */
function startOf(text: string, most: number): string {
  const head = text.slice(0, most);
  const line = head.lastIndexOf('\n');
  return `${(line > most / 2 ? head.slice(0, line) : head).trimEnd()} …`;
}
