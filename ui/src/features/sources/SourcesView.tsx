// Where runs come from as they happen: what is on, how it fares, and how an agent is connected.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { SourceConfig, SourceStatus } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { Menu } from '../../components/Menu';
import { ErrorState } from '../../components/States';
import { sourceListQuery, useSourceChanges } from '../../queries/sources';
import { ConnectAgent } from './ConnectAgent';
import { SourceDialog, type Draft } from './SourceDialog';
import { SourceTable } from './SourceTable';
import styles from './Sources.module.css';
import { ADDED_KINDS, KIND_WORDS, summaryWords } from './sourceWords';
import { Suggestions } from './Suggestions';

export function SourcesView() {
  const { data: sources, error, refetch, dataUpdatedAt } = useQuery(sourceListQuery(useBackend()));
  const { set, remove } = useSourceChanges();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [removed, setRemoved] = useState<SourceConfig | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  const change = (work: Promise<unknown>) => {
    setFailure(null);
    work.catch((reason: unknown) => {
      setFailure(backendErrorFrom(reason).message);
    });
  };
  const onRemove = ({ config }: SourceStatus) => {
    change(
      remove.mutateAsync(config.id).then(() => {
        setRemoved(config);
      }),
    );
  };

  if (!sources && error) {
    return (
      <ErrorState title="The sources could not be read" error={backendErrorFrom(error)}>
        <Button onClick={() => void refetch()}>Try again</Button>
      </ErrorState>
    );
  }
  const isThere = (config: SourceConfig) => sources?.some((each) => each.config.id === config.id) ?? false;
  return (
    <section className={styles.view} aria-label="Sources">
      <header className={styles.head}>
        <h1 className={styles.title}>Sources</h1>
        <span className={styles.quiet}>{sources ? summaryWords(sources) : ''}</span>
        <span className={styles.space} />
        <Menu
          trigger={
            <Button size="small" icon="plus">
              Add a source
            </Button>
          }
          items={ADDED_KINDS.map((kind) => ({
            label: `${KIND_WORDS[kind].name}…`,
            icon: KIND_WORDS[kind].icon,
            onSelect: () => {
              setDraft({ add: kind });
            },
          }))}
        />
      </header>
      {failure !== null && (
        <div className={styles.failure} role="alert">
          <Icon name="warning" />
          <span>{failure}</span>
          <IconButton
            size="small"
            icon="close"
            label="Dismiss"
            onClick={() => {
              setFailure(null);
            }}
          />
        </div>
      )}
      {removed && (
        <div className={styles.undo} role="status">
          <span>
            {isThere(removed)
              ? `${KIND_WORDS[removed.kind.type].name} is as it was at first.`
              : `${KIND_WORDS[removed.kind.type].name} was removed; what it brought stays.`}
          </span>
          <Button
            size="small"
            onClick={() => {
              change(set.mutateAsync({ ...removed, id: isThere(removed) ? removed.id : '' }));
              setRemoved(null);
            }}
          >
            Undo
          </Button>
          <IconButton
            size="small"
            icon="close"
            label="Dismiss"
            onClick={() => {
              setRemoved(null);
            }}
          />
        </div>
      )}
      <div data-scrolls className={styles.scroller}>
        {sources && (
          <SourceTable
            sources={sources}
            read_at_ms={dataUpdatedAt}
            onSwitch={(config) => {
              change(set.mutateAsync(config));
            }}
            onEdit={({ config }) => {
              setDraft({ config });
            }}
            onRemove={onRemove}
          />
        )}
        <div className={styles.below}>
          <Suggestions
            onFollow={(kind) => {
              change(set.mutateAsync({ id: '', enabled: true, kind }));
            }}
          />
          <ConnectAgent />
        </div>
      </div>
      <SourceDialog
        draft={draft}
        onClose={() => {
          setDraft(null);
        }}
        onSave={(config) => set.mutateAsync(config)}
      />
    </section>
  );
}
