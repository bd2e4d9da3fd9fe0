// What was handed over by its path: files to import, and stores of this program, of which the person says what is to become.
import { create } from 'zustand';
import { backendErrorFrom, type BackendError, type StoreHost } from '../../backend';
import type { StoreSummary } from '../../backend/bindings';

interface Looking {
  /** Files that have not shown yet what they are, for one program or another has them locked. */
  paths: readonly string[];
}

export const useLooking = create<Looking>(() => ({ paths: [] }));

/** What some of the paths have turned out to be. */
export interface SortedOut {
  files: string[];
  stores: StoreSummary[];
  refused: { path: string; error: BackendError }[];
}

/** So long what was handed over stays together; what takes longer to look at holds nothing else up. */
const TOGETHER_MS = 300;
/** Files that are looked at at once. */
const AT_ONCE = 16;

/**
 * Tells `onSorted` what the paths are: at once for most, and again for those that had to be waited for, which stand in
 * `useLooking` meanwhile. On a host with but one store all are files.
 */
export async function sortOut(
  host: StoreHost | undefined,
  paths: readonly string[],
  onSorted: (sorted: SortedOut) => Promise<void>,
): Promise<void> {
  if (!host) return onSorted({ ...nothing(), files: [...paths] });
  let sorted = nothing();
  const pending = new Set(paths);
  const waiting = [...paths];
  const lookOn = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const known = path;
      try {
        const store = await host.lookAt(known);
        if (store) sorted.stores.push(store);
        else sorted.files.push(known);
      } catch (error) {
        sorted.refused.push({ path: known, error: backendErrorFrom(error) });
      }
      pending.delete(known);
      useLooking.setState(({ paths: shown }) => ({ paths: shown.filter((each) => each !== known) }));
    }
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, lookOn));
  let timer;
  await Promise.race([all, new Promise((resolve) => (timer = setTimeout(resolve, TOGETHER_MS)))]);
  clearTimeout(timer);
  if (pending.size > 0) {
    const first = sorted;
    sorted = nothing();
    useLooking.setState(({ paths: shown }) => ({ paths: [...shown, ...pending] }));
    await onSorted(inOrder(first, paths));
    await all;
  }
  await onSorted(inOrder(sorted, paths));
}

const nothing = (): SortedOut => ({ files: [], stores: [], refused: [] });

/** In the order in which they were handed over, not in that in which they answered. */
function inOrder({ files, stores, refused }: SortedOut, paths: readonly string[]): SortedOut {
  const place = (path: string) => paths.indexOf(path);
  return {
    files: files.toSorted((a, b) => place(a) - place(b)),
    stores: stores.toSorted((a, b) => place(a.path) - place(b.path)),
    refused,
  };
}
