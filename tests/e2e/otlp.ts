// Made-up runs of agents as OpenTelemetry tells of them, with all that runs are found by.

/** One call of a tool, 100 ms long. */
interface ToolCall {
  tool: string;
  result?: string;
  /** Why it failed. */
  error?: string;
}

interface AgentRun {
  name: string;
  /** When it starts, after the first of March 2026, 10:00. */
  at_min: number;
  took_ms?: number;
  project?: string;
  environment?: string;
  conversation?: string;
  prompt?: string;
  answer?: string;
  calls?: ToolCall[];
  failed?: boolean;
}

const START_MS = Date.UTC(2026, 2, 1, 10);
const attribute = (key: string, text: string) => ({
  key,
  value: { stringValue: text },
});
const messages = (role: string, text: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content: text }] }]);

/** Runs as one OTLP document: an agent, its call of a model, its calls of tools. */
export function otlp(runs: AgentRun[]): string {
  return JSON.stringify({ resourceSpans: runs.map(resourceSpans) });
}

function resourceSpans(run: AgentRun, index: number): object {
  const { name, at_min, took_ms = 1000, project = 'shop', environment = 'production', conversation } = run;
  const { prompt = `prompt of ${name}`, answer = `answer to ${name}`, calls = [], failed = false } = run;
  const start_ms = START_MS + at_min * 60_000;
  const span = (place: number, spanName: string, from_ms: number, to_ms: number, more: object) => ({
    traceId: (index + 1).toString(16).padStart(32, '0'),
    spanId: ((index + 1) * 100 + place).toString(16).padStart(16, '0'),
    ...(place === 0 ? {} : { parentSpanId: ((index + 1) * 100).toString(16).padStart(16, '0') }),
    name: spanName,
    startTimeUnixNano: String(BigInt(start_ms + from_ms) * 1_000_000n),
    endTimeUnixNano: String(BigInt(start_ms + to_ms) * 1_000_000n),
    ...more,
  });
  const spans = [
    span(0, name, 0, took_ms, {
      attributes: [
        attribute('gen_ai.operation.name', 'invoke_agent'),
        attribute('gen_ai.agent.name', name),
        ...(conversation === undefined ? [] : [attribute('gen_ai.conversation.id', conversation)]),
      ],
      status: failed ? { code: 2, message: `${name} gave up` } : { code: 1 },
    }),
    span(1, 'chat gpt-4.1', 10, 200, {
      attributes: [
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.request.model', 'gpt-4.1'),
        attribute('gen_ai.input.messages', messages('user', prompt)),
        attribute('gen_ai.output.messages', messages('assistant', answer)),
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '900' } },
        { key: 'gen_ai.usage.output_tokens', value: { intValue: '100' } },
      ],
    }),
    ...calls.map(({ tool, result = 'done', error }, call) =>
      span(2 + call, `execute_tool ${tool}`, 200 + 100 * call, 300 + 100 * call, {
        attributes: [
          attribute('gen_ai.operation.name', 'execute_tool'),
          attribute('gen_ai.tool.name', tool),
          ...(error === undefined ? [attribute('gen_ai.tool.call.result', result)] : []),
        ],
        status: error === undefined ? {} : { code: 2, message: error },
      }),
    ),
  ];
  return {
    resource: {
      attributes: [attribute('service.name', project), attribute('deployment.environment.name', environment)],
    },
    scopeSpans: [{ scope: { name: 'agents' }, spans }],
  };
}
