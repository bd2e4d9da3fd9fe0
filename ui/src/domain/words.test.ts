import { expect, it } from 'vitest';
import { nextTryWords, sentenceOf } from './words';

it('counts whole seconds down to the next try, and nothing below none', () => {
  expect([3_000, 2_001, 1_000, 1, 0, -5_000].map(nextTryWords)).toEqual([
    'next try in 3 s',
    'next try in 3 s',
    'next try in 1 s',
    'next try in 1 s',
    'next try is due',
    'next try is due',
  ]);
  expect(nextTryWords(192_000)).toBe('next try in 3 min 12 s');
});

it('makes a sentence of what the engine says, and leaves the name of a file as it is', () => {
  expect(sentenceOf('the disk is full')).toBe('The disk is full.');
  expect(sentenceOf('ro.db was not opened; nothing was changed')).toBe(
    'ro.db was not opened; nothing was changed.',
  );
  expect(sentenceOf('stopped. It was too long')).toBe('Stopped. It was too long.');
});
