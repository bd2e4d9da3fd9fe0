// An invented host of stores: copies that take a while, a backup to restore, stores that were open before.
import { BackendError, type StoreHost } from '../src/backend';
import type { CopyProgress, StoreSummary } from '../src/backend/bindings';

const held = (path: string, traces: number): StoreSummary => ({
  path,
  bytes: traces * 39_000,
  traces,
  steps: traces * 14,
  newest_unix_ms: Date.now() - traces * 1000,
  is_older: false,
  damage: null,
});

const PRESENT = '/home/me/.local/share/tracellm-explorer/traces.db';
const BYTES = 48_200_000;

/** Each copy takes `pause_ms` ten times over. */
export function inventedStores(pause_ms: number): StoreHost {
  let isStopped = false;
  const copy = async (onProgress: (progress: CopyProgress) => void) => {
    isStopped = false;
    for (let tenth = 0; tenth <= 10; tenth++) {
      const stage = tenth < 8 ? 'copying' : 'checking';
      onProgress({ stage, done_bytes: (BYTES * Math.min(8, tenth)) / 8, total_bytes: BYTES });
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
      if (isStopped) throw new BackendError({ code: 'cancelled', message: 'stopped' });
    }
  };
  return {
    recent: () =>
      Promise.resolve([
        { path: '/srv/team/checkout-agent/traces.db', is_default: false, trouble: null },
        { path: '/media/usb/2026-10/october.db', is_default: false, trouble: 'It is not there any more' },
      ]),
    lookAt: (path) => Promise.resolve(path.endsWith('.db') ? held(path, 1204) : null),
    pick: () => Promise.resolve('/srv/team/checkout-agent/traces.db'),
    open: () => new Promise((resolve) => setTimeout(resolve, pause_ms * 10, true)),
    openNew: () => Promise.resolve(true),
    async backUp(onProgress) {
      await copy(onProgress);
      return {
        path: '/home/me/backups/traces-2026-11-27.db',
        bytes: BYTES,
        traces: 1204,
        elapsed_ms: 1840,
        damage: null,
      };
    },
    async pickBackup(onProgress) {
      await copy(onProgress);
      return { backup: held('/home/me/backups/traces-2026-11-20.db', 1204), present: held(PRESENT, 5310) };
    },
    restore: copy,
    stopCopy() {
      isStopped = true;
      return Promise.resolve();
    },
    startAfresh() {
      window.location.reload();
    },
  };
}
