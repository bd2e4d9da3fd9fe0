// One model call: a line of what it was, what became of the history, what was new, and the answer.
import type { ReactNode } from 'react';
import type { ConversationOutline, ConversationTurn, Provenance } from '../../backend/bindings';
import { LongText } from '../../components/LongText';
import { StatusIcon } from '../../components/StatusIcon';
import { Tooltip } from '../../components/Tooltip';
import { parameterWords } from '../../domain/conversation';
import { formatCostUsd, formatCount, formatDurationNs, plural } from '../../domain/format';
import { PROVENANCE_WORDS } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import styles from './Conversation.module.css';
import { HistoryLine } from './HistoryLine';
import { MessageView, type MessageContext } from './MessageView';
import type { Calls } from './toolCalls';

interface TurnProps {
  traceId: number;
  index: number;
  turn: ConversationTurn;
  calls: Calls;
  outline: ConversationOutline;
  isSelected: boolean;
  onSelect: () => void;
  onShowStep: (spanId: string) => void;
  onChooseThread: (thread: number) => void;
}

export function Turn(props: TurnProps) {
  const { traceId, index, turn, calls, outline, isSelected, onSelect, onShowStep, onChooseThread } = props;
  const context: MessageContext = {
    traceId,
    spanId: turn.span_id,
    calls,
    outline,
    onShowStep,
    onChooseThread,
  };
  const isSilent = turn.added.length + turn.system.length + turn.answer.length === 0;
  return (
    <div className={styles.turn} data-selected={isSelected ? '' : undefined}>
      <TurnHead turn={turn} index={index} onSelect={onSelect} />
      <HistoryLine traceId={traceId} turn={turn} isFirst={index === 0} onShowStep={onShowStep} />
      {turn.system.map((shown) => (
        <MessageView key={`s ${shown.place}`} shown={shown} context={context} />
      ))}
      {turn.left_out > 0 && (
        <p className={styles.note}>
          {plural(turn.left_out, 'earlier message')} of this request not shown here;{' '}
          <button
            type="button"
            className={styles.link}
            onClick={() => {
              onShowStep(turn.span_id);
            }}
          >
            the step has all
          </button>
        </p>
      )}
      {turn.added.map((shown) => (
        <MessageView key={shown.place} shown={shown} context={context} />
      ))}
      {turn.answer.map((shown) => (
        <MessageView key={`a ${shown.place}`} shown={shown} context={context} />
      ))}
      {turn.error !== null && (
        <div className={styles.error}>
          <StatusIcon status="failed" />
          <LongText text={turn.error} most={600} />
        </div>
      )}
      {isSilent && turn.history.relation !== 'again' && (
        <p className={styles.note}>The source recorded no messages of this call.</p>
      )}
      {turn.answer.length === 0 && !isSilent && turn.error === null && (
        <p className={styles.note}>{turn.status === 'open' ? 'No answer yet.' : 'No answer was recorded.'}</p>
      )}
    </div>
  );
}

const STATUS = { ok: 'success', error: 'failed', open: 'running', unset: 'unset' } as const;

interface TurnHeadProps {
  turn: ConversationTurn;
  index: number;
  onSelect: () => void;
}

function TurnHead({ turn, index, onSelect }: TurnHeadProps) {
  const title = turn.model ?? turn.name;
  const parameters = turn.parameters.map(parameterWords).join(', ');
  return (
    <header className={styles.head}>
      <h2 className={styles.title}>
        <button type="button" className={styles.pick} title={visibleText(turn.name)} onClick={onSelect}>
          <span className="visually-hidden">Turn</span>
          <span className={styles.number}>{index + 1}</span>
          <span className={styles.model}>{visibleText(title)}</span>
        </button>
      </h2>
      {turn.status !== 'ok' && turn.status !== 'unset' && (
        <StatusIcon status={STATUS[turn.status]} withLabel />
      )}
      <dl className={styles.facts}>
        {turn.duration_ns !== null && <Fact name="Duration">{formatDurationNs(turn.duration_ns)}</Fact>}
        {turn.first_token_ns !== null && (
          <Fact name="Time to first token" label="first token">
            {formatDurationNs(turn.first_token_ns)}
          </Fact>
        )}
        {tokenWords(turn) !== null && (
          <Fact name="Tokens" provenance={turn.tokens_provenance}>
            {tokenWords(turn)}
          </Fact>
        )}
        {turn.cost_usd !== null && (
          <Fact name="Cost" provenance={turn.cost_provenance}>
            {formatCostUsd(turn.cost_usd)}
          </Fact>
        )}
        {turn.finish_reason !== null && (
          <Fact name="Finish reason" label="stopped">
            {visibleText(turn.finish_reason)}
          </Fact>
        )}
        {turn.tools > 0 && (
          <Fact name="Tools offered">
            {plural(turn.tools, 'tool')}
            {turn.tools_changed && index > 0 && ' (changed)'}
          </Fact>
        )}
        {parameters !== '' && (
          <Fact name="Parameters">
            <span className={styles.parameters} title={visibleText(parameters)}>
              {visibleText(parameters)}
            </span>
          </Fact>
        )}
      </dl>
    </header>
  );
}

interface FactProps {
  name: string;
  /** The word before the value, where it does not speak for itself. */
  label?: string;
  provenance?: Provenance;
  children: ReactNode;
}

function Fact({ name, label, provenance = 'measured', children }: FactProps) {
  const { mark, meaning } = PROVENANCE_WORDS[provenance];
  return (
    <div className={styles.fact} title={name}>
      <dt className={label === undefined ? 'visually-hidden' : undefined}>{label ?? name}</dt>
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

/** `12,345 in (12,000 cached) → 210 out`; `null` where nothing is known. */
function tokenWords({ input_tokens, output_tokens, cache_read_tokens, total_tokens }: ConversationTurn) {
  if (input_tokens === null && output_tokens === null)
    return total_tokens === null ? null : plural(total_tokens, 'token');
  const cached = cache_read_tokens ? ` (${formatCount(cache_read_tokens)} cached)` : '';
  return `${formatCount(input_tokens)} in${cached} → ${formatCount(output_tokens)} out`;
}
