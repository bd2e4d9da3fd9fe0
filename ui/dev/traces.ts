import type { Outlier, TraceStatus, TraceSummary } from '../src/backend/bindings';

const NAMES: [string, string][] = [
  ['support-triage', 'Customer writes: “I was charged twice for order 88213 and the second charge never …'],
  [
    'research-agent',
    'Compare the three most cited papers on retrieval-augmented generation since 2023 and …',
  ],
  ['checkout-assistant', 'Find running shoes under 120 EUR in size 43 that can be delivered by Friday'],
  ['sql-analyst', 'Which regions lost more than 5 % revenue quarter on quarter, and why?'],
  ['code-review', 'Review the diff of pull request 1841 for race conditions in the scheduler'],
  ['invoice-extract', 'Extract supplier, IBAN, total and due date from the attached scan'],
  ['travel-planner', 'Plan five days in Lisbon for two adults and a toddler, trains only from Porto'],
  ['翻訳エージェント', '次の契約書を英語に翻訳し、曖昧な条項を指摘してください。'],
  ['rag-answer', 'What does our handbook say about carrying over unused leave into the next year?'],
  ['eval/toxicity', 'Score the following 40 answers for toxicity on a scale of 0 to 4'],
];
const MODELS = [
  'gpt-4.1-mini',
  'claude-sonnet-4-5',
  'gpt-4o-2024-11-20',
  'gemini-2.5-pro',
  'llama-3.3-70b-instruct',
  null,
];
const FORMATS: [string, string][] = [
  ['otlp', '/home/me/traces/checkout-agent.otlp.json'],
  ['tracellm', '/home/me/.tracellm/traces-2026-11-20.json'],
  ['langfuse', '/home/me/export/langfuse-observations.jsonl'],
  ['phoenix', '/home/me/phoenix/spans.parquet.json'],
];
const FAILURES = [
  'RateLimitError: 429 Too Many Requests, retry after 20 s',
  'ToolError: search_orders timed out after 30 s',
  'ValidationError: field "due_date" is missing in the model’s answer',
  'ContextLengthExceeded: 131 072 tokens are the limit, 140 233 were sent',
];

/** A number between 0 and 1 that always is the same for the same seed. */
function chance(seed: number, salt: number): number {
  const x = Math.sin(seed * 12.9898 + salt * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

const pick = <T>(items: T[], share: number): T => items[Math.floor(share * items.length)] as T;

/** The trace of that number: plausible, and the same each time. */
export function inventedTrace(index: number): TraceSummary {
  const roll = (salt: number) => chance(index + 1, salt);
  const status: TraceStatus =
    index === 2 ? 'running' : roll(1) < 0.11 ? 'failed' : roll(1) < 0.2 ? 'warning' : 'success';
  const [name, preview] = pick(NAMES, roll(2));
  const [format, source] = pick(FORMATS, roll(3));
  const steps = 2 + Math.floor(roll(4) ** 3 * 180);
  const tokens = roll(5) < 0.12 ? null : Math.floor(200 + roll(6) ** 4 * 240_000);
  const model = pick(MODELS, roll(7));
  const duration_ms = 90 + roll(8) ** 5 * 95_000;
  const retries = status === 'warning' || roll(9) < 0.06 ? 1 + Math.floor(roll(10) * 4) : 0;
  return {
    trace_id: index + 1,
    key: `${index.toString(16).padStart(32, '0')}`,
    format,
    source,
    name: format === 'tracellm' ? preview : name,
    preview,
    status,
    failure_reason: status === 'failed' ? pick(FAILURES, roll(11)) : null,
    start_unix_ms: roll(12) < 0.03 ? null : Date.now() - (index * 11.7 + roll(13) * 9) * 60_000,
    duration_ns: roll(14) < 0.02 ? null : Math.floor(duration_ms * 1e6),
    time_provenance: 'measured',
    steps,
    errors: status === 'failed' ? 1 + Math.floor(roll(15) * 3) : status === 'warning' ? retries : 0,
    retries,
    retries_provenance: 'derived',
    retry_waste_ns: retries > 0 ? duration_ms * 2e5 : null,
    input_tokens: tokens === null ? null : Math.floor(tokens * 0.8),
    output_tokens: tokens === null ? null : Math.ceil(tokens * 0.2),
    total_tokens: tokens,
    tokens_provenance: roll(16) < 0.2 ? 'estimated' : 'reported',
    cost_usd: tokens === null || model === null || roll(17) < 0.3 ? null : tokens * 4e-6,
    cost_provenance: 'derived',
    model,
    project: roll(18) < 0.25 ? null : pick(['storefront', 'back-office', 'research'], roll(19)),
    environment: roll(20) < 0.3 ? null : pick(['production', 'staging', 'dev'], roll(21)),
    ...conversationOf(index),
    heard_unix_ms: status === 'running' ? Date.now() : null,
    alert: null,
    starred: index % 17 === 3,
    tags: index % 9 === 4 ? ['to show'] : index % 13 === 5 ? ['regression', 'to show'] : [],
    note: null,
    outliers: outliersOf(duration_ms * 1e6, tokens, roll(22)),
  };
}

/** Some runs are turns of one conversation, the newest being its last. */
function conversationOf(
  index: number,
): Pick<TraceSummary, 'conversation' | 'conversation_runs' | 'conversation_place'> {
  const turns = 3 + (Math.floor(index / 12) % 3);
  const turn = index % 12;
  if (turn >= turns) return { conversation: null, conversation_runs: 0, conversation_place: 0 };
  const conversation = `conv-${(0x51f2 + Math.floor(index / 12)).toString(16)}`;
  return { conversation, conversation_runs: turns, conversation_place: turns - turn };
}

function outliersOf(duration_ns: number, tokens: number | null, roll: number): Outlier[] {
  const outliers: Outlier[] = [];
  if (duration_ns > 4e10)
    outliers.push({ measure: 'duration', value: duration_ns, median: 1.2e9, limit: 2.9e9, score: 8.1, runs: 412 });
  if (tokens !== null && tokens > 100_000)
    outliers.push({ measure: 'tokens', value: tokens, median: 4200, limit: 31_000, score: 5.2, runs: 212 });
  if (roll < 0.03)
    outliers.push({ measure: 'retries', value: 4, median: 0, limit: 0, score: null, runs: 96 });
  return outliers;
} // prettier-ignore
