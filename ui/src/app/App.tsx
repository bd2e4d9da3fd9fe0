import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { BackendProvider, useBackend, type Backend } from '../backend';
import { SplitPane } from '../components/SplitPane';
import { TooltipProvider } from '../components/Tooltip';
import { EmptyStore } from '../features/imports/EmptyStore';
import { Imports } from '../features/imports/Imports';
import { SettingsDialog } from '../features/settings/SettingsDialog';
import { TracesView } from '../features/traces/TracesView';
import { useLiveNotices } from '../queries/live';
import { runAction, useActions } from '../state/actions';
import { openDialog } from '../state/dialogs';
import { resizeList, toggleList, useLayout } from '../state/layout';
import { followAddress, goTo, usePlace } from '../state/place';
import styles from './App.module.css';
import { ErrorBoundary } from './ErrorBoundary';
import { Header } from './Header';
import { LiveNote, Notes } from './Notes';
import { Palette } from './Palette';
import { ShortcutHelp } from './ShortcutHelp';
import { useShortcuts } from './shortcuts';
import { useTheme } from './theme';
import { TraceScreen } from './trace/TraceScreen';

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
  const traceId = usePlace((place) => place.traceId);
  const { list_px, listCollapsed } = useLayout();
  const { dark, toggle } = useTheme();
  const loss = useLiveNotices();
  useShortcuts();
  useEffect(followAddress, []);
  useEffect(() => backend.onMenu(runAction), [backend]);
  useAppActions(toggle);
  useTraceActions(traceId !== null);

  return (
    <div className={styles.app}>
      <Header dark={dark} onToggleTheme={toggle} />
      <Notes />
      <LiveNote loss={loss} />
      <main className={styles.main}>
        <SplitPane
          label="trace list"
          size_px={list_px}
          min_px={220}
          rest_min_px={480}
          collapsed={listCollapsed}
          onResize={resizeList}
          first={
            <ErrorBoundary what="The trace list">
              <TracesView empty={<EmptyStore />} />
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
      </main>
      <Imports />
      <SettingsDialog />
      <Palette />
      <ShortcutHelp />
    </div>
  );
}

function useAppActions(toggleTheme: () => void): void {
  const open = (name: Parameters<typeof openDialog>[0]) => () => {
    openDialog(name);
  };
  useActions([
    { id: 'palette', label: 'Show commands', group: 'App', keys: ['Mod+K'], run: open('palette') },
    { id: 'shortcuts', label: 'Show keyboard shortcuts', group: 'App', keys: ['?'], run: open('shortcuts') },
    { id: 'settings', label: 'Settings and about', group: 'App', keys: ['Mod+,'], run: open('settings') },
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
    { id: 'list.toggle', label: 'Show or hide the trace list', group: 'Trace', keys: ['['], run: toggleList },
  ];
  useActions(open ? actions : []);
}
