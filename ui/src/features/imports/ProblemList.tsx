// The problems of an import: loaded by pages as they are scrolled to, copied as a whole.
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { ProblemItem } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { VirtualList } from '../../components/VirtualList';
import { formatCount, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { PROBLEMS_PER_PAGE, problemPageQuery } from '../../queries/imports';
import styles from './Imports.module.css';
import { placeText, problemLine, splitPath } from './summary';

export function ProblemList({ importId, problems }: { importId: number; problems: number }) {
  const backend = useBackend();
  const cache = useQueryClient();
  const [pages, setPages] = useState([0]);
  const onVisible = useCallback((first: number, last: number) => {
    const from = Math.floor(first / PROBLEMS_PER_PAGE);
    const to = Math.floor(last / PROBLEMS_PER_PAGE);
    const next = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    setPages((before) => (before.join() === next.join() ? before : next));
  }, []);
  const answers = useQueries({ queries: pages.map((page) => problemPageQuery(backend, importId, page)) });
  // The first page says how many there are, also while another one is on its way.
  const head = useQuery(problemPageQuery(backend, importId, 0));
  const error = [head, ...answers].find((answer) => answer.error)?.error;
  if (error)
    return <p className={styles.failed}>The problems could not be read: {backendErrorFrom(error).message}</p>;

  const kept = head.data?.total ?? Math.min(problems, PROBLEMS_PER_PAGE);
  const item = (index: number): ProblemItem | undefined => {
    const at = pages.indexOf(Math.floor(index / PROBLEMS_PER_PAGE));
    return answers[at]?.data?.items[index % PROBLEMS_PER_PAGE];
  };
  const allAsText = async () => {
    const lines: string[] = [];
    for (let page = 0; page * PROBLEMS_PER_PAGE < kept; page++) {
      const { items } = await cache.fetchQuery(problemPageQuery(backend, importId, page));
      if (items.length === 0) break;
      lines.push(...items.map(problemLine));
    }
    return lines.join('\n');
  };

  return (
    <div>
      <div className={styles.detailsHead}>
        <strong>{plural(problems, 'problem')}</strong>
        {head.data && kept < problems && (
          <span className={styles.muted}>the first {formatCount(kept)} are kept</span>
        )}
        <CopyButton text={allAsText} label="Copy all" withLabel />
      </div>
      <VirtualList
        label="Problems"
        className={styles.list}
        count={kept}
        estimate_px={26}
        onVisible={onVisible}
        render={(index) => {
          const problem = item(index);
          if (!problem) return <div className={styles.line}>…</div>;
          return (
            <div className={styles.line}>
              <span className={styles.path} title={problem.path}>
                {visibleText(splitPath(problem.path).name)}
              </span>
              <span className={styles.muted} title={`byte ${formatCount(problem.byte)} of the unpacked file`}>
                {placeText(problem.line, problem.byte)}
              </span>
              <span className={styles.reason}>{problem.reason}</span>
            </div>
          );
        }}
      />
    </div>
  );
}
