// Where a text was found in a trace: what stands around it, and how often it stands there.
import type { TraceSnippets } from '../../backend/bindings';
import { MarkedText } from '../../components/MarkedText';
import { plural } from '../../domain/format';
import styles from './Found.module.css';

/** Letters before the first hit. */
const LEAD = 28;

/** `undefined` while it is not known. */
export function Found({ found }: { found: TraceSnippets | undefined }) {
  if (!found) return null;
  const [first] = found.snippets;
  return (
    <span className={styles.found}>
      <span className={styles.hits}>{found.is_cut ? `${found.hits}+ hits` : plural(found.hits, 'hit')}</span>
      {first && (
        <>
          <span className={styles.place}>
            {first.span_id === '' ? '' : `${first.name} · `}
            {first.place}
          </span>
          <span className={styles.text} dir="auto">
            <MarkedText text={first.text} marks={first.marks} lead={LEAD} />
          </span>
        </>
      )}
    </span>
  );
}
