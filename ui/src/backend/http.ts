// A browser as host, with the engine behind a local server of the same origin.
import {
  ANYTHING,
  BackendError,
  backendErrorFrom,
  failedIn,
  type Backend,
  type CommandName,
  type Request,
  type Response,
} from './backend';
import type { ComparisonSaved, Exported, ImportStatus, Notice, TextSaved } from './bindings';
import { columnsFrom } from './columns';

const get = <T>(path: string): Promise<T> => ask<T>(path, {});

const post = <T>(path: string, body: BodyInit, type: string, signal?: AbortSignal): Promise<T> =>
  ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
    ...(signal ? { signal } : {}),
  });

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  const { signal } = request;
  let response: globalThis.Response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw backendErrorFrom(new DOMException('Cancelled.', 'AbortError'));
    throw new BackendError(
      { code: 'io', message: 'The engine does not answer. Is the server still running?' },
      { cause: error },
    );
  }
  if (response.ok && response.headers.get('content-type') === 'application/octet-stream') {
    return columnsFrom(await response.arrayBuffer()) as T;
  }
  const text = await response.text();
  if (!response.ok) throw backendErrorFrom(text || `The engine answered ${response.status}.`);
  return JSON.parse(text) as T;
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** A line that names the files and their sizes, then their contents; the browser reads them as it sends them. */
function bodyOf(files: File[]): Blob {
  const list = files.map((file) => ({ name: file.webkitRelativePath || file.name, size_bytes: file.size }));
  return new Blob([`${JSON.stringify(list)}\n`, ...files]);
}

/** What has become of a file, as the server tells it. */
type Outcome<T> =
  { state: 'waiting' | 'writing' } | { state: 'written'; written: T } | { state: 'failed'; message: string };

/**
 * Lets the browser save what the ticket that `path` gives stands for, as it comes; gives what was written once all of it was
 * handed over, `null` where the browser does not fetch it. Fails where it is not whole.
 */
async function download<T>(path: string, request: unknown): Promise<T | null> {
  const ticket = await post<number>(path, JSON.stringify(request), 'application/json');
  const link = document.createElement('a');
  link.href = `/api/download/${ticket}`;
  link.download = '';
  link.click();
  for (;;) {
    // Answered at the end of the file, or after some seconds.
    const outcome = await get<Outcome<T>>(`/api/download/${ticket}/outcome`);
    if (outcome.state === 'written') return outcome.written;
    if (outcome.state === 'waiting') return null;
    if (outcome.state === 'failed') throw new BackendError({ code: 'io', message: outcome.message });
  }
}

export function httpBackend(): Backend {
  return {
    call: <N extends CommandName>(name: N, request: Request<N>, signal?: AbortSignal) =>
      post<Response<N>>(`/api/call/${name}`, JSON.stringify(request), 'application/json', signal).catch(
        failedIn(name),
      ),

    subscribe(onNotice, onState) {
      const events = new EventSource('/api/notices');
      let opened = false;
      events.onopen = () => {
        // What was said while the connection was lost is not said again, so anything may have changed.
        if (opened) onNotice(ANYTHING);
        opened = true;
        onState(null);
      };
      // It tries again by itself, except where the server's answer is no stream of notices.
      events.onerror = () => {
        onState(new BackendError({ code: 'io', message: 'The engine cannot be reached.' }));
      };
      events.onmessage = (event: MessageEvent<string>) => {
        onNotice(JSON.parse(event.data) as Notice);
      };
      return () => {
        events.close();
      };
    },

    onDrop(handler) {
      const stop = new AbortController();
      const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) => {
        window.addEventListener(
          type,
          (event) => {
            if (!hasFiles(event)) return;
            event.preventDefault();
            act(event);
          },
          { signal: stop.signal },
        );
      };
      on('dragenter', () => {
        handler.over();
      });
      on('dragover', () => undefined);
      on('dragleave', (event) => {
        // Leaving an element for another one inside the window is not leaving.
        if (event.relatedTarget === null) handler.leave();
      });
      on('drop', (event) => {
        handler.drop({ kind: 'files', files: [...(event.dataTransfer?.files ?? [])] });
      });
      return () => {
        stop.abort();
      };
    },

    onMenu: () => () => undefined,
    takeOpened: () => Promise.resolve({ paths: [], links: [], store: null }),
    onOpened: () => () => undefined,
    onOpenTrace: () => () => undefined,

    exportTraces(selection) {
      return download<Exported>('/api/export', selection);
    },

    saveText(request) {
      return download<TextSaved>('/api/save', request);
    },

    saveComparison(request) {
      return download<ComparisonSaved>('/api/comparison', request);
    },

    openLink(address) {
      // Neither this page nor its address is known to what is opened.
      window.open(address, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },

    uploadFiles: (files) => post<ImportStatus>('/api/import', bodyOf(files), 'application/octet-stream'),
  };
}
