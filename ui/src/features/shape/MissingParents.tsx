// What the row above the orphans stands for: why their parents are not there, and which these are.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { ErrorState } from '../../components/States';
import { formatCount, plural } from '../../domain/format';
import { nameOf, type StepTree } from '../../domain/stepTree';
import { visibleText } from '../../domain/visibleText';
import { traceShapeQuery } from '../../queries/shape';
import styles from './MissingParents.module.css';

interface MissingParentsProps {
  traceId: number;
  tree: StepTree;
  onGo: (spanId: string) => void;
}

export function MissingParents({ traceId, tree, onGo }: MissingParentsProps) {
  const read = useQuery(traceShapeQuery(useBackend(), traceId));
  const missing = read.data?.missing_parents ?? [];
  const more = (read.data?.missing_parents_total ?? 0) - missing.length;
  return (
    <div className={styles.body} data-scrolls tabIndex={0} role="region" aria-label="Steps without a parent">
      <h2 className={styles.title}>{nameOf(tree, tree.orphanRow)}</h2>
      <p>
        These steps name a parent that is not in the trace. Nothing is wrong with the steps themselves: their
        parent was not exported, was sampled out,{' '}
        {tree.isLive
          ? 'or is still to come; a step moves under its parent as soon as that is told of.'
          : 'or never arrived.'}{' '}
        This row is no step; its bar covers the time of all below it.
      </p>
      {read.isError && (
        <ErrorState title="The missing parents cannot be read" error={read.error}>
          <Button onClick={() => void read.refetch()}>Try again</Button>
        </ErrorState>
      )}
      {missing.length > 0 && (
        <>
          <h3 className={styles.heading}>
            {plural(read.data?.missing_parents_total ?? 0, 'missing parent')}
          </h3>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Id</th>
                <th scope="col" className={styles.number}>
                  Named by
                </th>
                <th scope="col">
                  <span className="visually-hidden">Steps</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {missing.map(({ parent_id, steps, span_id }) => (
                <tr key={parent_id}>
                  <td className={styles.id}>
                    <code>{visibleText(parent_id)}</code>
                    <CopyButton text={parent_id} label={`Copy the id ${visibleText(parent_id)}`} />
                  </td>
                  <td className={styles.number}>{plural(steps, 'step')}</td>
                  <td>
                    <Button
                      size="small"
                      look="quiet"
                      aria-label={`Go to the first step under ${visibleText(parent_id)}`}
                      onClick={() => {
                        onGo(span_id);
                      }}
                    >
                      Show
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {more > 0 && <p className={styles.muted}>and {formatCount(more)} more</p>}
        </>
      )}
    </div>
  );
}
