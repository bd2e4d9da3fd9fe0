import { describe, expect, it } from 'vitest';
import type { SourceKind } from '../../backend/bindings';
import { fieldText, kindFrom, retryWords } from './sourceWords';

describe('a source as typed', () => {
  it.each<SourceKind>([
    { type: 'otlp_http', port: 5318 },
    { type: 'feed_tcp', port: 4319, token: 'secret-of-sixteen' },
    { type: 'feed_socket', path: null },
    { type: 'trace_llm', url: 'http://127.0.0.1:8000' },
    { type: 'folder', path: '/home/me/.codex/sessions' },
  ])('comes back as it was: %o', (kind) => {
    const token = kind.type === 'feed_tcp' ? kind.token : '';
    expect(kindFrom(kind.type, fieldText(kind), token)).toEqual(kind);
  });

  it('is refused with what is wrong', () => {
    for (const port of ['0', '65536', '4318x', '-1', '4.5']) {
      expect(kindFrom('otlp_http', port)).toEqual({ error: 'A port is a number from 1 to 65535.' });
    }
    expect(kindFrom('file', '  ')).toEqual({ error: 'File is missing.' });
  });
});

it('a retry counts down from when it was told of', () => {
  expect(retryWords(4000, 10_000, 10_000)).toBe('trying again in 4 s');
  expect(retryWords(4000, 10_000, 13_100)).toBe('trying again in 1 s');
  expect(retryWords(4000, 10_000, 15_000)).toBe('trying again…');
});
