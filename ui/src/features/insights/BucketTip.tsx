import { stretchText } from '../../domain/calendar';
import styles from './Insights.module.css';

interface BucketTipProps {
  bucket: { start_unix_ms: number; end_unix_ms: number };
  /** What is known of it: words and values. */
  lines: readonly (readonly [string, string])[];
}

/** All that is known of a stretch of time, beside the pointer. */
export function BucketTip({ bucket, lines }: BucketTipProps) {
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
