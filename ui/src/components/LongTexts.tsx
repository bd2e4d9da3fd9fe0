// Texts of a step that the engine has cut: what is shown of one ends with a mark, by which all of it is found again.
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useHost } from '../backend';
import type { LongText } from '../backend/bindings';
import { storedText, type StoredText } from '../domain/storedText';

export interface CutText {
  /** What is here of it, without the mark. */
  start: string;
  /** All of it. */
  source: StoredText;
  /** Entries of all of it, if it is a list or object. */
  items: number | null;
}

interface Cuts {
  traceId: number;
  stepId: string | null;
  texts: readonly LongText[];
}

const CutsContext = createContext<Cuts | null>(null);

interface LongTextsProps extends Cuts {
  children: ReactNode;
}

/** Around what shows a step (or, without a step's id, a run): the texts that were cut in it. */
export function LongTexts({ traceId, stepId, texts, children }: LongTextsProps) {
  const cuts = useMemo(() => ({ traceId, stepId, texts }), [traceId, stepId, texts]);
  return <CutsContext value={cuts}>{children}</CutsContext>;
}

/** Every mark ends with it; texts that do not are not compared with any. */
const MARK_END = '⟧';

/** What there is to a text that was cut; `null` for one that is whole. */
export function useCutText(text: string): CutText | null {
  const host = useHost();
  const cuts = useContext(CutsContext);
  return useMemo(() => {
    if (!host || !cuts || !text.endsWith(MARK_END)) return null;
    const cut = cuts.texts.find(({ mark }) => text.endsWith(mark));
    if (!cut) return null;
    const place = { trace_id: cuts.traceId, span_id: cuts.stepId, place: cut.place };
    return {
      start: text.slice(0, -cut.mark.length),
      source: storedText(host.call, place, cut),
      items: cut.items,
    };
  }, [host, cuts, text]);
}
