// What the page needs of its host, whichever that is: the desktop shell, a browser with a local server, or a test.
import type {
  ApiError,
  BackupOffer,
  BackupWritten,
  Code,
  ComparisonSave,
  ComparisonSaved,
  Contract,
  CopyProgress,
  Exported,
  ImportStatus,
  Notice,
  RecentStore,
  StoreSummary,
  TextSave,
  TextSaved,
  TraceSelection,
} from './bindings';

export type CommandName = keyof Contract;
export type Request<N extends CommandName> = Contract[N]['request'];
export type Response<N extends CommandName> = Contract[N]['response'];

/** What the window's menu can ask for. */
export type MenuAction =
  | 'open'
  | 'open_folder'
  | 'paste'
  | 'settings'
  | 'about'
  | 'shortcuts'
  | 'theme'
  | 'go_back'
  | 'go_forward'
  | 'store.open'
  | 'store.new'
  | 'store.backup'
  | 'store.restore';

/** What the app was started with, or started again with. */
export interface Opened {
  /** Files and folders to import. */
  paths: string[];
  /** Links to traces and steps, as they were given. */
  links: string[];
  /** The store that they wait for, where another one is open: they are given once that one is. */
  store: string | null;
}

/** What was let fall on the window: the shell gives paths, a browser gives files. */
export type Dropped = { kind: 'paths'; paths: string[] } | { kind: 'files'; files: File[] };

export interface DropHandler {
  over(): void;
  drop(dropped: Dropped): void;
  leave(): void;
}

/** Where traces are kept, on hosts that can go over to another store. After `true`, and after a restore, the page starts afresh. */
export interface StoreHost {
  /** The stores that were open last, without the one that is open. */
  recent(): Promise<RecentStore[]>;
  /** What the store at `path` holds; `null` where it is no store of this program. */
  lookAt(path: string): Promise<StoreSummary | null>;
  /** Asks the person for a store; gives its path, `null` if they cancel. */
  pick(): Promise<string | null>;
  /** Goes over to a store that is there; says whether another one is open now. */
  open(path: string): Promise<boolean>;
  /** Asks the person for a name and goes over to a new store; `false` if they cancel. */
  openNew(): Promise<boolean>;
  /** Asks the person where to, and writes a backup there; `null` if they cancel. `onProgress` hears from when it has begun. */
  backUp(onProgress: (progress: CopyProgress) => void): Promise<BackupWritten | null>;
  /** Asks the person for a backup and checks it; `null` if they cancel. */
  pickBackup(onProgress: (progress: CopyProgress) => void): Promise<BackupOffer | null>;
  /** Puts the backup that was checked last in the place of the store. How it ended stands in the notes of `app_info`. */
  restore(onProgress: (progress: CopyProgress) => void): Promise<void>;
  /** Stops what writes or checks a copy. */
  stopCopy(): Promise<void>;
  /** Loads the page anew, at its start: what it knows is of another store. */
  startAfresh(): void;
}

export type Unsubscribe = () => void;

export interface Backend {
  /** Runs a command of the engine. Fails with a `BackendError`, also when `signal` aborts (code `cancelled`). */
  call<N extends CommandName>(name: N, request: Request<N>, signal?: AbortSignal): Promise<Response<N>>;
  /**
   * Tells of changes in the store, at most ten times a second. `onState` is told whether it does: `null` once notices
   * come, else why they do not.
   */
  subscribe(onNotice: (notice: Notice) => void, onState: (lost: BackendError | null) => void): Unsubscribe;
  onDrop(handler: DropHandler): Unsubscribe;
  onMenu(handler: (action: MenuAction) => void): Unsubscribe;
  /** Tells the host that the page is ready; gives what it was asked to open, each once. */
  takeOpened(): Promise<Opened>;
  /** Tells when `takeOpened` has more to give: the app was started again, with something to open. */
  onOpened(handler: () => void): Unsubscribe;
  /** Tells of a trace that the person asked for outside of the page, as by clicking a notification. */
  onOpenTrace(handler: (traceId: number) => void): Unsubscribe;
  /** Asks the person for files; empty if they cancel. Only where the host has paths. */
  pickFiles?(): Promise<string[]>;
  /** Asks the person for a folder; empty if they cancel. Only where the host has paths. */
  pickFolder?(): Promise<string[]>;
  /** Saves traces where the person says; gives what was written, `null` if they cancel. */
  exportTraces(selection: TraceSelection): Promise<Exported | null>;
  /** Saves a text where the person says; gives what was written, `null` if they cancel. */
  saveText(request: TextSave): Promise<TextSaved | null>;
  /**
   * Saves a comparison of two traces where the person says, as a page for any browser or as JSON; gives what was written,
   * `null` if they cancel.
   */
  saveComparison(request: ComparisonSave): Promise<ComparisonSaved | null>;
  /** Opens the address of a web page or mail outside of the app, written as an URL; fails for any other. */
  openLink(address: string): Promise<void>;
  /** Backups and other stores. Only where the host can go over to another one. */
  stores?: StoreHost;
  /** Imports the bytes of files, all in one import. Only where the host has no paths. */
  uploadFiles?(files: File[]): Promise<ImportStatus>;
}

/** The notice that says nothing but that all may have changed: what was told before is not known. */
export const ANYTHING: Notice = {
  revision: 0,
  traces: [],
  many_traces: true,
  imports: true,
  sources: true,
  search: true,
  store: true,
  alerts: [],
};

/** Why a command failed, as the engine or the host says it. */
export class BackendError extends Error {
  readonly code: Code;
  /** The command that failed, where one did. */
  command: CommandName | null = null;

  constructor(error: ApiError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = 'BackendError';
    this.code = error.code;
  }
}

function isApiError(value: unknown): value is ApiError {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as ApiError).code === 'string' &&
    typeof (value as ApiError).message === 'string'
  );
}

/** Whatever a host throws or answers as an error, as a `BackendError`. */
export function backendErrorFrom(value: unknown): BackendError {
  if (value instanceof BackendError) return value;
  if (isApiError(value)) return new BackendError(value);
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      if (isApiError(parsed)) return new BackendError(parsed);
    } catch {
      // Not JSON: the text is the message.
    }
    return new BackendError({ code: 'internal', message: value });
  }
  if (value instanceof DOMException && value.name === 'AbortError') return cancelled();
  const message = value instanceof Error ? value.message : String(value);
  return new BackendError({ code: 'internal', message }, { cause: value });
}

/** Hands an error on with the command that it came of. */
export function failedIn(command: CommandName): (error: unknown) => never {
  return (error) => {
    const failure = backendErrorFrom(error);
    failure.command = command;
    throw failure;
  };
}

export function cancelled(): BackendError {
  return new BackendError({ code: 'cancelled', message: 'Cancelled.' });
}

/** A promise that gives up waiting when `signal` aborts, for hosts that cannot interrupt their work. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(cancelled());
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
