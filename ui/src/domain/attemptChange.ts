// What changed from one try of an operation to the next: input and answer, as text that can be lined up.
import type { Content } from '../backend/bindings';
import { messageText } from './runTexts';
import { textOf } from './json';
import { changeOf, type FileChange } from './lineDiff';

/** The change of one part of a step. */
export interface AttemptChange {
  part: 'input' | 'answer';
  /** `null` where both say the same. */
  change: FileChange | null;
}

/** What changed between two tries; parts that neither has are left out. */
export function attemptChanges(before: Content, after: Content): AttemptChange[] {
  const parts = [
    ['input', inputText(before), inputText(after)],
    ['answer', answerText(before), answerText(after)],
  ] as const;
  return parts.flatMap(([part, old, now]) =>
    old === '' && now === '' ? [] : [{ part, change: old === now ? null : changeOf(old, now, null, false) }],
  );
}

function inputText(content: Content): string {
  const said = content.input_messages.map((message) => `${message.role}: ${messageText(message)}`);
  const parameters = content.parameters.map(({ name, value }) => `${name}: ${textOf(value)}`);
  const input = content.input === null ? [] : [textOf(content.input)];
  return [...said, ...input, ...parameters].join('\n');
}

function answerText(content: Content): string {
  const errors = content.errors.map(({ kind, message }) => [kind, message].filter(Boolean).join(': '));
  const said = content.output_messages.map(messageText);
  const output = content.output === null ? [] : [textOf(content.output)];
  return [...errors, ...said, ...output].filter((text) => text !== '').join('\n');
}
