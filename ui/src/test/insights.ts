import type { CallBreakdown, Insights, RunFigures } from '../backend/bindings';

/** Figures for tests: what is given; all else is 0 or not known. */
export function runFigures(given: Partial<RunFigures> = {}): RunFigures {
  return {
    runs: 0,
    succeeded: 0,
    warnings: 0,
    failed: 0,
    lost: 0,
    running: 0,
    success_rate: null,
    mean_ns: null,
    p50_ns: null,
    p95_ns: null,
    p99_ns: null,
    steps: 0,
    errors: 0,
    retries: 0,
    retried_runs: 0,
    waste_ns: null,
    input_tokens: null,
    output_tokens: null,
    tokens: null,
    cost_usd: null,
    ...given,
  };
}

/** The calls of a tool or model for tests. */
export function callBreakdown(given: Partial<CallBreakdown> & { value: string }): CallBreakdown {
  return {
    calls: 1,
    failed: 0,
    runs: 1,
    total_ns: 0,
    p50_ns: null,
    p95_ns: null,
    max_ns: null,
    tokens: null,
    cost_usd: null,
    filter: `tool:${given.value}`,
    ...given,
  };
}

/** Insights for tests: what is given; nothing else. */
export function insightsGiven(given: Partial<Insights> = {}): Insights {
  return {
    revision: 1,
    total: runFigures(),
    over_time: [],
    by_project: [],
    by_environment: [],
    by_task: [],
    models: [],
    tools: [],
    failures: [],
    failures_left_out: 0,
    ...given,
  };
}
