// Types that `bindings.ts` names without declaring them. A declaration there takes the place of the one here, which is
// then to be removed.

/**
 * What the times of a trace mean: `measured` points in time, `laid_out` durations alone, end to end from 0, `order_only`
 * no times at all, every step a millisecond long from 0.
 */
type TraceClock = 'measured' | 'laid_out' | 'order_only';

/** The table of prices that costs are worked out from where a source reports none. */
interface PriceInfo {
  /** The date of the table, as it says itself. */
  dated: string;
  /** Models with a price. */
  models: number;
  /** Of those, how many the person's own file gives. */
  own_models: number;
  /** Where the person's own file lies, whether or not it is there. */
  own_path: string;
  has_own: boolean;
}
