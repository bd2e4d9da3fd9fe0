// How the runs fared over time: charts with one crosshair, or the same as a table.
import { useState, type ReactNode } from 'react';
import { Button } from '../../components/Button';
import { Chart } from '../../components/charts/Chart';
import type { ChartOf } from './chartsOf';
import styles from './Insights.module.css';
import { openTraces } from './narrowed';

/** A stretch of time, and the filter of the runs that started in it. */
interface Bucket {
  start_unix_ms: number;
  end_unix_ms: number;
  filter: string;
}

interface OverTimeProps<B extends Bucket> {
  buckets: readonly B[];
  charts: readonly ChartOf[];
  /** Whether there is nothing to open in it. */
  isEmpty: (bucket: B) => boolean;
  tip: (bucket: B) => ReactNode;
  /** The same in figures. */
  table: ReactNode;
  onNarrow: (from_ms: number, below_ms: number | null) => void;
}

export function OverTime<B extends Bucket>({
  buckets,
  charts,
  isEmpty,
  tip,
  table,
  onNarrow,
}: OverTimeProps<B>) {
  // A point in time, so that the crosshair stays where it is when more has come in.
  const [at_ms, setAt] = useState<number | null>(null);
  const [asTable, setAsTable] = useState(false);
  const found = at_ms === null ? -1 : buckets.findLastIndex(({ start_unix_ms }) => start_unix_ms <= at_ms);
  const at = found < 0 ? null : found;
  const point = (index: number | null) => {
    const bucket = index === null ? undefined : buckets[index];
    setAt(bucket ? (bucket.start_unix_ms + bucket.end_unix_ms) / 2 : null);
  };
  const open = (index: number) => {
    const bucket = buckets[index];
    if (bucket && !isEmpty(bucket)) openTraces(bucket.filter);
  };
  const narrow = (first: number, last: number) => {
    const from = buckets[first];
    if (from) onNarrow(from.start_unix_ms, buckets[last + 1]?.start_unix_ms ?? null);
  };
  return (
    <section className={styles.section} aria-label="Over time">
      <header className={styles.sectionHead}>
        <h2>Over time</h2>
        {!asTable && (
          <span className={styles.hint}>Click opens the runs of a bar, dragging narrows to a stretch</span>
        )}
        <Button
          size="small"
          aria-pressed={asTable}
          onClick={() => {
            setAsTable(!asTable);
          }}
        >
          As table
        </Button>
      </header>
      {buckets.length === 0 ? (
        <p className={styles.quiet}>None of these runs says when it started.</p>
      ) : asTable ? (
        table
      ) : (
        <div className={styles.charts}>
          {charts.map((chart) => (
            <Chart
              key={chart.title}
              {...chart}
              stretches={buckets}
              at={at}
              onAt={point}
              onOpen={open}
              onRange={narrow}
              tip={(index) => {
                const bucket = buckets[index];
                return bucket && tip(bucket);
              }}
            />
          ))}
        </div>
      )}
    </section>
  );
}
