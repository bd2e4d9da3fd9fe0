// What many runs come to: how agents fare, what fails, what is slow, what it costs.
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import type { Insights } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { EmptyState, ErrorState } from '../../components/States';
import { insightsQuery } from '../../queries/insights';
import { goTo, usePlace } from '../../state/place';
import { Breakdowns } from './Breakdowns';
import { Failures } from './Failures';
import { Figures } from './Figures';
import { FilterLine } from './FilterLine';
import styles from './Insights.module.css';
import { OverTime } from './OverTime';
import { Skeleton } from './Skeleton';
import { useStretch } from './useStretch';

export function InsightsView() {
  const filter = usePlace((place) => place.filter);
  const answer = useQuery(insightsQuery(useBackend(), filter));
  const { data: insights, isPlaceholderData: isOutdated } = answer;
  const error = answer.error ? backendErrorFrom(answer.error) : null;
  const { chosen, choose, narrow, error: editError } = useStretch();
  const tryAgain = () => void answer.refetch();
  return (
    <section
      className={styles.view}
      aria-label="Insights"
      aria-busy={answer.isFetching && (isOutdated || !insights)}
    >
      <header className={styles.head}>
        <h1 className={styles.title}>Insights</h1>
        <FilterLine
          stretch={chosen}
          onStretch={choose}
          error={error?.code === 'invalid' ? error.message : editError}
        />
      </header>
      {insights && error && (
        <div className={styles.stale} role="alert">
          <span>The figures could not be brought up to date: {error.message}</span>
          <Button size="small" onClick={tryAgain}>
            Try again
          </Button>
        </div>
      )}
      {insights ? (
        <div data-scrolls className={isOutdated ? `${styles.scroller} ${styles.outdated}` : styles.scroller}>
          {insights.total.runs === 0 ? (
            <NoRuns filter={filter} />
          ) : (
            <Found insights={insights} filter={filter} onNarrow={narrow} />
          )}
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
        <ErrorState title="The figures could not be read" text={error.message}>
          <Button onClick={tryAgain}>Try again</Button>
        </ErrorState>
      )}
    </section>
  );
}

interface FoundProps {
  insights: Insights;
  filter: string;
  onNarrow: (from_ms: number, below_ms: number | null) => void;
}

function Found({ insights, filter, onNarrow }: FoundProps) {
  return (
    <>
      <Figures total={insights.total} filter={filter} />
      <OverTime buckets={insights.over_time} total={insights.total} onNarrow={onNarrow} />
      <div className={styles.tables}>
        <Failures
          failures={insights.failures}
          errors={insights.total.errors}
          leftOut={insights.failures_left_out}
        />
        <Breakdowns insights={insights} />
      </div>
    </>
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
        goTo({ view: 'insights', filter: '' }, 'push');
      }}
    >
      Clear the filter
    </Button>
  );
}
