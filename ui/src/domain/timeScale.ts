// Time against pixels: the window of time on screen, its zooming and panning, and the ticks of its axis.
//
//   0 ns ────────┬───── view.start_ns ═══════════ view.end_ns ─────┬──────── total_ns
//                                     0 px      width_px
//
// Where quiet time is folded (timeFolds.ts), views and totals here are in folded time.
import { at } from './columns';
import { folded_from_ns, NO_FOLDS, ns_from_folded, type TimeFolds } from './timeFolds';
import { nsOfDay, timeOfDayLabel } from './timeOfDay';

/** The stretch of time on screen. */
export interface TimeView {
  readonly start_ns: number;
  readonly end_ns: number;
}

/** Narrower than this, doubles and eyes lose the difference. */
const NARROWEST_NS = 50;
/** Room beside the first and the last bar, as a share of the whole. */
const LEFT_ROOM = 0.006;
const RIGHT_ROOM = 0.015;

/** The whole trace, with a little room at both sides. */
export function fitted(total_ns: number): TimeView {
  const whole_ns = Math.max(total_ns, NARROWEST_NS);
  return { start_ns: -LEFT_ROOM * whole_ns, end_ns: (1 + RIGHT_ROOM) * whole_ns };
}

/** A view held inside the trace: as wide as wanted where that fits, and no wider than the whole. */
export function clamped(view: TimeView, total_ns: number): TimeView {
  const whole = fitted(total_ns);
  const widest_ns = whole.end_ns - whole.start_ns;
  const wanted_ns = view.end_ns - view.start_ns;
  const width_ns = Math.min(
    Math.max(Number.isFinite(wanted_ns) ? wanted_ns : widest_ns, NARROWEST_NS),
    widest_ns,
  );
  const centred_ns = width_ns === wanted_ns ? view.start_ns : (view.start_ns + view.end_ns - width_ns) / 2;
  const last_ns = whole.end_ns - width_ns;
  const start_ns = Math.min(Math.max(Number.isFinite(centred_ns) ? centred_ns : 0, whole.start_ns), last_ns);
  return { start_ns, end_ns: start_ns + width_ns };
}

export function isFitted(view: TimeView, total_ns: number): boolean {
  const whole = fitted(total_ns);
  return view.start_ns <= whole.start_ns && view.end_ns >= whole.end_ns;
}

export function px_from_ns(view: TimeView, width_px: number, time_ns: number): number {
  return ((time_ns - view.start_ns) / (view.end_ns - view.start_ns)) * width_px;
}

export function ns_from_px(view: TimeView, width_px: number, x_px: number): number {
  return view.start_ns + (x_px / Math.max(width_px, 1)) * (view.end_ns - view.start_ns);
}

/** `factor` below 1 comes closer. The point `at_ns` stays where it is on screen. */
export function zoomed(view: TimeView, total_ns: number, factor: number, at_ns: number): TimeView {
  const width_ns = view.end_ns - view.start_ns;
  const least = NARROWEST_NS / width_ns;
  const held = Math.max(factor, least);
  return clamped(
    { start_ns: at_ns - (at_ns - view.start_ns) * held, end_ns: at_ns + (view.end_ns - at_ns) * held },
    total_ns,
  );
}

export function panned(view: TimeView, total_ns: number, by_ns: number): TimeView {
  return clamped({ start_ns: view.start_ns + by_ns, end_ns: view.end_ns + by_ns }, total_ns);
}

/** A view in which a stretch of time takes most of the width. */
export function aroundStretch(start_ns: number, end_ns: number, total_ns: number): TimeView {
  const room_ns = Math.max((end_ns - start_ns) * 0.12, NARROWEST_NS);
  return clamped({ start_ns: start_ns - room_ns, end_ns: end_ns + room_ns }, total_ns);
}

/** The view panned just so far that a stretch begins inside it, and ends inside it if it can. */
export function withStretch(view: TimeView, start_ns: number, end_ns: number, total_ns: number): TimeView {
  if (start_ns <= view.end_ns && end_ns >= view.start_ns) return view;
  const width_ns = view.end_ns - view.start_ns;
  return panned(view, total_ns, start_ns - width_ns * 0.1 - view.start_ns);
}

/** Ticks of an axis, in folded time. */
export interface Ticks {
  /** Distance between two ticks. */
  step_ns: number;
  at_ns: number[];
  labels: string[];
}

const S = 1e9;
/** Steps of clock time above a second; below it is powers of ten times 1, 2 or 5. */
const CLOCK_STEPS_NS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
].map((seconds) => seconds * S);

/** The smallest round step that is not below `least_ns`. */
export function roundStep_ns(least_ns: number): number {
  if (least_ns > 0.5 * S) {
    const clock = CLOCK_STEPS_NS.find((step_ns) => step_ns >= least_ns);
    if (clock !== undefined) return clock;
    const day_ns = 86400 * S;
    return day_ns * roundStep_ns(least_ns / day_ns);
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(least_ns, 1)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= least_ns - 1e-9) ?? 10;
  return factor * power;
}

/**
 * The axis of a view: ticks at round times, no two labels closer than `gap_px`. With `start_unix_ms` they are round times of
 * day. Inside of folds there are none.
 */
export function ticksOf(
  view: TimeView,
  width_px: number,
  gap_px: number,
  folds: TimeFolds = NO_FOLDS,
  start_unix_ms: number | null = null,
): Ticks {
  const width_ns = view.end_ns - view.start_ns;
  if (width_px < 1 || !(width_ns > 0)) return { step_ns: 1, at_ns: [], labels: [] };
  const gap_ns = (width_ns / width_px) * gap_px;
  const step_ns = roundStep_ns(gap_ns);
  const from_ns = ns_from_folded(folds, view.start_ns);
  const to_ns = ns_from_folded(folds, view.end_ns);
  // The trace begins in the midst of a day.
  const before_ns = start_unix_ms === null ? 0 : nsOfDay(start_unix_ms);
  const largest_ns = Math.max(Math.abs(to_ns), step_ns);
  const ticks: Ticks = { step_ns, at_ns: [], labels: [] };
  let last_ns = -Infinity;
  for (let fold = 0, begin_ns = 0; fold <= folds.start_ns.length; fold++) {
    const isLast = fold === folds.start_ns.length;
    const stretchEnd_ns = Math.min(isLast ? Infinity : at(folds.start_ns, fold), to_ns);
    const first = Math.ceil((Math.max(begin_ns, from_ns) + before_ns) / step_ns);
    const last = Math.floor((stretchEnd_ns + before_ns) / step_ns);
    for (let index = first; index <= last; index++) {
      const time_ns = index * step_ns - before_ns;
      const place_ns = folded_from_ns(folds, time_ns);
      if (place_ns - last_ns < gap_ns * 0.999) continue;
      last_ns = place_ns;
      ticks.at_ns.push(place_ns);
      ticks.labels.push(
        start_unix_ms === null
          ? timeLabel(time_ns, step_ns, largest_ns)
          : timeOfDayLabel(start_unix_ms, time_ns, step_ns),
      );
    }
    begin_ns = at(folds.end_ns, fold);
  }
  return ticks;
}

const UNITS: [string, number][] = [
  ['s', S],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
];

/** A time as precise as `step_ns`, in the unit that suits `largest_ns`: `12.5 s`, `820 ms`, `1:30`, `2:05:00`. */
export function timeLabel(time_ns: number, step_ns: number, largest_ns: number): string {
  if (time_ns === 0) return '0';
  if (largest_ns > 120 * S) return clockLabel(time_ns, step_ns);
  // Up to two of a unit are told in the next smaller one, and what is a whole one of it, or more, in itself.
  const [unit, unit_ns] = UNITS.find(
    ([, each_ns]) => largest_ns >= 2 * each_ns || Math.abs(time_ns) >= 0.9995 * each_ns,
  ) ?? ['ns', 1];
  const decimals = Math.max(0, Math.ceil(Math.log10(unit_ns / step_ns) - 1e-9));
  return `${(time_ns / unit_ns).toFixed(Math.min(decimals, 9))} ${unit}`;
}

function clockLabel(time_ns: number, step_ns: number): string {
  const decimals = step_ns >= S ? 0 : Math.min(9, Math.ceil(Math.log10(S / step_ns) - 1e-9));
  const seconds = Math.round((time_ns / S) * 10 ** decimals) / 10 ** decimals;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = (seconds - hours * 3600 - minutes * 60).toFixed(decimals);
  const padded = rest.padStart(decimals > 0 ? decimals + 3 : 2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}
