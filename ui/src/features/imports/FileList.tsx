import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { FileStatus, ImportState, ImportStatus } from '../../backend/bindings';
import { StatusIcon, type StatusWord } from '../../components/StatusIcon';
import { VirtualList } from '../../components/VirtualList';
import { formatCount, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { formatListQuery } from '../../queries/about';
import styles from './Imports.module.css';
import { MappingButton } from './MappingDialog';
import { countsText, splitPath } from './summary';

/** The files of an import, each with what came of it. */
export function FileList({ status }: { status: ImportStatus }) {
  const formats = useQuery(formatListQuery(useBackend())).data;
  const labelOf = (id: string | null) => formats?.find((format) => format.id === id)?.label ?? id;
  const { files, files_total } = status;
  return (
    <div>
      <div className={styles.detailsHead}>
        <strong>{plural(files_total, 'file')}</strong>
        {files.length < files_total && (
          <span className={styles.muted}>the first {formatCount(files.length)} are listed</span>
        )}
      </div>
      <VirtualList
        label="Files"
        className={styles.list}
        count={files.length}
        estimate_px={26}
        render={(index) => {
          const file = files[index];
          return file ? <FileLine file={file} format={labelOf(file.format)} /> : null;
        }}
      />
    </div>
  );
}

function FileLine({ file, format }: { file: FileStatus; format: string | null }) {
  const counts = countsText(file.counts);
  const problems = file.problems > 0 ? [plural(file.problems, 'problem')] : [];
  return (
    <div className={styles.fileLine}>
      <StatusIcon status={fileStatusOf(file)} />
      <span className={styles.path} title={file.path}>
        {visibleText(splitPath(file.path).name)}
      </span>
      <span className={`${styles.path} ${styles.muted}`}>{format ?? ''}</span>
      <span className={styles.reason}>
        {[...counts, ...problems].join(' · ')}
        {file.message && (
          <span className={file.state === 'failed' ? styles.failed : styles.muted}>
            {counts.length + problems.length > 0 ? ' · ' : ''}
            {file.message}
          </span>
        )}
        {!file.message && counts.length === 0 && file.state === 'done' && (
          <span className={styles.muted}>No traces in it</span>
        )}
      </span>
      {file.state === 'done' && <MappingButton file={file} />}
    </div>
  );
}

/** A file that was left out is no success: it brought nothing, and its message says why. */
function fileStatusOf({ state, problems, counts, message }: FileStatus): StatusWord {
  const leftOut = state === 'done' && counts.traces === 0 && problems === 0 && message !== null;
  return leftOut ? 'unset' : statusOf(state, problems);
}

/** The icon for an import's or a file's state. */
export function statusOf(state: ImportState, problems: number): StatusWord {
  switch (state) {
    case 'waiting':
    case 'cancelled':
      return 'unset';
    case 'running':
      return 'running';
    case 'failed':
      return 'failed';
    case 'done':
      return problems > 0 ? 'warning' : 'success';
  }
}
