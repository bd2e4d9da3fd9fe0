// What was asked of a run or step, and what it answered, as plain text.
import type { Content, Message, MessagePart } from '../backend/bindings';
import { textOf } from './json';

/** What a message says; calls, results and media are left out. */
export function messageText(message: Message): string {
  return message.parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n\n')
    .trim();
}

/** A part of a message in plain text, whatever it is. */
export function partText(part: MessagePart): string {
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

/** The last thing the user said, else the input as text; `null` if there is neither. */
export function promptOf(content: Content): string | null {
  const said = content.input_messages.findLast(({ role, parts }) => role === 'user' && parts.length > 0);
  const text = said ? messageText(said) : '';
  if (text !== '') return text;
  return content.input === null ? null : textOf(content.input);
}

/** The last thing that was answered, else the output as text; `null` if there is neither. */
export function responseOf(content: Content): string | null {
  const text = content.output_messages.map(messageText).findLast((each) => each !== '');
  if (text !== undefined) return text;
  return content.output === null ? null : textOf(content.output);
}
