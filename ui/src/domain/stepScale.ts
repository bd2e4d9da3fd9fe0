// The axis of a trace by its clock: times where there are any, else the numbers of the steps in their order. Then a step
// is a millisecond long, so that zooming and panning need to know nothing of it.
import type { StepTree } from './stepTree';
import { formatDurationNs } from './format';
import { foldAt, foldLength_ns, NO_FOLDS, ns_from_folded, type TimeFolds } from './timeFolds';
import { timeOfDayLabel } from './timeOfDay';
import { roundStep_ns, ticksOf, timeLabel, type Ticks, type TimeView } from './timeScale';

export interface StepScale extends Pick<StepTree, 'clock' | 'total_ns'> {
  /** Quiet time that is folded. */
  folds?: TimeFolds;
  /** When the trace began, for an axis that says the time of day. */
  start_unix_ms?: number | null;
}

/** How long a step of a trace without times is drawn. */
export const STEP_NS = 1e6;

/** The axis of a view, no two labels closer than `gap_px`. */
export function ticksFor(scale: StepScale, view: TimeView, width_px: number, gap_px: number): Ticks {
  if (scale.clock === 'order_only') return stepTicks(scale, view, width_px, gap_px);
  return ticksOf(view, width_px, gap_px, scale.folds, scale.start_unix_ms);
}

/** Where the first step begins, and each whose number is round: `step 1`, `5`, `10`, … */
function stepTicks({ total_ns }: StepScale, view: TimeView, width_px: number, gap_px: number): Ticks {
  const width_ns = view.end_ns - view.start_ns;
  if (width_px < 1 || !(width_ns > 0)) return { step_ns: STEP_NS, at_ns: [], labels: [] };
  // Round as a number, not as a time.
  const every = Math.max(1, Math.round(roundStep_ns(Math.max(1, (width_ns / STEP_NS / width_px) * gap_px))));
  const numbers: number[] = [];
  if (view.start_ns <= 0 && every > 1) numbers.push(1);
  const last = Math.ceil(Math.min(view.end_ns, total_ns) / STEP_NS);
  const first = Math.max(1, Math.ceil((view.start_ns / STEP_NS + 1) / every)) * every;
  for (let number = first; number <= last; number += every) numbers.push(number);
  return {
    step_ns: every * STEP_NS,
    at_ns: numbers.map((number) => (number - 1) * STEP_NS),
    labels: numbers.map((number, index) => (index === 0 ? `step ${number}` : String(number))),
  };
}

/** What the axis says at a place in folded time, as precise as `precise_ns`; `largest_ns` is the last time in view. */
export function pointerLabel(
  scale: StepScale,
  place_ns: number,
  precise_ns: number,
  largest_ns: number,
): string {
  if (scale.clock === 'order_only') return stepWord(Math.min(Math.max(place_ns, 0), scale.total_ns - 1));
  const folds = scale.folds ?? NO_FOLDS;
  const fold = foldAt(folds, place_ns);
  if (fold >= 0) return quietWord(folds, fold);
  const time_ns = ns_from_folded(folds, place_ns);
  const start_unix_ms = scale.start_unix_ms ?? null;
  if (start_unix_ms !== null) return timeOfDayLabel(start_unix_ms, time_ns, precise_ns);
  return timeLabel(time_ns, precise_ns, Math.max(Math.abs(largest_ns), precise_ns));
}

/** What is said of a fold: `1 min 12 s quiet`. */
export function quietWord(folds: TimeFolds, index: number): string {
  return `${formatDurationNs(foldLength_ns(folds, index))} quiet`;
}

/** The step at a place of a trace without times: `step 3`. */
export function stepWord(at_ns: number): string {
  return `step ${Math.floor(at_ns / STEP_NS) + 1}`;
}
