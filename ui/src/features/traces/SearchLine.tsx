// Above the results of a search: how far it has come, and in what order they stand.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { SearchState, TraceSort } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { ProgressBar } from '../../components/ProgressBar';
import { formatCount, plural } from '../../domain/format';
import { indexStateQuery } from '../../queries/finding';
import { goTo, usePlace } from '../../state/place';
import styles from './SearchLine.module.css';

const ORDERS: readonly (readonly [TraceSort, string, string])[] = [
  ['relevance', 'Relevance', 'Those in which the text stands most and most prominently first'],
  ['started', 'Newest', 'Those that started last first'],
];

export function SearchLine({ search, total }: { search: SearchState; total: number }) {
  const sort = usePlace((place) => place.sort);
  const descending = usePlace((place) => place.descending);
  const index = useQuery(indexStateQuery(useBackend())).data;
  const isIndexing = index !== undefined && index.indexed < index.traces;
  return (
    <div className={styles.line}>
      <div className={styles.orders} role="group" aria-label="Order of results">
        {ORDERS.map(([order, label, title]) => (
          <Button
            key={order}
            size="small"
            look="quiet"
            aria-pressed={sort === order && descending}
            title={title}
            onClick={() => {
              goTo({ sort: order, descending: true }, 'push');
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      <p className={styles.state} role="status">
        {search.is_complete
          ? `${plural(total, 'trace')} with this text, of all ${formatCount(search.traces)}`
          : `Looked at ${formatCount(search.searched)} of ${formatCount(search.traces)} traces…`}
        {isIndexing && (
          <span
            className={styles.index}
            title="What is not in the index yet is searched all the same, only slower"
          >
            {index.is_working ? 'Indexing' : 'Indexed'}: {formatCount(index.indexed)} of{' '}
            {formatCount(index.traces)}
          </span>
        )}
      </p>
      {!search.is_complete && (
        <span className={styles.progress}>
          <ProgressBar
            label="Traces looked at"
            share={search.traces === 0 ? null : search.searched / search.traces}
          />
        </span>
      )}
    </div>
  );
}
