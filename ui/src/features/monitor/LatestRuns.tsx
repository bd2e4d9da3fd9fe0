import type { MouseEvent } from 'react';
import type { TraceSummary } from '../../backend/bindings';
import { useClock } from '../../components/clock';
import { Icon } from '../../components/icons';
import { RunningTime } from '../../components/RunningTime';
import { RunStatus } from '../../components/RunStatus';
import { Table } from '../../components/Table';
import { formatAge, formatCompact, formatCostUsd, formatDateTime, formatTokens } from '../../domain/format';
import { ALERT_WORDS, tookText } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import { goTo, hashFromPlace, usePlace } from '../../state/place';
import styles from './Monitor.module.css';

/** The latest runs, as they stand. */
export function LatestRuns({ runs }: { runs: readonly TraceSummary[] }) {
  return (
    <Table className={styles.latest} aria-label="Latest runs">
      <thead>
        <tr>
          <th>Status</th>
          <th>Run</th>
          <th className={styles.number}>Started</th>
          <th className={styles.number}>Duration</th>
          <th className={styles.number}>Steps</th>
          <th className={styles.number}>Errors</th>
          <th className={styles.number}>Retries</th>
          <th className={styles.number}>Tokens</th>
          <th className={styles.number}>Cost</th>
          <th>Model</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Run key={run.trace_id} run={run} />
        ))}
      </tbody>
    </Table>
  );
}

function Run({ run }: { run: TraceSummary }) {
  const { trace_id, status, start_unix_ms, duration_ns, alert, failure_reason } = run;
  const open = (event: MouseEvent) => {
    // A click that asks the browser for another tab or window is the browser's.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo({ traceId: trace_id }, 'push');
  };
  const address = hashFromPlace({ ...usePlace.getState(), view: 'traces', traceId: trace_id, stepId: null });
  const reason = status === 'failed' ? failure_reason : null;
  return (
    <tr onClick={open} data-status={status} data-alert={alert ?? undefined}>
      <td>
        <RunStatus trace={run} withLabel />
      </td>
      <td>
        <div className={styles.run}>
          {alert && (
            <span className={styles.alert} title={ALERT_WORDS[alert].meaning}>
              <Icon name="bell" size={12} />
              <span className="visually-hidden">{ALERT_WORDS[alert].meaning}: </span>
            </span>
          )}
          <a href={address} className={styles.name} title={run.name}>
            {run.name === '' ? 'Unnamed' : visibleText(run.name)}
          </a>
          {reason !== null && (
            <span className={styles.reason} title={reason}>
              {visibleText(reason)}
            </span>
          )}
        </div>
      </td>
      <td className={styles.number}>{start_unix_ms === null ? '–' : <Started unix_ms={start_unix_ms} />}</td>
      <td className={styles.number}>
        {status === 'running' && start_unix_ms !== null ? (
          <RunningTime since_unix_ms={start_unix_ms} least_ns={duration_ns ?? 0} />
        ) : (
          tookText(run)
        )}
      </td>
      <td className={styles.number}>{formatCompact(run.steps)}</td>
      <td className={styles.number} data-tone={run.errors > 0 ? 'failed' : null}>
        {formatCompact(run.errors)}
      </td>
      <td className={styles.number} data-tone={run.retries > 0 ? 'warning' : null}>
        {formatCompact(run.retries)}
      </td>
      <td className={styles.number}>
        {formatTokens(run.total_tokens, run.tokens_provenance === 'estimated')}
      </td>
      <td className={styles.number}>{formatCostUsd(run.cost_usd)}</td>
      <td className={styles.model} title={run.model ?? undefined}>
        {run.model ?? '–'}
      </td>
    </tr>
  );
}

function Started({ unix_ms }: { unix_ms: number }) {
  const now_ms = useClock(1000);
  return <span title={formatDateTime(unix_ms)}>{formatAge(unix_ms, now_ms)}</span>;
}
