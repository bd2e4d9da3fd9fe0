// Points and stretches of time by the clock on the wall, in the local zone.
import { formatDateTime } from './format';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface CalendarTick {
  unix_ms: number;
  /** `14:05:10`, `14:05`, `Nov 23`, `Nov`, `2026`: as precise as the ticks are far apart. */
  label: string;
}

/** Steps within a day, in milliseconds. */
const CLOCK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 3, 6];
const YEAR_STEPS = [1, 2, 5, 10, 20, 50, 100];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Round times of a stretch, both ends included, `most` or fewer. */
export function calendarTicks(from_ms: number, to_ms: number, most: number): CalendarTick[] {
  const width_ms = to_ms - from_ms;
  if (!(width_ms > 0) || most < 1) return [];
  const least_ms = width_ms / most;
  const clock_ms = CLOCK_STEPS_MS.find((step_ms) => step_ms >= least_ms);
  if (clock_ms !== undefined) return clockTicks(from_ms, to_ms, clock_ms);
  const days = DAY_STEPS.find((each) => each * DAY_MS >= least_ms);
  if (days !== undefined) return dateTicks(from_ms, to_ms, 'day', days);
  const months = MONTH_STEPS.find((each) => each * 28 * DAY_MS >= least_ms);
  if (months !== undefined) return dateTicks(from_ms, to_ms, 'month', months);
  const years = YEAR_STEPS.find((each) => each * 365 * DAY_MS >= least_ms) ?? 1000;
  return dateTicks(from_ms, to_ms, 'year', years);
}

/** Steps count from each midnight, so that they stay round over a change of the clocks. */
function clockTicks(from_ms: number, to_ms: number, step_ms: number): CalendarTick[] {
  const ticks: CalendarTick[] = [];
  for (let midnight_ms = midnightOf(from_ms); midnight_ms <= to_ms; midnight_ms = dayAfter(midnight_ms)) {
    const next_ms = Math.min(dayAfter(midnight_ms), to_ms + 1);
    const first = Math.max(0, Math.ceil((from_ms - midnight_ms) / step_ms));
    for (let at_ms = midnight_ms + first * step_ms; at_ms < next_ms; at_ms += step_ms) {
      const label =
        at_ms === midnight_ms
          ? dayLabel(at_ms)
          : formatDateTime(at_ms).slice(11, step_ms < MINUTE_MS ? 19 : 16);
      ticks.push({ unix_ms: at_ms, label });
    }
  }
  return ticks;
}

function dateTicks(
  from_ms: number,
  to_ms: number,
  unit: 'day' | 'month' | 'year',
  step: number,
): CalendarTick[] {
  const ticks: CalendarTick[] = [];
  const from = new Date(from_ms);
  const first = {
    year: Math.floor(from.getFullYear() / (unit === 'year' ? step : 1)) * (unit === 'year' ? step : 1),
    month:
      unit === 'month' ? Math.floor(from.getMonth() / step) * step : unit === 'day' ? from.getMonth() : 0,
    day: unit === 'day' ? from.getDate() : 1,
  };
  for (let index = 0; ; index++) {
    const by = (each: typeof unit) => (each === unit ? index * step : 0);
    const at = new Date(first.year + by('year'), first.month + by('month'), first.day + by('day'));
    if (at.getTime() > to_ms || Number.isNaN(at.getTime())) return ticks;
    if (at.getTime() < from_ms) continue;
    const year = String(at.getFullYear());
    const month = MONTHS[at.getMonth()] ?? '';
    const isJanuary = at.getMonth() === 0;
    const label = { day: dayLabel(at.getTime()), month: isJanuary ? year : month, year }[unit];
    ticks.push({ unix_ms: at.getTime(), label });
  }
}

/** A stretch of time in words: `2026-11-23 14:00 – 14:30`, as precise as it is short. */
export function stretchText(start_ms: number, end_ms: number): string {
  const width_ms = end_ms - start_ms;
  const length =
    width_ms < 2 * SECOND_MS ? 23 : width_ms < 10 * MINUTE_MS ? 19 : width_ms < 10 * DAY_MS ? 16 : 10;
  const [from, to] = [formatDateTime(start_ms), formatDateTime(end_ms)];
  const isOneDay = from.slice(0, 10) === to.slice(0, 10);
  return `${from.slice(0, length)} – ${to.slice(isOneDay && length > 10 ? 11 : 0, length)}`;
}

const midnightOf = (unix_ms: number): number => new Date(unix_ms).setHours(0, 0, 0, 0);

function dayAfter(midnight_ms: number): number {
  const day = new Date(midnight_ms);
  return day.setDate(day.getDate() + 1);
}

function dayLabel(unix_ms: number): string {
  const day = new Date(unix_ms);
  return `${MONTHS[day.getMonth()] ?? ''} ${day.getDate()}`;
}
