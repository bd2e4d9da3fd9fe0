// Which part of a trace's time the person is looking at: the budget lists its steps, the timeline brings them out.
import { create } from 'zustand';
import type { TimePart } from '../backend/bindings';

interface ChosenPart {
  traceId: number | null;
  part: TimePart | null;
}

export const useTimePart = create<ChosenPart>(() => ({ traceId: null, part: null }));

/** The chosen part of a trace; `null` while none of it is. */
export function partIn(chosen: ChosenPart, traceId: number): TimePart | null {
  return chosen.traceId === traceId ? chosen.part : null;
}

/** Brings out the steps of a part; `null` lets go of it. */
export function choosePart(traceId: number, part: TimePart | null): void {
  useTimePart.setState({ traceId, part });
}
