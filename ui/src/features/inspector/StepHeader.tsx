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
import { formatCostUsd, formatCount, formatDateTime, formatDurationNs, UNKNOWN } from '../../domain/format';
import { finishReasonOf, firstTokenOf } from '../../domain/modelFacts';
import { attemptsOf, isStartUnknown, rowOf, runningSince, type StepTree } from '../../domain/stepTree';
import {
  attemptOutcome,
  attemptTone,
  attemptWord,
  attemptsSentence,
  flagWords,
  KIND_WORDS,
  PROVENANCE_WORDS,
  SHAPE_FLAGS,
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
  /** What can be done with the step, beside its name. */
  actions?: ReactNode;
}

export function StepHeader({ traceId, step, tree, actions }: StepHeaderProps) {
  const links = useLinks();
  const row = rowOf(tree, step.span_id);
  const standing = step.status === 'open' && !tree.isLive ? 'lost' : step.status;
  const since_unix_ms = row >= 0 ? runningSince(tree, row) : null;
  const hasStart = row < 0 || !isStartUnknown(tree, row);
  const hasBelow = row >= 0 && at(tree.descendants, row) > 0;
  const attempts = row >= 0 ? attemptsOf(tree, row) : null;
  // What is odd about its place in the tree is told below, in sentences.
  const flags = flagWords(step.flags & ~SHAPE_FLAGS);
  const firstToken = firstTokenOf(step);
  const finishReason = finishReasonOf(step);
  // What is laid out in order has a place, but no time of day.
  const started_unix_ms = tree.clock === 'measured' ? startOf(step, tree, row) : null;
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <KindIcon kind={step.kind} size={16} />
        <h2 className={styles.name} title={visibleText(step.name)}>
          {visibleText(step.name) || <i>unnamed</i>}
        </h2>
        {actions}
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
            <Badge tone={attemptTone(attempts)}>
              {attemptWord(attempts)} {at(tree.attempt, row)} of {attempts.rows.length} ·{' '}
              {attemptOutcome(attempts)}
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
              durationWords(step, tree.isLive, hasStart)
            ) : (
              <RunningTime since_unix_ms={since_unix_ms} />
            )}
          </Item>
        )}
        <Item
          label={tree.clock === 'order_only' ? 'Place' : 'Start'}
          provenance={tree.clock === 'measured' && !isMoved(tree, row) ? step.time_provenance : 'derived'}
          {...(started_unix_ms === null ? {} : { title: formatDateTime(started_unix_ms) })}
        >
          {row >= 0 && <span>{hasStart ? startText(tree, row) : 'not known'}</span>}
          {started_unix_ms !== null && (
            <span className={styles.muted}> {formatDateTime(started_unix_ms).slice(11)}</span>
          )}
        </Item>
        {step.model !== null && (
          <Item label="Model" title={visibleText(step.model)}>
            <span className={styles.said}>{visibleText(step.model)}</span>
          </Item>
        )}
        {hasTokens(step) && (
          <Item label="Tokens" provenance={step.tokens_provenance}>
            <Tokens step={step} />
          </Item>
        )}
        {hasBelow && at(tree.belowTokens, row) >= 0 && (
          <Item label="Tokens with all below" provenance="derived">
            {formatCount(at(tree.belowTokens, row))}
          </Item>
        )}
        {step.cost_usd !== null && (
          <Item label="Cost" provenance={step.cost_provenance}>
            {formatCostUsd(step.cost_usd)}
          </Item>
        )}
        {hasBelow && at(tree.belowCost_usd, row) >= 0 && (
          <Item label="Cost with all below" provenance="derived">
            {formatCostUsd(at(tree.belowCost_usd, row))}
          </Item>
        )}
        {firstToken && (
          <Item label="First token" provenance={firstToken.provenance}>
            after {formatDurationNs(firstToken.ns)}
          </Item>
        )}
        {finishReason !== null && (
          <Item label="Stopped" title={finishReason}>
            <span className={styles.said}>{visibleText(finishReason)}</span>
          </Item>
        )}
        {step.attempt !== null && !attempts && <Item label="Attempt">{step.attempt}</Item>}
      </dl>
    </div>
  );
}

const TIME_ADJUSTED = 4096;
const isMoved = (tree: StepTree, row: number) => (at(tree.flags, row) & TIME_ADJUSTED) !== 0;

/** When it began, as it is shown: of a step whose time is adjusted not as recorded. */
function startOf(step: StepDetail, tree: StepTree, row: number): number | null {
  if (!isMoved(tree, row) || tree.start_unix_ms === null) return step.start_unix_ms;
  return tree.start_unix_ms + at(tree.start_ns, row) / 1e6;
}

function durationWords({ duration_ns, status }: StepDetail, isLive: boolean, hasStart: boolean): string {
  if (duration_ns !== null) return formatDurationNs(duration_ns);
  if (status === 'open' && isLive) return 'still running';
  return hasStart ? 'no end' : UNKNOWN;
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
