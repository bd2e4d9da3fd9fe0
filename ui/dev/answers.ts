// What a small invented engine answers: just enough filter and order to work with.
import { BackendError } from '../src/backend';
import type { ImportStatus, Settings, Theme, TraceListRequest, TraceSummary } from '../src/backend/bindings';
import type { Answers } from '../src/backend/fake';
import { FIRST_SETTINGS } from '../src/queries/about';
import { editFilter, readFilter } from '../src/test/filters';
import { importStatus } from '../src/test/imports';
import { completionsOf, matching, needlesOf, overviewOf, snippetsOf, traceHitsOf } from './finding';
import { insightsOf, monitorOf } from './insights';

interface Options {
  theme: Theme;
  imports: boolean;
  pause_ms: number;
  fails: boolean;
}

const FORMATS = [
  'OpenTelemetry (OTLP JSON)', 'TraceLLM', 'Langfuse', 'Phoenix / OpenInference', 'LangSmith', 'MLflow',
  'OpenAI Agents SDK', 'Jaeger', 'Zipkin', 'Chrome trace', 'Inspect .eval', 'SWE-agent .traj',
]; // prettier-ignore

export function inventedAnswers(traces: TraceSummary[], options: Options): Answers {
  let settings: Settings = { ...FIRST_SETTINGS, theme: options.theme };
  let imports = options.imports ? inventedImports() : [];
  const pause = () => new Promise((resolve) => setTimeout(resolve, options.pause_ms));
  const change = (id: number, state: ImportStatus['state']) => {
    imports = imports.map((each) => (each.import_id === id ? { ...each, state } : each));
    return imports.find((each) => each.import_id === id) ?? importStatus({ import_id: id, state });
  };
  const start = (title: string) => {
    const status = importStatus({ import_id: Date.now(), title, bytes_done: 30, state: 'running' });
    imports = [status, ...imports];
    return status;
  };
  return {
    app_info: () => ({
      version: '0.1.0',
      store_path: '/home/me/.local/share/tracellm-explorer/traces.db',
      is_default_store: true,
      store_bytes: 48_200_000,
      notes: [],
      news: [],
      log_folder: null,
    }),
    format_list: () => FORMATS.map((label) => ({ id: label.split(' ')[0]?.toLowerCase() ?? label, label })),
    settings_get: () => settings,
    settings_set: (next) => (settings = next),
    source_list: () => [],
    source_suggestions: () => [],
    feed_addresses: () => ({
      socket: '/run/user/1000/tracellm-explorer/feed.sock',
      otlp_http: 'http://localhost:4318',
      otlp_grpc: 'http://localhost:4317',
    }),
    demo_start: () => ({}),
    alerts_seen: () => ({}),
    import_list: () => imports,
    import_start: ({ paths }) => start(paths.join(', ')),
    import_text: ({ name }) => start(name),
    import_cancel: ({ import_id }) => change(import_id, 'cancelled'),
    import_dismiss: ({ import_id }) => {
      imports = imports.filter((each) => each.import_id !== import_id);
      return {};
    },
    problem_list: ({ offset, limit }) => ({
      total: 1340,
      items: Array.from({ length: Math.min(limit, 1340 - offset) }, (_, at) => ({
        path: '/home/me/export/langfuse-observations.jsonl',
        byte: (offset + at) * 812,
        line: offset + at + 3,
        reason:
          at % 3 === 0
            ? 'expected a time like 2026-11-23T14:05:09Z in "startTime", found "yesterday"; the step is kept without a start'
            : 'the step has no id; it is left out',
      })),
    }),
    trace_list: async (request) => {
      await pause();
      if (options.fails)
        throw new BackendError({ code: 'io', message: 'The database cannot be read: disk I/O error.' });
      return listed(traces, request);
    },
    filter_read: ({ filter }) => readFilter(filter),
    filter_edit: editFilter,
    filter_complete: (request) => completionsOf(traces, request),
    overview: async (request) => {
      await pause();
      return overviewOf(traces, request);
    },
    trace_snippets: async ({ filter, trace_ids }) => {
      await pause();
      return snippetsOf(traces, filter, trace_ids);
    },
    trace_hits: ({ trace_id, filter, span_id }) => {
      const found = traceHitsOf(
        traces.find((each) => each.trace_id === trace_id),
        filter,
      );
      return { ...found, hits: found.hits.filter((hit) => span_id === null || hit.span_id === span_id) };
    },
    trace_find: ({ trace_id, filter }) => {
      const { hits } = traceHitsOf(
        traces.find((each) => each.trace_id === trace_id),
        filter,
      );
      return { span_ids: hits.map(({ span_id }) => span_id), looked: hits.length, total: hits.length };
    },
    link_make: ({ trace_id, span_id, compared_with }) => ({
      link: compared_with
        ? `tracellm://compare/${trace_id}/${compared_with.trace_id}`
        : `tracellm://trace/${trace_id}${span_id ? `/step/${encodeURIComponent(span_id)}` : ''}`,
    }),
    link_resolve: ({ link }) => {
      const [, a, b] = /^tracellm:\/\/compare\/(\d+)\/(\d+)/.exec(link) ?? [];
      if (a !== undefined) {
        const compared_with = { trace_id: Number(b), span_id: null };
        return { trace_id: Number(a), span_id: null, compared_with, remark: null };
      }
      const [, trace = '', step] = /^tracellm:\/\/trace\/(\d+)(?:\/step\/([^/?]+))?/.exec(link) ?? [];
      const span_id = step ? decodeURIComponent(step) : null;
      return { trace_id: Number(trace), span_id, compared_with: null, remark: null };
    },
    index_state: () => ({
      indexed: traces.length,
      traces: traces.length,
      bytes: 8_100_000,
      is_working: false,
    }),
    insights: async ({ filter, buckets }) => {
      await pause();
      if (options.fails)
        throw new BackendError({ code: 'io', message: 'The database cannot be read: disk I/O error.' });
      return insightsOf(matching(traces, filter), filter, buckets);
    },
    monitor: (request) => monitorOf(traces, request),
  };
}

function listed(traces: TraceSummary[], request: TraceListRequest) {
  const found = matching(traces, request.filter);
  const sign = request.descending ? -1 : 1;
  found.sort((a, b) => sign * compared(a, b, request.sort) || b.trace_id - a.trace_id);
  return {
    revision: traces.length,
    total: found.length,
    total_unfiltered: traces.length,
    search:
      needlesOf(request.filter).length === 0
        ? null
        : { searched: traces.length, traces: traces.length, is_complete: true },
    items: found.slice(request.offset, request.offset + request.limit),
  };
}

const RANK = { success: 0, warning: 1, failed: 2, running: 3, lost: 4 };

function compared(a: TraceSummary, b: TraceSummary, sort: TraceListRequest['sort']): number {
  const key = (trace: TraceSummary): number | string => {
    switch (sort) {
      case 'started':
        return trace.start_unix_ms ?? -1;
      case 'duration':
        return trace.duration_ns ?? -1;
      case 'status':
        return RANK[trace.status];
      case 'tokens':
        return trace.total_tokens ?? -1;
      case 'cost':
        return trace.cost_usd ?? -1;
      case 'relevance':
        return trace.errors;
      case 'conversation':
        // Those of none come last in descending order.
        return trace.conversation === null ? '' : `${trace.conversation} ${trace.conversation_place}`;
      default:
        return trace[sort] ?? '';
    }
  };
  const [x, y] = [key(a), key(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function inventedImports(): ImportStatus[] {
  return [
    importStatus({
      import_id: 4,
      title: '12 files',
      state: 'running',
      bytes_done: 31_400_000,
      bytes_total: 80_200_000,
      files_done: 4,
      files_total: 12,
      counts: { traces: 1204, spans: 56_012 },
    }),
    importStatus({
      import_id: 3,
      title: 'langfuse-observations.jsonl',
      state: 'done',
      problems: 1340,
      counts: {
        traces: 42,
        traces_added: 37,
        spans: 1300,
        spans_added: 1204,
        spans_updated: 12,
        spans_unchanged: 84,
      },
      files: [
        {
          path: '/home/me/export/langfuse-observations.jsonl',
          format: 'langfuse',
          counts: { traces: 42, traces_added: 37 },
          problems: 1340,
        },
      ],
    }),
    importStatus({
      import_id: 2,
      title: 'one-run.json',
      state: 'done',
      counts: { traces: 1, traces_added: 1, spans: 14, spans_added: 14 },
      files: [{ path: '/home/me/one-run.json', format: 'otlp', counts: { traces: 1, traces_added: 1 } }],
    }),
    importStatus({
      import_id: 1,
      title: 'holiday.jpg',
      state: 'failed',
      files: [
        {
          path: '/home/me/holiday.jpg',
          state: 'failed',
          message: 'This is a JPEG image. Traces are text: JSON, JSON lines or CSV.',
        },
      ],
    }),
  ];
}
