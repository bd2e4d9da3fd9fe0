import type { TraceSummary } from '../backend/bindings';
import { lostWords } from '../domain/words';
import { StatusIcon } from './StatusIcon';

interface RunStatusProps {
  trace: Pick<TraceSummary, 'status' | 'heard_unix_ms'>;
  /** Whether the word stands beside the sign. */
  withLabel?: boolean;
}

/** How a run stands: its sign and word, and what it means where that is not plain. */
export function RunStatus({ trace, withLabel = false }: RunStatusProps) {
  if (trace.status !== 'lost') return <StatusIcon status={trace.status} withLabel={withLabel} />;
  const { word, meaning } = lostWords(trace);
  return <StatusIcon status="lost" label={word} title={`${word}. ${meaning}`} withLabel={withLabel} />;
}
