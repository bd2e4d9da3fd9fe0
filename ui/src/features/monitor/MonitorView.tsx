// How the runs of the last while fare, as they come in.
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { EmptyState, ErrorState } from '../../components/States';
import { monitorQuery } from '../../queries/monitor';
import { goTo, SPANS, usePlace, type Span } from '../../state/place';
import { LatestRuns } from './LatestRuns';
import styles from './Monitor.module.css';
import { RunsChart } from './RunsChart';
import { Totals } from './Totals';

const SPAN_WORDS: Record<Span, string> = {
  '15m': '15 min',
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 days',
  all: 'All',
};

export function MonitorView() {
  const span = usePlace((place) => place.span);
  const { data: monitor, error, refetch, isPlaceholderData } = useQuery(monitorQuery(useBackend(), span));
  return (
    <section className={styles.view} aria-label="Monitor" aria-busy={isPlaceholderData}>
      <header className={styles.head}>
        <h1 className={styles.title}>Monitor</h1>
        <div className={styles.spans} role="group" aria-label="Runs of the last">
          {SPANS.map((each) => (
            <Button
              key={each}
              size="small"
              aria-pressed={each === span}
              onClick={() => {
                goTo({ span: each }, 'replace');
              }}
            >
              {SPAN_WORDS[each]}
            </Button>
          ))}
        </div>
      </header>
      {error && !monitor && (
        <ErrorState title="The figures could not be read" error={backendErrorFrom(error)}>
          <Button onClick={() => void refetch()}>Try again</Button>
        </ErrorState>
      )}
      {monitor && (
        <div
          data-scrolls
          className={isPlaceholderData ? `${styles.scroller} ${styles.outdated}` : styles.scroller}
        >
          <Totals monitor={monitor} />
          {monitor.runs === 0 ? (
            <div className={styles.nothing}>
              <EmptyState
                icon="monitor"
                title={span === 'all' ? 'No runs yet' : `No run started in the last ${SPAN_WORDS[span]}`}
                text="Runs show here as they begin. Sources says how an agent is connected."
              >
                {span !== 'all' && (
                  <Button
                    onClick={() => {
                      goTo({ span: 'all' }, 'replace');
                    }}
                  >
                    Show all
                  </Button>
                )}
                <Button
                  onClick={() => {
                    goTo({ view: 'sources' }, 'push');
                  }}
                >
                  Go to the sources
                </Button>
              </EmptyState>
            </div>
          ) : (
            <>
              <RunsChart buckets={monitor.buckets} />
              <LatestRuns runs={monitor.latest} />
            </>
          )}
        </div>
      )}
    </section>
  );
}
