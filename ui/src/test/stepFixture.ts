// One step in full, for tests.
import type { Content, StepDetail } from '../backend/bindings';

type Change = Partial<Omit<StepDetail, 'content'>> & { content?: Partial<Content> };

export function contentOf(change: Partial<Content> = {}): Content {
  return {
    input: null,
    output: null,
    input_messages: [],
    output_messages: [],
    tools: [],
    parameters: [],
    errors: [],
    ...change,
  };
}

export function stepOf(change: Change = {}): StepDetail {
  const { content, ...rest } = change;
  return {
    span_id: 's1',
    parent_id: null,
    name: 'search_web',
    kind: 'tool',
    status: 'ok',
    error: null,
    start_unix_ms: Date.UTC(2026, 10, 23, 12),
    duration_ns: 812e6,
    time_provenance: 'measured',
    model: null,
    input_tokens: null,
    output_tokens: null,
    cache_read_tokens: null,
    reasoning_tokens: null,
    total_tokens: null,
    tokens_provenance: 'reported',
    cost_usd: null,
    cost_provenance: 'reported',
    attempt: null,
    flags: 0,
    events: [],
    links: [],
    attributes: {},
    origin: {},
    raw: { name: 'search_web' },
    raw_bytes: 21,
    long_texts: [],
    ...rest,
    content: contentOf(content),
  };
}
