// How the person left each trace: what is folded in its tree, where that is scrolled to, how far its timeline is zoomed, and which section of a step they last chose. Kept by step
// id, so that it outlives every new reading of the tree.
import { create } from 'zustand';
import type { Section } from '../domain/sections';
import type { TimeView } from '../domain/timeScale';
import type { Collapsed } from '../domain/treeRows';

export interface ScrollAnchor {
  stepId: string;
  offset_px: number;
}

interface Steps {
  /** By trace. */
  collapsed: ReadonlyMap<number, Collapsed>;
  /** By trace: the step at the top of what is scrolled, and how much of it is out of view. */
  anchors: ReadonlyMap<number, ScrollAnchor>;
  /** By trace, in time; those that are wholly in view have none. */
  views: ReadonlyMap<number, TimeView>;
  /** By kind of step. */
  sections: Readonly<Record<string, Section>>;
}

const NONE: Collapsed = new Set();
/** Traces whose folding, and whose view, is remembered. */
const MOST_TRACES = 50;

export const useSteps = create<Steps>(() => ({
  collapsed: new Map(),
  anchors: new Map(),
  views: new Map(),
  sections: {},
}));

export function collapsedIn(steps: Steps, traceId: number): Collapsed {
  return steps.collapsed.get(traceId) ?? NONE;
}

export function setCollapsed(traceId: number, collapsed: Collapsed): void {
  useSteps.setState((steps) => {
    if (collapsedIn(steps, traceId) === collapsed) return steps;
    return { collapsed: withLatest(steps.collapsed, traceId, collapsed) };
  });
}

/** Keeps where a trace's rows are scrolled to. */
export function keepAnchor(traceId: number, anchor: ScrollAnchor | null): void {
  useSteps.setState((steps) => ({ anchors: withLatest(steps.anchors, traceId, anchor) }));
}

/** Keeps how far a trace's timeline is zoomed; `null` for the whole trace. */
export function keepView(traceId: number, view: TimeView | null): void {
  useSteps.setState((steps) => ({ views: withLatest(steps.views, traceId, view) }));
}

function withLatest<V>(kept: ReadonlyMap<number, V>, traceId: number, value: V | null): Map<number, V> {
  const others = [...kept].filter(([id]) => id !== traceId).slice(-(MOST_TRACES - 1));
  return new Map(value === null ? others : [...others, [traceId, value]]);
}

export function chooseSection(kind: string, section: Section): void {
  useSteps.setState(({ sections }) => ({ sections: { ...sections, [kind]: section } }));
}
