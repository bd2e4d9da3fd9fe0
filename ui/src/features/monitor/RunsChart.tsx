import { useState } from 'react';
import type { MonitorBucket } from '../../backend/bindings';
import { Chart } from '../../components/charts/Chart';
import { stretchText } from '../../domain/calendar';
import { formatCount, formatDurationNs, plural } from '../../domain/format';
import styles from './Monitor.module.css';

/** Runs over time, failed ones set off. */
export function RunsChart({ buckets }: { buckets: readonly MonitorBucket[] }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const width_ms = (buckets[1]?.start_unix_ms ?? 0) - (buckets[0]?.start_unix_ms ?? 0);
  const sum = (values: number[]) => values.reduce((total, each) => total + each, 0);
  const failed = buckets.map((bucket) => bucket.failed);
  const others = buckets.map((bucket) => bucket.runs - bucket.failed);
  const words = (index: number) => {
    const bucket = buckets[index];
    return bucket ? bucketWords(bucket, width_ms) : '';
  };
  return (
    <div className={styles.chart}>
      <Chart
        title="Runs over time"
        unit="count"
        look="bars"
        series={[
          { label: 'Failed or lost', tone: 'failed', values: failed, whole: sum(failed) },
          { label: 'Others', tone: 'first', values: others, whole: sum(others) },
        ]}
        stretches={buckets.map(({ start_unix_ms }) => ({
          start_unix_ms,
          end_unix_ms: start_unix_ms + width_ms,
        }))}
        at={chosen === null ? null : Math.min(chosen, buckets.length - 1)}
        onAt={setChosen}
        tip={words}
        words={words}
      />
    </div>
  );
}

/** A bar in words: `2026-11-23 14:05:00 – 14:06:00: 12 runs, 2 failed or lost, median 1.2 s`. */
function bucketWords({ start_unix_ms, runs, failed, p50_ns }: MonitorBucket, width_ms: number): string {
  const parts = [
    plural(runs, 'run'),
    failed > 0 ? `${formatCount(failed)} failed or lost` : null,
    p50_ns === null ? null : `median ${formatDurationNs(p50_ns)}`,
  ];
  return `${stretchText(start_unix_ms, start_unix_ms + width_ms)}: ${parts.filter(Boolean).join(', ')}`;
}
