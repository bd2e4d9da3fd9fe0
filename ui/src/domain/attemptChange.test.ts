import { describe, expect, it } from 'vitest';
import type { Content } from '../backend/bindings';
import { attemptChanges } from './attemptChange';

const content = (part: Partial<Content>): Content => ({
  input: null,
  output: null,
  input_messages: [],
  output_messages: [],
  tools: [],
  parameters: [],
  errors: [],
  ...part,
});

describe('what changed between two tries', () => {
  it('says where nothing did', () => {
    const same = content({ input: { q: 'bees' } });
    expect(attemptChanges(same, same)).toEqual([{ part: 'input', change: null }]);
    expect(attemptChanges(content({}), content({}))).toEqual([]);
  });

  it('lines up arguments, and an error with the answer after it', () => {
    const before = content({
      input: { q: 'bees', limit: 5 },
      errors: [{ kind: 'Timeout', message: 'too slow', stack: null }],
    });
    const after = content({ input: { q: 'bees', limit: 2 }, output: 'two bees' });
    const [input, answer] = attemptChanges(before, after);
    const signs = (lines: readonly { kind: string }[] | undefined) => lines?.map(({ kind }) => kind);
    expect(signs(input?.change?.lines)).toEqual(['same', 'same', 'removed', 'added', 'same']);
    expect(
      answer?.change?.lines.map(({ kind, parts }) => [kind, parts.map(({ text }) => text).join('')]),
    ).toEqual([
      ['removed', 'Timeout: too slow'],
      ['added', 'two bees'],
    ]);
  });
});
