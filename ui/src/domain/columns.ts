// Reading columns of numbers without a check at every use.

/** Entry `index`; 0 where there is none. */
export function at(column: ArrayLike<number>, index: number): number {
  return column[index] ?? 0;
}

/** How many entries of an ascending column are smaller than `value`. */
export function countBelow(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
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
