import type { InsightsBucket } from '../../backend/bindings';
import { stretchText } from '../../domain/calendar';
import { formatCostUsd, formatCount, formatDurationNs, formatPercent } from '../../domain/format';
import styles from './Insights.module.css';

/** All that is known of a stretch of time, beside the pointer. */
export function BucketTip({ bucket }: { bucket: InsightsBucket }) {
  const { figures } = bucket;
  const lines: [string, string][] = [
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
  return (
    <table className={styles.tip}>
      <caption>{stretchText(bucket.start_unix_ms, bucket.end_unix_ms)}</caption>
      <tbody>
        {lines.map(([label, text]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
