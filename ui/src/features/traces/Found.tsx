// Where a text was found in a trace: what stands around it, and how often it stands there.
import type { Snippet, TraceSnippets } from '../../backend/bindings';
import { plural } from '../../domain/format';
import styles from './Found.module.css';

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
          <span className={styles.text}>
            <Marked snippet={first} />
          </span>
        </>
      )}
    </span>
  );
}

/** Letters before the first hit; more would push it out of sight. */
const LEAD = 28;

/** A snippet's text with its hits marked. */
function Marked({ snippet: { text, marks } }: { snippet: Snippet }) {
  const begin = Math.max(0, (marks[0]?.[0] ?? 0) - LEAD);
  return (
    <>
      {begin > 0 && '…'}
      {marks.map(([from, to], index) => (
        <span key={from}>
          {text.slice(marks[index - 1]?.[1] ?? begin, from)}
          <mark className={styles.mark}>{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(marks.at(-1)?.[1] ?? 0)}
    </>
  );
}
