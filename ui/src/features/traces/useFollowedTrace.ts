// Following the newest run: it has the list's mark, and who looks at the newest goes on to the next when that comes.
import { useEffect, useRef } from 'react';
import { wishFocus } from '../../state/focus';
import { goTo, usePlace } from '../../state/place';
import { setCursor } from './cursor';
import { isNewestFirst, rowAt, type Held } from './listWindow';

export function useFollowedTrace(held: Held | null, follows: boolean): void {
  const before = useRef<number | null>(null);
  const newest = held && isNewestFirst(held.request) ? (rowAt(held, 0)?.trace_id ?? null) : null;
  useEffect(() => {
    const last = before.current;
    if (newest !== null) before.current = newest;
    if (!follows || newest === null) return;
    setCursor({ index: 0, traceId: newest });
    // Another trace that the person has chosen stays.
    if (last === null || last === newest || usePlace.getState().traceId !== last) return;
    const inSteps = document.activeElement?.closest('[role="treegrid"]');
    wishFocus(inSteps ? 'steps' : null);
    goTo({ traceId: newest }, 'replace');
  }, [newest, follows]);
}
