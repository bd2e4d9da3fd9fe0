import type { FileStatus, ImportCounts, ImportStatus } from '../backend/bindings';

const NONE: ImportCounts = {
  traces: 0,
  traces_added: 0,
  spans: 0,
  spans_added: 0,
  spans_updated: 0,
  spans_unchanged: 0,
};

type PartialFile = Partial<Omit<FileStatus, 'counts'>> & { counts?: Partial<ImportCounts> };
type PartialImport = Partial<Omit<ImportStatus, 'counts' | 'files'>> & {
  counts?: Partial<ImportCounts>;
  files?: PartialFile[];
};

/** An import for tests: what is given, and nothing else. */
export function importStatus({ counts, files = [], ...rest }: PartialImport): ImportStatus {
  return {
    import_id: 1,
    state: 'running',
    title: 'traces.json',
    bytes_done: 0,
    bytes_total: 100,
    files_done: 0,
    files_total: files.length || 1,
    problems: 0,
    elapsed_ms: 10,
    trace_id: null,
    ...rest,
    counts: { ...NONE, ...counts },
    files: files.map(({ counts: fileCounts, ...file }) => ({
      path: '/x/traces.json',
      state: 'done',
      format: null,
      errors: 0,
      retries: 0,
      tokens: null,
      problems: 0,
      message: null,
      mapping: null,
      ...file,
      counts: { ...NONE, ...fileCounts },
    })),
  };
}
