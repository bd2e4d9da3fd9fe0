// Backups and other stores, on hosts that have them.
import { queryOptions, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { backendErrorFrom, useBackend, type Backend, type StoreHost } from '../backend';
import { endStoreJob, isUnderWay, showStoreJob, useStoreJob } from '../state/storeJob';
import { importListQuery } from './imports';

export const recentStoresQuery = (backend: Backend) =>
  queryOptions({
    queryKey: ['recent_stores'],
    queryFn: () => backend.stores?.recent() ?? Promise.resolve([]),
    // Files come and go.
    staleTime: 0,
  });

export interface StoreActions {
  backUp: () => void;
  restore: () => void;
  /** Restores the backup that was offered. */
  restoreOffered: () => void;
  openOther: () => void;
  openNew: () => void;
  openAt: (path: string) => void;
  /** Imports all traces of other stores into the one that is open. */
  importFrom: (paths: readonly string[]) => void;
  stop: () => void;
}

/** What can be done with whole stores; `null` on a host that has but the one. */
export function useStoreActions(): StoreActions | null {
  const backend = useBackend();
  const cache = useQueryClient();
  return useMemo(() => {
    const host = backend.stores;
    return host ? actionsOf(host, backend, cache) : null;
  }, [backend, cache]);
}

function actionsOf(host: StoreHost, backend: Backend, cache: QueryClient): StoreActions {
  const imports = importListQuery(backend);
  /** Goes on at once, or once the person has said that imports may end. */
  const unlessImporting = (goOn: () => void) => {
    const underWay = (cache.getQueryData(imports.queryKey) ?? []).filter(
      ({ state }) => state === 'waiting' || state === 'running',
    );
    if (underWay.length === 0) goOn();
    else showStoreJob({ kind: 'breaks_off', imports: underWay.length, goOn });
  };
  /** Does `work`, unless something else is under way; a failure is shown, but for one that the person wanted. */
  const attempt = async (what: string, work: () => Promise<void>) => {
    const { job } = useStoreJob.getState();
    if (job && isUnderWay(job)) return;
    try {
      await work();
    } catch (error) {
      const { code, message } = backendErrorFrom(error);
      if (code === 'cancelled') endStoreJob();
      else showStoreJob({ kind: 'failed', what, message });
    }
  };
  const goOver = async (path: string) => {
    showStoreJob({ kind: 'opening', path });
    if (await host.open(path)) host.startAfresh();
    else endStoreJob();
  };
  return {
    backUp: () =>
      void attempt('The backup was not written', async () => {
        const written = await host.backUp((progress) => {
          showStoreJob({ kind: 'backing_up', progress });
        });
        if (written) showStoreJob({ kind: 'backed_up', written });
      }),
    restore: () =>
      void attempt('This can’t be restored', async () => {
        const offer = await host.pickBackup((progress) => {
          showStoreJob({ kind: 'checking', progress });
        });
        if (offer) showStoreJob({ kind: 'offered', offer });
      }),
    restoreOffered: () => {
      unlessImporting(
        () =>
          void attempt('The backup was not restored', async () => {
            showStoreJob({ kind: 'restoring', progress: null });
            await host.restore((progress) => {
              showStoreJob({ kind: 'restoring', progress });
            });
            host.startAfresh();
          }),
      );
    },
    openOther: () => {
      unlessImporting(
        () =>
          void attempt('The store was not opened', async () => {
            const path = await host.pick();
            if (path === null) endStoreJob();
            else await goOver(path);
          }),
      );
    },
    openNew: () => {
      unlessImporting(
        () =>
          void attempt('The store was not made', async () => {
            if (await host.openNew()) host.startAfresh();
            else endStoreJob();
          }),
      );
    },
    openAt: (path) => {
      unlessImporting(() => void attempt('The store was not opened', () => goOver(path)));
    },
    importFrom: (paths) =>
      void attempt('The traces were not imported', async () => {
        endStoreJob();
        const begun = await Promise.allSettled(paths.map((path) => backend.call('store_import', { path })));
        await cache.invalidateQueries({ queryKey: imports.queryKey });
        // One that can't be read holds up none of the others.
        const failed = begun.find(({ status }) => status === 'rejected');
        if (failed?.status === 'rejected') throw failed.reason;
      }),
    stop: () => void host.stopCopy(),
  };
}
