import { expect, it } from 'vitest';
import { partsByMask, maskedThing, maskedWords } from './masked';

it('what was masked is told in words', () => {
  expect(maskedWords([])).toBe('');
  expect(maskedWords([{ kind: 'email', count: 1 }])).toBe('1 secret was masked: 1 e-mail address');
  expect(
    maskedWords([
      { kind: 'bearer-token', count: 2 },
      { kind: 'email', count: 1_000 },
      { kind: 'customer no.', count: 3 },
    ]),
  ).toBe('1,005 secrets were masked: 2 bearer tokens, 1,000 e-mail addresses, 3 “customer no.”');
  expect(maskedThing('openai-key')).toBe('openai key');
});

it('masks are told apart from the text around them, and nothing is lost', () => {
  const text = 'a [masked:bearer-token][masked:customer no.] [masked:] [masked:a<b] b';
  const parts = partsByMask(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.map((part) => part.kind)).toEqual([null, 'bearer-token', 'customer no.', null]);
  expect(partsByMask('plain')).toEqual([{ text: 'plain', kind: null }]);
});
