import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { CopyProgress, StoreSummary } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Dialog } from '../../components/Dialog';
import { ProgressBar } from '../../components/ProgressBar';
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDurationMs,
  lastPart,
  plural,
} from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { sentenceOf } from '../../domain/words';
import { appInfoQuery } from '../../queries/about';
import type { StoreActions } from '../../queries/stores';
import { useDialogs } from '../../state/dialogs';
import { canBeStopped, endStoreJob, isUnderWay, useStoreJob, type StoreJob } from '../../state/storeJob';
import styles from './StoreDialog.module.css';

/** What is being done with a whole store, or is to be decided. */
export function StoreDialog({ actions }: { actions: StoreActions }) {
  const job = useStoreJob((jobs) => jobs.job);
  const open = useDialogs((dialogs) => dialogs.open === 'stores');
  if (!job) return null;
  return (
    <Dialog
      open={open}
      title={titleOf(job)}
      width_px={560}
      onClose={() => {
        // What is under way goes on until it has stopped by itself, or is done.
        if (canBeStopped(job)) actions.stop();
        else if (!isUnderWay(job)) endStoreJob();
      }}
      actions={<Choices job={job} actions={actions} />}
    >
      <What job={job} />
    </Dialog>
  );
}

function titleOf(job: StoreJob): string {
  switch (job.kind) {
    case 'backing_up':
      return 'Backing up the store';
    case 'backed_up':
      return 'The backup is written';
    case 'checking':
      return 'Checking the backup';
    case 'offered':
      return 'Restore this backup?';
    case 'restoring':
      return 'Restoring the backup';
    case 'asked':
      return job.stores.length === 1
        ? 'This is a store of TraceLLM Explorer'
        : 'These are stores of TraceLLM Explorer';
    case 'opening':
      return 'Opening the store';
    case 'breaks_off':
      return job.imports === 1 ? 'An import is under way' : 'Imports are under way';
    case 'failed':
      return job.what;
  }
}

function What({ job }: { job: StoreJob }) {
  const { data: info } = useQuery(appInfoQuery(useBackend()));
  switch (job.kind) {
    case 'backing_up':
      return <Progress progress={job.progress} remark="Agents can go on sending meanwhile." />;
    case 'checking':
      return <Progress progress={job.progress} remark="It is read from end to end; nothing is changed." />;
    case 'restoring':
      return <Progress progress={job.progress} remark="Live sources are off until it is done." />;
    case 'backed_up':
      return (
        <>
          <Path path={job.written.path} />
          <p>
            {plural(job.written.traces, 'trace')}, {formatBytes(job.written.bytes)}, written and checked in{' '}
            {formatDurationMs(job.written.elapsed_ms)}.
          </p>
          <Damage
            lead="The store is damaged, and so is its backup. Keep earlier backups."
            damage={job.written.damage}
          />
        </>
      );
    case 'offered':
      return (
        <>
          <Comparison backup={job.offer.backup} present={job.offer.present} />
          <Damage lead="The backup is not as it was when it was written." damage={job.offer.backup.damage} />
          <p className={styles.remark}>
            {job.offer.backup.damage === null && 'The backup is sound. '}The present store is kept under
            another name beside its place, not deleted; a note will say where.
          </p>
        </>
      );
    case 'asked':
      return job.stores.map((store) => (
        <div key={store.path} className={styles.store}>
          <Path path={store.path} />
          <p>
            It holds {plural(store.traces, 'trace')}
            {store.newest_unix_ms === null ? '' : `, the newest of ${formatDateTime(store.newest_unix_ms)}`}.
            {store.path === info?.store_path && ' It is the one that is open.'}
          </p>
          <Damage lead="It is damaged." damage={store.damage} />
          {store.damage !== null && (
            <p className={styles.remark}>
              Of its traces only those are imported that are not here yet: what is damaged takes no sound
              step’s place.
            </p>
          )}
        </div>
      ));
    case 'opening':
      return (
        <>
          <Path path={job.path} />
          <ProgressBar label="Opening" share={null} />
        </>
      );
    case 'breaks_off':
      return (
        <p>
          {job.imports === 1 ? 'It ends' : 'They end'} here if you go on. What was read is kept, and importing
          the same files again adds the rest.
        </p>
      );
    case 'failed':
      return (
        <p className={styles.failure} role="alert">
          {sentenceOf(job.message)}
        </p>
      );
  }
}

function Choices({ job, actions }: { job: StoreJob; actions: StoreActions }) {
  const { data: info } = useQuery(appInfoQuery(useBackend()));
  const close = (label: string) => <Button onClick={endStoreJob}>{label}</Button>;
  switch (job.kind) {
    case 'backing_up':
    case 'checking':
    case 'restoring':
      return <Button onClick={actions.stop}>Stop</Button>;
    case 'backed_up':
    case 'failed':
      return close('Close');
    case 'offered':
      return (
        <>
          {close('Cancel')}
          <Button look="primary" onClick={actions.restoreOffered}>
            {job.offer.backup.damage === null ? 'Restore' : 'Restore what can be read'}
          </Button>
        </>
      );
    case 'asked': {
      const others = job.stores.map(({ path }) => path).filter((path) => path !== info?.store_path);
      const [only, ...more] = others;
      if (only === undefined) return close('Close');
      const isOne = more.length === 0;
      // Beside the one that is open, it says which of them is meant.
      const isOther = job.stores.length > 1;
      return (
        <>
          {close('Cancel')}
          <Button
            {...(isOne ? {} : { look: 'primary', 'data-autofocus': true })}
            onClick={() => {
              actions.importFrom(others);
            }}
          >
            {!isOne
              ? 'Import their traces'
              : isOther
                ? 'Import those of the other store'
                : 'Import its traces'}
          </Button>
          {isOne && (
            <Button
              look="primary"
              data-autofocus
              onClick={() => {
                actions.openAt(only);
              }}
            >
              {isOther ? 'Open the other store' : 'Open this store'}
            </Button>
          )}
        </>
      );
    }
    case 'breaks_off':
      return (
        <>
          {close('Cancel')}
          <Button look="primary" onClick={job.goOn}>
            Go on
          </Button>
        </>
      );
    case 'opening':
      return null;
  }
}

/** What is damaged in a store, if anything is. */
function Damage({ lead, damage }: { lead: string; damage: string | null }) {
  return (
    damage !== null && (
      <p className={styles.failure} role="alert">
        {lead} {visibleText(damage)}
      </p>
    )
  );
}

function Path({ path }: { path: string }) {
  return (
    <p className={styles.path}>
      <span className="mono">{visibleText(path)}</span>
      <CopyButton text={path} label="Copy the path" />
    </p>
  );
}

function Progress({ progress, remark }: { progress: CopyProgress | null; remark: string }) {
  const { stage = 'checking', done_bytes = 0, total_bytes = 0 } = progress ?? {};
  // Of the first part of a check it is not known how far it is.
  const share = (stage === 'copying' || done_bytes > 0) && total_bytes > 0 ? done_bytes / total_bytes : null;
  return (
    <>
      <ProgressBar label={stage === 'copying' ? 'Copied' : 'Checked'} share={share} />
      <p className={styles.counts} aria-live="off">
        {share === null && stage === 'checking'
          ? `Checking ${total_bytes > 0 ? formatBytes(total_bytes) : ''}`.trim()
          : `${stage === 'copying' ? 'Copied' : 'Checked'} ${formatBytes(done_bytes)} of about ${formatBytes(total_bytes)}`}
      </p>
      <p className={styles.remark}>{remark}</p>
    </>
  );
}

/** What a backup holds beside what the store does. */
function Comparison({ backup, present }: { backup: StoreSummary; present: StoreSummary }) {
  const rows: [string, (store: StoreSummary) => string][] = [
    ['File', (store) => visibleText(lastPart(store.path))],
    ['Traces', (store) => formatCount(store.traces)],
    ['Steps', (store) => formatCount(store.steps)],
    ['Newest', (store) => (store.newest_unix_ms === null ? '–' : formatDateTime(store.newest_unix_ms))],
    ['Size', (store) => formatBytes(store.bytes)],
  ];
  return (
    <table className={styles.comparison}>
      <thead>
        <tr>
          <td />
          <th scope="col">Backup</th>
          <th scope="col">Present store</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, text]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td title={label === 'File' ? backup.path : undefined}>{text(backup)}</td>
            <td title={label === 'File' ? present.path : undefined}>{text(present)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
