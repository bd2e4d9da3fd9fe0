import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { formatCount } from '../../domain/format';
import { sourceProblemsQuery } from '../../queries/sources';
import styles from './Sources.module.css';

/** The last things that a source could not read as they stand, the last first. */
export function SourceProblems({ id }: { id: string }) {
  const { data, error } = useQuery(sourceProblemsQuery(useBackend(), id));
  if (error) return <p className={styles.error}>They could not be read: {backendErrorFrom(error).message}</p>;
  if (!data) return null;
  return (
    <>
      <ol className={styles.problems} aria-label="Problems" tabIndex={0}>
        {data.items.map((problem, index) => (
          <li key={index}>
            <span className={styles.quiet}>
              {problem.line === null
                ? `byte ${formatCount(problem.byte)}`
                : `line ${formatCount(problem.line)}`}
            </span>
            <span className={styles.reason}>{problem.reason}</span>
          </li>
        ))}
      </ol>
      {data.total > data.items.length && (
        <p className={styles.quiet}>The last {formatCount(data.items.length)} are listed.</p>
      )}
    </>
  );
}
