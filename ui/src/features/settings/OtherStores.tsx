// Backups, and the stores that can be gone over to. Not shown where the host has but one.
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { lastPart } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { recentStoresQuery, useStoreActions } from '../../queries/stores';
import settings from './SettingsDialog.module.css';
import styles from './Storage.module.css';

export function OtherStores() {
  const backend = useBackend();
  const actions = useStoreActions();
  const { data: recent = [], error } = useQuery({ ...recentStoresQuery(backend), enabled: actions !== null });
  if (!actions) return null;
  return (
    <section className={settings.group}>
      <h3 className={settings.heading}>Backups and other stores</h3>
      <div className={settings.row}>
        <span>
          Back up the store
          <small>All of it in one file, checked, while agents go on sending.</small>
        </span>
        <span className={styles.buttons}>
          <Button size="small" onClick={actions.backUp}>
            Back up…
          </Button>
          <Button size="small" onClick={actions.restore}>
            Restore…
          </Button>
        </span>
      </div>
      <div className={settings.row}>
        <span>
          Open another store
          <small>The window goes over to it; this one stays as it is.</small>
        </span>
        <span className={styles.buttons}>
          <Button size="small" onClick={actions.openOther}>
            Open…
          </Button>
          <Button size="small" onClick={actions.openNew}>
            New…
          </Button>
        </span>
      </div>
      {recent.map((store) => (
        <div key={store.path} className={settings.row} aria-disabled={store.trouble !== null}>
          <span className={styles.deletion}>
            <span className={store.trouble === null ? styles.name : `${styles.name} ${styles.quiet}`}>
              {lastPart(store.path)}
              {store.is_default && ' (the usual one)'}
            </span>
            <small className={styles.name} title={visibleText(store.path)}>
              {store.trouble ?? store.path}
            </small>
          </span>
          <Button
            size="small"
            disabled={store.trouble !== null}
            aria-label={`Open ${visibleText(store.path)}`}
            onClick={() => {
              actions.openAt(store.path);
            }}
          >
            Open
          </Button>
        </div>
      ))}
      {error && (
        <p className={settings.error} role="alert">
          {backendErrorFrom(error).message}
        </p>
      )}
    </section>
  );
}
