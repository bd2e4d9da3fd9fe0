// The desktop shell as host. The only file that knows Tauri.
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import {
  backendErrorFrom,
  failedIn,
  untilAborted,
  type Backend,
  type CommandName,
  type MenuAction,
  type Opened,
  type Request,
  type Response,
  type StoreHost,
  type Unsubscribe,
} from './backend';
import type {
  BackupOffer,
  BackupWritten,
  ComparisonSaved,
  CopyProgress,
  Exported,
  Notice,
  RecentStore,
  StoreSummary,
  TextSaved,
} from './bindings';
import { columnsFrom, hasColumns } from './columns';

/** The shell answers with columns, or with JSON text, which Tauri hands over as text, as bytes or already parsed. */
function parsed(answer: unknown): unknown {
  if (typeof answer === 'string') return JSON.parse(answer);
  if (answer instanceof ArrayBuffer && hasColumns(answer)) return columnsFrom(answer);
  if (answer instanceof ArrayBuffer || ArrayBuffer.isView(answer)) {
    return JSON.parse(new TextDecoder().decode(answer));
  }
  return answer;
}

async function shell<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (error) {
    throw backendErrorFrom(error);
  }
}

/** A listener that Tauri registers asynchronously, but that can be taken back at once. */
function listening(registration: Promise<Unsubscribe>): Unsubscribe {
  return () => {
    void registration.then((stop) => {
      stop();
    });
  };
}

async function paths(command: string): Promise<string[]> {
  const picked = parsed(await shell<unknown>(command).catch(emptyWhenCancelled));
  if (typeof picked === 'string') return [picked];
  return Array.isArray(picked) ? picked.filter((path) => typeof path === 'string') : [];
}

function emptyWhenCancelled(error: unknown): string[] {
  const failure = backendErrorFrom(error);
  if (failure.code === 'cancelled') return [];
  throw failure;
}

function storeHost(): StoreHost {
  const told = (onProgress: (progress: CopyProgress) => void) => {
    const channel = new Channel<CopyProgress | string>();
    channel.onmessage = (message) => {
      onProgress(parsed(message) as CopyProgress);
    };
    return { channel };
  };
  return {
    recent: () => shell<RecentStore[]>('recent_stores'),
    lookAt: (path) => shell<StoreSummary | null>('look_at_store', { path }),
    pick: () => shell<string | null>('pick_store'),
    open: (path) => shell<boolean>('open_store', { path }),
    openNew: () => shell<boolean>('new_store'),
    backUp: (onProgress) => shell<BackupWritten | null>('back_up_store', told(onProgress)),
    pickBackup: (onProgress) => shell<BackupOffer | null>('pick_backup', told(onProgress)),
    restore: (onProgress) => shell('restore_backup', told(onProgress)),
    stopCopy: () => shell('stop_copy'),
    startAfresh() {
      window.history.replaceState(null, '', window.location.pathname);
      window.location.reload();
    },
  };
}

export function tauriBackend(): Backend {
  return {
    async call<N extends CommandName>(name: N, request: Request<N>, signal?: AbortSignal) {
      const answer = await untilAborted(
        shell<unknown>('call', { name, request: JSON.stringify(request) }),
        signal,
      ).catch(failedIn(name));
      return parsed(answer) as Response<N>;
    },

    subscribe(onNotice, onState) {
      let active = true;
      const channel = new Channel<Notice | string>();
      channel.onmessage = (message) => {
        if (active) onNotice(parsed(message) as Notice);
      };
      shell('subscribe', { channel }).then(
        () => {
          if (active) onState(null);
        },
        (error: unknown) => {
          if (active) onState(backendErrorFrom(error));
        },
      );
      return () => {
        active = false;
      };
    },

    onDrop(handler) {
      return listening(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          if (payload.type === 'enter' || payload.type === 'over') handler.over();
          else if (payload.type === 'leave') handler.leave();
          else if (payload.type === 'drop') handler.drop({ kind: 'paths', paths: payload.paths });
        }),
      );
    },

    onMenu(handler) {
      return listening(
        listen<MenuAction>('menu', ({ payload }) => {
          handler(payload);
        }),
      );
    },

    async takeOpened() {
      const opened = parsed(await shell<unknown>('startup')) as Partial<Opened> | null;
      return { paths: opened?.paths ?? [], links: opened?.links ?? [], store: opened?.store ?? null };
    },

    onOpened(handler) {
      const registration = listen('open_paths', () => {
        handler();
      });
      // Something may have come while the listener was on its way.
      void registration.then(handler);
      return listening(registration);
    },

    onOpenTrace(handler) {
      return listening(
        listen<number>('open_trace', ({ payload }) => {
          handler(payload);
        }),
      );
    },

    exportTraces: (selection) => shell<Exported | null>('export_traces', { selection }),

    saveText: (request) => shell<TextSaved | null>('save_text', { request }),
    saveComparison: (request) => shell<ComparisonSaved | null>('save_comparison', { request }),
    openLink: (address) => shell('open_link', { address }),

    stores: storeHost(),

    pickFiles: () => paths('pick_files'),
    pickFolder: () => paths('pick_folder'),
  };
}
