// Steps of an invented coding agent, one for each way that the inspector shows a call, and some that try to break it.
import type { Content, JsonValue, Message } from '../src/backend/bindings';
import type { Invented } from './steps';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const MARKDOWN = `# Why the refund failed

The **charge** was captured *twice*, see [the order service](https://orders.example/88213?token=1) and ~~the cache~~.

1. Read \`charges_of\`
2. Compare both charges
   - same amount
   - same second

| charge | amount | state |
| --- | ---: | --- |
| ch_1 | 79.90 EUR | captured |
| ch_2 | 79.90 EUR | captured, duplicate of ch_1 |

\`\`\`python
def duplicates(charges: list[Charge]) -> list[Charge]:
    # Two charges of one order within a minute are one too many.
    seen: dict[str, Charge] = {}
    return [each for each in charges if seen.setdefault(each.key, each) is not each]
\`\`\`

> Refunds up to 200 EUR may be issued at once.

![a chart](https://tracker.example/pixel.png) <img src=x onerror=alert(1)> [click](javascript:alert(1))
`;

const CODE = `import { useState } from 'react';

export function Counter({ start = 0 }: { start?: number }) {
  const [count, setCount] = useState(start);
  return <button onClick={() => setCount(count + 1)}>{count} clicks</button>;
}
`;

const OLD = `async def charges_of(order_id):
    response = await http.get(f"/v2/orders/{order_id}/charges", timeout=2.0)
    response.raise_for_status()
    return response.json()["charges"]
`;
const NEW = `async def charges_of(order_id, *, attempts=3):
    response = await retrying(attempts, http.get, f"/v2/orders/{order_id}/charges", timeout=5.0)
    response.raise_for_status()
    return response.json()["charges"]
`;

const PATCH = `*** Begin Patch
*** Update File: src/orders.py
@@ def total(charges):
     total = 0
     for charge in charges:
-        total += charge.amount
+        total += charge.amount if charge.state == "captured" else 0
     return total
*** Add File: tests/test_orders.py
+def test_total_of_none():
+    assert total([]) == 0
*** End Patch`;

const TERMINAL =
  '\u001b[1mtests/test_orders.py\u001b[0m \u001b[32m.\u001b[0m\u001b[32m.\u001b[0m\u001b[31mF\u001b[0m  [100%]\r\n' +
  '\u001b[31m\u001b[1mE   AssertionError\u001b[0m: assert \u001b[38;5;208m159.8\u001b[0m == 79.9\n' +
  '\u001b]8;;https://evil.example\u0007tests/test_orders.py\u001b]8;;\u0007:14\n\u001b[33m1 warning\u001b[0m, \u001b[41m1 failed\u001b[0m, \u001b[8mhidden text\u001b[0m\n';

const said = (role: string, ...parts: Message['parts']): Message => ({
  role,
  name: null,
  parts,
  finish_reason: role === 'assistant' ? 'end_turn' : null,
});

export function inventedTools(): Invented[] {
  const calls: [name: string, input: JsonValue, output: JsonValue, kind?: Invented['kind']][] = [
    [
      'Bash',
      {
        command: 'cd shop && python -m pytest -q tests/test_orders.py | tail -20',
        description: 'Run the tests',
      },
      { stdout: TERMINAL, exit_code: 1 },
    ],
    [
      'Edit',
      { file_path: 'src/orders.py', old_string: OLD, new_string: NEW },
      'The file src/orders.py has been updated.',
    ],
    ['apply_patch', PATCH, 'Success. Updated the following files:\nM src/orders.py\nA tests/test_orders.py'],
    [
      'Read',
      { file_path: 'src/Counter.tsx', offset: 1 },
      CODE.split('\n')
        .map((line, at) => `${String(at + 1).padStart(6)}→${line}`)
        .join('\n'),
    ],
    ['Write', { file_path: 'src/Counter.tsx', content: CODE }, 'File created successfully.'],
    [
      'Grep',
      { pattern: 'charge', path: 'src' },
      'src/orders.py:3:def total(charges):\nsrc/orders.py:5:    for charge in charges:\nsrc/refund.py:12:charge = charges[0]',
    ],
    [
      'WebFetch',
      {
        url: 'https://api.example/v1/charges?order=88213',
        method: 'POST',
        headers: { accept: 'application/json' },
        body: { dry_run: true },
      },
      { status: 503, headers: { 'retry-after': '2' }, body: '{"error":"upstream connect error"}' },
    ],
    [
      'list_orders',
      { customer: 'mira' },
      Array.from({ length: 120 }, (_, at) => ({
        order: 88200 + at,
        amount: 20 + at / 4,
        currency: 'EUR',
        state: at % 7 ? 'captured' : 'refunded',
        note: at % 5 ? null : 'called twice',
      })),
    ],
    [
      'vector_search',
      { query: 'refund policy', k: 4 },
      ['Refund policy', 'Charges', 'Chargebacks', 'Bank transfers'].map((title, at) => ({
        title,
        url: `https://handbook.example/${at}`,
        score: 0.91 - at * 0.17,
        content:
          `${title}: charges that were captured twice within a day are refunded without asking. `.repeat(5),
      })),
      'retrieval',
    ],
    [
      'mcp__browser__screenshot',
      { page: 2 },
      {
        content: [
          { type: 'text', text: 'A page of orders.' },
          { type: 'image', data: PIXEL, mimeType: 'image/png' },
        ],
      },
    ],
    [
      'dump',
      { table: 'events' },
      Array.from(
        { length: 120_000 },
        (_, at) =>
          `2026-11-23 14:05:${String(at % 60).padStart(2, '0')} charge ${at} captured ${'·'.repeat(at % 50)}`,
      ).join('\n'),
    ],
  ];
  const conversation: Partial<Content> = {
    input_messages: [
      said('system', {
        type: 'text',
        text: 'You fix bugs in an online shop. Never touch the payment provider.\n\n- Read before you edit.\n- Run the tests.\n'.repeat(
          8,
        ),
      }),
      said(
        'user',
        { type: 'text', text: 'Why was order 88213 charged twice?' },
        {
          type: 'media',
          modality: 'image',
          mime_type: 'image/png',
          reference: 'https://cdn.example/receipt.png',
        },
        {
          type: 'media',
          modality: 'file',
          mime_type: 'application/pdf',
          reference: `data:application/pdf;base64,${'A'.repeat(4000)}`,
        },
      ),
      said(
        'assistant',
        {
          type: 'reasoning',
          text: 'First look at the tests, then at the code that fetches charges. '.repeat(9),
        },
        { type: 'tool_call', id: 'c1', name: 'Bash', arguments: { command: 'python -m pytest -q' } },
      ),
      said('tool', {
        type: 'tool_result',
        id: 'c1',
        result: { stdout: TERMINAL, exit_code: 1 },
        is_error: true,
      }),
    ],
    output_messages: [said('assistant', { type: 'text', text: MARKDOWN })],
    tools: [
      { name: 'Bash', description: 'Runs a command.', parameters: { type: 'object' } },
      { name: 'Edit', description: 'Edits a file.', parameters: { type: 'object' } },
    ],
    parameters: [
      { name: 'temperature', value: 0.2 },
      { name: 'max_tokens', value: 2048 },
      { name: 'response.id', value: 'msg_01F8b2' },
    ],
  };
  return [
    {
      name: 'coding-agent',
      kind: 'agent',
      start_ms: 0,
      end_ms: 9000,
      children: [
        {
          name: 'chat',
          kind: 'llm',
          start_ms: 10,
          end_ms: 900,
          model: 'claude-sonnet-4-5',
          tokens: [8120, 402],
          content: conversation,
          events: [{ offset_ns: 412e6, name: 'first_token', attributes: {} }],
        },
        ...calls.map(([name, input, output, kind = 'tool'], at): Invented => ({
          name,
          kind,
          start_ms: 1000 + at * 600,
          end_ms: 1500 + at * 600,
          content: { input, output },
        })),
      ],
    },
  ];
}
