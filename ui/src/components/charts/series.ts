// What a chart shows, and where it stands on screen.
import { formatCompact, formatCostUsd, formatCount, formatDurationNs } from '../../domain/format';
import type { Unit } from '../../domain/valueAxis';

/** How a series looks. Each has a pattern or a dash of its own beside its colour. */
export type Tone =
  'succeeded' | 'warning' | 'failed' | 'lost' | 'running' | 'first' | 'second' | 'third' | 'typical' | 'high';

export interface Series {
  label: string;
  tone: Tone;
  /** One for each stretch of time; `null` where it is not known. */
  values: readonly (number | null)[];
  /** What stands in the legend while nothing is pointed at. */
  whole: number | null;
}

/** A stretch of time, and what stands at one place of every chart that shares the axis. */
export interface Stretch {
  start_unix_ms: number;
  end_unix_ms: number;
}

/** Room around the plot. All charts have the same, so that those above one another are aligned. */
export const MARGIN_PX = { left: 76, right: 10, top: 8, bottom: 20 };

export const PLOT_PX = 112;

/** A value in little room. */
export function valueText(value: number | null | undefined, unit: Unit): string {
  if (unit === 'duration') return formatDurationNs(value);
  if (unit === 'usd') return formatCostUsd(value);
  return formatCompact(value);
}

/** A value in full. */
export function fullValueText(value: number | null | undefined, unit: Unit): string {
  return unit === 'count' ? formatCount(value) : valueText(value, unit);
}

/** The largest of what is drawn: of stacks their sum. */
export function largestOf(series: readonly Series[], isStacked: boolean): number {
  const count = series[0]?.values.length ?? 0;
  let largest = 0;
  for (let index = 0; index < count; index++) {
    const values = series.map(({ values }) => values[index] ?? 0);
    largest = Math.max(
      largest,
      isStacked ? values.reduce((sum, each) => sum + each, 0) : Math.max(...values),
    );
  }
  return largest;
}
