// Links to traces and steps: opening them and copying them, with words for what does not work.
import { useMemo } from 'react';
import { backendErrorFrom, useBackend } from '../backend';
import { wishFocus } from '../state/focus';
import { goTo } from '../state/place';
import { tell, tellFailure } from '../state/toast';

export interface Links {
  /** Goes to where a link leads; says so where it leads nowhere, or not all the way. */
  open: (link: string) => void;
  /** The link to a trace, or to a step of it (`null` or empty: the trace). */
  make: (traceId: number, stepId: string | null) => Promise<string>;
  /** Puts that link on the clipboard, and says so. */
  copy: (traceId: number, stepId: string | null) => void;
}

export function useLinks(): Links {
  const backend = useBackend();
  return useMemo(() => {
    const make = async (traceId: number, stepId: string | null) => {
      const { link } = await backend.call('link_make', { trace_id: traceId, span_id: stepId });
      return link;
    };
    const open = async (link: string) => {
      try {
        const { trace_id, span_id, remark } = await backend.call('link_resolve', { link });
        goTo({ traceId: trace_id, stepId: span_id }, 'push');
        wishFocus('steps');
        if (remark !== null) tell({ text: remark, tone: 'failed' });
      } catch (error) {
        tellFailure('The link was not opened', backendErrorFrom(error));
      }
    };
    const copy = async (traceId: number, stepId: string | null) => {
      try {
        await navigator.clipboard.writeText(await make(traceId, stepId));
        tell({ text: stepId ? 'The link to this step is copied.' : 'The link to this trace is copied.' });
      } catch (error) {
        tellFailure('The link was not copied', backendErrorFrom(error));
      }
    };
    return {
      make,
      open: (link) => void open(link),
      copy: (traceId, stepId) => void copy(traceId, stepId),
    };
  }, [backend]);
}
