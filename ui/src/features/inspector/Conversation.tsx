// What was said to a model and what it answered. A long history is folded, so that the end of it is in sight.
import { useState } from 'react';
import type { Content, Message, MessagePart, ToolDefinition } from '../../backend/bindings';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { JsonView } from '../../components/JsonView';
import { LongText } from '../../components/LongText';
import { isBranch, lengthWords, textOf } from '../../domain/json';
import { plural } from '../../domain/format';
import { Block } from './Block';
import { Value, Parameters } from './Data';
import styles from './Conversation.module.css';

/** So many of the latest messages of the input are shown at first, and the first if it is the system's. */
const LATEST = 4;

export function Conversation({ content }: { content: Content }) {
  const { input_messages, output_messages, tools, parameters, input, output } = content;
  const [whole, setWhole] = useState(false);
  const hidden = whole ? 0 : Math.max(0, input_messages.length - LATEST - 1);
  const head = hidden > 0 ? input_messages.slice(0, 1) : [];
  const tail = input_messages.slice(hidden > 0 ? hidden + 1 : 0);
  return (
    <>
      <div className={styles.messages}>
        {head.map((message, index) => (
          <MessageView key={`head ${index}`} message={message} />
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
          <MessageView key={`in ${index}`} message={message} />
        ))}
        {output_messages.length > 0 && <div className={styles.answer}>Answer</div>}
        {output_messages.map((message, index) => (
          <MessageView key={`out ${index}`} message={message} />
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

const ROLE_CLASSES: Record<string, string | undefined> = {
  system: styles.system,
  developer: styles.system,
  user: styles.user,
  assistant: styles.assistant,
  tool: styles.tool,
};

function MessageView({ message }: { message: Message }) {
  const isSystem = message.role === 'system' || message.role === 'developer';
  return (
    <article className={`${styles.message} ${ROLE_CLASSES[message.role] ?? ''}`}>
      <header className={styles.head}>
        <span className={styles.role}>{message.role || 'unknown role'}</span>
        {message.name !== null && <span className={styles.note}>{message.name}</span>}
        {message.finish_reason !== null && (
          <span className={styles.note}>stopped: {message.finish_reason}</span>
        )}
        <CopyButton text={() => message.parts.map(partText).join('\n\n')} label="Copy the message" />
      </header>
      {message.parts.length === 0 && <p className={styles.none}>Empty message</p>}
      {message.parts.map((part, index) => (
        <Part key={index} part={part} most={isSystem ? 240 : 2000} />
      ))}
    </article>
  );
}

function partText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text;
    case 'tool_call':
      return `${part.name}(${textOf(part.arguments)})`;
    case 'tool_result':
      return textOf(part.result);
    case 'media':
      return part.reference;
    case 'other':
      return textOf(part.value);
  }
}

function Part({ part, most }: { part: MessagePart; most: number }) {
  switch (part.type) {
    case 'text':
      return <LongText text={part.text} most={most} />;
    case 'reasoning':
      return <Reasoning text={part.text} />;
    case 'tool_call':
      return (
        <div className={styles.call}>
          <div className={styles.callHead}>
            <Icon name="command" size={14} />
            <b>{part.name}</b>
            {part.id !== null && <span className={styles.note}>{part.id}</span>}
          </div>
          {isBranch(part.arguments) ? (
            <JsonView value={part.arguments} bare />
          ) : (
            part.arguments !== null && <LongText mono text={textOf(part.arguments)} />
          )}
        </div>
      );
    case 'tool_result':
      return (
        <div className={`${styles.call} ${part.is_error ? styles.failed : ''}`}>
          <div className={styles.callHead}>
            <Icon name={part.is_error ? 'warning' : 'check'} size={14} />
            <b>{part.is_error ? 'Failed' : 'Result'}</b>
            {part.id !== null && <span className={styles.note}>{part.id}</span>}
          </div>
          {typeof part.result === 'string' ? (
            <LongText text={part.result} />
          ) : (
            <JsonView value={part.result} bare />
          )}
        </div>
      );
    case 'media':
      return <Media part={part} />;
    case 'other':
      return <JsonView value={part.value} />;
  }
}

function Reasoning({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.reasoning}>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <span className={`${styles.chevron} ${open ? styles.open : ''}`}>
          <Icon name="next" size={10} />
        </span>
        Reasoning
        <span className={styles.note}>{lengthWords(text)}</span>
      </button>
      {open && <LongText text={text} />}
    </div>
  );
}

/** Raster images that came with the trace are shown. Nothing is ever fetched. */
const SHOWN_IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i;
const LARGEST_IMAGE = 12_000_000;

function Media({ part }: { part: Extract<MessagePart, { type: 'media' }> }) {
  const { modality, mime_type, reference } = part;
  const what = [modality, mime_type].filter(Boolean).join(', ');
  if (reference.length < LARGEST_IMAGE && SHOWN_IMAGE.test(reference)) {
    return <img className={styles.image} src={reference} alt={`An ${what} from the trace`} />;
  }
  const isData = reference.startsWith('data:');
  return (
    <div className={styles.media}>
      <b>{what}</b>
      <span className={styles.note}>
        {isData ? `${lengthWords(reference)} of data` : 'Not in the trace; it is not loaded from elsewhere.'}
      </span>
      {!isData && <LongText mono text={reference} most={200} />}
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
      note={tools.length}
      startsOpen={false}
    >
      {tools.map((tool, index) => (
        <div key={`${tool.name} ${index}`} className={styles.offered}>
          <b>{tool.name}</b>
          {tool.description !== null && <LongText text={tool.description} most={300} />}
          {tool.parameters !== null && <JsonView value={tool.parameters} levels={0} />}
        </div>
      ))}
    </Block>
  );
}
