// The engine's codes as words for the person.
import type {
  Alert,
  AttemptGroup,
  AttemptOutcome,
  AttemptRelation,
  FailureCause,
  Provenance,
  SpanKind,
  TraceSummary,
} from '../backend/bindings';
import { at } from './columns';
import { formatCostUsd, formatCount, formatDateTime, formatDurationNs, UNKNOWN } from './format';
import { firstStepOf } from './operations';
import { stepWord } from './stepScale';
import { isStartUnknown, nameOf, type StepStanding, type StepTree } from './stepTree';

export const KIND_WORDS: Record<SpanKind, string> = {
  other: 'Step',
  agent: 'Agent',
  llm: 'Model call',
  tool: 'Tool',
  retrieval: 'Retrieval',
  embedding: 'Embedding',
  rerank: 'Rerank',
  chain: 'Chain',
  guardrail: 'Guardrail',
  evaluator: 'Evaluator',
  wait: 'Wait',
};

export const STATUS_WORDS: Record<StepStanding, string> = {
  unset: 'No status',
  ok: 'Ok',
  error: 'Failed',
  open: 'Running',
  lost: 'No end',
};

/** What it means that a run is lost. One that no live source ever told of stops with its file. */
export function lostWords({ heard_unix_ms }: Pick<TraceSummary, 'heard_unix_ms'>): {
  word: string;
  meaning: string;
} {
  if (heard_unix_ms === null) {
    return { word: 'Unfinished', meaning: 'What was read stops before the run does: its end is not in it.' };
  }
  const heard = formatDateTime(heard_unix_ms).slice(0, 19);
  return {
    word: 'Lost',
    meaning: `Its sender went silent before the run ended; last heard of ${heard}. Should more come, the run goes on.`,
  };
}

export const ALERT_WORDS: Record<Alert, { word: string; meaning: string }> = {
  failed: { word: 'Run failed', meaning: 'Failed while it was followed; not looked at yet' },
  slow: { word: 'Run is slow', meaning: 'Takes longer than the limit in the settings; not looked at yet' },
};

/** The mark beside a value, and what it means. What was measured needs no mark. */
export const PROVENANCE_WORDS: Record<Provenance, { mark: string | null; meaning: string }> = {
  measured: { mark: null, meaning: 'Measured.' },
  reported: { mark: 'reported', meaning: 'As the source says; it cannot be checked here.' },
  derived: { mark: 'derived', meaning: 'Worked out from other values.' },
  estimated: { mark: '≈ est.', meaning: 'An estimate.' },
  truncated: { mark: 'cut', meaning: 'The source cut this off; the rest is not there.' },
};

export interface FlagWord {
  word: string;
  meaning: string;
}

const FLAGS: [number, FlagWord][] = [
  [
    1,
    { word: 'cut at the source', meaning: 'Some of its text or values were cut off before they came here.' },
  ],
  [
    2,
    { word: 'time derived', meaning: 'The source gives no exact times; they were worked out from others.' },
  ],
  [4, { word: 'parent inferred', meaning: 'The source names no parent; it was found by the times.' }],
  [
    8,
    {
      word: 'parent missing',
      meaning: 'It names a parent that is not in the trace: not exported, sampled out, or still to come.',
    },
  ],
  [16, { word: 'cycle cut', meaning: 'It was its own ancestor; the loop was opened here.' }],
  [32, { word: 'outside its parent', meaning: 'It begins before or ends after its parent.' }],
  [64, { word: 'not yet complete', meaning: 'Only its start has arrived so far.' }],
  [128, { word: 'end before start', meaning: 'The source says that it ended before it began.' }],
  [
    512,
    {
      word: 'laid out in order',
      meaning: 'The source does not say when it began; it stands after the step before it.',
    },
  ],
  [
    2048,
    {
      word: 'id shared',
      meaning: 'Another step has the same id; what names it as its parent stands under the first.',
    },
  ],
  [
    8192,
    {
      word: 'start not known',
      meaning: 'The source says when it ended, and not when it began: it is shown where it ended.',
    },
  ],
  [4096, { word: 'time adjusted', meaning: 'It is shown moved, since its clock and its parent’s disagree.' }],
  [256, { word: 'masked', meaning: 'A secret in it was replaced before it was stored.' }],
];

/** What is odd about a step, in words. */
export function flagWords(flags: number): FlagWord[] {
  return FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
}

/** Why a try failed, in words. */
export const CAUSE_WORDS: Readonly<Record<FailureCause, string>> = {
  unknown: 'cause not known',
  ratelimit: 'rate limit',
  timeout: 'time-out',
  server: 'server error',
  network: 'not reached',
  validation: 'not valid',
  tool: 'tool error',
  truncated: 'cut short',
  refused: 'refused',
  cancelled: 'cancelled',
};

const OUTCOME_WORDS: Readonly<Record<AttemptOutcome, { word: string; sentence: string; tone: OutcomeTone }>> =
  {
    recovered: { word: 'recovered', sentence: 'the last one succeeded', tone: 'success' },
    gaveup: { word: 'gave up', sentence: 'none succeeded, and what asked for it failed too', tone: 'failed' },
    abandoned: { word: 'abandoned', sentence: 'none succeeded, and the run went on without', tone: 'failed' },
    trying: { word: 'still trying', sentence: 'not over yet', tone: 'plain' },
  };

type OutcomeTone = 'success' | 'failed' | 'plain';

const RELATION_WORDS: Readonly<Record<AttemptRelation, { one: string; many: string }>> = {
  retry: { one: 'attempt', many: 'attempts' },
  fallback: { one: 'fallback attempt', many: 'attempts with a fallback' },
  hedge: { one: 'hedged call', many: 'hedged calls' },
};

/** How a group of attempts ended, in a word. */
export function attemptOutcome(attempts: AttemptGroup): string {
  if (attempts.relation === 'hedge' && attempts.outcome === 'recovered') return 'first answer taken';
  return OUTCOME_WORDS[attempts.outcome].word;
}

/** The tone of that word. */
export function attemptTone(attempts: AttemptGroup): OutcomeTone {
  return OUTCOME_WORDS[attempts.outcome].tone;
}

/** What a try of a group is called: `attempt`, or `hedged call` where several went out at once. */
export function attemptWord(attempts: AttemptGroup): string {
  return attempts.relation === 'hedge' ? RELATION_WORDS.hedge.one : RELATION_WORDS.retry.one;
}

/** When the next try is due: `next try in 3 s`. */
export function nextTryWords(left_ms: number): string {
  if (left_ms <= 0) return 'next try is due';
  const left_s = Math.ceil(left_ms / 1000);
  return `next try in ${left_s < 60 ? `${left_s} s` : formatDurationNs(left_s * 1e9)}`;
}

/** Where the time of the next try comes from. */
export const NEXT_TRY_MEANING =
  'Reported: when the step failed, its source said how long it waits before it tries again.';

/** How many tries a group has: `3 tries`, `2 calls` where they went out at once. */
export function triesWord({ rows, relation }: AttemptGroup): string {
  return `${formatCount(rows.length)} ${relation === 'hedge' ? 'calls' : 'tries'}`;
}

/** Why the tries of a group failed, each cause once: `rate limit, 2 × time-out`; empty where none did. */
export function attemptCauses({ causes }: AttemptGroup): string {
  const counts = new Map<FailureCause, number>();
  for (const cause of causes) if (cause !== null) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const parts = Array.from(
    counts,
    ([cause, count]) => `${count > 1 ? `${count} × ` : ''}${CAUSE_WORDS[cause]}`,
  );
  return parts.join(', ');
}

/** What an operation is called: the name of its steps, without the number that some sources put behind it. */
export function operationName(tree: StepTree, row: number): string {
  return nameOf(tree, firstStepOf(tree, row)).replace(/_retry_\d+$/, '');
}

/** What the tries of a group cost, in words: `6.1 s, 1,204 tokens, $0.02`; empty where nothing is known to be lost. */
export function attemptsWaste({ waste_ns, waste_tokens, waste_cost_usd }: AttemptGroup): string {
  const parts = [
    ...(waste_ns > 0 ? [formatDurationNs(waste_ns)] : []),
    ...(waste_tokens ? [`${formatCount(waste_tokens)} tokens`] : []),
    ...(waste_cost_usd ? [formatCostUsd(waste_cost_usd)] : []),
  ];
  return parts.join(', ');
}

/** Flags about where a step stands among the others: parent, cycle, times, id. */
export const SHAPE_FLAGS = 8 | 16 | 32 | 128 | 2048 | 4096 | 8192;

/** A group of attempts in a sentence. */
export function attemptsSentence(attempts: AttemptGroup): string {
  const sure = attempts.confidence < 0.995 ? ` (${Math.round(attempts.confidence * 100)}% sure)` : '';
  const hedged = attempts.relation === 'hedge' && attempts.outcome === 'recovered';
  const ending = hedged ? 'the first answer was taken' : OUTCOME_WORDS[attempts.outcome].sentence;
  const lost = attemptsWaste(attempts);
  const waste = lost ? ` Lost in failed attempts and pauses: ${lost}.` : '';
  const reason = attempts.signal.replace(/\.$/, '');
  return `${attempts.rows.length} ${RELATION_WORDS[attempts.relation].many}, ${ending}.${waste} How that is known: ${reason}${sure}.`;
}

/** How long a run took. Of one that is lost, at least so long as it was heard of. */
export function tookText({ status, duration_ns }: Pick<TraceSummary, 'status' | 'duration_ns'>): string {
  if (status !== 'lost') return formatDurationNs(duration_ns);
  return duration_ns ? `≥\u2009${formatDurationNs(duration_ns)}` : UNKNOWN;
}

/** How long a step took: `…` where it has no end, a dash where the source gives no times. */
export function durationText(tree: StepTree, row: number): string {
  if (tree.clock === 'order_only') return UNKNOWN;
  const duration_ns = at(tree.duration_ns, row);
  if (isStartUnknown(tree, row)) return UNKNOWN;
  return duration_ns < 0 ? '…' : formatDurationNs(duration_ns);
}

/** When a step began, from the start of the trace: `at the start`, `+1.04 s`; `step 3` where the source gives no times. */
export function startText(tree: StepTree, row: number): string {
  const start_ns = at(tree.start_ns, row);
  if (tree.clock === 'order_only') return stepWord(start_ns);
  return start_ns === 0 ? 'at the start' : `+${formatDurationNs(start_ns)}`;
}

/** What the engine says, as a sentence of its own: with a capital and a full stop. A file that it begins with keeps its name. */
export function sentenceOf(message: string): string {
  const stop = /[.!?…:]$/.test(message) ? '' : '.';
  const beginsWithName = /^\S*[./\\_]\S/.test(message);
  return (beginsWithName ? message : message.charAt(0).toUpperCase() + message.slice(1)) + stop;
}
