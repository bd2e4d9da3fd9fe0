// Of a run that was tried again as a whole in its conversation: which try this is, and the way to the others.
import type { RunTries as Tries, RunTry } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { formatCount } from '../../domain/format';
import { goTo } from '../../state/place';
import styles from './RunTries.module.css';

const STATUS_WORDS: Record<RunTry['status'], string> = {
  success: 'went well',
  warning: 'went well, with errors',
  failed: 'failed',
  running: 'running',
  lost: 'lost',
};

export function RunTries({ tries }: { tries: Tries }) {
  const { number, of } = tries;
  const leftOut = of - tries.tries.length;
  return (
    <div className={styles.tries} role="group" aria-label="Tries of this run">
      <Icon name="retry" size={14} />
      <span title="The next run of the conversation was asked the same after the one before had failed">
        This run is try {formatCount(number)} of {formatCount(of)} in its conversation:
      </span>
      <ol className={styles.list}>
        {tries.tries.map((each) => (
          <li key={each.trace_id}>
            <button
              type="button"
              className={styles.try}
              aria-current={each.number === number ? 'page' : undefined}
              onClick={() => {
                if (each.number !== number) goTo({ traceId: each.trace_id, stepId: null }, 'push');
              }}
            >
              {formatCount(each.number)} {STATUS_WORDS[each.status]}
            </button>
          </li>
        ))}
      </ol>
      {leftOut > 0 && <span>and {formatCount(leftOut)} more</span>}
    </div>
  );
}
