// Of a failed step, the step below it in which the failure began.
import { useMemo } from 'react';
import { Kbd } from '../../components/Kbd';
import { KindIcon } from '../../components/KindIcon';
import { causeOf } from '../../domain/cause';
import { kindOf, nameOf, rowOf, type StepTree } from '../../domain/stepTree';
import { goTo } from '../../state/place';
import styles from './Cause.module.css';

export function Cause({ tree, stepId }: { tree: StepTree; stepId: string }) {
  const cause = useMemo(() => causeOf(tree, rowOf(tree, stepId)), [tree, stepId]);
  if (cause < 0) return null;
  const name = nameOf(tree, cause);
  return (
    <div className={styles.cause}>
      <span className={styles.word}>Caused by:</span>
      <button
        type="button"
        className={styles.step}
        aria-label={`Caused by: ${name || 'unnamed'}`}
        onClick={() => {
          goTo({ stepId: tree.spanId.get(cause) ?? '' }, 'push');
        }}
      >
        <KindIcon kind={kindOf(tree, cause)} />
        <span className={styles.name} title={name}>
          {name || <i>unnamed</i>}
        </span>
      </button>
      <span className={styles.key}>
        <Kbd keys="Shift+U" />
      </span>
    </div>
  );
}
