// Runs over time, failed ones set off. Every bar can be read: under the pointer, and with the arrow keys.
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { MonitorBucket } from '../../backend/bindings';
import { useWidth_px } from '../../components/charts/useWidth';
import { formatCount, formatDateTime, formatDurationNs, plural } from '../../domain/format';
import styles from './Monitor.module.css';

const HEIGHT_PX = 132;
const TOP_PX = 14;
const FOOT_PX = 18;
const GAP_PX = 2;

export function RunsChart({ buckets }: { buckets: readonly MonitorBucket[] }) {
  const box = useRef<HTMLDivElement>(null);
  const width_px = useWidth_px(box);
  const [chosen, setChosen] = useState<number | null>(null);

  const count = buckets.length;
  const most = Math.max(1, ...buckets.map(({ runs }) => runs));
  const step_px = width_px / Math.max(count, 1);
  const room_px = HEIGHT_PX - TOP_PX - FOOT_PX;
  const height_px = (runs: number) => (runs === 0 ? 0 : Math.max(2, (runs / most) * room_px));
  const current = chosen === null ? null : Math.min(chosen, count - 1);
  const bucket = current === null ? undefined : buckets[current];
  const words = bucket ? bucketWords(bucket, widthOf(buckets)) : null;

  const onPointerMove = (event: PointerEvent) => {
    const x_px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setChosen(Math.min(Math.max(Math.floor(x_px / step_px), 0), count - 1));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = current ?? count;
    const next = {
      ArrowLeft: from - 1,
      ArrowRight: current === null ? count - 1 : from + 1,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.min(Math.max(next, 0), count - 1));
  };
  const rest = () => {
    setChosen(null);
  };

  return (
    <figure className={styles.chart}>
      <figcaption className={styles.chartHead}>
        <span className={styles.chartTitle}>Runs over time</span>
        <span className={styles.reading}>{words ?? `up to ${plural(most, 'run')} a bar`}</span>
      </figcaption>
      <div
        ref={box}
        className={styles.plot}
        role="slider"
        tabIndex={0}
        aria-label="Runs over time"
        aria-valuemin={0}
        aria-valuemax={Math.max(count - 1, 0)}
        aria-valuenow={current ?? Math.max(count - 1, 0)}
        aria-valuetext={words ?? 'Use the arrow keys to read the bars'}
        onPointerMove={onPointerMove}
        onPointerLeave={rest}
        onKeyDown={onKeyDown}
        onBlur={rest}
      >
        <svg width={width_px} height={HEIGHT_PX} aria-hidden="true">
          <defs>
            <pattern
              id="failed-hatch"
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="5" height="5" fill="var(--status-failed)" />
              <rect width="1.5" height="5" fill="var(--surface)" opacity="0.55" />
            </pattern>
          </defs>
          {current !== null && (
            <rect
              x={current * step_px}
              y={0}
              width={step_px}
              height={HEIGHT_PX - FOOT_PX}
              fill="var(--row-selected)"
            />
          )}
          {buckets.map(({ start_unix_ms, runs, failed }, index) => {
            const whole_px = height_px(runs);
            const failed_px = runs === 0 ? 0 : Math.max(failed > 0 ? 2 : 0, whole_px * (failed / runs));
            const x_px = index * step_px + GAP_PX / 2;
            const bar_px = Math.max(1, step_px - GAP_PX);
            const base_px = HEIGHT_PX - FOOT_PX;
            return (
              <g key={start_unix_ms}>
                <rect
                  x={x_px}
                  y={base_px - whole_px}
                  width={bar_px}
                  height={whole_px - failed_px}
                  fill="var(--kind-llm)"
                />
                <rect
                  x={x_px}
                  y={base_px - failed_px}
                  width={bar_px}
                  height={failed_px}
                  fill="url(#failed-hatch)"
                />
              </g>
            );
          })}
          <line
            x1={0}
            x2={width_px}
            y1={HEIGHT_PX - FOOT_PX + 0.5}
            y2={HEIGHT_PX - FOOT_PX + 0.5}
            stroke="var(--border-strong)"
          />
        </svg>
        <div className={styles.ends} aria-hidden="true">
          <span>{timeWord(buckets[0]?.start_unix_ms, widthOf(buckets) * count)}</span>
          <span>now</span>
        </div>
      </div>
    </figure>
  );
}

/** How long a bucket is, in milliseconds. */
function widthOf(buckets: readonly MonitorBucket[]): number {
  return (buckets[1]?.start_unix_ms ?? 0) - (buckets[0]?.start_unix_ms ?? 0);
}

/** A point in time as precise as a stretch of that length needs: with the day only where it is more than one. */
function timeWord(unix_ms: number | undefined, whole_ms: number): string {
  if (unix_ms === undefined) return '';
  const text = formatDateTime(unix_ms);
  return whole_ms > 20 * 3_600_000 ? text.slice(0, 16) : text.slice(11, 19);
}

/** A bar in words: `14:05:00 – 14:06:00: 12 runs, 2 failed or lost, median 1.2 s`. */
function bucketWords({ start_unix_ms, runs, failed, p50_ns }: MonitorBucket, width_ms: number): string {
  const time = (unix_ms: number) => timeWord(unix_ms, width_ms * 60);
  const parts = [
    plural(runs, 'run'),
    failed > 0 ? `${formatCount(failed)} failed or lost` : null,
    p50_ns === null ? null : `median ${formatDurationNs(p50_ns)}`,
  ];
  return `${time(start_unix_ms)} – ${time(start_unix_ms + width_ms)}: ${parts.filter(Boolean).join(', ')}`;
}
