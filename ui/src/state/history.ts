// The places one has been at, as far as the address knows: which of them one is at, and whether there are others before and
// after it. The browser keeps the places; here stands how many of them are this page's own.
import { create } from 'zustand';

interface Stand {
  /** How many places were added before this one. */
  at: number;
  /** The last one that forward leads to. */
  last: number;
}

/** Where the last place is remembered when the page is loaded anew. */
const LAST = 'history.last';

export const useHistory = create<Stand>(() => ({ at: 0, last: 0 }));

/** Adds a place after the present one; what lay ahead is gone. */
export function pushAddress(hash: string): void {
  const at = useHistory.getState().at + 1;
  window.history.pushState({ at }, '', hash);
  stand(at, at);
}

/** Corrects the present place. */
export function replaceAddress(hash: string): void {
  window.history.replaceState({ at: useHistory.getState().at }, '', hash);
}

/** Takes note of where the browser has gone: back, forward, or to an address that was typed, which is a new place. */
export function noteArrival(): void {
  const known = ordinalOf(window.history.state);
  if (known !== null) {
    stand(known, Math.max(known, useHistory.getState().last));
    return;
  }
  const at = useHistory.getState().at + 1;
  window.history.replaceState({ at }, '');
  stand(at, at);
}

/** Takes note of where the page was loaded. */
export function noteStart(): void {
  const known = ordinalOf(window.history.state);
  if (known === null) window.history.replaceState({ at: 0 }, '');
  const at = known ?? 0;
  stand(at, known === null ? 0 : Math.max(at, Number(sessionStorage.getItem(LAST)) || 0));
}

/** Whether there is a place before. Browsers forget the oldest of very many. */
export const canGoBack = ({ at, last }: Stand): boolean => at > Math.max(0, last - window.history.length + 1);

export const canGoForward = ({ at, last }: Stand): boolean => at < last;

export function goBack(): void {
  if (canGoBack(useHistory.getState())) window.history.back();
}

export function goForward(): void {
  if (canGoForward(useHistory.getState())) window.history.forward();
}

function stand(at: number, last: number): void {
  sessionStorage.setItem(LAST, String(last));
  useHistory.setState({ at, last });
}

function ordinalOf(state: unknown): number | null {
  const at = (state as { at?: unknown } | null)?.at;
  return typeof at === 'number' ? at : null;
}
