// The ways in: native dialogs or the browser's own, a drop, the clipboard.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { create } from 'zustand';
import { backendErrorFrom, useBackend, type Backend, type Dropped } from '../../backend';
import type { ImportStatus } from '../../backend/bindings';
import { isLink } from '../../domain/traceLinks';
import { lastPart } from '../../domain/format';
import { importListQuery } from '../../queries/imports';
import { useLinks } from '../../queries/links';
import { askAboutStores } from '../../state/storeJob';
import { sortOut } from './sortedOut';

interface Refusals {
  /** Why an import could not even be started, newest last. */
  messages: { id: number; text: string }[];
}

export const useRefusals = create<Refusals>(() => ({ messages: [] }));

let refusals = 0;

function refuse(what: string, error: unknown): void {
  const { code, message } = backendErrorFrom(error);
  if (code === 'cancelled') return;
  const id = ++refusals;
  useRefusals.setState(({ messages }) => ({
    messages: [...messages.slice(-4), { id, text: `${what}: ${message}` }],
  }));
}

export function dismissRefusal(id: number): void {
  useRefusals.setState(({ messages }) => ({ messages: messages.filter((each) => each.id !== id) }));
}

export interface Importing {
  openFiles: () => void;
  openFolder: () => void;
  /** Imports a text; one that is a link is opened. */
  importText: (name: string, text: string) => void;
  /** Imports the files, and opens the links, that the app was started with, or started again with. */
  openWaiting: () => void;
  importDropped: (dropped: Dropped) => void;
  cancel: (importId: number) => void;
  dismiss: (importIds: number[]) => void;
}

export function useImporting(): Importing {
  const backend = useBackend();
  const cache = useQueryClient();
  const links = useLinks();
  return useMemo(() => {
    const { queryKey } = importListQuery(backend);
    const ask = () => cache.invalidateQueries({ queryKey });
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        refuse(what, error);
      }
      await ask();
    };
    const start = async (paths: string[]) => {
      let started: ImportStatus | null = null;
      await sortOut(backend.stores, paths, async ({ files, stores, refused }) => {
        for (const { path, error } of refused) refuse(`${lastPart(path)} was not opened`, error);
        // A store of this program is no trace file: the person says what is to become of it.
        if (stores.length > 0) askAboutStores(stores);
        if (files.length === 0) return;
        started = await backend.call('import_start', { paths: files });
        void ask();
      });
      return started as ImportStatus | null;
    };
    const upload = async (files: File[]) => {
      if (files.length === 0) return;
      if (backend.uploadFiles) await backend.uploadFiles(files);
      else for (const file of files) await asText(backend, file);
    };
    return {
      openFiles: () =>
        void attempt('Files could not be opened', async () => {
          if (backend.pickFiles) await start(await backend.pickFiles());
          else await upload(await pickInBrowser(false));
        }),
      openFolder: () =>
        void attempt('The folder could not be opened', async () => {
          if (backend.pickFolder) await start(await backend.pickFolder());
          else await upload(await pickInBrowser(true));
        }),
      importText: (name, text) => {
        if (isLink(text)) links.open(text);
        else
          void attempt('The text could not be imported', () => backend.call('import_text', { name, text }));
      },
      openWaiting: () =>
        void attempt('Files could not be opened', async () => {
          const { paths, links: waiting, store } = await backend.takeOpened();
          if (store !== null && (await backend.stores?.open(store))) {
            // What is to be opened in that store is given to the page that shows it.
            backend.stores?.startAfresh();
            return;
          }
          const started = await start(paths);
          // What a link names may have come in one of these files.
          if (started && waiting.length > 0) await ended(cache, backend, started.import_id);
          waiting.forEach(links.open);
        }),
      importDropped: (dropped) =>
        void attempt('What was dropped could not be imported', () =>
          dropped.kind === 'paths' ? start(dropped.paths) : upload(dropped.files),
        ),
      cancel: (importId) =>
        void attempt('The import could not be cancelled', () =>
          backend.call('import_cancel', { import_id: importId }),
        ),
      dismiss: (importIds) =>
        void attempt('The import could not be dismissed', async () => {
          for (const import_id of importIds) await backend.call('import_dismiss', { import_id });
        }),
    };
  }, [backend, cache, links]);
}

/** Waits for the end of an import, whatever came of it, as the list of imports tells of it. */
function ended(cache: QueryClient, backend: Backend, importId: number): Promise<void> {
  const { queryKey } = importListQuery(backend);
  let isListed = false;
  const hasEnded = () => {
    const found = cache.getQueryData(queryKey)?.find(({ import_id }) => import_id === importId);
    // One that was in the list and is not any more was dismissed.
    if (found === undefined) return isListed;
    isListed = true;
    return found.state !== 'waiting' && found.state !== 'running';
  };
  return new Promise((resolve) => {
    const stop = cache.getQueryCache().subscribe(() => {
      if (!hasEnded()) return;
      stop();
      resolve();
    });
    void cache.invalidateQueries({ queryKey });
  });
}

async function asText(backend: Backend, file: File): Promise<ImportStatus> {
  return backend.call('import_text', { name: file.name, text: await file.text() });
}

/** The browser's own file dialog; gives nothing if the person cancels. */
function pickInBrowser(folder: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folder;
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])]);
    });
    input.addEventListener('cancel', () => {
      resolve([]);
    });
    input.click();
  });
}
