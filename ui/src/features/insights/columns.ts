// What the tables of figures show.
import type {
  CallBreakdown,
  FailureCluster,
  InsightsBucket,
  RunBreakdown,
  RunFigures,
} from '../../backend/bindings';
import type { Column } from '../../components/DataTable';
import { stretchText } from '../../domain/calendar';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDurationNs,
  formatPercent,
  formatRelativeTime,
  formatShare,
} from '../../domain/format';

/** A column of numbers. */
export function numbers<Row>(
  label: string,
  value: (row: Row) => number | null,
  text: (value: number | null) => string,
  more: Pick<Column<Row>, 'title' | 'bar'> = {},
): Column<Row> {
  return { label, value, text: (row) => text(value(row)), ...more };
}

const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);

function runColumns<Row extends { figures: RunFigures }>(): Column<Row>[] {
  return [
    numbers('Runs', ({ figures }) => figures.runs, formatCount, { bar: 'plain' }),
    numbers('Success', ({ figures }) => figures.success_rate, formatPercent, {
      title: 'Succeeded, of the runs that ended',
    }),
    numbers('Failed', ({ figures }) => figures.failed, formatCount, { bar: 'failed' }),
    numbers('Median', ({ figures }) => figures.p50_ns, formatDurationNs, {
      title: 'Half of the runs that ended took no longer',
    }),
    numbers('p95', ({ figures }) => figures.p95_ns, formatDurationNs, {
      bar: 'plain',
      title: '95 of 100 runs that ended took no longer',
    }),
    numbers('Retries', ({ figures }) => figures.retries, formatCompact),
    numbers('Tokens', ({ figures }) => figures.tokens, formatCompact),
    numbers('Cost', ({ figures }) => figures.cost_usd, formatCostUsd, { bar: 'plain' }),
  ];
}

/** Runs by a value they have in common. */
export function breakdownColumns(label: string): Column<RunBreakdown>[] {
  return [
    { label, value: ({ value }) => value, text: ({ value }) => value ?? 'None' },
    ...runColumns<RunBreakdown>(),
  ];
}

/** Runs by when they started. */
export function bucketColumns(): Column<InsightsBucket>[] {
  return [
    {
      label: 'Started',
      value: ({ start_unix_ms }) => start_unix_ms,
      text: ({ start_unix_ms, end_unix_ms }) => stretchText(start_unix_ms, end_unix_ms),
    },
    ...runColumns<InsightsBucket>(),
  ];
}

/** Calls of tools or models. Tokens and costs are left out where none of them has any. */
export function callColumns(label: string, rows: readonly CallBreakdown[]): Column<CallBreakdown>[] {
  const spend = [
    numbers<CallBreakdown>('Tokens', ({ tokens }) => tokens, formatCompact),
    numbers<CallBreakdown>('Cost', ({ cost_usd }) => cost_usd, formatCostUsd, { bar: 'plain' }),
  ];
  return [
    { label, value: ({ value }) => value, text: ({ value }) => value },
    numbers('Calls', ({ calls }) => calls, formatCount, { bar: 'plain' }),
    {
      label: 'Failed',
      title: 'Share of the calls',
      bar: 'failed',
      value: ({ failed, calls }) => share(failed, calls),
      text: ({ failed, calls }) => formatShare(failed, calls),
    },
    numbers('Median', ({ p50_ns }) => p50_ns, formatDurationNs, {
      title: 'Half of the calls took no longer; to 2%',
    }),
    numbers('p95', ({ p95_ns }) => p95_ns, formatDurationNs, {
      bar: 'plain',
      title: '95 of 100 calls took no longer; to 2%',
    }),
    numbers('Longest', ({ max_ns }) => max_ns, formatDurationNs),
    numbers('In all', ({ total_ns }) => total_ns, formatDurationNs, { title: 'All calls together' }),
    ...spend.filter(({ value }) => rows.some((row) => value(row) !== null)),
    numbers('Runs', ({ runs }) => runs, formatCount, { title: 'Runs that call it' }),
  ];
}

/** Errors that are alike. */
export function failureColumns(now_ms: number): Column<FailureCluster>[] {
  return [
    { label: 'Error', value: ({ pattern }) => pattern, text: ({ pattern }) => pattern },
    numbers('Failed steps', ({ errors }) => errors, formatCount, { bar: 'failed' }),
    numbers('Runs', ({ runs }) => runs, formatCount, { title: 'Runs with such a step' }),
    numbers('Failed runs', ({ failed_runs }) => failed_runs, formatCount, {
      title: 'Of those, runs that failed',
    }),
    numbers(
      'Last seen',
      ({ last_unix_ms }) => last_unix_ms,
      (unix_ms) => formatRelativeTime(unix_ms, now_ms),
      {
        title: 'When the last of those runs started',
      },
    ),
  ];
}
