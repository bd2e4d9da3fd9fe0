// What was tried again over many runs: what, why, whether it helped, and what it cost.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { RetryBucket, RetryReport } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { KindIcon } from '../../components/KindIcon';
import { DataTable } from '../../components/DataTable';
import { RunStatus } from '../../components/RunStatus';
import { formatCostUsd, formatCount, formatDurationNs, formatPercent } from '../../domain/format';
import { retryReportQuery } from '../../queries/insights';
import { goTo, usePlace } from '../../state/place';
import { BucketTip } from './BucketTip';
import { Figures } from './Figures';
import styles from './Insights.module.css';
import { hrefOf, openTraces, tracesPlace } from './narrowed';
import { OverTime } from './OverTime';
import { Report } from './Report';
import {
  causeColumns,
  retriedColumns,
  retryBucketColumns,
  worstColumns,
  type RetriedRow,
} from './retryColumns';
import { retryCharts, retryFigures } from './retryFigures';

export function RetriesView() {
  const filter = usePlace((place) => place.filter);
  const answer = useQuery(retryReportQuery(useBackend(), filter));
  return (
    <Report title="Retries" answer={answer} runsOf={({ runs }) => runs}>
      {(report, onNarrow) => <Found report={report} filter={filter} onNarrow={onNarrow} />}
    </Report>
  );
}

interface FoundProps {
  report: RetryReport;
  filter: string;
  onNarrow: (from_ms: number, below_ms: number | null) => void;
}

function Found({ report, filter, onNarrow }: FoundProps) {
  if (report.total.operations === 0 && report.runs_again.runs === 0) {
    return (
      <p className={styles.quiet}>
        Nothing was tried more than once in {formatCount(report.runs)} {report.runs === 1 ? 'run' : 'runs'}.
      </p>
    );
  }
  return (
    <>
      <Figures figures={retryFigures(report)} filter={filter} />
      <OverTime<RetryBucket>
        buckets={report.over_time}
        charts={retryCharts(report)}
        isEmpty={({ figures }) => figures.operations === 0}
        tip={(bucket) => <BucketTip bucket={bucket} lines={linesOf(bucket)} />}
        table={<BucketTable buckets={report.over_time} />}
        onNarrow={onNarrow}
      />
      <div className={styles.tables}>
        <section className={styles.section} aria-label="What was tried again">
          <header className={styles.sectionHead}>
            <h2>What was tried again</h2>
            <span className={styles.hint}>Tools, models, other steps, and whole runs of a conversation</span>
          </header>
          <DataTable
            {...LINKED}
            label="What was tried again"
            noun={['name', 'names']}
            rows={retriedRows(report)}
            columns={retriedColumns()}
            order={{ column: 4, descending: true }}
            rowKey={({ kind, value }) => `${kind} ${value}`}
            name={({ kind }, text) => (
              <span className={styles.named}>
                {kind === 'run' ? <Icon name="conversation" size={14} /> : <KindIcon kind={kind} />}{' '}
                <span className={styles.namedText}>{text}</span>
              </span>
            )}
          />
        </section>
        <section className={styles.section} aria-label="Causes">
          <header className={styles.sectionHead}>
            <h2>Why</h2>
            <span className={styles.hint}>By why the first attempt that failed did so</span>
          </header>
          <DataTable
            {...LINKED}
            label="Causes"
            noun={['cause', 'causes']}
            rows={report.by_cause}
            columns={causeColumns()}
            order={{ column: 1, descending: true }}
            rowKey={({ cause }) => cause}
          />
        </section>
        <section className={styles.section} aria-label="Runs that lost most">
          <header className={styles.sectionHead}>
            <h2>Runs that lost most</h2>
          </header>
          <DataTable
            label="Runs that lost most"
            noun={['run', 'runs']}
            rows={report.worst}
            columns={worstColumns()}
            order={{ column: 1, descending: true }}
            rowKey={({ trace_id }) => String(trace_id)}
            name={(trace, text) => (
              <span className={styles.named}>
                <RunStatus trace={trace} /> <span className={styles.namedText}>{text}</span>
              </span>
            )}
            href={({ trace_id }) => hrefOf({ view: 'traces', traceId: trace_id, stepId: null })}
            onOpen={({ trace_id }) => {
              goTo({ view: 'traces', traceId: trace_id, stepId: null }, 'push');
            }}
          />
        </section>
      </div>
    </>
  );
}

/** What was tried again by name; runs that were tried again as a whole are a row of their own. */
function retriedRows({ by_name, runs_again }: RetryReport): RetriedRow[] {
  if (runs_again.runs === 0) return by_name;
  return [...by_name, { value: 'Whole runs', kind: 'run', ...runs_again }];
}

const LINKED = {
  href: ({ filter }: { filter: string }) => hrefOf(tracesPlace(filter)),
  onOpen: ({ filter }: { filter: string }) => {
    openTraces(filter);
  },
};

function BucketTable({ buckets }: { buckets: readonly RetryBucket[] }) {
  return (
    <DataTable
      {...LINKED}
      label="Retries over time"
      noun={['stretch', 'stretches']}
      rows={buckets.filter(({ figures }) => figures.operations > 0)}
      columns={retryBucketColumns()}
      order={{ column: 0, descending: true }}
      rowKey={({ start_unix_ms }) => String(start_unix_ms)}
      most={24}
    />
  );
}

function linesOf({ figures }: RetryBucket): [string, string][] {
  return [
    ['Tried again', formatCount(figures.operations)],
    ['Recovered', formatPercent(figures.success_rate)],
    ['Attempts', formatCount(figures.attempts)],
    ['Time lost', formatDurationNs(figures.waste_ns)],
    ['Tokens lost', formatCount(figures.waste_tokens)],
    ['Cost lost', formatCostUsd(figures.waste_cost_usd)],
  ];
}
