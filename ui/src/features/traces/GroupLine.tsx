// The line above the runs of one conversation.
import type { TraceSummary } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { formatCount, formatRelativeTime, plural } from '../../domain/format';
import styles from './GroupLine.module.css';
import { GROUP_PX } from './rowGeometry';

interface GroupLineProps {
  /** The runs of it that are held, in order. */
  runs: readonly TraceSummary[];
  top_px: number;
  now_ms: number;
}

export function GroupLine({ runs, top_px, now_ms }: GroupLineProps) {
  const [first] = runs;
  if (!first) return null;
  const { conversation, conversation_runs } = first;
  return (
    <div
      role="presentation"
      className={styles.group}
      style={{ transform: `translateY(${top_px}px)`, height: GROUP_PX }}
    >
      <Icon name="conversation" size={12} />
      {conversation === null ? (
        <span className={styles.facts}>Of no conversation</span>
      ) : (
        <>
          <span className={styles.id} title={conversation}>
            {conversation}
          </span>
          <span className={styles.facts}>
            {runs.length < conversation_runs
              ? `${formatCount(runs.length)} of ${plural(conversation_runs, 'run')}`
              : plural(conversation_runs, 'run')}
            {spanText(runs, now_ms)}
          </span>
        </>
      )}
    </div>
  );
}

/** From the first start to the last. */
function spanText(runs: readonly TraceSummary[], now_ms: number): string {
  const starts = runs.flatMap(({ start_unix_ms }) => (start_unix_ms === null ? [] : [start_unix_ms]));
  if (starts.length === 0) return '';
  const [first, last] = [Math.min(...starts), Math.max(...starts)].map((ms) =>
    formatRelativeTime(ms, now_ms),
  );
  return first === last ? ` · ${first}` : ` · ${first} – ${last}`;
}
