// What the times of a trace mean: `measured` points in time, `laid_out` durations alone, end to end from 0, `order_only`
// no times at all, every step a millisecond long from 0. `bindings.ts` names this type without declaring it; a
// declaration there takes the place of this one.
type TraceClock = 'measured' | 'laid_out' | 'order_only';
