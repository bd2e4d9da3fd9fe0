// Arithmetic of a histogram: places in bins (0 to the number of bins) against values, and the ticks of its axis.
import type { Histogram } from '../../backend/bindings';
import { formatCompact, formatDateTime, formatDurationNs } from '../../domain/format';

/** What a brush covers, in bins: from the beginning of one to the end of another. Never empty. */
export interface Brush {
  from: number;
  to: number;
}

export const binsOf = ({ edges }: Histogram): number => Math.max(0, edges.length - 1);

/** Where a value stands, with what of a bin lies before it; kept within the histogram. */
export function placeOf(histogram: Histogram, value: number): number {
  const { edges, is_logarithmic } = histogram;
  const bins = binsOf(histogram);
  const bin = edges.findLastIndex((edge) => edge <= value);
  const [low, high] = [edges[bin], edges[bin + 1]];
  if (low === undefined) return 0;
  if (high === undefined) return bins;
  const isGrowing = is_logarithmic && low > 0;
  const share = isGrowing ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return bin + share;
}

/** What the filter asks for, as a brush; `null` if nothing, or nothing of one piece. */
export function brushOf(histogram: Histogram): Brush | null {
  const { chosen } = histogram;
  if (!chosen) return null;
  const from = chosen.from === null ? 0 : placeOf(histogram, chosen.from);
  const to = chosen.below === null ? binsOf(histogram) : placeOf(histogram, chosen.below);
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

/** The interval of whole bins that a brush covers; an end at the end of the histogram is open. */
export function rangeOf(
  histogram: Histogram,
  { from, to }: Brush,
): { from: number | null; below: number | null } {
  const { edges } = histogram;
  const [first, last] = [Math.round(from), Math.round(to)];
  return {
    from: first <= 0 ? null : (edges[first] ?? null),
    below: last >= binsOf(histogram) ? null : (edges[last] ?? null),
  };
}

/** A brush over whole bins, whichever way it was drawn: at least one bin, all of it inside. */
export function brushBetween(bins: number, a: number, b: number): Brush {
  const from = Math.min(Math.max(Math.floor(Math.min(a, b)), 0), bins - 1);
  const to = Math.min(Math.max(Math.ceil(Math.max(a, b)), from + 1), bins);
  return { from, to };
}

/** A value of the histogram's field as the person reads it. */
export function valueText({ field }: Histogram, value: number): string {
  if (field === 'started') return formatDateTime(value).slice(0, 16);
  if (field === 'duration') return formatDurationNs(value);
  return formatCompact(value);
}

export interface Tick {
  /** In bins. */
  place: number;
  label: string;
}

/** Labels stand no closer than this share of the width. */
const LEAST_GAP = 0.2;
/** Nor closer to an end than this. */
const LEAST_ROOM = 0.04;

/** Round values along the axis, as many as there is room for. */
export function ticksOf(histogram: Histogram): Tick[] {
  const [low = 0, high = 0] = [histogram.edges[0], histogram.edges.at(-1)];
  const bins = binsOf(histogram);
  if (bins === 0 || !(high > low)) return [];
  const values =
    histogram.field === 'started' ? timeTicks(low, high) : powerTicks(histogram.field, low, high);
  const ticks: Tick[] = [];
  for (const { value, label } of values) {
    const place = placeOf(histogram, value);
    const last = ticks.at(-1)?.place ?? -bins;
    const hasRoom = place / bins >= LEAST_ROOM && place / bins <= 1 - LEAST_ROOM;
    if (hasRoom && (place - last) / bins >= LEAST_GAP) ticks.push({ place, label });
  }
  return ticks;
}

interface Labelled {
  value: number;
  label: string;
}

const MS = 1e6;
const S = 1e9;
const DURATIONS: readonly (readonly [number, string])[] = [
  [1e3, '1 µs'],
  [MS, '1 ms'],
  [10 * MS, '10 ms'],
  [100 * MS, '100 ms'],
  [S, '1 s'],
  [10 * S, '10 s'],
  [60 * S, '1 min'],
  [600 * S, '10 min'],
  [3600 * S, '1 h'],
  [10 * 3600 * S, '10 h'],
  [24 * 3600 * S, '1 d'],
];

function powerTicks(field: string, low: number, high: number): Labelled[] {
  if (field === 'duration') {
    return DURATIONS.filter(([value]) => value >= low && value <= high).map(([value, label]) => ({
      value,
      label,
    }));
  }
  const ticks: Labelled[] = [];
  for (let value = 10 ** Math.ceil(Math.log10(Math.max(low, 1))); value <= high; value *= 10) {
    ticks.push({ value, label: formatCompact(value) });
  }
  return ticks;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS)
  .concat([1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS))
  .concat([1, 2, 4, 7, 14, 30, 60, 90, 180, 365, 730].map((days) => days * DAY_MS)); // prettier-ignore
const MOST_TIME_TICKS = 4;
/** From such steps on a day alone leaves open which year it is of. */
const STEP_WITH_YEAR_MS = 90 * DAY_MS;

/** Round times of the local day. */
function timeTicks(low_ms: number, high_ms: number): Labelled[] {
  const least_ms = (high_ms - low_ms) / MOST_TIME_TICKS;
  const step_ms = TIME_STEPS_MS.find((each) => each >= least_ms) ?? least_ms;
  const midnight = new Date(low_ms);
  midnight.setHours(0, 0, 0, 0);
  const ticks: Labelled[] = [];
  const first = Math.ceil((low_ms - midnight.getTime()) / step_ms);
  for (let at = first; midnight.getTime() + at * step_ms <= high_ms; at++) {
    const value = midnight.getTime() + at * step_ms;
    const text = formatDateTime(value);
    // A day is its date, or its month if days lie far apart; another time is its clock.
    const isDay = step_ms >= DAY_MS || text.slice(11, 16) === '00:00';
    const day = step_ms >= STEP_WITH_YEAR_MS ? text.slice(0, 7) : text.slice(5, 10);
    ticks.push({ value, label: isDay ? day : text.slice(11, 16) });
  }
  return ticks;
}
