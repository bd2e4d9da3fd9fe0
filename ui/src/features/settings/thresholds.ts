// The limits above which a trace counts as slow, as typed.

/** A number of milliseconds above zero, or `null`. */
export function millisecondsFrom(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d+(\.\d+)?$/.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** A number of seconds above zero as milliseconds, or `null`. */
export function millisecondsFromSeconds(text: string): number | null {
  const seconds = millisecondsFrom(text);
  return seconds === null ? null : seconds * 1000;
}

/** What is wrong with the two limits, or `null`. */
export function thresholdError(slow: string, warning: string): string | null {
  const slow_ms = millisecondsFrom(slow);
  const slow_warning_ms = millisecondsFrom(warning);
  if (slow_ms === null || slow_warning_ms === null) return 'Give a number of milliseconds above zero.';
  if (slow_warning_ms > slow_ms)
    return 'A trace gets slow before it is slow: the first limit cannot be the larger.';
  return null;
}
