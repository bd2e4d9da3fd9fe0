// What the store takes on disk, what is kept, and what can be brought back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import type { StorageInfo } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { useClock } from '../../components/clock';
import { formatBytes, formatCount, formatRelativeTime, lastPart, plural } from '../../domain/format';
import { deletionListQuery, storageInfoQuery, useRestoreTraces } from '../../queries/curate';
import { OtherStores } from './OtherStores';
import { Retention } from './Retention';
import styles from './Storage.module.css';
import settings from './SettingsDialog.module.css';

export function Storage() {
  const { data: info, error } = useQuery(storageInfoQuery(useBackend()));
  if (error) {
    // A store that can't be read is one to be restored.
    return (
      <>
        <p className={settings.error} role="alert">
          {backendErrorFrom(error).message}
        </p>
        <OtherStores />
      </>
    );
  }
  return (
    <>
      <OnDisk info={info ?? null} />
      <OtherStores />
      <Retention removed={info?.removed ?? null} />
      <Deleted />
      {info && <Sources info={info} />}
    </>
  );
}

function OnDisk({ info }: { info: StorageInfo | null }) {
  const backend = useBackend();
  const cache = useQueryClient();
  const compacting = useMutation({
    mutationFn: () => backend.call('storage_compact', {}),
    onSettled: () => cache.invalidateQueries({ queryKey: storageInfoQuery(backend).queryKey }),
  });
  const isCompacting = compacting.isPending || (info?.is_compacting ?? false);
  const failed = compacting.error && backendErrorFrom(compacting.error);
  return (
    <section className={settings.group}>
      <h3 className={settings.heading}>On disk</h3>
      <dl className={settings.facts}>
        <dt>Database with its log</dt>
        <dd>{info ? formatBytes(info.database_bytes) : 'Counting…'}</dd>
        <dt>Free inside</dt>
        <dd>{info ? formatBytes(info.free_bytes) : '–'}</dd>
        <dt>Traces</dt>
        <dd>
          {info ? formatCount(info.traces) : '–'}
          {info && info.deleted_traces > 0 && (
            <span className={styles.quiet}>
              {' '}
              and {formatCount(info.deleted_traces)} deleted (about {formatBytes(info.deleted_bytes)})
            </span>
          )}
        </dd>
      </dl>
      <div className={settings.row}>
        <span>
          Compact the database
          <small>
            Gives the free room back to the disk. Needs as much again while it lasts; what comes in meanwhile
            waits.
          </small>
        </span>
        {isCompacting ? (
          <Button size="small" onClick={() => void backend.call('storage_compact_stop', {})}>
            Stop compacting
          </Button>
        ) : (
          <Button
            size="small"
            disabled={!info}
            onClick={() => {
              compacting.mutate();
            }}
          >
            Compact now
          </Button>
        )}
      </div>
      {isCompacting && <p role="status">Compacting…</p>}
      {compacting.data && !isCompacting && (
        <p role="status">
          {formatBytes(Math.max(0, compacting.data.before_bytes - compacting.data.after_bytes))} given back.
        </p>
      )}
      {failed && (
        <p className={settings.error} role="alert">
          {failed.code === 'cancelled' ? 'Stopped; the database is as it was.' : failed.message}
        </p>
      )}
    </section>
  );
}

function Deleted() {
  const { data: deletions = [] } = useQuery(deletionListQuery(useBackend()));
  const restoring = useRestoreTraces();
  const now_ms = useClock(10_000);
  return (
    <section className={settings.group}>
      <h3 className={settings.heading}>Recently deleted</h3>
      {deletions.length === 0 && (
        <p className={styles.quiet}>Nothing. What is deleted stands here for ten minutes.</p>
      )}
      {deletions.map((deletion) => (
        <div key={deletion.deletion_id} className={settings.row}>
          <span className={styles.deletion}>
            <span className={styles.name}>
              {deletion.traces === 1 && deletion.example !== ''
                ? deletion.example
                : plural(deletion.traces, 'trace')}
            </span>
            <small>
              Deleted {formatRelativeTime(deletion.deleted_unix_ms, now_ms)};{' '}
              {goesText(deletion.purge_unix_ms - now_ms)}
            </small>
          </span>
          <Button
            size="small"
            disabled={restoring.isPending}
            onClick={() => {
              restoring.mutate(deletion.deletion_id);
            }}
          >
            Restore
          </Button>
        </div>
      ))}
      {restoring.error && (
        <p className={settings.error} role="alert">
          {backendErrorFrom(restoring.error).message}
        </p>
      )}
    </section>
  );
}

function goesText(left_ms: number): string {
  const minutes = Math.ceil(left_ms / 60_000);
  return minutes > 0 ? `goes for good in ${minutes} min` : 'is going for good';
}

function Sources({ info }: { info: StorageInfo }) {
  if (info.sources.length === 0) return null;
  return (
    <section className={settings.group}>
      <h3 className={settings.heading}>By source</h3>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Format</th>
              <th scope="col" className={styles.number}>
                Traces
              </th>
              <th scope="col" className={styles.number}>
                Steps
              </th>
              <th
                scope="col"
                className={styles.number}
                title="An estimate: traces share compressed blocks of content"
              >
                About
              </th>
            </tr>
          </thead>
          <tbody>
            {info.sources.map((source) => (
              <tr key={`${source.kind} ${source.format} ${source.location}`}>
                <td className={styles.location} title={source.location}>
                  {lastPart(source.location)}
                </td>
                <td>{source.format}</td>
                <td className={styles.number}>{formatCount(source.traces)}</td>
                <td className={styles.number}>{formatCount(source.steps)}</td>
                <td className={styles.number}>{formatBytes(source.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {info.more_sources > 0 && (
        <p className={styles.quiet}>and {plural(info.more_sources, 'smaller source')}</p>
      )}
    </section>
  );
}
