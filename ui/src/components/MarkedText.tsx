import { markedParts } from '../domain/marks';
import { visibleText } from '../domain/visibleText';
import styles from './MarkedText.module.css';

interface MarkedTextProps {
  text: string;
  /** Begin and end of each marked place. */
  marks: readonly (readonly [number, number])[];
  /** Letters shown before the first mark at most; more would push it out of sight. */
  lead: number;
}

/** A text with places in it marked. */
export function MarkedText({ text, marks, lead }: MarkedTextProps) {
  return markedParts(text, marks, lead).map(({ text: part, isMarked }, index) =>
    isMarked ? (
      <mark key={index} className={styles.mark}>
        {visibleText(part)}
      </mark>
    ) : (
      <span key={index}>{visibleText(part)}</span>
    ),
  );
}
