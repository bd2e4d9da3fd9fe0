import { describe, expect, it } from 'vitest';
import type { Content, JsonValue } from '../backend/bindings';
import { finishReasonOf, firstTokenOf } from './modelFacts';

const content = (reason: string | null, parameters: Content['parameters'] = []): Content => ({
  input: null,
  output: null,
  input_messages: [],
  output_messages: [{ role: 'assistant', name: null, parts: [], finish_reason: reason }],
  tools: [],
  parameters,
  errors: [],
});
const told = (attributes: JsonValue, of = content(null)) => ({ content: of, attributes, events: [] });

describe('what a model call says of itself', () => {
  it('is why it stopped, in the words of the message before those of attributes', () => {
    expect(finishReasonOf(told({ 'gen_ai.response.finish_reasons': ['stop', 'length', 'stop'] }))).toBe(
      'stop, length',
    );
    expect(finishReasonOf(told({ stopReason: 'toolUse' }))).toBe('toolUse');
    expect(finishReasonOf(told({ stopReason: 'toolUse' }, content('tool_use')))).toBe('tool_use');
    expect(finishReasonOf(told({ other: 'stop' }))).toBeNull();
  });

  it('is how long the first token took, in the unit of its source', () => {
    expect(firstTokenOf(told({ 'ai.response.msToFirstChunk': 1398 }))).toEqual({
      ns: 1_398_000_000,
      provenance: 'reported',
    });
    expect(firstTokenOf(told({ timeToFirstToken: 1.5 }))).toEqual({
      ns: 1_500_000_000,
      provenance: 'reported',
    });
    const events = [{ name: 'first_token', offset_ns: 7, attributes: {} }];
    expect(firstTokenOf({ ...told({}), events })).toEqual({ ns: 7, provenance: 'derived' });
    expect(firstTokenOf(told({ timeToFirstToken: 'soon' }))).toBeNull();
  });
});
