// How far a run has come at a moment of what is played: which steps are done, run, or are still to come, and what was used so far.
import { SPAN_KINDS } from '../backend/bindings';
import { at, countBelow } from './columns';
import type { PlayedSteps } from './replayClock';
import { STATUS_ERROR, STATUS_OPEN, type StepTree } from './stepTree';

export type Phase = 'done' | 'running' | 'coming';

/** Each with a sign beside its word, so that it is told by more than how strongly it stands out. */
export const PHASE_WORDS: Record<Phase, { sign: string; word: string }> = {
  done: { sign: '✓', word: 'done' },
  running: { sign: '▸', word: 'runs now' },
  coming: { sign: '·', word: 'still to come' },
};

/** How far a step has come. */
export function phaseAt({ tree, start_ns, end_ns }: PlayedSteps, row: number, at_ns: number): Phase {
  if (at(start_ns, row) > at_ns) return 'coming';
  return at(end_ns, row) <= at_ns && !goesOn(tree, row) ? 'done' : 'running';
}

/** Whether it is known at the playhead how a step ended; all is known while nothing is replayed. */
export const isOutcomeKnown = (phase: Phase | null): boolean => phase === null || phase === 'done';

/** Whether a step has no end yet, for its run is under way. */
function goesOn(tree: StepTree, row: number): boolean {
  return tree.isLive && tree.status[row] === STATUS_OPEN && at(tree.duration_ns, row) < 0;
}

/** What a run came to as it went: sums over its steps in the order in which they ended. */
export interface RunTally {
  /** Ascending; that of a step that goes on is infinite. */
  readonly end_ns: Float64Array;
  /** Sums up to and with each of these ends. */
  readonly tokens: Float64Array;
  readonly cost_usd: Float64Array;
  readonly modelCalls: Uint32Array;
  readonly failures: Uint32Array;
  /** The row of each of these ends. */
  readonly rows: Uint32Array;
  /** When further tries of something began, ascending. */
  readonly retryStart_ns: Float64Array;
  /** When rows that are no steps began and ended: the run itself, and the row above orphans. */
  readonly apart: readonly (readonly [number, number])[];
  /** When rows began, ascending … */
  readonly start_ns: Float64Array;
  /** … and which. */
  readonly begunRows: Uint32Array;
}

/** What there was at a time. Only steps are counted, not the run itself. */
export interface RunSoFar {
  begun: number;
  done: number;
  tokens: number;
  cost_usd: number;
  modelCalls: number;
  failures: number;
  retries: number;
  /** The step that began last, -1 before any has. */
  newest: number;
  /** The model call that ended last, -1 before the first has. */
  lastModelCall: number;
  /** How long that one stays the last: from its end to the end of the next, in played time. */
  lastStays_ns: number;
}

const LLM = SPAN_KINDS.indexOf('llm');

export function tallyOf({ tree, start_ns, end_ns: barEnd_ns }: PlayedSteps): RunTally {
  const end_ns = barEnd_ns.map((bar_ns, row) => (goesOn(tree, row) ? Infinity : bar_ns));
  const rows = new Uint32Array(tree.count);
  for (let row = 0; row < tree.count; row++) rows[row] = row;
  // Two that go on end at the same time, for all that is known.
  rows.sort((a, b) => (at(end_ns, a) === at(end_ns, b) ? a - b : at(end_ns, a) - at(end_ns, b)));
  const tally = {
    end_ns: new Float64Array(tree.count),
    tokens: new Float64Array(tree.count),
    cost_usd: new Float64Array(tree.count),
    modelCalls: new Uint32Array(tree.count),
    failures: new Uint32Array(tree.count),
    rows,
    retryStart_ns: Float64Array.from(tree.retryRows, (row) => at(start_ns, row)).sort(),
    apart: [tree.runRow ? 0 : -1, tree.orphanRow]
      .filter((row) => row >= 0)
      .map((row) => [at(start_ns, row), at(end_ns, row)] as const),
    start_ns: start_ns.slice().sort(),
    begunRows: Uint32Array.from(rows).sort((a, b) => at(start_ns, a) - at(start_ns, b) || a - b),
  };
  let [tokens, cost_usd, modelCalls, failures] = [0, 0, 0, 0];
  rows.forEach((row, index) => {
    tokens += addedBy(tree, row, tree.tokens, tree.belowTokens);
    cost_usd += addedBy(tree, row, tree.cost_usd, tree.belowCost_usd);
    modelCalls += Number(tree.kind[row] === LLM);
    // The run is no step: its failure is not one more.
    failures += Number(tree.status[row] === STATUS_ERROR && !(tree.runRow && row === 0));
    tally.end_ns[index] = at(end_ns, row);
    tally.tokens[index] = tokens;
    tally.cost_usd[index] = cost_usd;
    tally.modelCalls[index] = modelCalls;
    tally.failures[index] = failures;
  });
  return tally;
}

/** What a step adds to what the steps below it have used: a step may repeat their sum, which then counts once. */
function addedBy(tree: StepTree, row: number, own: Float64Array, below: Float64Array): number {
  const whole = at(below, row);
  if (whole < 0 || at(own, row) < 0) return 0;
  let inside = 0;
  const end = row + at(tree.descendants, row);
  for (let each = row + 1; each <= end; each += at(tree.descendants, each) + 1) {
    inside += Math.max(0, at(below, each));
  }
  return Math.max(0, whole - inside);
}

export function soFar(tally: RunTally, at_ns: number): RunSoFar {
  // Up to and with what ends just then.
  const ended = countUpTo(tally.end_ns, at_ns);
  const last = ended - 1;
  const calls = at(tally.modelCalls, last);
  const lastCall = calls > 0 ? countBelow(tally.modelCalls, calls) : -1;
  const nextCall_ns = tally.end_ns[countBelow(tally.modelCalls, calls + 1)] ?? Infinity;
  const begun = countUpTo(tally.start_ns, at_ns);
  return {
    begun: begun - tally.apart.filter(([start_ns]) => start_ns <= at_ns).length,
    newest: begun > 0 ? at(tally.begunRows, begun - 1) : -1,
    done: ended - tally.apart.filter(([, end_ns]) => end_ns <= at_ns).length,
    tokens: at(tally.tokens, last),
    cost_usd: at(tally.cost_usd, last),
    modelCalls: calls,
    failures: at(tally.failures, last),
    retries: countUpTo(tally.retryStart_ns, at_ns),
    lastModelCall: lastCall < 0 ? -1 : at(tally.rows, lastCall),
    lastStays_ns: lastCall < 0 ? 0 : nextCall_ns - at(tally.end_ns, lastCall),
  };
}

/** How many entries of an ascending column are no greater than `value`. */
export function countUpTo(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(ascending, middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
