// How the person left each trace: what is folded in its tree, where that is scrolled to, how far its timeline is zoomed, and
// which section of a step they last chose. Kept by step id, so that it outlives every new reading of the tree.
import { create } from 'zustand';
import type { Section } from '../domain/sections';
import { USUAL_FOLDS, type OperationFolds } from '../domain/operations';
import type { TimeView } from '../domain/timeScale';
import type { Collapsed, Folds } from '../domain/treeRows';

export interface ScrollAnchor {
  stepId: string;
  /** Whether it is the operation that this step is the first try of. */
  isOperation: boolean;
  offset_px: number;
}

/** The row of an operation is selected: the address has one of its tries, which the inspector shows. */
export interface OperationChoice {
  traceId: number;
  /** Its first try. */
  firstId: string;
  /** The try in the address. Once that is another, the row is not selected any more. */
  stepId: string;
}

interface Steps {
  /** By trace. */
  collapsed: ReadonlyMap<number, Collapsed>;
  /** By trace, which operations are folded. */
  operations: ReadonlyMap<number, OperationFolds>;
  operation: OperationChoice | null;
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
  operations: new Map(),
  operation: null,
  anchors: new Map(),
  views: new Map(),
  sections: {},
}));

export function collapsedIn(steps: Steps, traceId: number): Collapsed {
  return steps.collapsed.get(traceId) ?? NONE;
}

export function operationFoldsIn(steps: Steps, traceId: number): OperationFolds {
  return steps.operations.get(traceId) ?? USUAL_FOLDS;
}

/** What hides rows of a trace. */
export function foldsIn(steps: Steps, traceId: number): Folds {
  return { steps: collapsedIn(steps, traceId), operations: operationFoldsIn(steps, traceId) };
}

export function setFolds(traceId: number, folds: Folds): void {
  useSteps.setState((steps) => {
    const isKept = collapsedIn(steps, traceId) === folds.steps;
    const areKept = operationFoldsIn(steps, traceId) === folds.operations;
    return {
      ...(isKept ? {} : { collapsed: withLatest(steps.collapsed, traceId, folds.steps) }),
      ...(areKept ? {} : { operations: withLatest(steps.operations, traceId, folds.operations) }),
    };
  });
}

/** Selects the row of an operation, or none. Whoever does so puts the try into the address. */
export function chooseOperation(operation: OperationChoice | null): void {
  useSteps.setState({ operation });
}

/** The row of an operation stays selected while the address goes on to another of its tries. */
export function keepOperation(fromId: string, toId: string): void {
  useSteps.setState(({ operation }) =>
    operation?.stepId === fromId ? { operation: { ...operation, stepId: toId } } : {},
  );
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
