// What many runs come to: how agents fare, what fails, what is slow, what it costs.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { Insights, InsightsBucket } from '../../backend/bindings';
import { formatCostUsd, formatCount, formatDurationNs, formatPercent } from '../../domain/format';
import { insightsQuery } from '../../queries/insights';
import { usePlace } from '../../state/place';
import { Breakdowns } from './Breakdowns';
import { BucketTip } from './BucketTip';
import { chartsOf } from './chartsOf';
import { Failures } from './Failures';
import { Figures, figuresOf } from './Figures';
import styles from './Insights.module.css';
import { OverTime } from './OverTime';
import { OverTimeTable } from './OverTimeTable';
import { Report } from './Report';

export function InsightsView() {
  const filter = usePlace((place) => place.filter);
  const answer = useQuery(insightsQuery(useBackend(), filter));
  return (
    <Report title="Insights" answer={answer} runsOf={({ total }) => total.runs}>
      {(insights, onNarrow) => <Found insights={insights} filter={filter} onNarrow={onNarrow} />}
    </Report>
  );
}

interface FoundProps {
  insights: Insights;
  filter: string;
  onNarrow: (from_ms: number, below_ms: number | null) => void;
}

function Found({ insights, filter, onNarrow }: FoundProps) {
  return (
    <>
      <Figures figures={figuresOf(insights.total)} filter={filter} />
      <OverTime<InsightsBucket>
        buckets={insights.over_time}
        charts={chartsOf(insights.over_time, insights.total)}
        isEmpty={({ figures }) => figures.runs === 0}
        tip={(bucket) => <BucketTip bucket={bucket} lines={linesOf(bucket)} />}
        table={<OverTimeTable buckets={insights.over_time} />}
        onNarrow={onNarrow}
      />
      <div className={styles.tables}>
        <Failures
          failures={insights.failures}
          errors={insights.total.errors}
          leftOut={insights.failures_left_out}
        />
        <Breakdowns insights={insights} />
      </div>
    </>
  );
}

function linesOf({ figures }: InsightsBucket): [string, string][] {
  return [
    ['Runs', formatCount(figures.runs)],
    ['Success rate', formatPercent(figures.success_rate)],
    ['Failed', formatCount(figures.failed)],
    ['Lost', formatCount(figures.lost)],
    ['Median', formatDurationNs(figures.p50_ns)],
    ['p95', formatDurationNs(figures.p95_ns)],
    ['Tokens in', formatCount(figures.input_tokens)],
    ['Tokens out', formatCount(figures.output_tokens)],
    ['Cost', formatCostUsd(figures.cost_usd)],
    ['Retries', formatCount(figures.retries)],
    ['Waste', formatDurationNs(figures.waste_ns)],
  ];
}
