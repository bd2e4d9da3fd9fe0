// What stands round figures over many runs: which runs are counted, that the figures are old, missing or of none.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { backendErrorFrom } from '../../backend';
import { Button } from '../../components/Button';
import { EmptyState, ErrorState } from '../../components/States';
import { goTo, usePlace } from '../../state/place';
import { FilterLine } from './FilterLine';
import styles from './Insights.module.css';
import { Skeleton } from './Skeleton';
import { useStretch } from './useStretch';

interface ReportProps<Found> {
  title: string;
  answer: UseQueryResult<Found>;
  /** How many runs match. */
  runsOf: (found: Found) => number;
  /** The figures; `onNarrow` asks for the runs that started from one time up to another. */
  children: (found: Found, onNarrow: (from_ms: number, below_ms: number | null) => void) => ReactNode;
}

export function Report<Found>({ title, answer, runsOf, children }: ReportProps<Found>) {
  const filter = usePlace((place) => place.filter);
  const { data: found, isPlaceholderData: isOutdated } = answer;
  const error = answer.error ? backendErrorFrom(answer.error) : null;
  const { chosen, choose, narrow, error: editError } = useStretch();
  const tryAgain = () => void answer.refetch();
  return (
    <section
      className={styles.view}
      aria-label={title}
      aria-busy={answer.isFetching && (isOutdated || !found)}
    >
      <header className={styles.head}>
        <h1 className={styles.title}>{title}</h1>
        <FilterLine
          stretch={chosen}
          onStretch={choose}
          error={error?.code === 'invalid' ? error.message : editError}
        />
      </header>
      {found && error && (
        <div className={styles.stale} role="alert">
          <span>The figures could not be brought up to date: {error.message}</span>
          <Button size="small" onClick={tryAgain}>
            Try again
          </Button>
        </div>
      )}
      {found ? (
        <div data-scrolls className={isOutdated ? `${styles.scroller} ${styles.outdated}` : styles.scroller}>
          {runsOf(found) === 0 ? <NoRuns filter={filter} /> : children(found, narrow)}
        </div>
      ) : error === null ? (
        <Skeleton />
      ) : error.code === 'invalid' ? (
        <ErrorState
          title="This filter cannot be applied"
          text="What is wrong with it stands below the filter."
        >
          <ClearFilter />
        </ErrorState>
      ) : (
        <ErrorState title="The figures could not be read" error={error}>
          <Button onClick={tryAgain}>Try again</Button>
        </ErrorState>
      )}
    </section>
  );
}

function NoRuns({ filter }: { filter: string }) {
  return filter === '' ? (
    <EmptyState
      icon="insights"
      title="No runs yet"
      text="What your runs come to shows here as soon as there are some. Sources says how an agent is connected."
    >
      <Button
        onClick={() => {
          goTo({ view: 'sources' }, 'push');
        }}
      >
        Go to the sources
      </Button>
    </EmptyState>
  ) : (
    <EmptyState icon="search" title="No run matches" text="Change the filter, or clear it to count all runs.">
      <ClearFilter />
    </EmptyState>
  );
}

function ClearFilter() {
  return (
    <Button
      onClick={() => {
        goTo({ view: usePlace.getState().view, filter: '' }, 'push');
      }}
    >
      Clear the filter
    </Button>
  );
}
