import { EmptyState } from '../../components/States';

/** One trace: summary, tree, timeline and inspector. */
export function TraceView({ traceId }: { traceId: number }) {
  return <EmptyState title={`Trace ${traceId}`} />;
}
