// What a small invented engine answers about one trace: a run of some forty steps with retries, errors, reasoning and an
// open step, and (for trace 2) one of twenty thousand.
import { BackendError } from '../src/backend';
import {
  SPAN_KINDS,
  SPAN_STATUSES,
  type AttemptGroup,
  type Content,
  type Fact,
  type JsonValue,
  type Message,
  type Remark,
  type SpanKind,
  type SpanStatus,
  type StepDetail,
  type TraceDetail,
  type TraceSummary,
} from '../src/backend/bindings';
import type { Answers } from '../src/backend/fake';
import { packedTree, type PlainTree } from '../src/test/plainTree';
import { inventedTools } from './tools';

const MS = 1e6;
const EMPTY: Content = {
  input: null,
  output: null,
  input_messages: [],
  output_messages: [],
  tools: [],
  parameters: [],
  errors: [],
};

export interface Invented {
  name: string;
  kind: SpanKind;
  start_ms: number;
  end_ms: number | null;
  status?: SpanStatus;
  model?: string;
  tokens?: [number, number];
  attempt?: [string, number];
  flags?: number;
  content?: Partial<Content>;
  events?: StepDetail['events'];
  error?: string;
  children?: Invented[];
}

const said = (role: string, ...parts: Message['parts']): Message => ({
  role,
  name: null,
  parts,
  finish_reason: null,
});
const text = (value: string): Message['parts'][number] => ({ type: 'text', text: value });

const SYSTEM =
  'You are the support agent of an online shop. Answer in the customer’s language, never promise a refund before ' +
  'the order service has confirmed the charge, and call tools for every fact.\n\nPolicy:\n- Refunds up to 200 EUR may ' +
  'be issued at once.\n- Above that, hand over to a person.\n- Never repeat card numbers.\n\n' +
  'Style: friendly, short sentences, no emoji. '.repeat(12);
const PROMPT =
  'I was charged twice for order 88213 and the second charge never showed up in my account history. Please refund the ' +
  'wrong one and tell me when the money will be back.\n\nThanks,\nMira';
const ANSWER =
  'Hello Mira,\n\nyou are right: order 88213 was charged twice on 20 November (2 × 79.90 EUR). I have refunded the second ' +
  'charge just now. Your bank usually needs three to five working days.\n\nReference: RF-20931.';
const STACK = `Traceback (most recent call last):
  File "/srv/agent/tools/orders.py", line 88, in charges_of
    response = await self._http.get(f"/v2/orders/{order_id}/charges", timeout=2.0)
  File "/srv/agent/.venv/lib/python3.12/site-packages/httpx/_client.py", line 1784, in get
    return await self.request(
  File "/srv/agent/.venv/lib/python3.12/site-packages/httpx/_transports/default.py", line 118, in map_httpcore_exceptions
    raise mapped_exc(message) from exc
httpx.ReadTimeout: timed out after 2.0 s`;

const chat = (
  name: string,
  start_ms: number,
  end_ms: number | null,
  tokens: [number, number],
  answer: Message['parts'],
  history: Message[] = [],
): Invented => ({
  name,
  kind: 'llm',
  start_ms,
  end_ms,
  model: 'claude-sonnet-4-5',
  tokens,
  content: {
    input_messages: [said('system', text(SYSTEM)), said('user', text(PROMPT)), ...history],
    output_messages:
      end_ms === null ? [] : [{ ...said('assistant', ...answer), finish_reason: 'tool_calls' }],
    tools: [
      {
        name: 'orders_charges',
        description: 'All charges of an order, with state and amount.',
        parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
      },
      { name: 'refund_issue', description: 'Refunds a charge.', parameters: { type: 'object' } },
    ],
    parameters: [
      { name: 'temperature', value: 0.2 },
      { name: 'max_tokens', value: 2048 },
      { name: 'response.id', value: 'msg_01F8b2' },
    ],
  },
});

const CALL: Message['parts'] = [
  {
    type: 'reasoning',
    text: 'The customer gives an order number. First look at the charges; do not promise anything yet.',
  },
  text('Let me look at the charges of your order.'),
  {
    type: 'tool_call',
    id: 'call_1',
    name: 'orders_charges',
    arguments: { order_id: '88213', include: ['refunds'] },
  },
];
const RESULT = said('tool', {
  type: 'tool_result',
  id: 'call_1',
  result: {
    order_id: '88213',
    charges: [
      { id: 'ch_1', amount: 79.9, currency: 'EUR', state: 'captured' },
      { id: 'ch_2', amount: 79.9, currency: 'EUR', state: 'captured', duplicate_of: 'ch_1' },
    ],
  },
  is_error: false,
});

const charges = (attempt: number, start_ms: number, end_ms: number, failed: boolean): Invented => ({
  name: 'orders_charges',
  kind: 'tool',
  start_ms,
  end_ms,
  attempt: ['charges', attempt],
  ...(failed ? { status: 'error' as const, error: 'ReadTimeout: timed out after 2.0 s' } : {}),
  content: {
    input: { order_id: '88213', include: ['refunds'], attempt },
    output: failed
      ? null
      : {
          charges: 2,
          body: '{"order_id":"88213","charges":[{"id":"ch_1","amount":79.9},{"id":"ch_2","amount":79.9,"duplicate_of":"ch_1"}]}',
        },
    errors: failed ? [{ kind: 'httpx.ReadTimeout', message: 'timed out after 2.0 s', stack: STACK }] : [],
  },
  events: failed
    ? [
        {
          offset_ns: 2001 * MS,
          name: 'exception',
          attributes: { 'exception.type': 'httpx.ReadTimeout', 'exception.escaped': false },
        },
      ]
    : [{ offset_ns: 120 * MS, name: 'http.response.headers', attributes: { status: 200 } }],
});

const lookups = (base_ms: number): Invented[] =>
  ['refund policy', 'double charge', 'bank transfer time', 'order 88213'].map((query, index) => ({
    name: 'search_handbook',
    kind: 'retrieval' as const,
    start_ms: base_ms + index * 35,
    end_ms: base_ms + 260 + index * 70,
    content: {
      input: query,
      output: Array.from({ length: 8 }, (_, at) => ({
        id: `doc-${at + 1}`,
        score: Number((0.91 - at * 0.06).toFixed(3)),
        text: `Section ${at + 1} on ${query}. Charges that were captured twice within a day are refunded without asking.`,
      })),
    },
    children: [
      {
        name: 'embed',
        kind: 'embedding' as const,
        start_ms: base_ms + index * 35 + 4,
        end_ms: base_ms + index * 35 + 90,
        model: 'text-embedding-3-small',
        tokens: [14, 0] as [number, number],
      },
    ],
  }));

const RUN: Invented[] = [
  {
    name: 'support-triage',
    kind: 'agent',
    start_ms: 0,
    end_ms: null,
    status: 'open',
    content: { input: PROMPT, output: null },
    children: [
      {
        name: 'input_guardrail',
        kind: 'guardrail',
        start_ms: 4,
        end_ms: 190,
        content: { input: PROMPT, output: { passed: true, categories: [] } },
        children: [
          {
            name: 'moderation',
            kind: 'llm',
            start_ms: 10,
            end_ms: 180,
            model: 'omni-moderation',
            tokens: [58, 0],
          },
        ],
      },
      {
        name: 'plan',
        kind: 'chain',
        start_ms: 195,
        end_ms: 2480,
        children: [
          chat('chat claude-sonnet-4-5', 200, 1640, [2140, 96], CALL),
          {
            name: 'gather_context',
            kind: 'chain',
            start_ms: 1650,
            end_ms: 2475,
            children: [
              ...lookups(1655),
              {
                name: 'rerank',
                kind: 'rerank',
                start_ms: 2180,
                end_ms: 2465,
                model: 'rerank-3',
                content: { input: { query: 'double charge', documents: 32 }, output: { kept: 6 } },
              },
            ],
          },
        ],
      },
      {
        name: 'act',
        kind: 'chain',
        start_ms: 2490,
        end_ms: 12_900,
        children: [
          charges(1, 2500, 4502, true),
          charges(2, 5002, 7003, true),
          charges(3, 8003, 8391, false),
          chat(
            'chat claude-sonnet-4-5',
            8400,
            10_350,
            [2890, 212],
            [
              text('The second charge is a duplicate; I will refund it.'),
              {
                type: 'tool_call',
                id: 'call_2',
                name: 'refund_issue',
                arguments: { charge: 'ch_2', amount: 79.9 },
              },
            ],
            [said('assistant', ...CALL), RESULT],
          ),
          {
            name: 'refund_issue',
            kind: 'tool',
            start_ms: 10_360,
            end_ms: 11_020,
            flags: 256,
            content: {
              input: { charge: 'ch_2', amount: 79.9, authorization: '[masked]' },
              output: { reference: 'RF-20931', state: 'pending' },
            },
          },
          {
            name: 'notify_crm',
            kind: 'tool',
            start_ms: 11_040,
            end_ms: 12_880,
            status: 'error',
            error: 'CRM answered 503 Service Unavailable',
            content: {
              input: { customer: 'mira', note: 'Refund RF-20931' },
              errors: [
                {
                  kind: 'HTTPStatusError',
                  message:
                    'CRM answered 503 Service Unavailable: upstream connect error or disconnect/reset before headers',
                  stack: STACK.replace('orders.py', 'crm.py'),
                },
              ],
            },
            children: [
              {
                name: 'POST /v1/notes',
                kind: 'other',
                start_ms: 11_050,
                end_ms: 11_600,
                status: 'error',
                attempt: ['crm', 1],
                error: '503',
              },
              {
                name: 'POST /v1/notes',
                kind: 'other',
                start_ms: 12_100,
                end_ms: 12_870,
                status: 'error',
                attempt: ['crm', 2],
                error: '503',
              },
            ],
          },
        ],
      },
      {
        name: 'human_approval',
        kind: 'wait',
        start_ms: 12_900,
        end_ms: 13_700,
        content: { input: { reason: 'Refund above 50 EUR' }, output: { approved: true, by: 'k.ito' } },
      },
      {
        name: 'answer',
        kind: 'chain',
        start_ms: 13_710,
        end_ms: null,
        status: 'open',
        children: [
          {
            ...chat(
              'chat claude-sonnet-4-5',
              13_720,
              15_380,
              [3310, 148],
              [text(ANSWER)],
              [
                said('assistant', ...CALL),
                RESULT,
                said('assistant', text('Refunding.')),
                said('tool', {
                  type: 'tool_result',
                  id: 'call_2',
                  result: 'CRM answered 503',
                  is_error: true,
                }),
                said('user', text('And the CRM?')),
                said('assistant', text('It will be told later.')),
              ],
            ),
          },
          {
            name: 'quality_check',
            kind: 'evaluator',
            start_ms: 15_390,
            end_ms: 15_900,
            content: {
              input: ANSWER,
              output: { score: 0.92, reasons: ['states the amount', 'gives a reference'] },
            },
            children: [
              {
                name: 'judge',
                kind: 'llm',
                start_ms: 15_400,
                end_ms: 15_890,
                model: 'gpt-4.1-mini',
                tokens: [640, 22],
                flags: 1,
              },
            ],
          },
          chat('chat claude-sonnet-4-5', 15_920, null, [0, 0], []),
        ],
      },
    ],
  },
];

function large(count: number): Invented[] {
  const turns: Invented[] = [];
  let at_ms = 10;
  for (let made = 1; made < count;) {
    const turn: Invented = {
      name: `turn ${turns.length + 1}`,
      kind: 'chain',
      start_ms: at_ms,
      end_ms: 0,
      children: [],
    };
    made++;
    for (let call = 0; call < 4 && made < count; call++) {
      const failed = (turns.length * 7 + call * 13) % 61 === 0;
      const long_ms = 200 + ((turns.length * 37 + call * 91) % 700);
      turn.children?.push({
        name: 'chat gpt-4.1',
        kind: 'llm',
        start_ms: at_ms,
        end_ms: at_ms + long_ms,
        model: 'gpt-4.1',
        tokens: [900 + made, 40],
      });
      at_ms += long_ms + 3;
      turn.children?.push({
        name: ['bash', 'read_file', 'edit', 'grep'][call] ?? 'bash',
        kind: 'tool',
        start_ms: at_ms,
        end_ms: at_ms + 40 + (made % 90),
        ...(failed ? { status: 'error' as const, error: 'exit code 1' } : {}),
      });
      at_ms += 150;
      made += 2;
    }
    turn.end_ms = at_ms;
    turns.push(turn);
    at_ms += 20;
  }
  return [{ name: 'swe-agent', kind: 'agent', start_ms: 0, end_ms: at_ms, children: turns }];
}

/** A team of agents that work at once, call each other, fail and try again, and wait for a person for minutes. */
function team(): Invented[] {
  const worker = (name: string, start_ms: number, calls: number): Invented => {
    const children: Invented[] = [];
    let at_ms = start_ms + 20;
    for (let call = 0; call < calls; call++) {
      const long_ms = 900 + ((call * 731 + start_ms) % 2400);
      children.push({
        name: 'chat claude-sonnet-4-5',
        kind: 'llm',
        start_ms: at_ms,
        end_ms: at_ms + long_ms,
        model: 'claude-sonnet-4-5',
        tokens: [1200 + call * 310, 140],
      });
      at_ms += long_ms + 10;
      const failed = (call + calls) % 4 === 0;
      const tool = ['web_search', 'read_page', 'run_tests', 'edit_file'][(call + calls) % 4] ?? 'bash';
      for (const attempt of failed ? [1, 2] : [0]) {
        const isFailed = failed && attempt === 1;
        children.push({
          name: tool,
          kind: 'tool',
          start_ms: at_ms,
          end_ms: at_ms + 600,
          ...(attempt > 0 ? { attempt: [`${name} ${start_ms} ${call}`, attempt] as [string, number] } : {}),
          ...(isFailed ? { status: 'error' as const, error: 'exit code 1' } : {}),
        });
        at_ms += isFailed ? 1800 : 640;
      }
    }
    return { name, kind: 'agent', start_ms, end_ms: at_ms, children };
  };
  const end = (...steps: Invented[]) => Math.max(...steps.map(({ end_ms }) => end_ms ?? 0));
  const first = [worker('researcher', 2600, 6), worker('researcher', 2700, 4), worker('coder', 4000, 7)];
  const approval_ms = end(...first) + 200;
  const back_ms = approval_ms + 312_000;
  const second = [worker('coder', back_ms + 1800, 5), worker('reviewer', back_ms + 4000, 3)];
  const report_ms = end(...second) + 96_000;
  const step = (name: string, kind: SpanKind, start_ms: number, end_ms: number): Invented => ({
    name,
    kind,
    start_ms,
    end_ms,
  });
  return [
    step('load_configuration', 'other', 0, 40),
    {
      name: 'lead',
      kind: 'agent',
      start_ms: 60,
      end_ms: report_ms + 4200,
      children: [
        step('plan', 'llm', 80, 2500),
        ...first,
        step('ask for approval', 'other', approval_ms, approval_ms + 30),
        step('read answer', 'other', back_ms, back_ms + 1500),
        ...second,
        step('report', 'llm', report_ms, report_ms + 4100),
      ],
    },
  ];
}

interface Built {
  tree: PlainTree;
  steps: Map<string, { invented: Invented; parent: string | null }>;
}

function built(roots: Invented[], start_unix_ms: number, remarks: Remark[]): Built {
  const strings: string[] = [];
  const known = new Map<string, number>();
  const string = (value: string) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    known.set(value, strings.length);
    return strings.push(value) - 1;
  };
  const tree: PlainTree = {
    revision: 1, start_unix_ms, total_ns: 0, clock: 'measured', strings, span_id: [], name: [], kind: [], status: [], parent: [], depth: [],
    descendants: [], start_ns: [], duration_ns: [], tokens: [], cost_usd: [], below_tokens: [],
    below_cost_usd: [], model: [], attempt: [], group: [], flags: [],
    run_row: false, orphan_row: null, groups: [], awaited: [], apart_rows: [], remarks,
  }; // prettier-ignore
  const steps: Built['steps'] = new Map();
  const attempts = new Map<string, number[]>();
  const add = (step: Invented, parent: number, depth: number): number => {
    const row = tree.span_id.length;
    const id = `${(row + 1).toString(16).padStart(16, '0')}`;
    steps.set(id, { invented: step, parent: tree.span_id[parent] ?? null });
    tree.span_id.push(id);
    tree.name.push(string(step.name));
    tree.kind.push(SPAN_KINDS.indexOf(step.kind));
    tree.status.push(SPAN_STATUSES.indexOf(step.status ?? (step.end_ms === null ? 'open' : 'ok')));
    tree.parent.push(parent);
    tree.depth.push(depth);
    tree.descendants.push(0);
    tree.start_ns.push(step.start_ms * MS);
    tree.duration_ns.push(step.end_ms === null ? -1 : (step.end_ms - step.start_ms) * MS);
    tree.tokens.push(step.tokens && step.end_ms !== null ? step.tokens[0] + step.tokens[1] : -1);
    const cost_usd = step.tokens ? step.tokens[0] * 3e-6 + step.tokens[1] * 15e-6 : -1;
    tree.cost_usd.push(step.end_ms === null ? -1 : cost_usd);
    tree.below_tokens.push(tree.tokens[row] ?? -1);
    tree.below_cost_usd.push(tree.cost_usd[row] ?? -1);
    tree.model.push(step.model === undefined ? -1 : string(step.model));
    tree.attempt.push(step.attempt?.[1] ?? 0);
    tree.group.push(-1);
    tree.flags.push(step.flags ?? 0);
    tree.total_ns = Math.max(tree.total_ns, (step.end_ms ?? step.start_ms + 900) * MS);
    if (step.attempt) attempts.set(step.attempt[0], [...(attempts.get(step.attempt[0]) ?? []), row]);
    for (const child of step.children ?? []) add(child, row, depth + 1);
    tree.descendants[row] = tree.span_id.length - row - 1;
    for (const below of [tree.below_tokens, tree.below_cost_usd]) {
      const children = below.filter((amount, each) => amount >= 0 && tree.parent[each] === row);
      const sum = children.reduce((all, amount) => all + amount, 0);
      below[row] = Math.max(below[row] ?? -1, children.length > 0 ? sum : -1);
    }
    return row;
  };
  for (const root of roots) add(root, -1, 0);
  for (const rows of attempts.values()) {
    const start = (row: number) => tree.start_ns[row] ?? 0;
    const long = (row: number) => tree.duration_ns[row] ?? 0;
    const gap_ns = rows.map((row, at) =>
      at === 0 ? 0 : start(row) - start(rows[at - 1] ?? 0) - long(rows[at - 1] ?? 0),
    );
    for (const row of rows) tree.group[row] = tree.groups.length;
    const last = rows.at(-1) ?? 0;
    const recovered = SPAN_STATUSES[tree.status[last] ?? 0] === 'ok';
    const group: AttemptGroup = {
      rows, gap_ns, gap_reported: rows.map(() => false), by_hand: false, confidence: recovered ? 1 : 0.9, relation: 'retry',
      outcome: recovered ? 'recovered' : 'gaveup', within: null, waste_tokens: null, waste_cost_usd: null,
      causes: rows.map((row) => (SPAN_STATUSES[tree.status[row] ?? 0] === 'error' ? 'timeout' : null)),
      signal: recovered ? 'the source numbers its attempts' : 'same name and input, each after the failure of the one before',
      waste_ns: gap_ns.reduce((sum, each) => sum + each, 0) + rows.slice(0, recovered ? -1 : undefined).reduce((sum, row) => sum + long(row), 0),
    }; // prettier-ignore
    tree.groups.push(group);
  }
  return { tree, steps };
}

function detailOf(id: string, { tree, steps }: Built): StepDetail {
  const found = steps.get(id);
  if (!found) throw new BackendError({ code: 'not_found', message: `The step ${id} is not in this trace.` });
  const { invented, parent } = found;
  const content = { ...EMPTY, ...invented.content };
  const attributes: JsonValue = {
    'gen_ai.operation.name': invented.kind === 'llm' ? 'chat' : 'execute_tool',
    ...(invented.model === undefined
      ? {}
      : { 'gen_ai.request.model': invented.model, 'gen_ai.provider.name': 'anthropic' }),
    'server.address': 'api.internal.example',
    'server.port': 443,
    'retry.policy': '{"max_attempts":3,"backoff":"exponential","base_ms":500}',
    'code.function': invented.name,
    tags: ['support', 'production'],
  };
  return {
    span_id: id,
    parent_id: parent,
    name: invented.name,
    kind: invented.kind,
    status: invented.status ?? (invented.end_ms === null ? 'open' : 'ok'),
    error: invented.error ?? null,
    start_unix_ms: (tree.start_unix_ms ?? 0) + invented.start_ms,
    duration_ns: invented.end_ms === null ? null : (invented.end_ms - invented.start_ms) * MS,
    time_provenance: 'measured',
    model: invented.model ?? null,
    input_tokens: invented.tokens?.[0] ?? null,
    output_tokens: invented.tokens?.[1] ?? null,
    cache_read_tokens: invented.kind === 'llm' && invented.tokens ? Math.floor(invented.tokens[0] / 2) : null,
    reasoning_tokens: invented.kind === 'llm' ? 31 : null,
    total_tokens: invented.tokens ? invented.tokens[0] + invented.tokens[1] : null,
    tokens_provenance: 'reported',
    cost_usd: invented.tokens ? invented.tokens[0] * 3e-6 + invented.tokens[1] * 15e-6 : null,
    cost_provenance: 'derived',
    attempt: invented.attempt?.[1] ?? null,
    flags: invented.flags ?? 0,
    content,
    events: invented.events ?? [],
    links: [],
    attributes,
    origin: {
      'service.name': 'support-agent',
      'service.version': '4.2.1',
      'telemetry.sdk.language': 'python',
    },
    raw: JSON.parse(
      JSON.stringify({ span_id: id, ...invented, children: undefined, content, attributes }),
    ) as JsonValue,
    raw_bytes: 4210,
    long_texts: [],
  };
}

function factsOf(summary: TraceSummary, tree: PlainTree): Fact[] {
  const fact = (label: string, value: string, provenance: Fact['provenance'], explanation: string): Fact => ({
    label,
    value,
    provenance,
    explanation,
  });
  return [
    fact('Prompt', PROMPT, 'reported', 'The first message of the user.'),
    fact('Response', ANSWER, 'reported', 'The last message of the assistant.'),
    fact(
      'Latency',
      `${(tree.total_ns / 1e9).toFixed(2)} s`,
      'measured',
      'From the first start to the last end.',
    ),
    fact('Tokens', '9 858', 'reported', 'Sum of the model calls.'),
    fact('Cost', '$0.031', 'estimated', 'From token counts and list prices of November 2026.'),
    fact('Model', 'claude-sonnet-4-5', 'reported', 'The model with the most calls; two others were used.'),
    fact('Steps', String(tree.span_id.length), 'measured', 'Steps in the trace.'),
    fact('Retries', '3', 'derived', 'Two groups: one numbered by the source, one recognised by input.'),
    fact('Lost to retries', '7.3 s', 'derived', 'Failed attempts and the pauses after them.'),
    fact('Status', summary.status, 'derived', 'An attempt failed and a later one succeeded.'),
    fact('Project', 'storefront', 'reported', 'Resource attribute `service.namespace`.'),
    fact('Environment', 'production', 'reported', 'Resource attribute.'),
    fact('Slow', 'yes', 'derived', 'Longer than 1.5 s, the limit in the settings.'),
    fact(
      'Failure reason',
      'notify_crm: CRM answered 503 Service Unavailable',
      'derived',
      'The first failed step that nothing recovered.',
    ),
  ];
}

/** Trace 2 has `many` steps, trace 3 those it was given by `grow`, trace 4 none, trace 5 those of several agents, trace 6 tools of many kinds. */
export function inventedSteps(traces: TraceSummary[], options: { pause_ms: number; many: number }) {
  const start = Date.UTC(2026, 10, 23, 14, 5, 9);
  const opened = Date.now();
  const kept = new Map<number, Built>();
  const extra: Invented[] = [];
  const of = (id: number): Built => {
    const known = kept.get(id);
    if (known) return known;
    const made =
      id === 2
        ? built(large(options.many), start, [])
        : id === 3
          ? built(
              [{ name: 'live', kind: 'agent', start_ms: 0, end_ms: null, children: [...extra] }],
              opened,
              [],
            )
          : id === 4
            ? built([], start, [])
            : id === 5
              ? built(team(), start, [])
              : id === 6
                ? built(inventedTools(), start, [])
                : built(RUN, start, [
                    {
                      about: 'parents_unknown',
                      steps: 2,
                      text: 'Tree inferred from time intervals: the source names no parents for 2 of 33 steps.',
                    },
                    { about: 'no_ends', steps: 1, text: '1 step has no end so far.' },
                  ]);
    kept.set(id, made);
    return made;
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, options.pause_ms));
  const answers: Answers = {
    trace_get: async ({ trace_id }): Promise<TraceDetail> => {
      await pause();
      const summary = traces.find((each) => each.trace_id === trace_id);
      if (!summary)
        throw new BackendError({
          code: 'not_found',
          message: `There is no trace ${trace_id} here; it may have been deleted.`,
        });
      const content = {
        ...EMPTY,
        input_messages: [said('user', text(PROMPT))],
        output_messages: [said('assistant', text(ANSWER))],
      };
      return {
        summary,
        facts: factsOf(summary, of(trace_id).tree),
        content,
        attributes: { 'service.name': 'support-agent' },
        long_texts: [],
      };
    },
    step_marks: () => [],
    span_tree: async ({ trace_id }) => {
      await pause();
      return packedTree(of(trace_id).tree);
    },
    // The invented engine adds nothing up.
    run_time: () => ({
      has_times: false,
      total_ns: 0,
      as_of_unix_ms: null,
      growing: null,
      step_ids: [],
      parts: [],
      attempts: [],
      path: { step: [], part: [], start_ns: [], end_ns: [], left_out: 0, left_out_ns: 0 },
    }),
    step_get: async ({ trace_id, span_id }) => {
      await pause();
      return detailOf(span_id, of(trace_id));
    },
  };
  return {
    answers,
    /** Adds a step to trace 3. */
    grow() {
      const at_ms = 20 + extra.length * 400;
      extra.push({
        name: `step ${extra.length + 1}`,
        kind: extra.length % 2 ? 'tool' : 'llm',
        start_ms: at_ms,
        end_ms: at_ms + 340,
      });
      kept.delete(3);
    },
  };
}
