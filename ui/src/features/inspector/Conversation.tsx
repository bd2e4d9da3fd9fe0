// What was said to a model and what it answered. A long history is folded, so that the end of it is in sight.
import { useMemo, useState } from 'react';
import type { Content, JsonValue, Message, MessagePart, ToolDefinition } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { JsonView } from '../../components/JsonView';
import { LongText } from '../../components/LongText';
import { MediaView } from '../../components/MediaView';
import { Prose } from '../../components/Prose';
import { isBranch, lengthWords, textOf } from '../../domain/json';
import { partText } from '../../domain/runTexts';
import { formatCount, plural } from '../../domain/format';
import { toolView } from '../../domain/toolView';
import { visibleText } from '../../domain/visibleText';
import { useReading } from '../../state/reading';
import { Block } from './Block';
import { Value, Parameters } from './Data';
import styles from './Conversation.module.css';
import { ToolAsked, ToolGiven, toolOutcome } from '../../components/ToolParts';

/** So many of the latest messages of the input are shown at first, and the first if it is the system's. */
const LATEST = 4;
/** A system prompt or reasoning beyond this length is folded. */
const SHORT = 240;

type ToolCallPart = Extract<MessagePart, { type: 'tool_call' }>;
/** The calls of a conversation by their ids, so that each result is shown as what it answers. */
type Calls = ReadonlyMap<string, ToolCallPart>;

export function Conversation({ content }: { content: Content }) {
  const { input_messages, output_messages, tools, parameters, input, output } = content;
  const [whole, setWhole] = useState(false);
  const calls = useMemo(
    () => callsOf([...input_messages, ...output_messages]),
    [input_messages, output_messages],
  );
  const hidden = whole ? 0 : Math.max(0, input_messages.length - LATEST - 1);
  const head = hidden > 0 ? input_messages.slice(0, 1) : [];
  const tail = input_messages.slice(hidden > 0 ? hidden + 1 : 0);
  return (
    <>
      <div className={styles.messages}>
        {head.map((message, index) => (
          <MessageView key={`head ${index}`} message={message} calls={calls} />
        ))}
        {hidden > 0 && (
          <button
            type="button"
            className={styles.earlier}
            onClick={() => {
              setWhole(true);
            }}
          >
            Show {plural(hidden, 'earlier message')}
          </button>
        )}
        {tail.map((message, index) => (
          <MessageView key={`in ${index}`} message={message} calls={calls} />
        ))}
        {output_messages.length > 0 && <div className={styles.answer}>Answer</div>}
        {output_messages.map((message, index) => (
          <MessageView key={`out ${index}`} message={message} calls={calls} />
        ))}
        {output_messages.length === 0 && output === null && (
          <p className={styles.none}>No answer was recorded.</p>
        )}
      </div>
      <Value title="Input" value={input} />
      <Value title="Output" value={output} />
      <Tools tools={tools} />
      <Parameters parameters={parameters} />
    </>
  );
}

function callsOf(messages: readonly Message[]): Calls {
  const calls = new Map<string, ToolCallPart>();
  for (const message of messages)
    for (const part of message.parts)
      if (part.type === 'tool_call' && part.id !== null) calls.set(part.id, part);
  return calls;
}

const ROLE_CLASSES: Record<string, string | undefined> = {
  system: styles.system,
  developer: styles.system,
  user: styles.user,
  assistant: styles.assistant,
  tool: styles.tool,
};

function MessageView({ message, calls }: { message: Message; calls: Calls }) {
  const isSystem = message.role === 'system' || message.role === 'developer';
  const length = useMemo(
    () => (isSystem ? message.parts.reduce((sum, part) => sum + partText(part).length, 0) : 0),
    [isSystem, message],
  );
  const folds = length > SHORT;
  const [isOpen, setOpen] = useState(!folds);
  return (
    <article className={`${styles.message} ${ROLE_CLASSES[message.role] ?? ''}`}>
      <header className={styles.head}>
        {folds ? (
          <button
            type="button"
            className={`${styles.role} ${styles.fold}`}
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            <Chevron isOpen={isOpen} />
            {visibleText(message.role)}
            <span className={styles.note}>{formatCount(length)} characters</span>
            {!isOpen && <span className={styles.gist}>{gistOf(message)}</span>}
          </button>
        ) : (
          <span className={styles.role}>{visibleText(message.role) || 'unknown role'}</span>
        )}
        {message.name !== null && <span className={styles.note}>{visibleText(message.name)}</span>}
        {message.finish_reason !== null && (
          <span className={styles.note}>stopped: {visibleText(message.finish_reason)}</span>
        )}
        <CopyButton text={() => message.parts.map(partText).join('\n\n')} label="Copy the message" />
      </header>
      {message.parts.length === 0 && <p className={styles.none}>Empty message</p>}
      {isOpen && message.parts.map((part, index) => <Part key={index} part={part} calls={calls} />)}
    </article>
  );
}

/** The beginning of a message in one line. */
function gistOf(message: Message): string {
  return visibleText(message.parts.map(partText).join(' ').slice(0, 300).replace(/\s+/g, ' '));
}

function Chevron({ isOpen }: { isOpen: boolean }) {
  return (
    <span className={`${styles.chevron} ${isOpen ? styles.open : ''}`}>
      <Icon name="next" size={10} />
    </span>
  );
}

function Part({ part, calls }: { part: MessagePart; calls: Calls }) {
  const isPlain = useReading((reading) => reading.isPlain);
  switch (part.type) {
    case 'text':
      return <Prose text={part.text} asWritten={isPlain} label="the message" />;
    case 'reasoning':
      return <Reasoning text={part.text} asWritten={isPlain} />;
    case 'tool_call':
      return (
        <div className={styles.call}>
          <div className={styles.callHead}>
            <Icon name="command" size={14} />
            <b>{visibleText(part.name)}</b>
            {part.id !== null && <span className={styles.note}>{visibleText(part.id)}</span>}
          </div>
          <Arguments part={part} isPlain={isPlain} />
        </div>
      );
    case 'tool_result':
      return <Result part={part} calls={calls} isPlain={isPlain} />;
    case 'media':
      return <MediaView reference={part.reference} modality={part.modality} mime_type={part.mime_type} />;
    case 'other':
      return <JsonView value={part.value} />;
  }
}

function Arguments({ part, isPlain }: { part: ToolCallPart; isPlain: boolean }) {
  const view = useMemo(() => toolView({ name: part.name, input: part.arguments, output: null }), [part]);
  if (view && !isPlain) return <ToolAsked view={view} />;
  return <Plain value={part.arguments} />;
}

interface ResultProps {
  part: Extract<MessagePart, { type: 'tool_result' }>;
  calls: Calls;
  isPlain: boolean;
}

function Result({ part, calls, isPlain }: ResultProps) {
  const call = part.id === null ? undefined : calls.get(part.id);
  const view = useMemo(
    () => toolView({ name: call?.name ?? '', input: call?.arguments ?? null, output: part.result }),
    [call, part],
  );
  return (
    <div className={`${styles.call} ${part.is_error ? styles.failed : ''}`}>
      <div className={styles.callHead}>
        <Icon name={part.is_error ? 'warning' : 'check'} size={14} />
        <b>{part.is_error ? 'Failed' : 'Result'}</b>
        <span className={styles.note}>{visibleText([call?.name, part.id].filter(Boolean).join(' · '))}</span>
        {view && !isPlain && toolOutcome(view) !== undefined && (
          <span className={styles.note}>{toolOutcome(view)}</span>
        )}
      </div>
      {view && !isPlain ? <ToolGiven view={view} /> : <Plain value={part.result} />}
    </div>
  );
}

function Plain({ value }: { value: JsonValue }) {
  if (value === null) return null;
  return isBranch(value) ? <JsonView value={value} bare /> : <LongText mono text={textOf(value)} />;
}

function Reasoning({ text, asWritten }: { text: string; asWritten: boolean }) {
  const [isOpen, setOpen] = useState(text.length <= SHORT);
  return (
    <div className={styles.reasoning}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <Chevron isOpen={isOpen} />
        Reasoning
        <span className={styles.note}>{lengthWords(text)}</span>
        {!isOpen && (
          <span className={styles.gist}>{visibleText(text.slice(0, 300).replace(/\s+/g, ' '))}</span>
        )}
      </button>
      {isOpen && <Prose text={text} asWritten={asWritten} label="the reasoning" />}
    </div>
  );
}

function Tools({ tools }: { tools: ToolDefinition[] }) {
  if (tools.length === 0) return null;
  return (
    <Block
      title="Tools offered"
      what="the tools"
      copy={() => JSON.stringify(tools, null, 2)}
      note={`${tools.length} · ${visibleText(
        tools
          .map((tool) => tool.name)
          .join(', ')
          .slice(0, 300),
      )}`}
      startsOpen={false}
    >
      {tools.map((tool, index) => (
        <div key={`${tool.name} ${index}`} className={styles.offered}>
          <b>{visibleText(tool.name)}</b>
          {tool.description !== null && <LongText text={tool.description} most={300} />}
          {tool.parameters !== null && <JsonView value={tool.parameters} levels={0} />}
        </div>
      ))}
    </Block>
  );
}
