import { expect, it } from 'vitest';
import { markedParts } from './marks';

const drawn = (...args: Parameters<typeof markedParts>) =>
  markedParts(...args)
    .map(({ text, isMarked }) => (isMarked ? `[${text}]` : text))
    .join('');

it('marks each place once, in whatever order they come', () => {
  const text = 'over the rate limit again';
  expect(drawn(text, [[9, 19], [0, 4]], 99)).toBe('[over] the [rate limit] again'); // prettier-ignore
  expect(drawn(text, [[9, 13], [9, 19], [14, 19]], 99)).toBe('over the [rate][ limit] again'); // prettier-ignore
  expect(drawn(text, [], 5)).toBe(text);
});

it('leaves out what stands far before the first', () => {
  expect(drawn('over the rate limit again', [[9, 19]], 4)).toBe('…the [rate limit] again');
});
