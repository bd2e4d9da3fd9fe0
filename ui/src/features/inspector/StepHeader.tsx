// The top of the inspector: what the step is, when, how long, what it used, and what is odd about it.
import type { ReactNode } from 'react';
import type { Provenance, StepDetail } from '../../backend/bindings';
import { Badge } from '../../components/Badge';
import { CopyButton } from '../../components/CopyButton';
import { KindIcon } from '../../components/KindIcon';
import { RunningTime } from '../../components/RunningTime';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { at } from '../../domain/columns';
import { formatCostUsd, formatCount, formatDateTime, formatDurationNs } from '../../domain/format';
import { finishReasonOf, firstTokenOf } from '../../domain/modelFacts';
import { attemptsOf, rowOf, runningSince, type StepTree } from '../../domain/stepTree';
import {
  attemptOutcome,
  attemptsSentence,
  flagWords,
  KIND_WORDS,
  PROVENANCE_WORDS,
  startText,
  STATUS_WORDS,
} from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import { useLinks } from '../../queries/links';
import styles from './Inspector.module.css';

const STATUS = { ok: 'success', error: 'failed', open: 'running', lost: 'lost', unset: 'unset' } as const;

interface StepHeaderProps {
  traceId: number;
  step: StepDetail;
  tree: StepTree;
}

export function StepHeader({ traceId, step, tree }: StepHeaderProps) {
  const links = useLinks();
  const row = rowOf(tree, step.span_id);
  const standing = step.status === 'open' && !tree.isLive ? 'lost' : step.status;
  const since_unix_ms = row >= 0 ? runningSince(tree, row) : null;
  const attempts = row >= 0 ? attemptsOf(tree, row) : null;
  const flags = flagWords(step.flags);
  const firstToken = firstTokenOf(step);
  const finishReason = finishReasonOf(step);
  // What is laid out in order has a place, but no time of day.
  const started_unix_ms = tree.clock === 'measured' ? step.start_unix_ms : null;
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <KindIcon kind={step.kind} size={16} />
        <h2 className={styles.name} title={step.name}>
          {step.name || <i>unnamed</i>}
        </h2>
        <CopyButton
          text={() => links.make(traceId, step.span_id)}
          label="Copy a link to this step"
          icon="link"
        />
        <CopyButton text={step.span_id} label="Copy the step's id" />
      </div>
      <div className={styles.words}>
        <span style={{ color: `var(--kind-${step.kind})` }}>{KIND_WORDS[step.kind]}</span>
        <StatusIcon
          status={STATUS[standing]}
          {...(standing === 'lost' ? { label: STATUS_WORDS.lost } : {})}
          withLabel
        />
        {attempts && (
          <Tooltip text={attemptsSentence(attempts)}>
            <Badge tone={attempts.recovered ? 'success' : 'failed'}>
              attempt {at(tree.attempt, row)} of {attempts.rows.length} · {attemptOutcome(attempts)}
            </Badge>
          </Tooltip>
        )}
        {flags.map(({ word, meaning }) => (
          <Tooltip key={word} text={meaning}>
            <Badge tone="warning">{word}</Badge>
          </Tooltip>
        ))}
      </div>
      <dl className={styles.facts}>
        {tree.clock !== 'order_only' && (
          <Item label="Duration" provenance={step.time_provenance}>
            {since_unix_ms === null || step.duration_ns !== null ? (
              durationWords(step, tree.isLive)
            ) : (
              <RunningTime since_unix_ms={since_unix_ms} />
            )}
          </Item>
        )}
        <Item
          label={tree.clock === 'order_only' ? 'Place' : 'Start'}
          provenance={tree.clock === 'measured' ? step.time_provenance : 'derived'}
          {...(started_unix_ms === null ? {} : { title: formatDateTime(started_unix_ms) })}
        >
          {row >= 0 && <span>{startText(tree, row)}</span>}
          {started_unix_ms !== null && (
            <span className={styles.muted}> {formatDateTime(started_unix_ms).slice(11)}</span>
          )}
        </Item>
        {step.model !== null && <Item label="Model">{step.model}</Item>}
        {hasTokens(step) && (
          <Item label="Tokens" provenance={step.tokens_provenance}>
            <Tokens step={step} />
          </Item>
        )}
        {step.cost_usd !== null && (
          <Item label="Cost" provenance={step.cost_provenance}>
            {formatCostUsd(step.cost_usd)}
          </Item>
        )}
        {firstToken && (
          <Item label="First token" provenance={firstToken.provenance}>
            after {formatDurationNs(firstToken.ns)}
          </Item>
        )}
        {finishReason !== null && <Item label="Stopped">{visibleText(finishReason)}</Item>}
        {step.attempt !== null && !attempts && <Item label="Attempt">{step.attempt}</Item>}
      </dl>
    </div>
  );
}

function durationWords({ duration_ns, status }: StepDetail, isLive: boolean): string {
  if (duration_ns !== null) return formatDurationNs(duration_ns);
  return status === 'open' && isLive ? 'still running' : 'no end';
}

const hasTokens = (step: StepDetail) =>
  [step.input_tokens, step.output_tokens, step.total_tokens].some((count) => count !== null);

function Tokens({ step }: { step: StepDetail }) {
  const parts: string[] = [];
  if (step.input_tokens !== null) {
    const cached = step.cache_read_tokens ? ` (${formatCount(step.cache_read_tokens)} cached)` : '';
    parts.push(`${formatCount(step.input_tokens)} in${cached}`);
  }
  if (step.output_tokens !== null) {
    const reasoning = step.reasoning_tokens ? ` (${formatCount(step.reasoning_tokens)} reasoning)` : '';
    parts.push(`${formatCount(step.output_tokens)} out${reasoning}`);
  }
  if (parts.length === 0) return formatCount(step.total_tokens);
  return parts.join(' · ');
}

interface ItemProps {
  label: string;
  provenance?: Provenance;
  title?: string;
  children: ReactNode;
}

function Item({ label, provenance = 'measured', title, children }: ItemProps) {
  const { mark, meaning } = PROVENANCE_WORDS[provenance];
  return (
    <div className={styles.fact} title={title}>
      <dt>{label}</dt>
      <dd>
        {children}
        {mark !== null && (
          <Tooltip text={meaning}>
            <span className={styles.provenance}>{mark}</span>
          </Tooltip>
        )}
      </dd>
    </div>
  );
}
