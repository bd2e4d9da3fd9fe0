// An import in words.
import type {
  FileStatus,
  FormatInfo,
  ImportCounts,
  ImportState,
  ImportStatus,
  ProblemItem,
} from '../../backend/bindings';
import { formatBytes, formatCount, plural } from '../../domain/format';

export const isOver = ({ state }: { state: ImportState }) => state !== 'waiting' && state !== 'running';

/** How much of it has been read, from 0 to 1; `null` while its size is not known. */
export function shareDone(status: ImportStatus): number | null {
  if (status.bytes_total > 0) return Math.min(1, status.bytes_done / status.bytes_total);
  if (status.files_total > 0) return Math.min(1, status.files_done / status.files_total);
  return null;
}

/** What it is doing: `12.4 MB of 80 MB · 3 of 12 files · 1,204 traces · 56,000 steps`. */
export function progressText(status: ImportStatus): string {
  const { bytes_done, bytes_total, files_done, files_total, counts } = status;
  const parts = [
    bytes_total > 0 ? `${formatBytes(bytes_done)} of ${formatBytes(bytes_total)}` : null,
    files_total > 1 ? `${formatCount(files_done)} of ${formatCount(files_total)} files` : null,
    counts.traces > 0 ? plural(counts.traces, 'trace') : null,
    counts.spans > 0 ? plural(counts.spans, 'step') : null,
  ];
  if (status.state === 'waiting') return ['Waiting', ...parts].filter(Boolean).join(' · ');
  return parts.filter(Boolean).join(' · ') || 'Reading';
}

/** What an import brought, in parts: `37 traces added`, `5 were already here`, `12 steps updated`. */
export function countsText(counts: ImportCounts): string[] {
  const known = counts.traces - counts.traces_added;
  const parts: string[] = [];
  if (counts.traces_added > 0) parts.push(`${plural(counts.traces_added, 'trace')} added`);
  if (counts.spans_added > 0) parts.push(`${plural(counts.spans_added, 'step')} added`);
  if (counts.spans_updated > 0) parts.push(`${plural(counts.spans_updated, 'step')} updated`);
  if (known > 0) parts.push(`${plural(known, 'trace was', 'traces were')} already here`);
  return parts;
}

/** How an import ended, in one line. */
export function outcomeText(status: ImportStatus): string {
  const counts = countsText(status.counts);
  switch (status.state) {
    case 'waiting':
    case 'running':
      return progressText(status);
    case 'cancelled':
      return counts.length === 0
        ? 'Cancelled; nothing was added'
        : `Cancelled; until then ${counts.join(', ')}`;
    case 'failed':
      return [failureText(status), ...counts].join(' · ');
    case 'done':
      return [...(counts.length === 0 ? ['No traces found'] : counts), ...remark(status)].join(' · ');
  }
}

/** Files that could not be read, of those that are listed. */
export const unreadFiles = ({ files }: ImportStatus) =>
  files.filter(({ state }) => state === 'failed').length;

/** What is to be said of the only file, or of those of several that could not be read. */
function remark(status: ImportStatus): string[] {
  const { files_total, files } = status;
  const unread = unreadFiles(status);
  if (files_total > 1 && unread > 0) return [`${plural(unread, 'file')} could not be read`];
  const message = files_total === 1 ? files[0]?.message : null;
  return message ? [message] : [];
}

function failureText(status: ImportStatus): string {
  const failed = status.files.filter((file) => file.state === 'failed');
  if (failed.length === 1 && failed[0]?.message) return failed[0].message;
  return failed.length > 1 ? `${plural(failed.length, 'file')} could not be read` : 'Could not be read';
}

/** A problem's place and reason on one line, for the clipboard. */
export function problemLine({ path, line, byte, reason }: ProblemItem): string {
  return [path, placeText(line, byte), reason].map(cell).join('\t');
}

/** A text as a cell of a spreadsheet that it is pasted into: on one line, and never a formula. */
function cell(text: string): string {
  const flat = text.replace(/[\t\r\n]+/g, ' ');
  return /^[=+\-@]/.test(flat.trimStart()) ? `'${flat}` : flat;
}

export function placeText(line: number | null, byte: number): string {
  return line === null ? `byte ${formatCount(byte)}` : `line ${formatCount(line)}`;
}

/** What the formats are called, each once, whatever encodings it comes in: `Langfuse`, not `Langfuse (CSV)` beside it. */
export function formatNames(formats: FormatInfo[]): string[] {
  return [...new Set(formats.map(({ label }) => label.replace(/ \([^)]*\)$/, '')))];
}

/** The last part of a path, and what stands before it. */
export function splitPath(path: string): { folder: string; name: string } {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), -1);
  return { folder: path.slice(0, cut + 1), name: path.slice(cut + 1) || path };
}

/** The only file with traces, if there is just one. */
export function onlySource(status: ImportStatus): FileStatus | null {
  const bringing = status.files.filter((file) => file.counts.traces > 0);
  if (status.files_total > status.files.length || bringing.length !== 1) return null;
  return bringing[0] ?? null;
}

/** A filter text for the traces of one source. */
export function sourceFilter(name: string): string {
  return `source:"${name.replace(/[\\"]/g, '\\$&')}"`;
}

/** What changed between two lists of imports, as sentences to be read out. */
export function announcements(before: ImportStatus[], after: ImportStatus[]): string[] {
  return after.flatMap((status) => {
    const earlier = before.find(({ import_id }) => import_id === status.import_id);
    if (!earlier && !isOver(status)) return [`Importing ${status.title}.`];
    if (isOver(status) && !(earlier && isOver(earlier))) {
      const problems = status.problems > 0 ? `, ${plural(status.problems, 'problem')}` : '';
      return [`Import of ${status.title} ${WORDS[status.state]}: ${outcomeText(status)}${problems}.`];
    }
    return [];
  });
}

const WORDS: Record<ImportState, string> = {
  waiting: 'waiting',
  running: 'running',
  done: 'finished',
  cancelled: 'was cancelled',
  failed: 'failed',
};
