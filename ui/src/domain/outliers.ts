// What is out of the ordinary about a run, in words.
import type { Outlier } from '../backend/bindings';
import { formatCompact, formatCostUsd, formatCount, formatDurationNs } from './format';

const MEASURES: Readonly<Record<string, { word: string; text: (value: number) => string }>> = {
  duration: { word: 'Duration', text: formatDurationNs },
  tokens: { word: 'Tokens', text: formatCompact },
  cost: { word: 'Cost', text: formatCostUsd },
  steps: { word: 'Steps', text: formatCount },
  retries: { word: 'Retries', text: formatCount },
};

/** The number that is out of the ordinary: `Duration`, `Tokens`. */
export function measureWord({ measure }: Outlier): string {
  return MEASURES[measure]?.word ?? measure;
}

/** How far a number is from what is usual: `3.2× the median of 412 runs of this task (median 1.20 s, limit 2.90 s)`. */
export function outlierText({ measure, value, median, limit, runs }: Outlier): string {
  const text = MEASURES[measure]?.text ?? formatCount;
  const others = `the median of ${formatCount(runs)} runs of this task`;
  if (median <= 0) return `${text(value)}, where ${others} is ${text(median)} (limit ${text(limit)})`;
  const times = value / median;
  const factor = times < 9.95 ? times.toFixed(1) : formatCompact(times);
  return `${factor}× ${others} (median ${text(median)}, limit ${text(limit)})`;
}
