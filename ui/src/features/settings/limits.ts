// Limits of what is kept, as typed.
import type { Retention } from '../../backend/bindings';

/** A limit from a text: `null` for none, `'wrong'` for what is no number above zero. */
export function limitFrom(text: string, isWhole: boolean): number | null | 'wrong' {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  const limit = Number(typed);
  if (!Number.isFinite(limit) || limit <= 0) return 'wrong';
  if (isWhole && (!Number.isInteger(limit) || limit > 0xffff_ffff)) return 'wrong';
  return limit;
}

export function sameLimits(one: Retention, other: Retention): boolean {
  return one.days === other.days && one.traces === other.traces && one.gigabytes === other.gigabytes;
}
