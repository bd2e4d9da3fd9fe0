// What tells two runs apart in numbers.
import type { TraceSummary } from '../backend/bindings';
import { UNKNOWN } from './format';

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
    // Of a run that did not end it is not known how long it took.
    row('Duration', 'ns', ({ status, duration_ns }) => (status === 'lost' ? null : duration_ns)),
    row('Steps', 'count', (trace) => trace.steps),
    row('Failed steps', 'count', (trace) => trace.errors),
    row('Retries', 'count', (trace) => trace.retries),
    row('Time lost to retries', 'ns', (trace) => (trace.retries === 0 ? 0 : trace.retry_waste_ns)),
    row('Prompt tokens', 'count', (trace) => trace.input_tokens),
    row('Answer tokens', 'count', (trace) => trace.output_tokens),
    row('Tokens', 'count', (trace) => trace.total_tokens),
    row('Cost', 'usd', (trace) => trace.cost_usd),
  ];
}

/** How far the second value is above or below the first; a dash where one of them is not known. */
export function differenceText(
  first: number | null,
  second: number | null,
  format: (value: number) => string,
): string {
  if (first === null || second === null) return UNKNOWN;
  if (first === second) return 'the same';
  const by = signedText(second - first, format);
  if (first === 0) return by;
  const percent = Math.round((Math.abs(second - first) / first) * 100);
  return percent > 0 && percent < 1000 ? `${by} (${second > first ? '+' : '−'}${percent} %)` : by;
}

/** A difference with its sign: `+1.2 s`, `−3`. */
export function signedText(by: number, format: (value: number) => string): string {
  return `${by < 0 ? '−' : '+'}${format(Math.abs(by))}`;
}
