import type { InsightsBucket } from '../../backend/bindings';
import { DataTable } from '../../components/DataTable';
import { bucketColumns } from './columns';
import { hrefOf, openTraces, tracesPlace } from './narrowed';

/** The charts in figures, the latest first. */
export function OverTimeTable({ buckets }: { buckets: readonly InsightsBucket[] }) {
  return (
    <DataTable
      label="Runs over time"
      noun={['stretch', 'stretches']}
      rows={buckets.filter(({ figures }) => figures.runs > 0)}
      columns={bucketColumns()}
      order={{ column: 0, descending: true }}
      rowKey={({ start_unix_ms }) => String(start_unix_ms)}
      href={({ filter }) => hrefOf(tracesPlace(filter))}
      onOpen={({ filter }) => {
        openTraces(filter);
      }}
      most={24}
    />
  );
}
