import { partsByMask, maskedThing } from '../domain/masked';
import { visibleText } from '../domain/visibleText';
import styles from './TextWithMasks.module.css';

/** A text in which places that were masked stand out, and say what stood there. Always text, whatever it contains. */
export function TextWithMasks({ text }: { text: string }) {
  const parts = partsByMask(text);
  if (parts.length === 1 && parts[0]?.kind === null) return visibleText(text);
  return parts.map((part, index) =>
    part.kind === null ? (
      visibleText(part.text)
    ) : (
      <span
        key={index}
        className={styles.mask}
        title={`${maskedThing(part.kind)}: replaced before this was stored`}
      >
        {part.text}
      </span>
    ),
  );
}
