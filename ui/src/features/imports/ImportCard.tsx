import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { FileStatus, ImportStatus } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { ProgressBar } from '../../components/ProgressBar';
import { StatusIcon } from '../../components/StatusIcon';
import { formatDurationMs, plural } from '../../domain/format';
import { traceListQuery } from '../../queries/traces';
import { goTo } from '../../state/place';
import { FileList, statusOf } from './FileList';
import styles from './Imports.module.css';
import { ProblemList } from './ProblemList';
import { isOver, onlySource, outcomeText, shareDone, sourceFilter, splitPath } from './summary';

interface ImportCardProps {
  status: ImportStatus;
  onCancel: () => void;
  onDismiss: () => void;
}

/** One import: how far it is, or what came of it. */
export function ImportCard({ status, onCancel, onDismiss }: ImportCardProps) {
  const [shown, setShown] = useState<'files' | 'problems' | null>(null);
  const toggle = (part: 'files' | 'problems') => {
    setShown(shown === part ? null : part);
  };
  const over = isOver(status);
  const text = outcomeText(status);
  const source = over ? onlySource(status) : null;
  return (
    <li className={styles.card} aria-label={`Import of ${status.title}`}>
      <div className={styles.cardHead}>
        <StatusIcon status={statusOf(status.state, status.problems)} />
        <span className={styles.cardTitle} title={status.title}>
          {status.title}
        </span>
        <span
          className={styles.cardText}
          title={over ? `${text} (${formatDurationMs(status.elapsed_ms)})` : text}
          data-failed={status.state === 'failed' || undefined}
        >
          {text}
        </span>
        {source && <ShowButton source={source} traces={status.counts.traces} />}
        {status.problems > 0 && (
          <Button
            size="small"
            icon="warning"
            aria-expanded={shown === 'problems'}
            onClick={() => {
              toggle('problems');
            }}
          >
            {plural(status.problems, 'problem')}
          </Button>
        )}
        {status.files_total > 1 && (
          <Button
            size="small"
            aria-expanded={shown === 'files'}
            onClick={() => {
              toggle('files');
            }}
          >
            {plural(status.files_total, 'file')}
          </Button>
        )}
        {over ? (
          <IconButton size="small" icon="close" label="Dismiss" onClick={onDismiss} />
        ) : (
          <Button size="small" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
      {!over && (
        <div className={styles.progress}>
          <ProgressBar label={`Import of ${status.title}`} share={shareDone(status)} />
        </div>
      )}
      {shown === 'files' && (
        <div className={styles.details}>
          <FileList status={status} />
        </div>
      )}
      {shown === 'problems' && status.problems > 0 && (
        <div className={styles.details}>
          <ProblemList importId={status.import_id} problems={status.problems} />
        </div>
      )}
    </li>
  );
}

/** Opens the only trace of a source, or lists its traces. */
function ShowButton({ source, traces }: { source: FileStatus; traces: number }) {
  const backend = useBackend();
  const cache = useQueryClient();
  const filter = sourceFilter(splitPath(source.path).name);
  const show = async () => {
    const request = { filter, sort: 'started', descending: true, offset: 0, limit: 2 } as const;
    const found =
      traces === 1 ? await cache.fetchQuery({ ...traceListQuery(backend, request), staleTime: 0 }) : null;
    const only = found?.list.total === 1 ? found.list.items[0] : undefined;
    // A name may be shared by several sources: then they are listed instead.
    if (only) goTo({ traceId: only.trace_id }, 'push');
    else goTo({ traceId: null, filter }, 'push');
  };
  return (
    <Button size="small" onClick={() => void show()}>
      {traces === 1 ? 'Open' : 'Show'}
    </Button>
  );
}
