// One row of the trace list.
import { memo, type ReactNode } from 'react';
import type { TraceSnippets, TraceSummary } from '../../backend/bindings';
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
import { outlierText } from '../../domain/outliers';
import { ALERT_WORDS, tookText } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import type { ColumnId, Layout } from './columns';
import { Found } from './Found';
import styles from './TraceList.module.css';

export interface Thresholds {
  slow_ms: number;
  slow_warning_ms: number;
}

interface TraceRowProps {
  id: string;
  index: number;
  top_px: number;
  height_px: number;
  /** Not loaded yet if missing. */
  trace: TraceSummary | undefined;
  layout: Layout;
  thresholds: Thresholds;
  now_ms: number;
  open: boolean;
  marked: boolean;
  /** Whether the row says where a text was found in it. */
  isSearch: boolean;
  found: TraceSnippets | undefined;
  /** Whether the person has picked it out. */
  picked: boolean;
}

const NS_PER_MS = 1e6;

export const TraceRow = memo(function TraceRow(props: TraceRowProps) {
  const { id, index, top_px, height_px, trace, layout, thresholds, now_ms, open, marked } = props;
  const { isSearch, found, picked } = props;
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
      data-picked={picked || undefined}
      className={isSearch ? `${styles.row} ${styles.withFound}` : styles.row}
      style={{
        transform: `translateY(${top_px}px)`,
        height: height_px,
        gridTemplateColumns: layout.template,
      }}
    >
      {layout.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={column.numeric ? `${styles.cell} ${styles.numeric}` : styles.cell}
        >
          {trace && column.id === 'status' && <Pick name={trace.name} picked={picked} />}
          {trace ? (
            cell(column.id, trace, thresholds, now_ms, layout.narrow)
          ) : (
            <Bone index={index} id={column.id} />
          )}
        </div>
      ))}
      {isSearch && (
        <div role="gridcell" className={styles.found}>
          {trace && <Found found={found} narrow={layout.narrow} />}
        </div>
      )}
    </div>
  );
});

/** The box that picks a row out. The list takes the clicks; the keyboard has `x`. */
function Pick({ name, picked }: { name: string; picked: boolean }) {
  return (
    <span
      role="checkbox"
      aria-checked={picked}
      aria-label={`Select ${visibleText(name)}`}
      className={styles.pick}
      data-pick=""
    >
      {picked && <Icon name="check" size={10} />}
    </span>
  );
}

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
      return (
        <span className={styles.named}>
          {trace.alert && <Alert alert={trace.alert} />}
          <Name trace={trace} />
          <Tags tags={trace.tags} note={trace.note} />
          {trace.conversation_runs > 1 && <Turn trace={trace} />}
        </span>
      );
    case 'started':
      return (
        <span title={startTitle(trace)}>
          {trace.start_unix_ms === null ? <Unknown /> : formatRelativeTime(trace.start_unix_ms, now_ms)}
        </span>
      );
    case 'duration':
      return (
        <Unusual trace={trace} measure="duration">
          <Duration trace={trace} thresholds={thresholds} />
        </Unusual>
      );
    case 'steps':
      return (
        <Unusual trace={trace} measure="steps">
          <Count value={trace.steps} />
        </Unusual>
      );
    case 'errors':
      return <Count value={trace.errors} alarm={styles.errors} />;
    case 'retries':
      return (
        <Unusual trace={trace} measure="retries">
          <Count value={trace.retries} alarm={styles.retries} />
        </Unusual>
      );
    case 'tokens':
      return (
        <Unusual trace={trace} measure="tokens">
          <Tokens trace={trace} />
        </Unusual>
      );
    case 'cost':
      return (
        <Unusual trace={trace} measure="cost">
          {trace.cost_usd === null ? <Unknown /> : formatCostUsd(trace.cost_usd)}
        </Unusual>
      );
    case 'model':
      return <Words text={trace.model} />;
    case 'project':
      return <Words text={trace.project} />;
    case 'environment':
      return <Words text={trace.environment} />;
    case 'source':
      return (
        <span title={visibleText(`${trace.format} · ${trace.source}`)}>
          <span className={styles.format}>{visibleText(trace.format)}</span>
          <span className={styles.quiet}>{visibleText(fileName(trace.source))}</span>
        </span>
      );
  }
}

/** A number, with a sign before it if it is out of the ordinary for the run's task. */
function Unusual({
  trace,
  measure,
  children,
}: {
  trace: TraceSummary;
  measure: string;
  children: ReactNode;
}) {
  const outlier = trace.outliers.find((each) => each.measure === measure);
  if (!outlier) return children;
  const text = outlierText(outlier);
  return (
    <span className={styles.unusual}>
      <span className={styles.outlier} title={text}>
        <Icon name="outlier" size={12} />
        <span className="visually-hidden">Out of the ordinary: {text}. </span>
      </span>
      {children}
    </span>
  );
}

function Unknown() {
  return (
    <span className={styles.unknown} title="Not known">
      {UNKNOWN}
    </span>
  );
}

function Words({ text }: { text: string | null }) {
  if (text === null || text === '') return <Unknown />;
  const shown = visibleText(text);
  return <span title={shown}>{shown}</span>;
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
  const title = visibleText([trace.name, preview, failure].filter(Boolean).join('\n\n'));
  return (
    <span className={styles.name} title={title}>
      <span className={styles.nameText} dir="auto">
        {trace.starred && <Star />}
        {trace.name === '' ? 'Unnamed' : visibleText(trace.name)}
      </span>
      {failure ? (
        <span className={styles.failure} dir="auto">
          {visibleText(failure)}
        </span>
      ) : (
        preview && (
          <span className={styles.quiet} dir="auto">
            {visibleText(preview)}
          </span>
        )
      )}
    </span>
  );
}

/** A run that the person should look at. Beside the name, not on its line: there it would push a long name out of sight. */
function Alert({ alert }: { alert: NonNullable<TraceSummary['alert']> }) {
  const { meaning } = ALERT_WORDS[alert];
  return (
    <span className={styles.alert} title={meaning}>
      <Icon name="bell" size={12} />
      <span className="visually-hidden">{meaning}: </span>
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

/** Tags that stand in a row, where there is room for words; the others are counted. */
const TAGS_SHOWN = 2;

function Tags({ tags, note }: { tags: readonly string[]; note: string | null }) {
  if (tags.length === 0 && note === null) return null;
  return (
    <span className={styles.tags} title={visibleText([tags.join(', '), note].filter(Boolean).join('\n\n'))}>
      {note !== null && (
        <>
          <Icon name="edit" size={12} />
          <span className="visually-hidden">Has a note. </span>
        </>
      )}
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <span key={tag} className={styles.tag}>
          {visibleText(tag)}
        </span>
      ))}
      {tags.length > TAGS_SHOWN && <span className={styles.moreTags}>+{tags.length - TAGS_SHOWN}</span>}
      {tags.length > 0 && (
        <span className={styles.tagCount}>
          <Icon name="tag" size={12} />
          {tags.length}
        </span>
      )}
    </span>
  );
}

/** Which run of its conversation it is. */
function Turn({ trace: { conversation, conversation_place, conversation_runs } }: { trace: TraceSummary }) {
  return (
    <span
      className={styles.turn}
      title={`Run ${conversation_place} of ${conversation_runs} of the conversation ${visibleText(conversation ?? '')}`}
    >
      <Icon name="conversation" size={12} />
      {conversation_place}/{conversation_runs}
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
