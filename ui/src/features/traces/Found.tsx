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

/** A snippet's text with its hits marked. */
function Marked({ snippet: { text, marks } }: { snippet: Snippet }) {
  return marks.map(([from, to], index) => (
    <span key={index}>
      {text.slice(index === 0 ? 0 : marks[index - 1]?.[1], from)}
      <mark className={styles.mark}>{text.slice(from, to)}</mark>
      {index === marks.length - 1 && text.slice(to)}
    </span>
  ));
}
