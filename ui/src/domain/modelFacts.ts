// What a model call says of itself beside its conversation: why it stopped, and how long the first token took.
import type { JsonValue, Provenance, StepDetail } from '../backend/bindings';
import { isBranch } from './json';

const FINISH_NAMES = [
  'response.finish_reasons', 'response.finishReason', 'finish_reason', 'finishReason', 'stopReason', 'stop_reason',
]; // prettier-ignore

type Told = Pick<StepDetail, 'content' | 'attributes' | 'events'>;

/** Why the model stopped, as the source says it; several answers may have several reasons. */
export function finishReasonOf({ content, attributes }: Told): string | null {
  const said = content.output_messages.map((message) => message.finish_reason);
  const given = FINISH_NAMES.flatMap((name) => [
    content.parameters.find((parameter) => parameter.name === name)?.value ?? null,
    field(attributes, name),
    field(attributes, `gen_ai.${name}`),
  ]);
  const reasons = [...said, ...given.flat()].filter((each) => typeof each === 'string' && each !== '');
  // The message's own reason goes before what attributes repeat in other words.
  const own = said.filter((each) => each !== null);
  return [...new Set(own.length > 0 ? own : reasons)].join(', ') || null;
}

/** Names of the attribute, and how many nanoseconds one of its units has. */
const FIRST_TOKEN: [name: string, unit_ns: number][] = [
  ['gen_ai.server.time_to_first_token', 1e9],
  ['gen_ai.response.time_to_first_chunk', 1e9],
  ['gen_ai.response.time_to_first_token', 1e9],
  ['ai.response.msToFirstChunk', 1e6],
  ['timeToFirstToken', 1e9],
  ['time_to_first_token', 1e9],
  ['ttft_ms', 1e6],
];
const FIRST_TOKEN_EVENTS = ['first_token', 'gen_ai.first_token', 'new_token', 'ai.stream.firstChunk'];

/** From the step's start to the first token of the answer. */
export function firstTokenOf({ attributes, events }: Told): { ns: number; provenance: Provenance } | null {
  for (const [name, unit_ns] of FIRST_TOKEN) {
    const value = field(attributes, name);
    if (typeof value === 'number' && value >= 0) return { ns: value * unit_ns, provenance: 'reported' };
  }
  const event = events.find(({ name }) => FIRST_TOKEN_EVENTS.includes(name));
  return event && event.offset_ns !== null ? { ns: event.offset_ns, provenance: 'derived' } : null;
}

function field(value: JsonValue, name: string): JsonValue {
  return isBranch(value) && !Array.isArray(value) ? (value[name] ?? null) : null;
}
