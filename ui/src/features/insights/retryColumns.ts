// What the tables of retries show.
import type {
  RetriedName,
  RetryBucket,
  RetryCause,
  RetryFigures,
  TraceSummary,
} from '../../backend/bindings';
import type { Column } from '../../components/DataTable';
import { stretchText } from '../../domain/calendar';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDateTime,
  formatDurationNs,
  formatPercent,
} from '../../domain/format';
import { CAUSE_WORDS } from '../../domain/words';
import { numbers } from './columns';

function figureColumns<Row extends { figures: RetryFigures }>(): Column<Row>[] {
  return [
    numbers('Tried again', ({ figures }) => figures.operations, formatCount, {
      bar: 'plain',
      title: 'Operations that took more than one attempt',
    }),
    numbers('Attempts', ({ figures }) => figures.attempts, formatCount),
    numbers('Recovered', ({ figures }) => figures.success_rate, formatPercent, {
      title: 'Went well in the end, of those that ended',
    }),
    numbers('Time lost', ({ figures }) => figures.waste_ns, formatDurationNs, {
      bar: 'failed',
      title: 'Failed attempts and the pauses between them',
    }),
    numbers('Tokens lost', ({ figures }) => figures.waste_tokens, formatCompact),
    numbers('Cost lost', ({ figures }) => figures.waste_cost_usd, formatCostUsd),
  ];
}

/** Operations of one name, or whole runs. */
export type RetriedRow = Omit<RetriedName, 'kind'> & { kind: RetriedName['kind'] | 'run' };

/** Operations by tool, model or step. */
export function retriedColumns(): Column<RetriedRow>[] {
  return [
    { label: 'Name', value: ({ value }) => value, text: ({ value }) => value },
    ...figureColumns<RetriedRow>(),
    numbers('Runs', ({ runs }) => runs, formatCount),
  ];
}

/** Operations by cause. */
export function causeColumns(): Column<RetryCause>[] {
  const word = ({ cause }: RetryCause) => CAUSE_WORDS[cause];
  return [{ label: 'Cause', value: word, text: word }, ...figureColumns<RetryCause>()];
}

/** Operations by when their run started. */
export function retryBucketColumns(): Column<RetryBucket>[] {
  return [
    {
      label: 'Started',
      value: ({ start_unix_ms }) => start_unix_ms,
      text: ({ start_unix_ms, end_unix_ms }) => stretchText(start_unix_ms, end_unix_ms),
    },
    ...figureColumns<RetryBucket>(),
  ];
}

/** Runs by what they lost. */
export function worstColumns(): Column<TraceSummary>[] {
  return [
    { label: 'Run', value: ({ name }) => name, text: ({ name }) => name },
    numbers('Time lost', ({ retry_waste_ns }) => retry_waste_ns, formatDurationNs, { bar: 'failed' }),
    numbers('Retries', ({ retries }) => retries, formatCount, { bar: 'plain' }),
    numbers('Duration', ({ duration_ns }) => duration_ns, formatDurationNs),
    numbers('Started', ({ start_unix_ms }) => start_unix_ms, formatDateTime),
  ];
}
