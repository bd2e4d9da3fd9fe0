// What tells two runs apart: their numbers, and what the steps of each kind and name come to.
import type { SpanKind, TraceSummary } from '../backend/bindings';
import { kindOf, nameOf, STATUS_ERROR, type StepTree } from './stepTree';

/** A number of two runs; `null` where it is not known. */
export interface ComparedNumber {
  label: string;
  unit: 'ns' | 'count' | 'usd';
  values: readonly [number | null, number | null];
}

/** The numbers of two runs, in the order in which they are read. */
export function comparedNumbers(first: TraceSummary, second: TraceSummary): ComparedNumber[] {
  const row = (
    label: string,
    unit: ComparedNumber['unit'],
    of: (trace: TraceSummary) => number | null,
  ): ComparedNumber => ({ label, unit, values: [of(first), of(second)] });
  return [
    row('Duration', 'ns', (trace) => trace.duration_ns),
    row('Steps', 'count', (trace) => trace.steps),
    row('Failed steps', 'count', (trace) => trace.errors),
    row('Retries', 'count', (trace) => trace.retries),
    row('Time lost to retries', 'ns', (trace) => trace.retry_waste_ns),
    row('Prompt tokens', 'count', (trace) => trace.input_tokens),
    row('Answer tokens', 'count', (trace) => trace.output_tokens),
    row('Tokens', 'count', (trace) => trace.total_tokens),
    row('Cost', 'usd', (trace) => trace.cost_usd),
  ];
}

/** What the steps of one kind and name come to in one run. */
export interface StepSum {
  steps: number;
  failed: number;
  /** Of those that have ended. */
  duration_ns: number;
}

/** What the steps of one kind and name come to in each of two runs. */
export interface ComparedSteps {
  kind: SpanKind;
  name: string;
  sums: readonly [StepSum, StepSum];
}

/** The steps of two runs by kind and name: those that differ in number or failures first, then by the difference in time. */
export function comparedSteps(first: StepTree, second: StepTree): ComparedSteps[] {
  const rows = new Map<string, ComparedSteps>();
  addSteps(rows, first, 0);
  addSteps(rows, second, 1);
  const differs = ({ sums: [a, b] }: ComparedSteps) => Number(a.steps !== b.steps || a.failed !== b.failed);
  const time = ({ sums: [a, b] }: ComparedSteps) => Math.abs(a.duration_ns - b.duration_ns);
  return [...rows.values()].sort(
    (a, b) => differs(b) - differs(a) || time(b) - time(a) || a.name.localeCompare(b.name),
  );
}

function addSteps(rows: Map<string, ComparedSteps>, tree: StepTree, side: 0 | 1): void {
  for (let row = tree.runRow ? 1 : 0; row < tree.count; row++) {
    const kind = kindOf(tree, row);
    const name = nameOf(tree, row);
    const key = `${kind} ${name}`;
    const known = rows.get(key) ?? { kind, name, sums: [nothing(), nothing()] };
    rows.set(key, known);
    const sum = known.sums[side];
    sum.steps += 1;
    sum.failed += Number(tree.status[row] === STATUS_ERROR);
    sum.duration_ns += Math.max(0, tree.duration_ns[row] ?? 0);
  }
}

const nothing = (): StepSum => ({ steps: 0, failed: 0, duration_ns: 0 });
