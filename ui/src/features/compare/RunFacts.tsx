// What tells runs of one name apart: id, model, when they began, how long they took.
import type { TraceSummary } from '../../backend/bindings';
import { RunningTime } from '../../components/RunningTime';
import { formatDateTime } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { tookText } from '../../domain/words';
import styles from './RunFacts.module.css';
import { shortId } from './shortId';

interface RunFactsProps {
  trace: TraceSummary;
  /** Whether each fact stands below that of the run above it. */
  inColumns?: boolean;
}

export function RunFacts({ trace, inColumns = false }: RunFactsProps) {
  const { key, model, source, start_unix_ms, duration_ns, status } = trace;
  return (
    <span className={styles.facts} data-columns={inColumns ? '' : undefined}>
      <span className={styles.id} title={`Id ${visibleText(key)}\nfrom ${source}`}>
        {shortId(key)}
      </span>
      {(model !== null || inColumns) && (
        <span className={styles.model} title={model === null ? undefined : visibleText(model)}>
          {model === null ? null : visibleText(model)}
        </span>
      )}
      <span className={styles.when}>{formatDateTime(start_unix_ms).slice(0, 19)}</span>
      <span className={styles.took}>
        {status === 'running' && start_unix_ms !== null ? (
          <RunningTime since_unix_ms={start_unix_ms} least_ns={duration_ns ?? 0} />
        ) : (
          tookText(trace)
        )}
      </span>
    </span>
  );
}
