import { useState } from 'react';
import { formatCount } from '../domain/format';
import { lengthWords } from '../domain/json';
import styles from './LongText.module.css';
import { useCutText, type CutText } from './LongTexts';
import { TextWithMasks } from './TextWithMasks';
import { WholeButton } from './WholeButton';
import { WholeText } from './WholeText';

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
  const cut = useCutText(text);
  const here = cut?.start ?? text;
  // A little more than the limit is not worth a click; what is cut always has more than is here.
  const folds = cut !== null || text.length > most * 1.3;
  const isBoxed = folds && whole && (cut !== null || text.length > LONGEST_DRAWN);
  const start = <TextWithMasks text={here.slice(0, most).trimEnd()} />;
  return (
    <div className={`${styles.text} ${mono ? styles.mono : ''}`}>
      {isBoxed ? (
        <WholeText text={text} cut={cut} label={label} takesFocus>
          {start}…
        </WholeText>
      ) : folds && !whole ? (
        <>{cut !== null && here === '' ? <i>{restWords(cut)}</i> : <>{start}…</>}</>
      ) : (
        <TextWithMasks text={text} />
      )}
      {folds && <WholeButton whole={whole} onChange={setWhole} size={wholeSize(text, cut)} />}
    </div>
  );
}

/** How much all of a text is, as far as that is known without going through it. */
export function wholeSize(text: string, cut: CutText | null): string {
  return cut ? cut.source.size : lengthWords(text);
}

/** What stands at the end of a list that was cut. */
function restWords(cut: CutText): string {
  return cut.items === null ? 'more is not shown here' : `cut here; ${formatCount(cut.items)} in all`;
}
