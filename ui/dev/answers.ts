// What a small invented engine answers: just enough filter and order to work with.
import { BackendError } from '../src/backend';
import type { ImportStatus, Settings, Theme, TraceListRequest, TraceSummary } from '../src/backend/bindings';
import type { Answers } from '../src/backend/fake';
import { FIRST_SETTINGS } from '../src/queries/about';
import { importStatus } from '../src/test/imports';
import { editedFilter, insightsOf, monitorOf, readFilter } from './insights';

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
      store_bytes: 48_200_000,
      notes: [],
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
    insights: async ({ filter, buckets }) => {
      await pause();
      if (options.fails)
        throw new BackendError({ code: 'io', message: 'The database cannot be read: disk I/O error.' });
      return insightsOf(matching(traces, filter), filter, buckets);
    },
    monitor: (request) => monitorOf(traces, request),
    filter_read: ({ filter }) => readFilter(filter),
    filter_edit: ({ filter, field, edit }) => ({ filter: editedFilter(filter, field, edit) }),
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
    search: null,
    items: found.slice(request.offset, request.offset + request.limit),
  };
}

function matching(traces: TraceSummary[], filter: string): TraceSummary[] {
  return filter
    .split(/\s+/)
    .filter(Boolean)
    .reduce(narrowed, [...traces]);
}

const UNIT_MS: Record<string, number> = { min: 60_000, h: 3_600_000, d: 86_400_000 };

function narrowed(traces: TraceSummary[], term: string): TraceSummary[] {
  const [, field, value = ''] = /^(\w+):(.+)$/.exec(term) ?? [];
  if (field === undefined) {
    const text = term.replaceAll('"', '').toLowerCase();
    return traces.filter((trace) => `${trace.name} ${trace.preview}`.toLowerCase().includes(text));
  }
  if (field === 'status') return traces.filter((trace) => value.split(',').includes(trace.status));
  if (field === 'duration') {
    const [, number, unit] = /^>=([\d.]+)(\w+)$/.exec(value) ?? [];
    const least_ns = Number(number ?? 1.5) * (unit === 'ms' ? 1e6 : unit === 'ns' ? 1 : 1e9);
    return traces.filter((trace) => (trace.duration_ns ?? 0) >= least_ns);
  }
  if (field === 'started')
    return traces.filter(({ start_unix_ms }) => start_unix_ms !== null && isIn(value, start_unix_ms));
  if (field === 'has')
    return traces.filter((trace) => (value === 'cost' ? trace.cost_usd : trace.total_tokens) !== null);
  if (field === 'model' || field === 'project' || field === 'environment' || field === 'name')
    return traces.filter((trace) => trace[field] === value);
  if (field === 'retries') return traces.filter((trace) => trace.retries > 0);
  const message = `At character 1: unknown field "${field}"; there are status, duration, retries, errors, steps, tokens, cost, model, project and environment; to look for this text, put it in quotes`;
  throw new BackendError({ code: 'invalid', message });
}

/** Whether a start is what a condition on it asks: `-24h`, or a date with an operator. */
function isIn(value: string, unix_ms: number): boolean {
  const [, ago, unit] = /^-(\d+)(\w+)$/.exec(value) ?? [];
  if (ago !== undefined) return unix_ms >= Date.now() - Number(ago) * (UNIT_MS[unit ?? ''] ?? 0);
  const [, operator, date] = /^(>=|<)(.+)$/.exec(value) ?? [];
  const limit_ms = new Date(date ?? NaN).getTime();
  return operator === '<' ? unix_ms < limit_ms : unix_ms >= limit_ms;
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
        return 0;
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
