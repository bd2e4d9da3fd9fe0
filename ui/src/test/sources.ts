import type { SourceStatus } from '../backend/bindings';

/** A source for tests: what is given, else one that listens and has heard nothing. */
export function sourceStatus(
  given: Partial<Omit<SourceStatus, 'config'>> & { config?: Partial<SourceStatus['config']> },
): SourceStatus {
  const { config, ...rest } = given;
  return {
    config: { id: 'feed-socket', enabled: true, kind: { type: 'feed_socket', path: null }, ...config },
    is_built_in: true,
    state: 'listening',
    address: '/run/feed.sock',
    message: null,
    retry_in_ms: null,
    connections: 0,
    spans_per_s: 0,
    bytes_per_s: 0,
    traces: 0,
    spans: 0,
    bytes: 0,
    dropped: 0,
    problems: 0,
    skipped: null,
    heard_unix_ms: null,
    ...rest,
  };
}
