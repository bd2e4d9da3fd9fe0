// Reading columns of numbers without a check at every use.

/** Entry `index`; 0 where there is none. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? 0;
}

/**
 * How many entries of an ascending column are smaller than `value`. With `from` and `to`, only that part of it is looked at,
 * which alone need be ascending; what comes back still counts from the column's beginning.
 */
export function countBelow(
  ascending: ArrayLike<number>,
  value: number,
  from = 0,
  to = ascending.length,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(ascending, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where `value` stands in an ascending column, -1 if it does not. */
export function indexOf(ascending: ArrayLike<number>, value: number): number {
  const index = countBelow(ascending, value);
  return index < ascending.length && ascending[index] === value ? index : -1;
}
