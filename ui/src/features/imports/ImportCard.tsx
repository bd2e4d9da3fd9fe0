import { useState } from 'react';
import type { ImportStatus } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { ProgressBar } from '../../components/ProgressBar';
import { StatusIcon } from '../../components/StatusIcon';
import { formatDurationMs, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { goTo } from '../../state/place';
import { FileList, statusOf } from './FileList';
import styles from './Imports.module.css';
import { MappingButton } from './MappingDialog';
import { ProblemList } from './ProblemList';
import { isOver, onlySource, outcomeText, shareDone, sourceFilter, splitPath, unreadFiles } from './summary';

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
  return (
    <li className={styles.card} aria-label={`Import of ${status.title}`}>
      <div className={styles.cardHead}>
        <StatusIcon status={statusOf(status.state, status.problems + unreadFiles(status))} />
        <span className={styles.cardTitle} title={status.title}>
          {visibleText(status.title)}
        </span>
        <span
          className={styles.cardText}
          title={over ? `${text} (${formatDurationMs(status.elapsed_ms)})` : text}
          data-failed={status.state === 'failed' || undefined}
        >
          {text}
        </span>
        {over && <ShowButton status={status} />}
        {over && status.files_total === 1 && status.files[0] && <MappingButton file={status.files[0]} />}
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

/** Opens the only trace of an import, or lists the traces of its only source. */
function ShowButton({ status }: { status: ImportStatus }) {
  const { trace_id } = status;
  const source = onlySource(status);
  if (trace_id !== null) {
    return (
      <Button
        size="small"
        onClick={() => {
          goTo({ traceId: trace_id }, 'push');
        }}
      >
        Open
      </Button>
    );
  }
  if (!source) return null;
  return (
    <Button
      size="small"
      onClick={() => {
        goTo({ traceId: null, filter: sourceFilter(splitPath(source.path).name) }, 'push');
      }}
    >
      Show
    </Button>
  );
}
