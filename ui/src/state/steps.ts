// How the person left each trace: what is folded in its tree, and which section of a step they last chose. Kept by step
// id, so that it outlives every new reading of the tree.
import { create } from 'zustand';
import type { Section } from '../domain/sections';
import type { Collapsed } from '../domain/treeRows';

interface Steps {
  /** By trace. */
  collapsed: ReadonlyMap<number, Collapsed>;
  /** By kind of step. */
  sections: Readonly<Record<string, Section>>;
}

const NONE: Collapsed = new Set();
/** Traces whose folding is remembered. */
const MOST_TRACES = 50;

export const useSteps = create<Steps>(() => ({ collapsed: new Map(), sections: {} }));

export function collapsedIn(steps: Steps, traceId: number): Collapsed {
  return steps.collapsed.get(traceId) ?? NONE;
}

export function setCollapsed(traceId: number, collapsed: Collapsed): void {
  useSteps.setState((steps) => {
    if (collapsedIn(steps, traceId) === collapsed) return steps;
    const others = [...steps.collapsed].filter(([id]) => id !== traceId);
    return { collapsed: new Map([...others.slice(-(MOST_TRACES - 1)), [traceId, collapsed]]) };
  });
}

export function chooseSection(kind: string, section: Section): void {
  useSteps.setState(({ sections }) => ({ sections: { ...sections, [kind]: section } }));
}
