// Numbers and times as the person reads them. What is not known is a dash, never a zero. The engine says numbers too, and in
// the same way: both are held to tests/fixtures/wording.json.

export const UNKNOWN = '–';

const NS_PER_US = 1e3;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;

/** Three significant digits at most, without trailing zeros: 2.4, 12.4, 124. */
function short(value: number): string {
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(digits)));
}

/** A duration: `412 µs`, `812 ms`, `2.41 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDurationNs(duration_ns: number | null | undefined): string {
  if (duration_ns === null || duration_ns === undefined || Number.isNaN(duration_ns)) return UNKNOWN;
  if (duration_ns < 0) return `−${formatDurationNs(-duration_ns)}`;
  if (duration_ns < NS_PER_US) return `${Math.round(duration_ns)} ns`;
  if (duration_ns < 999.5 * NS_PER_US) return `${short(duration_ns / NS_PER_US)} µs`;
  if (duration_ns < 999.5 * NS_PER_MS) return `${short(duration_ns / NS_PER_MS)} ms`;
  const seconds = duration_ns / NS_PER_S;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole_s = Math.round(seconds);
  if (whole_s < 3600) return twoUnits(whole_s, 60, 'min', 's');
  const whole_min = Math.round(seconds / 60);
  if (whole_min < 24 * 60) return twoUnits(whole_min, 60, 'h', 'min');
  return twoUnits(Math.round(seconds / 3600), 24, 'd', 'h');
}

function twoUnits(amount: number, per: number, large: string, small: string): string {
  const rest = amount % per;
  const first = `${Math.floor(amount / per)} ${large}`;
  return rest === 0 ? first : `${first} ${rest} ${small}`;
}

/** A duration given in milliseconds. */
export function formatDurationMs(duration_ms: number | null | undefined): string {
  return formatDurationNs(duration_ms === null || duration_ms === undefined ? null : duration_ms * NS_PER_MS);
}

/** A count in full, with thousands set apart: `12,345`. */
export function formatCount(count: number | null | undefined): string {
  if (count === null || count === undefined || Number.isNaN(count)) return UNKNOWN;
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in little room: `950`, `12.4k`, `3.1M`. */
export function formatCompact(count: number | null | undefined): string {
  if (count === null || count === undefined || Number.isNaN(count)) return UNKNOWN;
  if (count < 1000) return String(Math.round(count));
  if (count < 999_500) return `${short(count / 1e3)}k`;
  if (count < 999_500_000) return `${short(count / 1e6)}M`;
  return `${short(count / 1e9)}B`;
}

/** Tokens in little room; `estimated` puts a ≈ before them. */
export function formatTokens(tokens: number | null | undefined, estimated = false): string {
  const text = formatCompact(tokens);
  return estimated && text !== UNKNOWN ? `≈\u2009${text}` : text;
}

/** US dollars: `$0.0042`, `$0.3100`, `$12.40`, `$1,966`. Never zero where something was paid. */
export function formatCostUsd(cost_usd: number | null | undefined): string {
  if (cost_usd === null || cost_usd === undefined || Number.isNaN(cost_usd)) return UNKNOWN;
  if (cost_usd === 0) return '$0';
  if (cost_usd < 0.00005) return '<$0.0001';
  if (cost_usd < 0.99995) return `$${cost_usd.toFixed(4)}`;
  if (cost_usd >= 999.995) return `$${formatCount(cost_usd)}`;
  return `$${cost_usd.toFixed(2)}`;
}

/** A size in bytes: `512 B`, `1.5 kB`, `12.4 MB` (1 kB is 1,000 bytes). */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || Number.isNaN(bytes)) return UNKNOWN;
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${short(bytes / 1e3)} kB`;
  if (bytes < 999_500_000) return `${short(bytes / 1e6)} MB`;
  if (bytes < 999_500_000_000) return `${short(bytes / 1e9)} GB`;
  return `${short(bytes / 1e12)} TB`;
}

/** A share of the whole, as `formatPercent` says it; a dash where there is no whole. */
export function formatShare(part: number, whole: number): string {
  return whole <= 0 ? UNKNOWN : formatPercent(part / whole);
}

/** A share of 0 to 1 to the nearest percent: `0%`, `<1%`, `92%`, `>99%`; 0 and 100 only where it is none or all. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent > 0 && percent < 1) return '<1%';
  if (percent > 99 && percent < 100) return '>99%';
  return `${Math.round(percent)}%`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** A point in time in full, in the local zone: `2026-11-23 14:05:09.123`. */
export function formatDateTime(unix_ms: number | null | undefined): string {
  if (unix_ms === null || unix_ms === undefined || Number.isNaN(unix_ms)) return UNKNOWN;
  const at = new Date(unix_ms);
  if (Number.isNaN(at.getTime())) return UNKNOWN;
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${dateOf(at)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

function dateOf(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;

/**
 * A point in time as one speaks of it: `just now`, `5 min ago`, `14:05` (today), `Nov 3 14:05`,
 * `2024-11-03`.
 */
export function formatRelativeTime(unix_ms: number | null | undefined, now_ms: number): string {
  if (unix_ms === null || unix_ms === undefined || Number.isNaN(unix_ms)) return UNKNOWN;
  const at = new Date(unix_ms);
  if (Number.isNaN(at.getTime())) return UNKNOWN;
  const age_ms = now_ms - unix_ms;
  // The present may be told a little late.
  if (Math.abs(age_ms) < MS_PER_MINUTE) return 'just now';
  if (age_ms >= 0 && age_ms < MS_PER_HOUR) return `${Math.floor(age_ms / MS_PER_MINUTE)} min ago`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const now = new Date(now_ms);
  if (dateOf(at) === dateOf(now)) return clock;
  const month = MONTHS[at.getMonth()] ?? '';
  if (at.getFullYear() === now.getFullYear()) return `${month} ${at.getDate()} ${clock}`;
  return dateOf(at);
}

/** How long ago, to the second in the first minute: `now`, `12 s ago`, then as `formatRelativeTime`. */
export function formatAge(unix_ms: number | null | undefined, now_ms: number): string {
  if (unix_ms === null || unix_ms === undefined) return UNKNOWN;
  const age_s = Math.floor((now_ms - unix_ms) / 1000);
  if (age_s < 1) return 'now';
  return age_s < 60 ? `${age_s} s ago` : formatRelativeTime(unix_ms, now_ms);
}

/** How many a second: `0`, `0.4`, `12.4`, `1.2k`. */
export function formatRate(per_s: number): string {
  return per_s < 99.95 ? short(per_s) : formatCompact(per_s);
}

/** `1 trace`, `2 traces`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The last part of a path, of whichever system: the name of its file or folder. */
export const lastPart = (path: string) => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
