// The execution tree of a trace, ready for drawing and moving about: the engine's columns as they came, and what follows
// from them (ends, pauses before attempts, failed steps below). Nothing here is made of an object a row: a tree may have a
// million. Row numbers hold for one revision; whatever outlives a revision is kept by step id.
import { SPAN_KINDS, SPAN_STATUSES } from '../backend/bindings';
import type { AttemptGroup, Remark, SpanKind, SpanStatus, SpanTree } from '../backend/bindings';
import type { TextColumn } from '../backend/columns';
import { at } from './columns';
import { operationsOf, type Operations } from './operations';
import { visibleText } from './visibleText';

export interface StepTree {
  readonly revision: number;
  /** Number of rows. */
  readonly count: number;
  readonly start_unix_ms: number | null;
  /** Up to the last end, or the last start if that is later. */
  readonly total_ns: number;
  /** What the `*_ns` columns mean. */
  readonly clock: SpanTree['clock'];
  /** More of the trace may come: a step without an end goes on. */
  readonly isLive: boolean;
  /** Steps that go on, ascending. */
  readonly openRows: Uint32Array;
  readonly runRow: boolean;
  /** No step, but what stands above those whose parent is not in the trace; -1 where there are none. */
  readonly orphanRow: number;
  readonly remarks: readonly Remark[];
  readonly groups: readonly AttemptGroup[];
  /** When the next try of a failed step is due, by row; only of steps whose next try is awaited, in a run that goes on. */
  readonly awaited_ns: ReadonlyMap<number, number>;
  /** Those of the groups that have a row of their own. */
  readonly operations: Operations;
  /** Steps that a person has taken out of the group of attempts that they were found in. */
  readonly apartRows: ReadonlySet<number>;
  /** Names and models. */
  readonly strings: TextColumn;
  readonly spanId: TextColumn;
  readonly name: Uint32Array;
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  readonly maxDepth: number;
  readonly descendants: Uint32Array;
  readonly start_ns: Float64Array;
  /** -1 while open, or where no end is known. */
  readonly duration_ns: Float64Array;
  /** Where the bar ends: that of a step without an end goes on to the end of the trace. */
  readonly end_ns: Float64Array;
  /** The pause before this attempt, 0 for all other steps. */
  readonly pause_ns: Float64Array;
  /** Of the step alone, as is `cost_usd`; -1 where none are given. */
  readonly tokens: Float64Array;
  readonly cost_usd: Float64Array;
  /** Of the step and everything below it, as is `belowCost_usd`; -1 where none are given. */
  readonly belowTokens: Float64Array;
  readonly belowCost_usd: Float64Array;
  readonly model: Int32Array;
  readonly attempt: Uint16Array;
  readonly group: Int32Array;
  readonly flags: Uint32Array;
  /** Failed steps below each row. */
  readonly errorsBelow: Uint32Array;
  /** Failed steps, ascending. */
  readonly errorRows: Uint32Array;
  /** Second and later attempts, ascending. */
  readonly retryRows: Uint32Array;
  /** Rows by step id; worked out when first asked for. */
  readonly rowById: Pick<ReadonlyMap<string, number>, 'get' | 'has'>;
  /** Whether the tokens of any step are known. */
  readonly hasTokens: boolean;
  /** Whether the cost of any step is known. */
  readonly hasCost: boolean;
}

export type StepStanding = SpanStatus | 'lost';

const NS_PER_MS = 1e6;

/** The bit of `StepTree.flags` of a step whose end is known, and not its start: it stands where it ended. */
export const FLAG_START_UNKNOWN = 8192;

export const STATUS_ERROR = SPAN_STATUSES.indexOf('error');
export const STATUS_OPEN = SPAN_STATUSES.indexOf('open');

/** Derives a tree from the engine's answer. `isLive`: more of it may come. */
export function stepTreeFrom(source: SpanTree, isLive = false): StepTree {
  const { start_ns, duration_ns, parent, status, attempt, depth, span_id: spanId } = source;
  const count = spanId.length;
  let total_ns = source.total_ns;
  let maxDepth = 0;
  let hasTokens = false;
  let hasCost = false;
  for (let row = 0; row < count; row++) {
    total_ns = Math.max(total_ns, at(start_ns, row) + Math.max(0, at(duration_ns, row)));
    maxDepth = Math.max(maxDepth, at(depth, row));
    hasTokens ||= at(source.tokens, row) >= 0;
    hasCost ||= at(source.cost_usd, row) >= 0;
  }
  const end_ns = new Float64Array(count);
  const errorsBelow = new Uint32Array(count);
  const errorRows: number[] = [];
  const retryRows: number[] = [];
  const openRows: number[] = [];
  for (let row = 0; row < count; row++) {
    const known_ns = at(duration_ns, row);
    const isOver = known_ns >= 0 || (at(source.flags, row) & FLAG_START_UNKNOWN) !== 0;
    end_ns[row] = isOver ? at(start_ns, row) + Math.max(0, known_ns) : total_ns;
    // The run is no step, though it stands above them.
    const isRun = source.run_row && row === 0;
    if (status[row] === STATUS_ERROR && !isRun) errorRows.push(row);
    if (at(attempt, row) > 1) retryRows.push(row);
    if (isLive && known_ns < 0 && status[row] === STATUS_OPEN) openRows.push(row);
  }
  // Rows stand below their parents, so going up adds each row's count once all below it are in.
  for (let row = count - 1; row > 0; row--) {
    const above = at(parent, row);
    if (above < 0) continue;
    errorsBelow[above] =
      at(errorsBelow, above) + at(errorsBelow, row) + (status[row] === STATUS_ERROR ? 1 : 0);
  }
  const pause_ns = new Float64Array(count);
  for (const group of source.groups) {
    group.rows.forEach((row, index) => {
      pause_ns[row] = group.gap_ns[index] ?? 0;
    });
  }
  const rowById = (id: string) => {
    const row = spanId.indexOf(id);
    return row < 0 ? undefined : row;
  };

  return {
    revision: source.revision,
    count,
    start_unix_ms: source.start_unix_ms,
    total_ns,
    clock: source.clock,
    isLive,
    openRows: new Uint32Array(openRows),
    runRow: source.run_row,
    orphanRow: source.orphan_row ?? -1,
    remarks: source.remarks,
    groups: source.groups,
    awaited_ns: new Map(isLive ? source.awaited.map(({ row, until_ns }) => [row, until_ns]) : []),
    operations: operationsOf(source),
    apartRows: new Set(source.apart_rows),
    strings: source.strings,
    spanId,
    name: source.name,
    kind: source.kind,
    status,
    parent,
    depth,
    maxDepth,
    descendants: source.descendants,
    start_ns,
    duration_ns,
    end_ns,
    pause_ns,
    tokens: source.tokens,
    cost_usd: source.cost_usd,
    belowTokens: source.below_tokens,
    belowCost_usd: source.below_cost_usd,
    model: source.model,
    attempt,
    group: source.group,
    flags: source.flags,
    errorsBelow,
    errorRows: new Uint32Array(errorRows),
    retryRows: new Uint32Array(retryRows),
    rowById: { get: rowById, has: (id) => rowById(id) !== undefined },
    hasTokens,
    hasCost,
  };
}

/** Rows that are steps: all but the run itself and the one above the orphans. */
export function stepCount(tree: StepTree): number {
  return tree.count - (tree.runRow ? 1 : 0) - (tree.orphanRow >= 0 ? 1 : 0);
}

/** Whether only its end is known. */
export function isStartUnknown(tree: StepTree, row: number): boolean {
  return (at(tree.flags, row) & FLAG_START_UNKNOWN) !== 0;
}

/** As it may be shown, in the page and on the canvas: with nothing in it that hides or turns around what stands beside it. */
export function nameOf(tree: StepTree, row: number): string {
  return visibleText(tree.strings.get(at(tree.name, row)) ?? '');
}

/** As it may be shown. */
export function modelOf(tree: StepTree, row: number): string | null {
  const model = tree.strings.get(tree.model[row] ?? -1);
  return model === undefined ? null : visibleText(model);
}

export function kindOf(tree: StepTree, row: number): SpanKind {
  return SPAN_KINDS[at(tree.kind, row)] ?? 'other';
}

export function statusOf(tree: StepTree, row: number): SpanStatus {
  return SPAN_STATUSES[at(tree.status, row)] ?? 'unset';
}

/** How a step stands: `lost` if it was begun, and its end will not come any more. */
export function standingOf(tree: StepTree, row: number): StepStanding {
  const status = statusOf(tree, row);
  return status === 'open' && !tree.isLive ? 'lost' : status;
}

/** When an open step began, in milliseconds since the epoch; `null` if the step does not go on, or has no such time. */
export function runningSince(tree: StepTree, row: number): number | null {
  if (standingOf(tree, row) !== 'open' || at(tree.duration_ns, row) >= 0) return null;
  if (tree.start_unix_ms === null || tree.clock !== 'measured') return null;
  return tree.start_unix_ms + at(tree.start_ns, row) / NS_PER_MS;
}

/** When the next try of a step is due, in milliseconds since the epoch, as the source said; `null` where none is awaited. */
export function nextTryAt(tree: StepTree, row: number): number | null {
  const until_ns = tree.awaited_ns.get(row);
  if (until_ns === undefined || tree.start_unix_ms === null || tree.clock !== 'measured') return null;
  return tree.start_unix_ms + until_ns / NS_PER_MS;
}

/** The step that began last, -1 in a tree without steps. */
export function newestRow(tree: StepTree): number {
  let newest = -1;
  for (let row = 0; row < tree.count; row++) {
    if (newest < 0 || at(tree.start_ns, row) >= at(tree.start_ns, newest)) newest = row;
  }
  return newest;
}

/** The attempts a step is one of, if it is one. */
export function attemptsOf(tree: StepTree, row: number): AttemptGroup | null {
  return tree.groups[tree.group[row] ?? -1] ?? null;
}

/** The id of a step; empty for the run itself, and where there is no such row. */
export function idOf(tree: StepTree, row: number): string {
  return tree.spanId.get(row) ?? '';
}

/** The row of a step, -1 if it is not in the tree. */
export function rowOf(tree: StepTree, stepId: string | null): number {
  return stepId === null ? -1 : (tree.rowById.get(stepId) ?? -1);
}
