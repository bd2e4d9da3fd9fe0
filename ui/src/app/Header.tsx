import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../backend';
import { Button, IconButton } from '../components/Button';
import { Kbd } from '../components/Kbd';
import { Menu } from '../components/Menu';
import { Icon, type IconName } from '../components/icons';
import { Tooltip } from '../components/Tooltip';
import { formatRate, lastPart } from '../domain/format';
import { appInfoQuery } from '../queries/about';
import { sourceListQuery } from '../queries/sources';
import { runAction } from '../state/actions';
import { useAlerts } from '../state/alerts';
import { openDialog } from '../state/dialogs';
import { toggleList, useLayout } from '../state/layout';
import { canGoBack, canGoForward, goBack, goForward, useHistory } from '../state/history';
import { goTo, usePlace, type View } from '../state/place';
import styles from './Header.module.css';

export function Header({ dark, onToggleTheme }: { dark: boolean; onToggleTheme: () => void }) {
  const traceOpen = usePlace((place) => place.view === 'traces' && place.traceId !== null);
  const collapsed = useLayout((layout) => layout.listCollapsed);
  const act = (id: string) => () => {
    runAction(id);
  };
  return (
    <header className={styles.header}>
      <div className={styles.product}>
        <Mark />
        <span className={styles.name}>TraceLLM Explorer</span>
      </div>
      <Ways />
      <Views />
      {traceOpen && (
        <>
          <Button
            size="small"
            look="quiet"
            icon="back"
            onClick={() => {
              goTo({ traceId: null }, 'push');
            }}
          >
            All traces
          </Button>
          <IconButton
            icon="sidebar"
            size="small"
            label={collapsed ? 'Show the trace list' : 'Hide the trace list'}
            shortcut="["
            aria-pressed={!collapsed}
            onClick={toggleList}
          />
        </>
      )}
      <span className={styles.space} />
      <OtherStore />
      <LiveRate />
      <Button
        size="small"
        look="quiet"
        icon="command"
        className={styles.palette}
        aria-label="Commands"
        onClick={() => {
          openDialog('palette');
        }}
      >
        <span className={styles.paletteText}>Commands</span>
        <Kbd keys="Mod+K" />
      </Button>
      <Menu
        trigger={
          <Button size="small" icon="open">
            Import
          </Button>
        }
        items={[
          { label: 'Open files…', icon: 'file', shortcut: 'Mod+O', onSelect: act('open') },
          { label: 'Open a folder…', icon: 'folder', shortcut: 'Mod+Shift+O', onSelect: act('open_folder') },
          { label: 'Paste traces…', icon: 'paste', onSelect: act('paste') },
        ]}
      />
      <IconButton
        icon={dark ? 'light' : 'dark'}
        label={dark ? 'Use light colours' : 'Use dark colours'}
        onClick={onToggleTheme}
      />
      <IconButton icon="settings" label="Settings" shortcut="Mod+," onClick={act('settings')} />
    </header>
  );
}

/** Back and forward through the places one has been at. */
function Ways() {
  const isBefore = useHistory(canGoBack);
  const isAfter = useHistory(canGoForward);
  return (
    <div className={styles.ways} role="group" aria-label="Places you have been at">
      <IconButton
        icon="left"
        size="small"
        label="Back"
        shortcut="Alt+ArrowLeft"
        disabled={!isBefore}
        onClick={goBack}
      />
      <IconButton
        icon="right"
        size="small"
        label="Forward"
        shortcut="Alt+ArrowRight"
        disabled={!isAfter}
        onClick={goForward}
      />
    </div>
  );
}

const VIEWS: { id: View; label: string; icon: IconName; keys: string }[] = [
  { id: 'traces', label: 'Traces', icon: 'traces', keys: 'g t' },
  { id: 'monitor', label: 'Monitor', icon: 'monitor', keys: 'g m' },
  { id: 'insights', label: 'Insights', icon: 'insights', keys: 'g i' },
  { id: 'retries', label: 'Retries', icon: 'retry', keys: 'g r' },
  { id: 'sources', label: 'Sources', icon: 'plug', keys: 'g s' },
];

function Views() {
  const shown = usePlace((place) => place.view);
  const unseen = useAlerts((alerts) => alerts.unseen.size);
  return (
    <nav className={styles.views} aria-label="Views">
      {VIEWS.map(({ id, label, icon, keys }) => (
        <Tooltip key={id} text={label} shortcut={keys}>
          <button
            type="button"
            className={styles.view}
            aria-current={shown === id ? 'page' : undefined}
            onClick={() => {
              goTo({ view: id }, 'push');
            }}
          >
            <Icon name={icon} />
            {label}
            {id === 'traces' && unseen > 0 && (
              <span className={styles.unseen}>
                {unseen}
                <span className="visually-hidden"> not looked at yet</span>
              </span>
            )}
          </button>
        </Tooltip>
      ))}
    </nav>
  );
}

/** Which store is open, where it is not the usual one. */
function OtherStore() {
  const { data } = useQuery(appInfoQuery(useBackend()));
  if (!data || data.is_default_store) return null;
  const name = lastPart(data.store_path);
  return (
    <button
      type="button"
      className={styles.store}
      title={`The store that is open: ${data.store_path}`}
      aria-label={`Store ${name}: settings`}
      onClick={() => {
        openDialog('settings');
      }}
    >
      <Icon name="database" />
      <span>{name}</span>
    </button>
  );
}

/** That something is coming in, and how much. */
function LiveRate() {
  const { data = [] } = useQuery(sourceListQuery(useBackend()));
  const steps_per_s = data.reduce((sum, source) => sum + source.spans_per_s, 0);
  if (steps_per_s <= 0) return null;
  return (
    <button
      type="button"
      className={styles.live}
      title="Steps that come in, all sources together"
      onClick={() => {
        goTo({ view: 'sources' }, 'push');
      }}
    >
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.rate}>{formatRate(steps_per_s)}</span> steps/s
    </button>
  );
}

/** The product's mark: three steps of a run. */
function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <rect x="1" y="2.5" width="16" height="3.4" rx="1.7" fill="var(--kind-agent)" />
      <rect x="4" y="7.3" width="8" height="3.4" rx="1.7" fill="var(--kind-llm)" />
      <rect x="9" y="12.1" width="6" height="3.4" rx="1.7" fill="var(--kind-tool)" />
    </svg>
  );
}
