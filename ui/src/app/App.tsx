import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { BackendProvider, useBackend, type Backend } from '../backend';
import { SplitPane } from '../components/SplitPane';
import { TooltipProvider } from '../components/Tooltip';
import { AboutDialog } from '../features/about/AboutDialog';
import { CompareWith } from '../features/compare/CompareWith';
import { MatrixView } from '../features/compare/MatrixView';
import { SavedFilters } from '../features/curate/SavedFilters';
import { SelectionActions } from '../features/curate/SelectionActions';
import { ToastCard } from '../features/curate/ToastCard';
import { Facets } from '../features/facets/Facets';
import { EmptyStore } from '../features/imports/EmptyStore';
import { Imports } from '../features/imports/Imports';
import { InsightsView } from '../features/insights/InsightsView';
import { RetriesView } from '../features/insights/RetriesView';
import { MonitorView } from '../features/monitor/MonitorView';
import { SettingsDialog } from '../features/settings/SettingsDialog';
import { SourcesView } from '../features/sources/SourcesView';
import { Stores } from '../features/stores/Stores';
import { TracesView } from '../features/traces/TracesView';
import { useLiveNotices } from '../queries/live';
import { runAction, useActions } from '../state/actions';
import { chooseFor, compareAll } from '../state/comparing';
import { openDialog } from '../state/dialogs';
import { resizeList, toggleList, useLayout } from '../state/layout';
import { followAddress, goTo, usePlace, type View } from '../state/place';
import { Alerts } from './Alerts';
import styles from './App.module.css';
import { CompareScreen } from './compare/CompareScreen';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { LiveNote, Notes } from './Notes';
import { Palette } from './Palette';
import { ShortcutHelp } from './ShortcutHelp';
import { useShortcuts } from './shortcuts';
import { useTheme } from './theme';
import { TraceScreen } from './trace/TraceScreen';
import { useAlerting } from './useAlerting';
import { useLinkInAddress } from './useLinkInAddress';
import { useWays } from './useWays';

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
  const backend = useBackend();
  const view = usePlace((place) => place.view);
  const traceOpen = usePlace((place) => place.view === 'traces' && place.traceId !== null);
  const { dark, toggle } = useTheme();
  const loss = useLiveNotices(useAlerting());
  useShortcuts();
  useEffect(followAddress, []);
  useEffect(() => backend.onMenu(runAction), [backend]);
  useEffect(
    () =>
      backend.onOpenTrace((traceId) => {
        goTo({ traceId }, 'push');
      }),
    [backend],
  );
  useAppActions(toggle);
  useViewActions();
  useWays();
  useLinkInAddress();
  useTraceActions(traceOpen);

  return (
    <div className={styles.app}>
      <Header dark={dark} onToggleTheme={toggle} />
      <Notes />
      <LiveNote loss={loss} />
      <main className={styles.main}>{VIEWS[view]()}</main>
      <Alerts />
      <ToastCard />
      <Imports />
      <Stores />
      <CompareWith />
      <SettingsDialog />
      <AboutDialog />
      <Palette />
      <ShortcutHelp />
    </div>
  );
}

const VIEWS: Record<View, () => ReactNode> = {
  traces: () => <Traces />,
  monitor: () => (
    <ErrorBoundary what="The monitor">
      <MonitorView />
    </ErrorBoundary>
  ),
  insights: () => (
    <ErrorBoundary what="The insights">
      <InsightsView />
    </ErrorBoundary>
  ),
  retries: () => (
    <ErrorBoundary what="The retries">
      <RetriesView />
    </ErrorBoundary>
  ),
  sources: () => (
    <ErrorBoundary what="The list of sources">
      <SourcesView />
    </ErrorBoundary>
  ),
  compare: () => (
    <ErrorBoundary what="The comparison">
      <CompareScreen />
    </ErrorBoundary>
  ),
  matrix: () => (
    <ErrorBoundary what="The matrix of runs">
      <MatrixView />
    </ErrorBoundary>
  ),
};

function Traces() {
  const traceId = usePlace((place) => place.traceId);
  const { list_px, listCollapsed } = useLayout();
  return (
    <SplitPane
      label="trace list"
      size_px={list_px}
      min_px={220}
      rest_min_px={480}
      collapsed={listCollapsed}
      onResize={resizeList}
      first={
        <ErrorBoundary what="The trace list">
          <TracesView
            empty={<EmptyStore />}
            selectionActions={<SelectionActions onCompare={compareAll} />}
            aside={
              // Beside an open trace the list has no room for it.
              traceId === null ? (
                <>
                  <ErrorBoundary what="The saved filters">
                    <SavedFilters />
                  </ErrorBoundary>
                  <ErrorBoundary what="The counts">
                    <Facets />
                  </ErrorBoundary>
                </>
              ) : null
            }
          />
        </ErrorBoundary>
      }
      second={
        traceId === null ? null : (
          <div className={styles.trace}>
            <ErrorBoundary what="The trace" retryKey={traceId}>
              <TraceScreen key={traceId} traceId={traceId} />
            </ErrorBoundary>
          </div>
        )
      }
    />
  );
}

function useViewActions(): void {
  const show = (view: View) => () => {
    goTo({ view }, 'push');
  };
  useActions([
    { id: 'view.traces', label: 'Go to the traces', group: 'View', keys: ['g t'], run: show('traces') },
    { id: 'view.monitor', label: 'Go to the monitor', group: 'View', keys: ['g m'], run: show('monitor') },
    { id: 'view.insights', label: 'Go to the insights', group: 'View', keys: ['g i'], run: show('insights') },
    { id: 'view.retries', label: 'Go to the retries', group: 'View', keys: ['g r'], run: show('retries') },
    { id: 'view.sources', label: 'Go to the sources', group: 'View', keys: ['g s'], run: show('sources') },
  ]);
}

function useAppActions(toggleTheme: () => void): void {
  const open = (name: Parameters<typeof openDialog>[0]) => () => {
    openDialog(name);
  };
  useActions([
    { id: 'palette', label: 'Show commands', group: 'App', keys: ['Mod+K'], run: open('palette') },
    { id: 'shortcuts', label: 'Show keyboard shortcuts', group: 'App', keys: ['?'], run: open('shortcuts') },
    { id: 'settings', label: 'Settings', group: 'App', keys: ['Mod+,'], run: open('settings') },
    { id: 'about', label: 'About TraceLLM Explorer, and licences', group: 'App', run: open('about') },
    { id: 'theme', label: 'Switch between light and dark', group: 'App', run: toggleTheme },
  ]);
}

function useTraceActions(open: boolean): void {
  const actions = [
    {
      id: 'trace.close',
      label: 'Back to all traces',
      group: 'Trace',
      keys: ['Escape'],
      run: () => {
        goTo({ traceId: null }, 'push');
      },
    },
    {
      id: 'trace.compare',
      label: 'Compare this run with…',
      group: 'Trace',
      keys: ['Shift+C'],
      run: () => {
        const { traceId } = usePlace.getState();
        if (traceId !== null) chooseFor(traceId);
      },
    },
    { id: 'list.toggle', label: 'Show or hide the trace list', group: 'Trace', keys: ['['], run: toggleList },
  ];
  useActions(open ? actions : []);
}
