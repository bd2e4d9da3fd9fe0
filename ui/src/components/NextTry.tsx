import { nextTryWords } from '../domain/words';
import { useClock } from './clock';

const TICK_MS = 250;

/** When the next try of a failed step is due, counting down. */
export function NextTry({ until_unix_ms }: { until_unix_ms: number }) {
  return nextTryWords(until_unix_ms - useClock(TICK_MS));
}
