import type { TraceList, TraceListRequest, TraceSummary } from '../backend/bindings';

/** A trace for tests: what is given; all else is not known. */
export function traceSummary(given: Partial<TraceSummary> & { trace_id: number }): TraceSummary {
  return {
    key: `key-${given.trace_id}`,
    format: 'otlp',
    source: '/x/traces.json',
    name: `run ${given.trace_id}`,
    preview: null,
    status: 'success',
    failure_reason: null,
    start_unix_ms: null,
    duration_ns: null,
    time_provenance: 'measured',
    steps: 1,
    errors: 0,
    retries: 0,
    retries_provenance: 'derived',
    retry_waste_ns: null,
    input_tokens: null,
    output_tokens: null,
    total_tokens: null,
    tokens_provenance: 'reported',
    cost_usd: null,
    cost_provenance: 'reported',
    model: null,
    project: null,
    environment: null,
    conversation: null,
    heard_unix_ms: null,
    alert: null,
    starred: false,
    tags: [],
    note: null,
    outliers: [],
    conversation_runs: 0,
    conversation_place: 0,
    ...given,
  };
}

/** A list of all of `items`, for tests, but for what is given. */
export function traceList(items: TraceSummary[], given: Partial<TraceList> = {}): TraceList {
  return {
    revision: 1,
    total: items.length,
    total_unfiltered: items.length,
    search: null,
    items,
    ...given,
  };
}

/** The window of `ids` that a request asks for. */
export function traceWindow(ids: number[], { offset, limit }: TraceListRequest, revision = 1): TraceList {
  const items = ids.slice(offset, offset + limit).map((trace_id) => traceSummary({ trace_id }));
  return traceList(items, { revision, total: ids.length, total_unfiltered: ids.length });
}
