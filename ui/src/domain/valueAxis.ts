// The axis of values: round ticks from 0, in the unit's own words.
import { formatCompact, formatDurationNs } from './format';
import { roundStep_ns, timeLabel } from './timeScale';

/** What is measured: a number of things, nanoseconds, or US dollars. */
export type Unit = 'count' | 'duration' | 'usd';

export interface ValueAxis {
  /** Where the axis ends: a tick, never below the largest value; above 0. */
  end: number;
  ticks: { value: number; label: string }[];
}

const MINUTE_NS = 60e9;

/** An axis from 0 to at least `largest`, of `most` steps or fewer. */
export function valueAxis(largest: number, unit: Unit, most: number): ValueAxis {
  if (!(largest > 0)) return { end: 1, ticks: [{ value: 0, label: '0' }] };
  const least = largest / Math.max(most, 1);
  const step =
    unit === 'duration'
      ? roundStep_ns(least)
      : unit === 'count'
        ? Math.max(1, roundStep(least))
        : roundStep(least);
  const count = Math.max(1, Math.ceil(largest / step - 1e-9));
  const end = count * step;
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({
    value: index * step,
    label: index === 0 ? '0' : labelOf(index * step, step, end, unit),
  }));
  return { end, ticks };
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((each) => each * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function labelOf(value: number, step: number, end: number, unit: Unit): string {
  if (unit === 'count') return formatCompact(value);
  if (unit === 'duration') {
    return value >= MINUTE_NS ? formatDurationNs(value) : timeLabel(value, step, Math.min(end, MINUTE_NS));
  }
  if (value >= 1000) return `$${formatCompact(value)}`;
  return `$${value.toFixed(Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)))}`;
}
