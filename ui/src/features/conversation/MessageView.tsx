// A message of a turn, part by part. Whatever it says is text.
import { useMemo, useState } from 'react';
import type {
  ConversationOutline,
  JsonValue,
  Message,
  MessagePart,
  TurnMessage,
  TurnTool,
} from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { JsonView } from '../../components/JsonView';
import { LongText } from '../../components/LongText';
import { MediaView } from '../../components/MediaView';
import { Prose } from '../../components/Prose';
import { StatusIcon } from '../../components/StatusIcon';
import { ToolAsked, ToolGiven, toolOutcome } from '../../components/ToolParts';
import { threadCalledBy } from '../../domain/conversation';
import { formatBytes, formatDurationNs, plural } from '../../domain/format';
import { isBranch, lengthWords, textOf } from '../../domain/json';
import { partText } from '../../domain/runTexts';
import { toolView } from '../../domain/toolView';
import { visibleText } from '../../domain/visibleText';
import { useReading } from '../../state/reading';
import styles from './Conversation.module.css';
import { callAnswered, type Calls } from './toolCalls';
import { WholeMedia } from './WholeMedia';

/** Where a message stands, and where its links lead. */
export interface MessageContext {
  traceId: number;
  /** The model call that it is a message of. */
  spanId: string;
  calls: Calls;
  outline: ConversationOutline;
  onShowStep: (spanId: string) => void;
  onChooseThread: (thread: number) => void;
}

/** Instructions and reasoning beyond this length are folded. */
const SHORT = 240;
/** How much of a text, and of what a tool gave, is drawn at first. */
const MOST_TEXT = 1600;
const MOST_RESULT = 700;

const ROLE_CLASSES: Record<string, string | undefined> = {
  system: styles.system,
  developer: styles.system,
  user: styles.user,
  assistant: styles.assistant,
  tool: styles.tool,
};

const ORIGIN_WORDS: Partial<Record<TurnMessage['origin'], string>> = {
  edited: 'in the place of another',
  answer_changed: 'the answer before, in other words',
  answer: 'answer',
};

export function MessageView({ shown, context }: { shown: TurnMessage; context: MessageContext }) {
  const { message, origin, whole_bytes, tools } = shown;
  const isSystem = origin === 'system';
  const length = message.parts.reduce((sum, part) => sum + partText(part).length, 0);
  const folds = isSystem && length > SHORT;
  const [isOpen, setOpen] = useState(!folds);
  const isTool = message.parts.length > 0 && message.parts.every(({ type }) => type === 'tool_result');
  const role = isTool ? 'tool' : message.role;
  return (
    <section
      className={`${styles.message} ${ROLE_CLASSES[role] ?? ''}`}
      data-origin={origin}
      aria-label={`${visibleText(role) || 'unknown role'}${origin === 'answer' ? ', answer' : ''}`}
    >
      <div className={styles.messageHead}>
        {folds ? (
          <FoldButton
            isOpen={isOpen}
            title={visibleText(role)}
            size={`${lengthWordsOf(length)}`}
            gist={message.parts.map(partText).join(' ')}
            onToggle={() => {
              setOpen(!isOpen);
            }}
          />
        ) : (
          <span className={styles.role}>{visibleText(role) || 'unknown role'}</span>
        )}
        {message.name !== null && !isTool && <span className={styles.note}>{visibleText(message.name)}</span>}
        {ORIGIN_WORDS[origin] !== undefined && <span className={styles.note}>{ORIGIN_WORDS[origin]}</span>}
        <CopyButton text={() => message.parts.map(partText).join('\n\n')} label="Copy the message" />
      </div>
      {message.parts.length === 0 && <p className={styles.none}>Empty message</p>}
      {isOpen &&
        message.parts.map((part, index) => (
          <div key={index} className={styles.part}>
            <PartView part={part} index={index} shown={shown} tool={tools[index] ?? null} context={context} />
            <Cut part={part} bytes={whole_bytes[index] ?? 0} context={context} />
          </div>
        ))}
    </section>
  );
}

/** A message of the history: without steps, for it was shown with them where it was new. */
export function PlainMessage({ message }: { message: Message }) {
  return (
    <section
      className={`${styles.message} ${ROLE_CLASSES[message.role] ?? ''}`}
      aria-label={visibleText(message.role) || 'unknown role'}
    >
      <div className={styles.messageHead}>
        <span className={styles.role}>{visibleText(message.role) || 'unknown role'}</span>
      </div>
      {message.parts.map((part, index) => (
        <div key={index} className={styles.part}>
          {part.type === 'reasoning' ? (
            <Reasoning text={part.text} />
          ) : part.type === 'media' ? (
            <MediaView reference={part.reference} modality={part.modality} mime_type={part.mime_type} />
          ) : (
            <LongText text={partText(part)} most={400} mono={part.type !== 'text'} />
          )}
        </div>
      ))}
    </section>
  );
}

const lengthWordsOf = (length: number) => plural(length, 'character');

interface PartViewProps {
  part: MessagePart;
  index: number;
  shown: TurnMessage;
  tool: TurnTool | null;
  context: MessageContext;
}

function PartView({ part, index, shown, tool, context }: PartViewProps) {
  const isPlain = useReading((reading) => reading.isPlain);
  switch (part.type) {
    case 'text':
      return <Prose text={part.text} most={MOST_TEXT} asWritten={isPlain} label="the message" />;
    case 'reasoning':
      return <Reasoning text={part.text} />;
    case 'tool_call':
      return <Call part={part} tool={tool} context={context} isPlain={isPlain} />;
    case 'tool_result':
      return <Result part={part} tool={tool} context={context} isPlain={isPlain} />;
    case 'media':
      // What is too large for a page of turns is read from the step when it is asked for.
      return part.reference === '' && (shown.whole_bytes[index] ?? 0) > 0 ? (
        <WholeMedia
          traceId={context.traceId}
          spanId={context.spanId}
          isAnswer={shown.origin === 'answer'}
          place={shown.place}
          index={index}
          part={part}
          bytes={shown.whole_bytes[index] ?? 0}
        />
      ) : (
        <MediaView reference={part.reference} modality={part.modality} mime_type={part.mime_type} />
      );
    case 'other':
      return <JsonView value={part.value} levels={1} />;
  }
}

type Of<T extends MessagePart['type']> = Extract<MessagePart, { type: T }>;

interface CallProps {
  part: Of<'tool_call'>;
  tool: TurnTool | null;
  context: MessageContext;
  isPlain: boolean;
}

function Call({ part, tool, context, isPlain }: CallProps) {
  const view = useMemo(() => toolView({ name: part.name, input: part.arguments, output: null }), [part]);
  return (
    <div className={styles.call}>
      <div className={styles.callHead}>
        <Icon name="command" size={14} />
        <b>{visibleText(part.name) || 'unnamed tool'}</b>
        <ToolStep tool={tool} context={context} />
      </div>
      {view && !isPlain ? <ToolAsked view={view} /> : <Data value={part.arguments} />}
    </div>
  );
}

interface ResultProps {
  part: Of<'tool_result'>;
  tool: TurnTool | null;
  context: MessageContext;
  isPlain: boolean;
}

function Result({ part, tool, context, isPlain }: ResultProps) {
  const call = callAnswered(context.calls, part.id, tool?.span_id ?? null);
  const view = useMemo(
    () => toolView({ name: call?.name ?? '', input: call?.arguments ?? null, output: part.result }),
    [call, part],
  );
  const isFailed = part.is_error || tool?.status === 'error';
  const name = call?.name ?? tool?.name;
  // The step's error, where the model was told something else.
  const error = tool?.error ?? null;
  const untold = isFailed && error !== null && !textOf(part.result).includes(error) ? error : null;
  return (
    <div className={`${styles.call} ${isFailed ? styles.failed : ''}`}>
      <div className={styles.callHead}>
        <Icon name={isFailed ? 'warning' : 'check'} size={14} />
        <b>
          {isFailed ? 'Failed' : 'Result'}
          {name !== undefined && ` of ${visibleText(name)}`}
        </b>
        {view && !isPlain && toolOutcome(view) !== undefined && (
          <span className={styles.note}>{toolOutcome(view)}</span>
        )}
        <ToolStep tool={tool} context={context} />
      </div>
      {untold !== null && <LongText text={untold} most={MOST_RESULT} />}
      {view && !isPlain ? <ToolGiven view={view} /> : <Data value={part.result} />}
    </div>
  );
}

const TOOL_STATUS = { ok: 'success', error: 'failed', open: 'running', unset: 'unset' } as const;

/** How the tool fared, as a link to its step, and the way to the agent that it started. */
function ToolStep({ tool, context }: { tool: TurnTool | null; context: MessageContext }) {
  if (tool === null) return null;
  const thread = threadCalledBy(context.outline, tool.span_id);
  const called = context.outline.threads[thread];
  return (
    <>
      <button
        type="button"
        className={styles.step}
        title={visibleText(tool.error ?? `Select the step ${tool.name}`)}
        onClick={() => {
          context.onShowStep(tool.span_id);
        }}
      >
        <StatusIcon status={TOOL_STATUS[tool.status]} />
        {tool.duration_ns === null ? 'no end' : formatDurationNs(tool.duration_ns)}
      </button>
      {called && (
        <button
          type="button"
          className={styles.step}
          onClick={() => {
            context.onChooseThread(thread);
          }}
        >
          <Icon name="conversation" size={13} />
          {plural(called.span_ids.length, 'turn')} of {visibleText(called.name)}
        </button>
      )}
    </>
  );
}

function Data({ value }: { value: JsonValue }) {
  if (value === null) return null;
  return isBranch(value) ? (
    <JsonView value={value} bare levels={1} />
  ) : (
    <LongText mono text={textOf(value)} most={MOST_RESULT} />
  );
}

function Reasoning({ text }: { text: string }) {
  const isPlain = useReading((reading) => reading.isPlain);
  const [isOpen, setOpen] = useState(text.length <= SHORT);
  return (
    <div className={styles.reasoning}>
      <FoldButton
        isOpen={isOpen}
        title="Reasoning"
        size={lengthWords(text)}
        gist={text}
        onToggle={() => {
          setOpen(!isOpen);
        }}
      />
      {isOpen && <Prose text={text} asWritten={isPlain} label="the reasoning" />}
    </div>
  );
}

interface FoldButtonProps {
  isOpen: boolean;
  title: string;
  size: string;
  /** What the folded text begins with. */
  gist: string;
  onToggle: () => void;
}

function FoldButton({ isOpen, title, size, gist, onToggle }: FoldButtonProps) {
  return (
    <button type="button" className={styles.foldHead} aria-expanded={isOpen} onClick={onToggle}>
      <span className={`${styles.chevron} ${isOpen ? styles.open : ''}`}>
        <Icon name="next" size={10} />
      </span>
      <span className={styles.role}>{title}</span>
      <span className={styles.note}>{size}</span>
      {!isOpen && <span className={styles.gist}>{visibleText(gist.slice(0, 300).replace(/\s+/g, ' '))}</span>}
    </button>
  );
}

/** Says that a part ends early here, and where all of it is. */
function Cut({ part, bytes, context }: { part: MessagePart; bytes: number; context: MessageContext }) {
  if (bytes === 0 || part.type === 'media') return null;
  return (
    <p className={styles.note}>
      Cut here: {formatBytes(bytes)} in all.{' '}
      <button
        type="button"
        className={styles.link}
        onClick={() => {
          context.onShowStep(context.spanId);
        }}
      >
        The step has the whole text
      </button>
    </p>
  );
}
