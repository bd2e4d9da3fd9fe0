// Whether the numbers of two runs are shown in full: as the person last chose, else where the window is high enough for it.
import { useSyncExternalStore } from 'react';
import { useLayout } from '../../state/layout';

/** In a lower window the steps need the room. */
const HIGH = '(min-height: 900px)';

export function useShowsNumbers(): boolean {
  const chosen = useLayout((layout) => layout.showsNumbers);
  const isHigh = useSyncExternalStore(onHeight, () => window.matchMedia(HIGH).matches);
  return chosen ?? isHigh;
}

function onHeight(changed: () => void): () => void {
  const high = window.matchMedia(HIGH);
  high.addEventListener('change', changed);
  return () => {
    high.removeEventListener('change', changed);
  };
}
