// What invented traces come to, worked out from them.
import type {
  CallBreakdown,
  FailureCluster,
  Insights,
  Monitor,
  MonitorRequest,
  RunBreakdown,
  RunFigures,
  TraceSummary,
} from '../src/backend/bindings';

const known = (values: (number | null)[]): number[] => values.filter((each) => each !== null);
const sum = (values: (number | null)[]): number => known(values).reduce((total, each) => total + each, 0);
const sumOrNull = (values: (number | null)[]): number | null =>
  known(values).length > 0 ? sum(values) : null;

function percentile(values: number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function figuresOf(traces: TraceSummary[]): RunFigures {
  const count = (status: TraceSummary['status']) => traces.filter((trace) => trace.status === status).length;
  const succeeded = count('success') + count('warning');
  const ended = succeeded + count('failed');
  const took = known(
    traces.filter(({ status }) => !['running', 'lost'].includes(status)).map((t) => t.duration_ns),
  );
  return {
    runs: traces.length,
    succeeded,
    warnings: count('warning'),
    failed: count('failed'),
    lost: count('lost'),
    running: count('running'),
    success_rate: ended > 0 ? succeeded / ended : null,
    mean_ns: took.length > 0 ? sum(took) / took.length : null,
    p50_ns: percentile(took, 0.5),
    p95_ns: percentile(took, 0.95),
    p99_ns: percentile(took, 0.99),
    steps: sum(traces.map(({ steps }) => steps)),
    errors: sum(traces.map(({ errors }) => errors)),
    retries: sum(traces.map(({ retries }) => retries)),
    retried_runs: traces.filter(({ retries }) => retries > 0).length,
    waste_ns: sumOrNull(traces.map(({ retry_waste_ns }) => retry_waste_ns)),
    input_tokens: sumOrNull(traces.map(({ input_tokens }) => input_tokens)),
    output_tokens: sumOrNull(traces.map(({ output_tokens }) => output_tokens)),
    tokens: sumOrNull(traces.map(({ total_tokens }) => total_tokens)),
    cost_usd: sumOrNull(traces.map(({ cost_usd }) => cost_usd)),
  };
}

const joined = (filter: string, term: string) => [filter, term].filter(Boolean).join(' ');

function breakdown(
  traces: TraceSummary[],
  field: 'project' | 'environment' | 'name',
  filter: string,
): RunBreakdown[] {
  const values = [...new Set(traces.map((trace) => trace[field]))];
  return values
    .map((value) => ({
      value,
      figures: figuresOf(traces.filter((trace) => trace[field] === value)),
      filter: joined(filter, value === null ? `-${field}:*` : `${field}:${value}`),
    }))
    .sort((a, b) => b.figures.runs - a.figures.runs);
}

function calls(traces: TraceSummary[], filter: string, field: 'model' | 'tool'): CallBreakdown[] {
  const tools = ['search_orders', 'web_search', 'run_sql', 'read_file', 'send_mail', 'fetch_page', 'python', 'get_weather', 'create_ticket', 'embed', 'list_files']; // prettier-ignore
  const names =
    field === 'model'
      ? [...new Set(traces.map(({ model }) => model).filter((model) => model !== null))]
      : tools;
  return names
    .map((value, index) => {
      const own = traces.filter((trace) =>
        field === 'model' ? trace.model === value : (trace.trace_id * 7 + index * 5) % 11 < 11 - index,
      );
      const made = sum(own.map(({ steps }) => Math.ceil(steps / (2 + index))));
      const p50_ns = 40e6 * 1.9 ** index;
      return {
        value,
        calls: made,
        failed: Math.floor((made * ((index * 37) % 11)) / 90),
        runs: own.length,
        total_ns: made * p50_ns * 1.3,
        p50_ns,
        p95_ns: p50_ns * (2.2 + ((index * 13) % 5)),
        max_ns: p50_ns * (9 + ((index * 29) % 17)),
        tokens: field === 'model' ? sumOrNull(own.map(({ total_tokens }) => total_tokens)) : null,
        cost_usd: field === 'model' ? sumOrNull(own.map(({ cost_usd }) => cost_usd)) : null,
        filter: joined(filter, `${field}:${value}`),
      };
    })
    .filter((each) => each.calls > 0)
    .sort((a, b) => b.p95_ns - a.p95_ns);
}

function clusters(traces: TraceSummary[], filter: string): FailureCluster[] {
  const reasons = [
    ...new Set(traces.map(({ failure_reason }) => failure_reason).filter((reason) => reason !== null)),
  ];
  return reasons.map((example) => {
    const own = traces.filter(({ failure_reason }) => failure_reason === example);
    return {
      pattern: example.replace(/"[^"]*"|\d+(?: \d{3})*/g, '…'),
      errors: sum(own.map(({ errors }) => errors)),
      runs: own.length,
      failed_runs: own.length,
      example: `${example}\n    at Client.request (client.py:218)\n    at Agent.step (agent.py:77)`,
      last_unix_ms: Math.max(...known(own.map(({ start_unix_ms }) => start_unix_ms))),
      filter: joined(filter, `"${example.split(/[\d"]/)[0]?.trim() ?? ''}"`),
    };
  });
}

export function insightsOf(traces: TraceSummary[], filter: string, buckets: number): Insights {
  const starts = known(traces.map(({ start_unix_ms }) => start_unix_ms));
  const first_ms = Math.min(...starts);
  const width_ms = (Math.max(...starts) - first_ms) / buckets;
  const edge = (index: number) => new Date(first_ms + index * width_ms).toISOString();
  const bucketOf = ({ start_unix_ms }: TraceSummary) =>
    start_unix_ms === null
      ? -1
      : Math.min(buckets - 1, Math.floor((start_unix_ms - first_ms) / Math.max(width_ms, 1)));
  const count = starts.length === 0 ? 0 : width_ms === 0 ? 1 : buckets;
  return {
    revision: traces.length,
    total: figuresOf(traces),
    over_time: Array.from({ length: count }, (_, index) => ({
      start_unix_ms: first_ms + index * width_ms,
      end_unix_ms: first_ms + (index + 1) * width_ms,
      figures: figuresOf(
        traces.filter((trace) => bucketOf(trace) === index || (count === 1 && trace.start_unix_ms)),
      ),
      filter: joined(filter, `started:>=${edge(index)} started:<${edge(index + 1)}`),
    })),
    by_project: breakdown(traces, 'project', filter),
    by_environment: breakdown(traces, 'environment', filter),
    by_task: breakdown(traces, 'name', filter),
    models: calls(traces, filter, 'model'),
    tools: calls(traces, filter, 'tool'),
    failures: clusters(traces, filter).sort((a, b) => b.errors - a.errors),
    failures_left_out: traces.length > 1000 ? 14 : 0,
  };
}

export function monitorOf(all: TraceSummary[], { window_ms, buckets, latest }: MonitorRequest): Monitor {
  const from_ms =
    window_ms === null ? Math.min(...known(all.map((t) => t.start_unix_ms))) : Date.now() - window_ms;
  const traces = all.filter(({ start_unix_ms }) => start_unix_ms !== null && start_unix_ms >= from_ms);
  const width_ms = (Date.now() - from_ms) / buckets;
  const place = (trace: TraceSummary) =>
    Math.min(buckets - 1, Math.floor(((trace.start_unix_ms ?? 0) - from_ms) / width_ms));
  return {
    ...figuresOf(traces),
    revision: all.length,
    runs_per_minute: traces.length / ((Date.now() - from_ms) / 60_000),
    buckets: Array.from({ length: buckets }, (_, index) => {
      const { runs, failed, lost, p50_ns } = figuresOf(traces.filter((trace) => place(trace) === index));
      return { start_unix_ms: from_ms + index * width_ms, runs, failed: failed + lost, p50_ns };
    }),
    latest: traces.slice(0, latest),
  };
}
