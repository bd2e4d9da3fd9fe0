// What tells runs of one name apart: id, model, when they began, how long they took.
import type { TraceSummary } from '../../backend/bindings';
import { RunningTime } from '../../components/RunningTime';
import { formatDateTime } from '../../domain/format';
import { tookText } from '../../domain/words';
import styles from './RunFacts.module.css';
import { shortId } from './shortId';

export function RunFacts({ trace }: { trace: TraceSummary }) {
  const { key, model, source, start_unix_ms, duration_ns, status } = trace;
  return (
    <span className={styles.facts}>
      <span className={styles.id} title={`Id ${key}\nfrom ${source}`}>
        {shortId(key)}
      </span>
      {model !== null && (
        <span className={styles.model} title={model}>
          {model}
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
