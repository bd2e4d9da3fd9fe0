// The top of a trace: its name, how it ended, and the card of facts.
import { useState } from 'react';
import type { Fact, TraceDetail } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { LongText } from '../../components/LongText';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { formatDateTime } from '../../domain/format';
import { promptOf, responseOf } from '../../domain/runTexts';
import { PROVENANCE_WORDS } from '../../domain/words';
import { goTo } from '../../state/place';
import styles from './TraceHeader.module.css';

interface TraceHeaderProps {
  detail: TraceDetail;
  remarks: readonly string[];
}

export function TraceHeader({ detail, remarks }: TraceHeaderProps) {
  const { summary, facts } = detail;
  const texts = textsOf(detail);
  const short = facts.filter((fact) => !isText(fact) && !REPEATED.has(fact.label));
  const [open, setOpen] = useState<string | null>(null);
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        <IconButton
          icon="back"
          size="small"
          label="Back to the trace list"
          onClick={() => {
            goTo({ traceId: null }, 'push');
          }}
        />
        <h1 className={styles.name} title={summary.name}>
          {summary.name}
        </h1>
        <StatusIcon status={summary.status} withLabel />
        <span className={styles.source} title={`${summary.source}\n${formatDateTime(summary.start_unix_ms)}`}>
          {summary.format} · {lastPart(summary.source)}
        </span>
        <CopyButton text={summary.key} label="Copy the trace's id" />
      </div>
      {short.length > 0 && (
        <dl className={styles.facts}>
          {short.map((fact, index) => (
            <FactItem key={`${fact.label} ${index}`} fact={fact} />
          ))}
        </dl>
      )}
      {texts.map((text) => (
        <FoldedText
          key={text.label}
          {...text}
          open={open === text.label}
          onToggle={() => {
            setOpen(open === text.label ? null : text.label);
          }}
        />
      ))}
      {remarks.length > 0 && (
        <ul className={styles.remarks} aria-label="Remarks">
          {remarks.map((remark) => (
            <li key={remark}>
              <Icon name="info" size={14} />
              {remark}
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

/** Facts that the title line says already. */
const REPEATED = new Set(['Status', 'Name']);
const TEXTS = new Set(['Prompt', 'Response', 'Failure reason', 'Error']);
const LONG = 64;

const isText = ({ label, value }: Fact) => TEXTS.has(label) || value.length > LONG || value.includes('\n');

const lastPart = (path: string) => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

interface Text {
  label: string;
  text: string;
  mark: string | null;
  explanation: string;
  failed: boolean;
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
  if (!facts.some(({ label }) => label === 'Failure reason'))
    add('Failure reason', summary.failure_reason, false, true);
  return texts;
}

function FactItem({ fact }: { fact: Fact }) {
  const { mark, meaning } = PROVENANCE_WORDS[fact.provenance];
  return (
    <div className={styles.fact}>
      <dt>{fact.label}</dt>
      <Tooltip
        text={
          <>
            <b>{meaning}</b> {fact.explanation}
          </>
        }
      >
        <dd>
          {fact.value}
          {mark !== null && <span className={styles.mark}>{mark}</span>}
          <span className="visually-hidden">. {fact.explanation}</span>
        </dd>
      </Tooltip>
    </div>
  );
}

function FoldedText(props: Text & { open: boolean; onToggle: () => void }) {
  const { label, text, mark, explanation, failed, open, onToggle } = props;
  return (
    <section className={`${styles.text} ${failed ? styles.failed : ''}`}>
      <div className={styles.line}>
        <button type="button" aria-expanded={open} className={styles.fold} onClick={onToggle}>
          <span className={`${styles.chevron} ${open ? styles.open : ''}`}>
            <Icon name="next" size={12} />
          </span>
          <span className={styles.label}>{label}</span>
          <span className={styles.start}>{open ? '' : text.slice(0, 400)}</span>
        </button>
        {mark !== null && (
          <span className={styles.mark} title={explanation}>
            {mark}
          </span>
        )}
        {open && <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />}
      </div>
      {open && (
        <div className={styles.body}>
          <LongText text={text} />
        </div>
      )}
    </section>
  );
}
