// Pins and notes of the open trace: what is said of its steps, and the keys that change it. A key pressed before the marks
// have come waits for them.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { StepMarkItem } from '../../backend/bindings';
import { kindOf, nameOf, rowOf, statusOf, type StepTree } from '../../domain/stepTree';
import { nextOf } from '../../domain/treeMoves';
import { stepMarksQuery, useMarkStep, type StepMarking } from '../../queries/stepMarks';
import { useActions } from '../../state/actions';
import { wishFocus } from '../../state/focus';
import { usePlace } from '../../state/place';
import { tell, tellFailure } from '../../state/toast';

export interface StepMarksHandle {
  /** In order; none while they are not known. */
  marks: readonly StepMarkItem[];
  isKnown: boolean;
  byId: ReadonlyMap<string, StepMarkItem>;
  /** Rows of pinned steps. */
  pinnedRows: ReadonlySet<number>;
  /** The step whose note is being written. */
  writing: string | null;
  isSaving: boolean;
  error: Error | null;
  pin: (spanId: string, pinned: boolean) => void;
  write: (spanId: string | null) => void;
  save: (spanId: string, note: string) => void;
  /** Takes all that is said of a step away. */
  forget: (spanId: string) => void;
}

const NONE: readonly StepMarkItem[] = [];

/** `show` goes to a step, and expands what hides it. */
export function useStepMarks(
  traceId: number,
  tree: StepTree,
  show: (spanId: string) => void,
): StepMarksHandle {
  const backend = useBackend();
  const cache = useQueryClient();
  const stepId = usePlace((place) => place.stepId);
  const read = useQuery(stepMarksQuery(backend, traceId));
  const marking = useMarkStep(traceId);
  const [writing, setWriting] = useState<string | null>(null);
  const marks = read.data ?? NONE;
  const byId = useMemo(() => new Map(marks.map((mark) => [mark.span_id, mark])), [marks]);
  const pinned = useMemo(() => pinnedRowsOf(tree, marks), [tree, marks]);
  const pinnedRows = useMemo(() => new Set(pinned), [pinned]);
  const selected = rowOf(tree, stepId);
  const isStep = selected >= 0 && stepId !== '' && selected !== tree.orphanRow;
  // What a key meant may have to wait; by then the tree may be another.
  const latest = useRef({ tree, selected, show });
  useEffect(() => {
    latest.current = { tree, selected, show };
  });

  /** Changes what is said of a step; `undo` is offered where it took something away. */
  const mark = (change: Omit<StepMarking, 'step'>, undo?: { text: string } & Omit<StepMarking, 'step'>) => {
    const step = stepAt(latest.current.tree, change.spanId);
    marking.mutate(
      { ...change, step },
      {
        onSuccess: () => {
          if (!undo) return;
          const { text, ...back } = undo;
          const run = () => {
            mark(back);
          };
          tell({ text, action: { label: 'Undo', run } });
        },
        onError: (error) => {
          tellFailure('Not changed', backendErrorFrom(error));
        },
      },
    );
  };
  const pin = (spanId: string, isPinned: boolean) => {
    const back = { text: 'Step unpinned', spanId, pinned: true };
    if (isPinned) mark({ spanId, pinned: true });
    else mark({ spanId, pinned: false }, back);
  };
  const known = () => cache.ensureQueryData(stepMarksQuery(backend, traceId)).catch(() => NONE);

  useActions([
    {
      id: 'steps.pin',
      label: 'Pin this step, or unpin it',
      group: 'Trace',
      keys: ['p'],
      run: () => {
        if (!isStep || stepId === null) return;
        void known().then((all) => {
          const own = all.find((item) => item.span_id === stepId);
          pin(stepId, (own?.pinned_unix_ms ?? null) === null);
        });
      },
    },
    {
      id: 'steps.nextPin',
      label: 'Next pinned step',
      group: 'Trace',
      keys: ['Shift+P'],
      run: () => {
        void known().then((all) => {
          const now = latest.current;
          const row = nextOf(pinnedRowsOf(now.tree, all), now.selected, 1);
          const spanId = now.tree.spanId.get(row);
          if (spanId === undefined) tell({ text: 'No step is pinned; p pins the selected one' });
          else now.show(spanId);
        });
      },
    },
    {
      id: 'steps.note',
      label: 'Write a note on this step…',
      group: 'Trace',
      keys: ['o'],
      run: () => {
        if (isStep) setWriting(stepId);
      },
    },
  ]);

  return {
    marks,
    isKnown: read.data !== undefined,
    byId,
    pinnedRows,
    writing: writing === stepId ? writing : null,
    isSaving: marking.isPending,
    error: marking.variables?.note === undefined ? null : marking.error,
    pin,
    write: (spanId) => {
      setWriting(spanId);
      // The field that had the keyboard goes.
      if (spanId === null) wishFocus('steps');
    },
    save: (spanId, note) => {
      setWriting(null);
      wishFocus('steps');
      const before = byId.get(spanId)?.note ?? null;
      const isGone = note.trim() === '' && before !== null;
      mark({ spanId, note }, isGone ? { text: 'Note removed', spanId, note: before } : undefined);
    },
    forget: (spanId) => {
      mark({ spanId, pinned: false, note: '' });
    },
  };
}

function pinnedRowsOf(tree: StepTree, marks: readonly StepMarkItem[]): Uint32Array {
  const rows = marks
    .filter((mark) => mark.pinned_unix_ms !== null)
    .map((mark) => tree.rowById.get(mark.span_id) ?? -1)
    .filter((row) => row >= 0);
  return new Uint32Array(rows).sort();
}

function stepAt(tree: StepTree, spanId: string): StepMarkItem['step'] {
  const row = rowOf(tree, spanId);
  return row < 0 ? null : { name: nameOf(tree, row), kind: kindOf(tree, row), status: statusOf(tree, row) };
}
