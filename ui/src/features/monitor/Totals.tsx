import type { ReactNode } from 'react';
import type { Monitor } from '../../backend/bindings';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDurationNs,
  formatPercent,
  formatRate,
  UNKNOWN,
} from '../../domain/format';
import styles from './Monitor.module.css';

/** The figures of a stretch of time. What is not known is a dash. */
export function Totals({ monitor }: { monitor: Monitor }) {
  const { runs, running, warnings, failed, lost, success_rate, errors, retries, tokens, runs_per_minute } =
    monitor;
  return (
    <dl className={styles.totals}>
      <Total label="Runs">{formatCount(runs)}</Total>
      <Total label="Running" tone={running > 0 ? 'running' : null}>
        {formatCount(running)}
      </Total>
      <Total
        label="Success rate"
        title={`Of those that ended. ${formatCount(warnings)} of the successful had failures on the way.`}
      >
        {formatPercent(success_rate)}
      </Total>
      <Total label="Failed" tone={failed > 0 ? 'failed' : null}>
        {formatCount(failed)}
      </Total>
      <Total label="Lost" title="Their end was never seen" tone={lost > 0 ? 'warning' : null}>
        {formatCount(lost)}
      </Total>
      <Total label="Failed steps">{formatCompact(errors)}</Total>
      <Total label="Retries">{formatCompact(retries)}</Total>
      <Total label="Mean latency" title="Of the runs that ended">
        {formatDurationNs(monitor.mean_ns)}
      </Total>
      <Total label="Median latency" title="Half of the runs that ended took no longer">
        {formatDurationNs(monitor.p50_ns)}
      </Total>
      <Total label="p95 latency" title="95 of 100 runs that ended took no longer">
        {formatDurationNs(monitor.p95_ns)}
      </Total>
      <Total label="Tokens">{formatCompact(tokens)}</Total>
      <Total label="Cost">{formatCostUsd(monitor.cost_usd)}</Total>
      <Total label="Runs a minute">{runs_per_minute === null ? UNKNOWN : formatRate(runs_per_minute)}</Total>
    </dl>
  );
}

interface TotalProps {
  label: string;
  title?: string;
  tone?: 'running' | 'failed' | 'warning' | null;
  children: ReactNode;
}

function Total({ label, title, tone = null, children }: TotalProps) {
  return (
    <div className={styles.total} title={title}>
      <dt>{label}</dt>
      <dd data-tone={tone}>{children}</dd>
    </div>
  );
}
