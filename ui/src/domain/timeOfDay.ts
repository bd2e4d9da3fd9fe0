// Times of a trace as times of day, in the local zone.

const NS_PER_MS = 1e6;
const S = 1e9;

const two = (value: number) => String(value).padStart(2, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How long after midnight a moment is. */
export function nsOfDay(unix_ms: number): number {
  const day = new Date(unix_ms);
  const seconds = day.getHours() * 3600 + day.getMinutes() * 60 + day.getSeconds();
  return seconds * S + day.getMilliseconds() * NS_PER_MS;
}

/**
 * The time of day `time_ns` after `start_unix_ms`, as precise as `step_ns`: `14:05`, `14:05:09`, `14:05:09.120`; midnight is
 * the day that begins, `Nov 24`, where no seconds are told.
 */
export function timeOfDayLabel(start_unix_ms: number, time_ns: number, step_ns: number): string {
  const decimals = step_ns >= S ? 0 : Math.min(9, Math.ceil(Math.log10(S / step_ns) - 1e-9));
  // Rounded first, and from a whole second on, so that what is left over is carried: 9.9996 s are 10.000 s.
  const least_ns = S / 10 ** decimals;
  const before_ms = new Date(start_unix_ms).getMilliseconds();
  const rounded_ns = Math.round((before_ms * NS_PER_MS + time_ns) / least_ns) * least_ns;
  const whole_ms = Math.floor(rounded_ns / NS_PER_MS);
  const moment = new Date(Math.floor(start_unix_ms) - before_ms + whole_ms);
  const clock = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  if (step_ns >= 60 * S) {
    if (clock === '00:00') return `${MONTHS[moment.getMonth()] ?? ''} ${moment.getDate()}`;
    return clock;
  }
  const seconds = `${clock}:${two(moment.getSeconds())}`;
  if (decimals === 0) return seconds;
  const rest_ns = moment.getMilliseconds() * NS_PER_MS + Math.round(rounded_ns - whole_ms * NS_PER_MS);
  return `${seconds}.${String(rest_ns).padStart(9, '0').slice(0, decimals)}`;
}
