// Where a text was found in a trace: what stands around it, and how often it stands there.
import type { TraceSnippets } from '../../backend/bindings';
import { MarkedText } from '../../components/MarkedText';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import styles from './Found.module.css';

/** Letters before the first hit; few where there is little room, so that the hit itself is seen. */
const LEAD = 28;
const NARROW_LEAD = 8;

interface FoundProps {
  /** `undefined` while it is not known. */
  found: TraceSnippets | undefined;
  narrow: boolean;
}

export function Found({ found, narrow }: FoundProps) {
  if (!found) return null;
  const [first] = found.snippets;
  return (
    <span className={styles.found}>
      <span className={styles.hits}>{found.is_cut ? `${found.hits}+ hits` : plural(found.hits, 'hit')}</span>
      {first && (
        <>
          <span className={styles.place}>
            {first.span_id === '' ? '' : `${visibleText(first.name)} · `}
            {first.place}
          </span>
          <span className={styles.text} dir="auto">
            <MarkedText text={first.text} marks={first.marks} lead={narrow ? NARROW_LEAD : LEAD} />
          </span>
        </>
      )}
    </span>
  );
}
