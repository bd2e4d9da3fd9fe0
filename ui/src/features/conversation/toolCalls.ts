import type { JsonValue, TurnMessage } from '../../backend/bindings';

/** What a tool was called with. */
export interface ToolCall {
  name: string;
  arguments: JsonValue;
}

/** Calls of tools by their ids, and by the steps of the tools, so that a result is shown as what it answers. */
export type Calls = ReadonlyMap<string, ToolCall>;

/** The calls in messages. Where an id was given twice, the later call holds. */
export function callsOf(messages: readonly TurnMessage[]): Calls {
  const calls = new Map<string, ToolCall>();
  for (const { message, tools } of messages)
    message.parts.forEach((part, index) => {
      if (part.type !== 'tool_call') return;
      if (part.id !== null) calls.set(part.id, part);
      const step = tools[index];
      if (step) calls.set(`step ${step.span_id}`, part);
    });
  return calls;
}

/** The call that a result answers, if it is known. */
export function callAnswered(calls: Calls, id: string | null, stepId: string | null): ToolCall | undefined {
  return (
    (stepId === null ? undefined : calls.get(`step ${stepId}`)) ?? (id === null ? undefined : calls.get(id))
  );
}
