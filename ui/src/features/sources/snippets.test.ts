import { describe, expect, it } from 'vitest';
import type { FeedAddresses } from '../../backend/bindings';
import { otlpLines, shellQuoted, snippets } from './snippets';

const ADDRESSES: FeedAddresses = {
  socket: '/run/user/1000/it\'s "here"/feed.sock',
  otlp_http: 'http://localhost:4318',
  otlp_grpc: null,
};
const code = (id: string, addresses = ADDRESSES) =>
  snippets(addresses).find((each) => each.id === id)?.code ?? '';

describe('lines to copy', () => {
  it('name the address of this app, whatever is in it', () => {
    expect(code('python')).toContain(`feed.connect("/run/user/1000/it's \\"here\\"/feed.sock")`);
    expect(code('typescript')).toContain(`connect("/run/user/1000/it's \\"here\\"/feed.sock")`);
    expect(code('shell')).toContain(`nc -NU '/run/user/1000/it'\\''s "here"/feed.sock'`);
    expect(shellQuoted('/run/feed.sock')).toBe('/run/feed.sock');
  });

  it('say the endpoint that is on', () => {
    expect(code('otlp')).toBe('export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318');
    const grpc = { ...ADDRESSES, otlp_http: null, otlp_grpc: 'http://localhost:5000' };
    expect(otlpLines(grpc)).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=grpc');
    expect(code('otlp', { ...grpc, otlp_grpc: null })).toContain('OTLP is off');
  });

  it('are ten lines of Python, with nothing to install', () => {
    const lines = code('python')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('import json, socket, time, uuid');
  });
});
