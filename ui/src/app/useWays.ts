// Going back and forward through the places one has been at: by key, by the buttons at the side of a mouse, from the palette.
import { useEffect } from 'react';
import { useActions } from '../state/actions';
import { goBack, goForward } from '../state/history';

const BUTTONS: Partial<Record<number, () => void>> = { 3: goBack, 4: goForward };

export function useWays(): void {
  useActions([
    { id: 'go_back', label: 'Back', group: 'View', keys: ['Alt+ArrowLeft', 'Mod+['], run: goBack },
    { id: 'go_forward', label: 'Forward', group: 'View', keys: ['Alt+ArrowRight', 'Mod+]'], run: goForward },
  ]);
  useEffect(() => {
    // Most hosts go back by themselves, also beyond the page's own places; it is done here so that all do the same.
    const onButton = (event: MouseEvent) => {
      const go = BUTTONS[event.button];
      if (!go) return;
      event.preventDefault();
      if (event.type === 'mouseup') go();
    };
    const stop = new AbortController();
    for (const type of ['mousedown', 'mouseup'] as const) {
      window.addEventListener(type, onButton, { signal: stop.signal });
    }
    return () => {
      stop.abort();
    };
  }, []);
}
