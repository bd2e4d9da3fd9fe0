// What is running, on what, and what it is made of.
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { CopyButton } from '../../components/CopyButton';
import { Dialog } from '../../components/Dialog';
import { Tabs } from '../../components/Tabs';
import { formatBytes } from '../../domain/format';
import { appInfoQuery } from '../../queries/about';
import { closeDialog, useDialogs } from '../../state/dialogs';
import styles from './AboutDialog.module.css';
import { LicenceList } from './LicenceList';

export function AboutDialog() {
  const open = useDialogs((dialogs) => dialogs.open === 'about');
  return (
    <Dialog open={open} onClose={closeDialog} title="About TraceLLM Explorer" width_px={720}>
      {open && (
        <Tabs
          label="About"
          pages={[
            { id: 'app', label: 'This app', content: <Facts /> },
            { id: 'licences', label: 'Licences', content: <LicenceList /> },
          ]}
        />
      )}
    </Dialog>
  );
}

function Facts() {
  const { data: info, error } = useQuery(appInfoQuery(useBackend()));
  if (error) return <p className={styles.error}>{backendErrorFrom(error).message}</p>;
  if (!info) return null;
  const about = `TraceLLM Explorer ${info.version}\n${navigator.userAgent}`;
  return (
    <>
      <dl className={styles.facts}>
        <dt>Version</dt>
        <dd className={styles.path}>
          <span>{info.version}</span>
          <CopyButton text={about} label="Copy version and system" />
        </dd>
        <dt>Runs in</dt>
        <dd>{navigator.userAgent}</dd>
        <dt>Database</dt>
        <dd className={styles.path}>
          <span className="mono">{info.store_path}</span>
          <CopyButton text={info.store_path} label="Copy the path" />
        </dd>
        <dt>Size</dt>
        <dd>{formatBytes(info.store_bytes)}</dd>
        {info.log_folder !== null && (
          <>
            <dt>Log</dt>
            <dd className={styles.path}>
              <span>
                <span className="mono">{info.log_folder}</span>
                <small>What the app did and what went wrong; nothing of any trace. At most 4 MiB.</small>
              </span>
              <CopyButton text={info.log_folder} label="Copy the folder" />
            </dd>
          </>
        )}
        {info.notes.length > 0 && (
          <>
            <dt>Notes</dt>
            <dd>
              {info.notes.map((note) => (
                <p key={note}>{note}</p>
              ))}
            </dd>
          </>
        )}
      </dl>
      <p className={styles.promise}>
        It works on this machine alone: it has no account and calls no server, neither for traces nor to look
        for a newer version. MIT licence.
      </p>
    </>
  );
}
