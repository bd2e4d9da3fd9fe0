// One row of the trace list.
import { memo, type ReactNode } from 'react';
import type { TraceSummary } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { RunStatus } from '../../components/RunStatus';
import { useRunningTime } from '../../components/RunningTime';
import {
  UNKNOWN,
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDateTime,
  formatDurationMs,
  formatDurationNs,
  formatRelativeTime,
  formatTokens,
} from '../../domain/format';
import { ALERT_WORDS, tookText } from '../../domain/words';
import type { ColumnId, Layout } from './columns';
import styles from './TraceList.module.css';

export interface Thresholds {
  slow_ms: number;
  slow_warning_ms: number;
}

interface TraceRowProps {
  id: string;
  index: number;
  top_px: number;
  /** Not loaded yet if missing. */
  trace: TraceSummary | undefined;
  layout: Layout;
  thresholds: Thresholds;
  now_ms: number;
  open: boolean;
  marked: boolean;
}

const NS_PER_MS = 1e6;

export const TraceRow = memo(function TraceRow(props: TraceRowProps) {
  const { id, index, top_px, trace, layout, thresholds, now_ms, open, marked } = props;
  return (
    <div
      id={id}
      role="row"
      // The header is row 1.
      aria-rowindex={index + 2}
      aria-selected={open}
      aria-busy={trace ? undefined : true}
      data-index={index}
      data-status={trace?.status}
      data-marked={marked || undefined}
      data-alert={trace?.alert ?? undefined}
      className={styles.row}
      style={{ transform: `translateY(${top_px}px)`, gridTemplateColumns: layout.template }}
    >
      {layout.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={column.numeric ? `${styles.cell} ${styles.numeric}` : styles.cell}
        >
          {trace ? (
            cell(column.id, trace, thresholds, now_ms, layout.narrow)
          ) : (
            <Bone index={index} id={column.id} />
          )}
        </div>
      ))}
    </div>
  );
});

/** The place of what is not loaded yet. */
function Bone({ index, id }: { index: number; id: ColumnId }) {
  const share = id === 'name' ? 30 + ((index * 37) % 45) : 55;
  return <span className={styles.bone} style={{ width: `${share}%` }} />;
}

function cell(
  id: ColumnId,
  trace: TraceSummary,
  thresholds: Thresholds,
  now_ms: number,
  narrow: boolean,
): ReactNode {
  switch (id) {
    case 'status':
      return <RunStatus trace={trace} withLabel={!narrow} />;
    case 'name':
      return <Name trace={trace} />;
    case 'started':
      return (
        <span title={startTitle(trace)}>
          {trace.start_unix_ms === null ? <Unknown /> : formatRelativeTime(trace.start_unix_ms, now_ms)}
        </span>
      );
    case 'duration':
      return <Duration trace={trace} thresholds={thresholds} />;
    case 'steps':
      return <Count value={trace.steps} />;
    case 'errors':
      return <Count value={trace.errors} alarm={styles.errors} />;
    case 'retries':
      return <Count value={trace.retries} alarm={styles.retries} />;
    case 'tokens':
      return <Tokens trace={trace} />;
    case 'cost':
      return trace.cost_usd === null ? <Unknown /> : formatCostUsd(trace.cost_usd);
    case 'model':
      return <Words text={trace.model} />;
    case 'project':
      return <Words text={trace.project} />;
    case 'environment':
      return <Words text={trace.environment} />;
    case 'source':
      return (
        <span title={`${trace.format} · ${trace.source}`}>
          <span className={styles.format}>{trace.format}</span>
          <span className={styles.quiet}>{fileName(trace.source)}</span>
        </span>
      );
  }
}

function Unknown() {
  return (
    <span className={styles.unknown} title="Not known">
      {UNKNOWN}
    </span>
  );
}

function Words({ text }: { text: string | null }) {
  return text === null || text === '' ? <Unknown /> : <span title={text}>{text}</span>;
}

function Count({ value, alarm }: { value: number; alarm?: string | undefined }) {
  if (value === 0) return <span className={styles.zero}>0</span>;
  return (
    <span className={alarm} title={formatCount(value)}>
      {formatCompact(value)}
    </span>
  );
}

function Name({ trace }: { trace: TraceSummary }) {
  const failure = trace.status === 'failed' ? trace.failure_reason : null;
  const preview = saysMore(trace.preview, trace.name) ? trace.preview : null;
  const title = [trace.name, preview, failure].filter(Boolean).join('\n\n');
  return (
    <span className={styles.name} title={title}>
      {trace.alert && (
        <span className={styles.alert} title={ALERT_WORDS[trace.alert].meaning}>
          <Icon name="bell" size={12} />
          <span className="visually-hidden">{ALERT_WORDS[trace.alert].meaning}: </span>
        </span>
      )}
      <span className={styles.nameText}>
        {trace.starred && <Star />}
        {trace.name === '' ? 'Unnamed' : trace.name}
      </span>
      {failure ? (
        <span className={styles.failure}>{failure}</span>
      ) : (
        preview && <span className={styles.quiet}>{preview}</span>
      )}
      <Tags tags={trace.tags} note={trace.note} />
    </span>
  );
}

function Star() {
  return (
    <span className={styles.star} title="Starred">
      <Icon name="starred" size={12} />
      <span className="visually-hidden">Starred: </span>
    </span>
  );
}

/** Tags that stand in a row; the others are counted. */
const TAGS_SHOWN = 2;

function Tags({ tags, note }: { tags: readonly string[]; note: string | null }) {
  if (tags.length === 0 && note === null) return null;
  return (
    <span className={styles.tags} title={[tags.join(', '), note].filter(Boolean).join('\n\n')}>
      {note !== null && (
        <>
          <Icon name="edit" size={12} />
          <span className="visually-hidden">Has a note. </span>
        </>
      )}
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
      {tags.length > TAGS_SHOWN && `+${tags.length - TAGS_SHOWN}`}
    </span>
  );
}

/** A trace without a name of its own is called by the start of its preview, which then need not stand there twice. */
function saysMore(preview: string | null, name: string): boolean {
  const start = name.replace(/\s*(…|\.\.\.)$/, '');
  return preview !== null && !(start !== '' && preview.startsWith(start));
}

function Duration({ trace, thresholds }: { trace: TraceSummary; thresholds: Thresholds }) {
  const { status, start_unix_ms, duration_ns } = trace;
  if (status === 'running' && start_unix_ms !== null) {
    return (
      <RunningDuration since_unix_ms={start_unix_ms} least_ns={duration_ns ?? 0} thresholds={thresholds} />
    );
  }
  if (duration_ns === null || (status === 'lost' && duration_ns === 0)) return <Unknown />;
  return status === 'lost' ? (
    <span title="So long as it was heard of">{tookText(trace)}</span>
  ) : (
    <Took duration_ns={duration_ns} thresholds={thresholds} />
  );
}

interface RunningDurationProps {
  since_unix_ms: number;
  least_ns: number;
  thresholds: Thresholds;
}

function RunningDuration({ since_unix_ms, least_ns, thresholds }: RunningDurationProps) {
  return <Took duration_ns={useRunningTime(since_unix_ms, least_ns)} thresholds={thresholds} />;
}

function Took({ duration_ns, thresholds }: { duration_ns: number; thresholds: Thresholds }) {
  const text = formatDurationNs(duration_ns);
  const duration_ms = duration_ns / NS_PER_MS;
  const slow = duration_ms >= thresholds.slow_ms;
  if (!slow && duration_ms < thresholds.slow_warning_ms) return text;
  const limit = formatDurationMs(slow ? thresholds.slow_ms : thresholds.slow_warning_ms);
  return (
    <span
      className={slow ? styles.slow : styles.slowish}
      title={slow ? `Slow: ${limit} or more` : `Getting slow: ${limit} or more`}
    >
      {slow && <Icon name="slow" size={12} />}
      {text}
      {slow && <span className="visually-hidden">, slow</span>}
    </span>
  );
}

function Tokens({ trace }: { trace: TraceSummary }) {
  const { input_tokens, output_tokens, total_tokens, tokens_provenance } = trace;
  if (total_tokens === null) return <Unknown />;
  const estimated = tokens_provenance === 'estimated';
  const parts = [
    `${formatCount(total_tokens)} tokens`,
    input_tokens === null ? null : `${formatCount(input_tokens)} in the prompt`,
    output_tokens === null ? null : `${formatCount(output_tokens)} in the answer`,
    tokens_provenance,
  ];
  return <span title={parts.filter(Boolean).join(' · ')}>{formatTokens(total_tokens, estimated)}</span>;
}

function startTitle(trace: TraceSummary): string | undefined {
  if (trace.start_unix_ms === null) return undefined;
  return `${formatDateTime(trace.start_unix_ms)} (${trace.time_provenance})`;
}

function fileName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}
