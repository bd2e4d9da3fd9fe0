// The top of a trace: its name, how it ended, and the facts of it, on one line until the person wants to see all. What is
// long (prompt, response) stands beside one another with its beginning, and opens.
import { useState, type ReactNode } from 'react';
import type { Fact, TraceDetail, TraceSummary } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { LongText } from '../../components/LongText';
import { Button } from '../../components/Button';
import { RunStatus } from '../../components/RunStatus';
import { RunningTime } from '../../components/RunningTime';
import { formatDateTime, lastPart } from '../../domain/format';
import { measureWord, outlierText } from '../../domain/outliers';
import { promptOf, responseOf } from '../../domain/runTexts';
import { PROVENANCE_WORDS } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import { useLinks } from '../../queries/links';
import { followNewest, useLayout } from '../../state/layout';
import { ConversationTurn } from './ConversationTurn';
import { FactLine } from './FactLine';
import { RunTries } from './RunTries';
import styles from './TraceHeader.module.css';

interface TraceHeaderProps {
  detail: TraceDetail;
  /** What is odd about the trace as a whole. */
  remarks?: ReactNode;
  /** How the trace is shown, and may be. */
  parts?: ReactNode;
  /** What the person says of the trace. */
  marks?: ReactNode;
}

export function TraceHeader({ detail, remarks, parts, marks }: TraceHeaderProps) {
  const { summary, facts } = detail;
  const links = useLinks();
  const follows = useLayout((layout) => layout.followsNewest);
  const texts = [...textsOf(detail), ...outliersText(summary)];
  // While it runs, the latency so far stands above, ticking.
  const isRunning = (label: string) => label === 'Latency' && summary.status === 'running';
  const isTold = ({ label, value }: Fact) =>
    REPEATED.has(label) || isRunning(label) || texts.some(({ text }) => text === value);
  const short = facts.filter((fact) => !isText(fact) && !isTold(fact));
  const [open, setOpen] = useState<string | null>(null);
  const opened = texts.find((text) => text.label === open);
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        <h1 className={styles.name} title={visibleText(summary.name)}>
          {visibleText(summary.name)}
        </h1>
        <RunStatus trace={summary} withLabel />
        {summary.status === 'running' && (
          <>
            {summary.start_unix_ms !== null && (
              <span className={styles.running}>
                <RunningTime since_unix_ms={summary.start_unix_ms} least_ns={summary.duration_ns ?? 0} />
              </span>
            )}
            <Button
              size="small"
              icon="follow"
              aria-pressed={follows}
              title="Keeps the newest step in view"
              onClick={() => {
                followNewest(!follows);
              }}
            >
              Follow newest
            </Button>
          </>
        )}
        {summary.conversation !== null && summary.conversation_runs > 1 && (
          <ConversationTurn summary={summary} conversation={summary.conversation} />
        )}
        {parts}
        <span className={styles.source} title={`${summary.source}\n${formatDateTime(summary.start_unix_ms)}`}>
          {summary.format} · {lastPart(summary.source)}
        </span>
        <CopyButton
          text={() => links.make(summary.trace_id, null)}
          label="Copy a link to this trace"
          icon="link"
        />
        <CopyButton text={summary.key} label="Copy the trace's id" />
      </div>
      {marks}
      {short.length > 0 && <FactLine facts={short} />}
      {detail.tries && <RunTries tries={detail.tries} />}
      {remarks}
      {texts.length > 0 && (
        <div className={styles.texts}>
          {texts.map((text) => (
            <TextFold
              key={text.label}
              text={text}
              open={open === text.label}
              onToggle={() => {
                setOpen(open === text.label ? null : text.label);
              }}
            />
          ))}
        </div>
      )}
      {opened && (
        <section className={`${styles.body} ${opened.failed ? styles.failed : ''}`} aria-label={opened.label}>
          <LongText text={opened.text} />
          <span className={styles.copy}>
            <CopyButton text={opened.text} label={`Copy the ${opened.label.toLowerCase()}`} />
          </span>
        </section>
      )}
    </header>
  );
}

/** Facts that the title line says already; so are those that only repeat a text. */
const REPEATED = new Set(['Status', 'Name']);
const TEXTS = new Set(['Prompt', 'Response', 'Failure reason', 'Error']);
const LONG = 64;

const isText = ({ label, value }: Fact) => TEXTS.has(label) || value.length > LONG || value.includes('\n');

interface Text {
  label: string;
  text: string;
  mark: string | null;
  explanation: string;
  failed: boolean;
  icon?: 'outlier';
}

/** Prompt, response and whatever else is long: from the facts, else from what the run carries. */
function textsOf({ facts, content, summary }: TraceDetail): Text[] {
  const texts = facts
    .filter((fact) => isText(fact) && fact.value !== '')
    .map(({ label, value, provenance, explanation }): Text => ({
      label,
      text: value,
      mark: PROVENANCE_WORDS[provenance].mark,
      explanation,
      failed: label === 'Failure reason' || label === 'Error',
    }));
  const add = (label: string, text: string | null, first: boolean, failed = false) => {
    if (text === null || text === '' || texts.some((each) => each.label === label)) return;
    const made = { label, text, mark: null, explanation: '', failed };
    if (first) texts.unshift(made);
    else texts.push(made);
  };
  if (content) {
    add('Prompt', promptOf(content), true);
    add('Response', responseOf(content), false);
  }
  if (!facts.some(({ label }) => label === 'Failure reason')) {
    // A run that goes on, or went well in the end, has not failed for it.
    add(summary.status === 'failed' ? 'Failure reason' : 'First error', summary.failure_reason, false, true);
  }
  return texts;
}

/** What of it is out of the ordinary for its task, a sentence a line. */
function outliersText({ outliers }: TraceSummary): Text[] {
  if (outliers.length === 0) return [];
  const text = outliers.map((outlier) => `${measureWord(outlier)}: ${outlierText(outlier)}`).join('\n');
  return [
    { label: 'Out of the ordinary', text, mark: null, explanation: '', failed: false, icon: 'outlier' },
  ];
}

function TextFold({ text, open, onToggle }: { text: Text; open: boolean; onToggle: () => void }) {
  return (
    <button
      type="button"
      aria-expanded={open}
      className={`${styles.fold} ${text.failed ? styles.failed : ''}`}
      title={text.explanation || undefined}
      onClick={onToggle}
    >
      <span className={`${styles.chevron} ${open ? styles.open : ''}`}>
        <Icon name="next" size={12} />
      </span>
      {text.icon && <Icon name={text.icon} size={14} />}
      <span className={styles.label}>
        {text.label}
        {text.mark !== null && <span className="visually-hidden"> ({text.mark})</span>}
      </span>
      <span className={styles.start}>{open ? '' : visibleText(text.text.slice(0, 300))}</span>
    </button>
  );
}
