// Links to traces, steps and comparisons: opening them and copying them, with words for what does not work.
import { useMemo } from 'react';
import { backendErrorFrom, useBackend } from '../backend';
import { compareSteps } from '../state/comparing';
import { wishFocus } from '../state/focus';
import { goTo, type ComparePlace } from '../state/place';
import { tell, tellFailure } from '../state/toast';

export interface Links {
  /** Goes to where a link leads; says so where it leads nowhere, or not all the way. */
  open: (link: string) => void;
  /** The link to a trace, or to a step of it (`null` or empty: the trace). */
  make: (traceId: number, stepId: string | null) => Promise<string>;
  /** Puts that link on the clipboard, and says so. */
  copy: (traceId: number, stepId: string | null) => void;
  /** Puts the link to two runs side by side, and to the pair that is looked at, on the clipboard, and says so. */
  copyComparison: (place: ComparePlace) => void;
}

export function useLinks(): Links {
  const backend = useBackend();
  return useMemo(() => {
    const make = async (traceId: number, stepId: string | null) => {
      const request = { trace_id: traceId, span_id: stepId, compared_with: null };
      return (await backend.call('link_make', request)).link;
    };
    const makeComparison = async ({ a, b, stepA, stepB }: ComparePlace) => {
      const compared_with = { trace_id: b, span_id: stepB };
      return (await backend.call('link_make', { trace_id: a, span_id: stepA, compared_with })).link;
    };
    const open = async (link: string) => {
      try {
        const { trace_id, span_id, compared_with, remark } = await backend.call('link_resolve', { link });
        if (compared_with === null) goTo({ traceId: trace_id, stepId: span_id }, 'push');
        else
          compareSteps({
            a: trace_id,
            b: compared_with.trace_id,
            stepA: span_id,
            stepB: compared_with.span_id,
          });
        wishFocus('steps');
        if (remark !== null) tell({ text: remark, tone: 'failed' });
      } catch (error) {
        tellFailure('The link was not opened', backendErrorFrom(error));
      }
    };
    const copy = async (link: Promise<string>, what: string) => {
      try {
        await navigator.clipboard.writeText(await link);
        tell({ text: `The link to this ${what} is copied.` });
      } catch (error) {
        tellFailure('The link was not copied', backendErrorFrom(error));
      }
    };
    return {
      make,
      open: (link) => void open(link),
      copy: (traceId, stepId) => void copy(make(traceId, stepId), stepId ? 'step' : 'trace'),
      copyComparison: (place) => void copy(makeComparison(place), 'comparison'),
    };
  }, [backend]);
}
