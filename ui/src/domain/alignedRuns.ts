// Two runs, aligned: the engine's pairs as they came, and what follows from them (which differ, how many below each). Nothing
// here is made of an object a pair: there may be a hundred thousand. Numbers of pairs hold for one reading; whatever
// outlives it is kept by the ids of their steps.
import { PAIR_RELATIONS, type ApartSteps, type Comparison, type PairRelation } from '../backend/bindings';
import { at, countBelow } from './columns';
import { formatCount, plural } from './format';
import {
  attemptsOf,
  idOf,
  kindOf,
  modelOf,
  nameOf,
  standingOf,
  stepTreeFrom,
  type StepTree,
} from './stepTree';

/** Bits of what differs between the two steps of a pair. */
export const DIFFERS = {
  name: 1,
  model: 2,
  status: 4,
  input: 8,
  inputWording: 16,
  output: 32,
  outputWording: 64,
  tries: 128,
  error: 256,
} as const;

/** What differs beyond wording. */
const IN_SUBSTANCE =
  DIFFERS.name |
  DIFFERS.model |
  DIFFERS.status |
  DIFFERS.input |
  DIFFERS.output |
  DIFFERS.tries |
  DIFFERS.error;

const MATCHED = PAIR_RELATIONS.indexOf('matched');

export type Side = 'a' | 'b';

export interface AlignedRuns {
  readonly count: number;
  readonly a: StepTree;
  readonly b: StepTree;
  /** The models of A and of B as they are listed, `null` where that is not known. */
  readonly models: readonly [string | null, string | null];
  /** Row of a pair's step in A, -1 if only B has it. */
  readonly rowA: Int32Array;
  readonly rowB: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  readonly relation: Uint8Array;
  readonly difference: Uint16Array;
  readonly sureness: Float64Array;
  readonly repeats: Int32Array;
  /** Of tries before the last one of an operation, and what is below and between them: the pair of the last; else -1. */
  readonly tryOf: Int32Array;
  readonly byHand: Uint8Array;
  /** Steps that a person has said are not the same. */
  readonly apart: readonly ApartSteps[];
  /** Pairs below a pair, at any depth; they follow it directly. */
  readonly descendants: Uint32Array;
  /** The differences of the runs, as the engine counts them, ascending. */
  readonly different: Uint32Array;
  /** How many of these are below each pair. */
  readonly differentBelow: Uint32Array;
  /** How many pairs below an operation belong to its tries before the last one; they follow it directly. */
  readonly ofTries: Uint32Array;
  /** 1 for what one run alone has and is no difference: a level of its format, a pause, a call between tries. */
  readonly passedOver: Uint8Array;
  /** 1 for a step of one run alone that the other is under way to, or may be. */
  readonly isAwaited: Uint8Array;
  /** The pair at which the runs part, -1 where they do the same. */
  readonly first: number;
}

/** Derives what is shown from the engine's answer. `isLiveA`, `isLiveB`: more of that run may come. */
export function alignedFrom(comparison: Comparison, isLiveA = false, isLiveB = false): AlignedRuns {
  const { parent, try_of: tryOf, is_difference: counts } = comparison;
  const count = parent.length;
  const descendants = new Uint32Array(count);
  const differentBelow = new Uint32Array(count);
  const ofTries = new Uint32Array(count);
  const different: number[] = [];
  for (let pair = 0; pair < count; pair++) if (counts[pair] === 1) different.push(pair);
  // Pairs stand below their parents, so going up adds each one's count once all below it are in.
  for (let pair = count - 1; pair > 0; pair--) {
    const above = at(parent, pair);
    if (above < 0) continue;
    descendants[above] = at(descendants, above) + at(descendants, pair) + 1;
    differentBelow[above] = at(differentBelow, above) + at(differentBelow, pair) + at(counts, pair);
    if (at(tryOf, pair) === above) ofTries[above] = at(ofTries, above) + at(descendants, pair) + 1;
  }
  return {
    passedOver: passedOverIn(comparison),
    count,
    a: stepTreeFrom(comparison.a.tree, isLiveA),
    b: stepTreeFrom(comparison.b.tree, isLiveB),
    models: [comparison.a.summary.model, comparison.b.summary.model],
    rowA: comparison.row_a,
    rowB: comparison.row_b,
    parent,
    depth: comparison.depth,
    relation: comparison.relation,
    difference: comparison.difference,
    sureness: comparison.sureness,
    repeats: comparison.repeats,
    tryOf,
    isAwaited: comparison.is_awaited,
    byHand: comparison.by_hand,
    apart: comparison.apart,
    descendants,
    different: new Uint32Array(different),
    differentBelow,
    ofTries,
    first: comparison.first_difference ?? -1,
  };
}

function passedOverIn(comparison: Comparison): Uint8Array {
  const { row_a, row_b, parent, relation, difference, try_of, is_difference } = comparison;
  const passedOver = new Uint8Array(parent.length);
  /** Differences of one run alone, and all below them. */
  const counted = new Uint8Array(parent.length);
  for (let pair = 0; pair < parent.length; pair++) {
    // The row of a run that the other's format has none of stands for both where it says what differs.
    const isOfRuns = at(difference, pair) !== 0;
    if ((at(row_a, pair) >= 0 && at(row_b, pair) >= 0) || isOfRuns) continue;
    const above = at(parent, pair);
    const isPart = above >= 0 && counted[above] === 1 && relation[above] === relation[pair];
    if (isPart || is_difference[pair] === 1) counted[pair] = 1;
    else if (at(try_of, pair) < 0) passedOver[pair] = 1;
  }
  return passedOver;
}

/**
 * Whether the two steps of a pair are not alike in more than wording. Not each such pair is a difference that counts: tries
 * count with their operation, parts of what one run alone has with that. What is passed over is not among them.
 */
export function isUnlike({ relation, difference, passedOver }: AlignedRuns, pair: number): boolean {
  if (passedOver[pair] === 1) return false;
  return at(relation, pair) !== MATCHED || (at(difference, pair) & IN_SUBSTANCE) !== 0;
}

/** What a pair is that one run alone has and that is no difference, in words; `null` for all others. */
export function passedOverWords(runs: AlignedRuns, pair: number): string | null {
  if (runs.passedOver[pair] !== 1) return null;
  const [tree, row] = namingStep(runs, pair);
  const side = tree === runs.a ? 'A' : 'B';
  if (runs.isAwaited[pair] === 1) return `not yet in ${side === 'A' ? 'B' : 'A'}`;
  const kind = kindOf(tree, row);
  if (kind === 'wait') return `a pause of ${side} alone`;
  const isLeaf = at(tree.descendants, row) === 0;
  return kind === 'llm' && isLeaf ? `between tries in ${side}` : `a level of ${side} alone`;
}

/** Whether a pair is the runs themselves, as their sources report them: no step. */
export function isOfRuns({ a, b, rowA, rowB }: AlignedRuns, pair: number): boolean {
  return (a.runRow && at(rowA, pair) === 0) || (b.runRow && at(rowB, pair) === 0);
}

/** Whether a pair is a try before the last one of its operation, or a part of one. */
export function isTry(runs: AlignedRuns, pair: number): boolean {
  return at(runs.tryOf, pair) >= 0;
}

export function relationOf(runs: AlignedRuns, pair: number): PairRelation {
  return PAIR_RELATIONS[at(runs.relation, pair)] ?? 'matched';
}

/** The row of a pair's step in the tree of one side, -1 if that has none. */
export function rowOn(runs: AlignedRuns, side: Side, pair: number): number {
  return (side === 'a' ? runs.rowA : runs.rowB)[pair] ?? -1;
}

/** The id of a pair's step on one side; `null` if that has none. */
export function stepOn(runs: AlignedRuns, side: Side, pair: number): string | null {
  const row = rowOn(runs, side, pair);
  return row < 0 ? null : idOf(runs[side], row);
}

/** What a pair is known by from one reading to the next. */
export function pairKey(runs: AlignedRuns, pair: number): string {
  return JSON.stringify([stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)]);
}

/** The tree and the row that a pair is named after: A's, or B's where A has none. */
export function namingStep(runs: AlignedRuns, pair: number): readonly [StepTree, number] {
  const row = rowOn(runs, 'a', pair);
  return row >= 0 ? [runs.a, row] : [runs.b, rowOn(runs, 'b', pair)];
}

export function pairName(runs: AlignedRuns, pair: number): string {
  const [tree, row] = namingStep(runs, pair);
  return nameOf(tree, row);
}

/** The pair of two steps: that of A's, else that of B's; -1 if neither is in it. */
export function pairOf(runs: AlignedRuns, stepA: string | null, stepB: string | null): number {
  const find = (side: Side, step: string | null) => {
    const row = step === null ? undefined : runs[side].rowById.get(step);
    return row === undefined ? -1 : (side === 'a' ? runs.rowA : runs.rowB).indexOf(row);
  };
  const pair = find('a', stepA);
  return pair >= 0 ? pair : find('b', stepB);
}

/** The next difference from a pair on, forwards or backwards; -1 where there is none. */
export function nextDifference(runs: AlignedRuns, pair: number, direction: 1 | -1): number {
  const { different } = runs;
  const index = direction > 0 ? countBelow(different, pair + 1) : countBelow(different, pair) - 1;
  return different[index] ?? -1;
}

/** One thing to say of how the two steps of a pair differ. */
export interface DifferenceWord {
  word: string;
  /** The same where there is little room. */
  short?: string;
  /** In substance, in how it ended, or in wording alone. */
  weight: 'plain' | 'status' | 'slight';
  meaning: string;
}

/** Which of how many tries a pair is, in words; `null` for one that is none, or the last one, which stands for all. */
export function tryWords(runs: AlignedRuns, side: Side, pair: number): string | null {
  const row = rowOn(runs, side, pair);
  if (!isTry(runs, pair) || row < 0) return null;
  const [attempt, tries] = [at(runs[side].attempt, row), triesOf(runs[side], row)];
  return attempt > 0 && tries > 1 ? `try ${attempt} of ${tries}` : null;
}

/**
 * How long a step took on one side; an operation whose tries are folded away from its first start to its last end. 0 where
 * the side does not have it, `null` where it is not known.
 */
export function took_ns(runs: AlignedRuns, side: Side, pair: number, isFolded: boolean): number | null {
  const row = rowOn(runs, side, pair);
  if (row < 0) return 0;
  const tree = runs[side];
  const duration_ns = at(tree.duration_ns, row);
  // What is under way has not taken its time yet.
  if (tree.clock === 'order_only' || duration_ns < 0 || standingOf(tree, row) === 'open') return null;
  const first = firstRowOn(runs, side, pair, isFolded);
  return duration_ns + at(tree.start_ns, row) - at(tree.start_ns, first);
}

/** The row with which a pair begins on one side: of an operation whose tries are folded away that of the first; -1 for none. */
export function firstRowOn(runs: AlignedRuns, side: Side, pair: number, isFolded: boolean): number {
  return foldedTries(runs, side, pair, isFolded)[0] ?? rowOn(runs, side, pair);
}

/** What a column of numbers (-1 where not known) comes to for a step with all its tries, where these are folded away. */
export function sumOfTries(
  runs: AlignedRuns,
  side: Side,
  pair: number,
  isFolded: boolean,
  column: Float64Array,
): number {
  const row = rowOn(runs, side, pair);
  if (row < 0) return 0;
  const tries = foldedTries(runs, side, pair, isFolded).filter((each) => at(column, each) >= 0);
  return tries.length > 0 ? tries.reduce((sum, each) => sum + at(column, each), 0) : at(column, row);
}

/** The tries that a folded operation stands for, the last among them. */
function foldedTries(runs: AlignedRuns, side: Side, pair: number, isFolded: boolean): readonly number[] {
  if (!isFolded || at(runs.ofTries, pair) === 0) return [];
  return attemptsOf(runs[side], rowOn(runs, side, pair))?.rows ?? [];
}

/** How often a step was tried; 1 for one that is in no group of attempts. */
export function triesOf(tree: StepTree, row: number): number {
  return row < 0 ? 0 : (attemptsOf(tree, row)?.rows.length ?? 1);
}

/** What differs between the two steps of a pair, that which weighs most first. */
export function differenceWords(runs: AlignedRuns, pair: number): DifferenceWord[] {
  const bits = at(runs.difference, pair);
  const [rowA, rowB] = [at(runs.rowA, pair), at(runs.rowB, pair)];
  const has = (bit: number) => (bits & bit) !== 0;
  const words: DifferenceWord[] = [];
  const say = (word: string, weight: DifferenceWord['weight'], meaning: string, short?: string) => {
    words.push({ word, weight, meaning, ...(short === undefined ? {} : { short }) });
  };
  if (has(DIFFERS.status)) {
    const ends = { ok: 'ok', unset: 'no status', error: 'failed', open: 'running', lost: 'no end' };
    const [a, b] = [ends[standingOf(runs.a, rowA)], ends[standingOf(runs.b, rowB)]];
    say(`${a} → ${b}`, 'status', `In A: ${a}. In B: ${b}.`);
  }
  if (has(DIFFERS.name)) say('name', 'plain', `In B it is called ${nameOf(runs.b, rowB)}.`);
  if (has(DIFFERS.model)) {
    const [ofA, ofB] = runs.models;
    const a = modelOf(runs.a, rowA) ?? ofA ?? 'none';
    const b = modelOf(runs.b, rowB) ?? ofB ?? 'none';
    say('model', 'plain', `Its model is ${a} in A, ${b} in B.`);
  }
  if (has(DIFFERS.tries)) {
    const [a, b] = [triesOf(runs.a, rowA), triesOf(runs.b, rowB)];
    const words = `${plural(a, 'try', 'tries')} in A, ${formatCount(b)} in B`;
    const short = `${formatCount(a)} → ${formatCount(b)} tries`;
    say(a === b ? 'tries' : words, 'plain', `It took ${words}.`, a === b ? undefined : short);
  }
  if (has(DIFFERS.input)) say('input', 'plain', 'Its input is another in substance.');
  if (has(DIFFERS.error)) say('error', 'plain', 'It failed in another way.');
  if (has(DIFFERS.output)) say('answer', 'plain', 'Its answer is another in substance.');
  if (has(DIFFERS.inputWording)) say('input wording', 'slight', 'Its input says the same in other words.');
  if (has(DIFFERS.outputWording)) say('answer wording', 'slight', 'Its answer says the same in other words.');
  return words;
}

/** Whether a pair is the row of a run that the other's format has none of, and says what differs between the two. */
export function standsForRuns(runs: AlignedRuns, pair: number): boolean {
  const isInBoth = rowOn(runs, 'a', pair) >= 0 && rowOn(runs, 'b', pair) >= 0;
  return !isInBoth && at(runs.difference, pair) !== 0;
}

/** A pair in a sentence, for those who do not see its row. */
export function pairSentence(runs: AlignedRuns, pair: number): string {
  const [tree, row] = namingStep(runs, pair);
  const parts = [`${kindOf(tree, row)} ${nameOf(tree, row) || 'unnamed'}`];
  const tried = tryWords(runs, 'a', pair) ?? tryWords(runs, 'b', pair);
  const relation = relationOf(runs, pair);
  const alone = { only_a: ' in A', only_b: ' in B', matched: '', moved: '' }[relation];
  if (tried !== null) parts.push(tried + alone);
  const passedOver = passedOverWords(runs, pair);
  if (passedOver !== null) parts.push(passedOver);
  else if (relation === 'only_a' && tried === null && !standsForRuns(runs, pair)) parts.push('only in A');
  else if (relation === 'only_b' && tried === null && !standsForRuns(runs, pair)) parts.push('only in B');
  if (relation === 'moved') parts.push('at another place');
  parts.push(...differenceWords(runs, pair).map(({ word }) => word));
  if (pair === runs.first) parts.push('here the runs part');
  return parts.join(', ');
}

/** The number of a pair's step, as steps are counted from the top of the tree of one side: 0 for the run itself, -1 for none. */
export function stepNumber(runs: AlignedRuns, side: Side, pair: number): number {
  const row = rowOn(runs, side, pair);
  return row < 0 ? -1 : row + (runs[side].runRow ? 0 : 1);
}

/** Where a pair stands, as steps are counted from the top of each tree. */
export function placeOfPair(runs: AlignedRuns, pair: number): string {
  const [numberA, numberB] = [stepNumber(runs, 'a', pair), stepNumber(runs, 'b', pair)];
  if (Math.max(numberA, numberB) === 0) return 'the run itself';
  if (numberA < 0) return `step ${numberB} of B`;
  if (numberB < 0) return `step ${numberA} of A`;
  return numberA === numberB ? `step ${numberA}` : `step ${numberA} of A, ${numberB} of B`;
}
