// Made-up runs whose every number is known, for what real files do not show.

interface Run {
  id: string;
  prompt: string;
  latency_ms?: number;
  status?: 'success' | 'warning' | 'failed';
  steps?: object[];
}

interface Step {
  id: string;
  tool: string;
  at_s: number;
  error?: string;
  input?: unknown;
  output?: unknown;
}

/** A step of TraceLLM's form, 100 ms long. */
export function step({ id, tool, at_s, error, input, output }: Step): object {
  return {
    step_id: id,
    tool_name: tool,
    input: input ?? { query: `input of ${id}` },
    output: error === undefined ? (output ?? { result: `output of ${id}` }) : { error },
    ...(error === undefined ? {} : { error }),
    duration: 100,
    success: error === undefined,
    timestamp: new Date(Date.UTC(2026, 2, 1, 10, 0, at_s)).toISOString(),
  };
}

/** A trace of TraceLLM's form. */
export function run({ id, prompt, latency_ms = 500, status = 'success', steps = [] }: Run): object {
  return {
    trace_id: id,
    prompt,
    response: `answer to ${prompt}`,
    latency: latency_ms,
    token_count: 1234,
    model_name: 'gpt-4.1',
    project_id: 'shop',
    environment: 'staging',
    status,
    retry_count: 0,
    steps,
    created_at: '2026-03-01T10:00:00+00:00',
  };
}

/** A plan, a search that fails once and then succeeds, an answer. */
export const retried = (id: string, prompt: string): object =>
  run({
    id,
    prompt,
    latency_ms: 4000,
    status: 'warning',
    steps: [
      step({ id: `${id}-plan`, tool: 'plan', at_s: 0 }),
      step({
        id: `${id}-first`,
        tool: 'search',
        at_s: 1,
        error: 'the search timed out',
        input: { query: 'shoes' },
      }),
      step({
        id: `${id}-second`,
        tool: 'search',
        at_s: 2,
        input: { query: 'shoes' },
        output: { hits: ['red shoes'] },
      }),
      step({ id: `${id}-answer`, tool: 'answer', at_s: 3 }),
    ],
  });
