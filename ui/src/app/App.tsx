import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { BackendProvider, type Backend } from '../backend';
import { SplitPane } from '../components/SplitPane';
import { TooltipProvider } from '../components/Tooltip';

import { useLiveNotices } from '../queries/live';
import { resizeList, useLayout } from '../state/layout';
import { followAddress, usePlace } from '../state/place';
import styles from './App.module.css';
import { TraceScreen } from './trace/TraceScreen';
import { ErrorBoundary } from './ErrorBoundary';
import { useShortcuts } from './shortcuts';

export function App({ backend, cache }: { backend: Backend; cache: QueryClient }) {
  return (
    <BackendProvider value={backend}>
      <QueryClientProvider client={cache}>
        <TooltipProvider delayDuration={400}>
          <ErrorBoundary what="The app">
            <Window />
          </ErrorBoundary>
        </TooltipProvider>
      </QueryClientProvider>
    </BackendProvider>
  );
}

function Window() {
  useLiveNotices();
  useShortcuts();
  useEffect(followAddress, []);
  const traceId = usePlace((place) => place.traceId);
  const list_px = useLayout((layout) => layout.list_px);
  const list = <section aria-label="Traces" />;
  return (
    <div className={styles.app}>
      <main className={styles.main}>
        {traceId === null ? (
          list
        ) : (
          <SplitPane
            label="trace list"
            size_px={list_px}
            min_px={220}
            rest_min_px={480}
            onResize={resizeList}
            first={list}
            second={
              <ErrorBoundary what="The trace" retryKey={traceId}>
                <TraceScreen key={traceId} traceId={traceId} />
              </ErrorBoundary>
            }
          />
        )}
      </main>
    </div>
  );
}
