// What the person can say of the attempts that the selected step is among, by key, from the palette and beside the attempts.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { AttemptChange } from '../../backend/bindings';
import { joinCandidates } from '../../domain/attemptJoin';
import { attemptsOf, idOf, rowOf, type StepTree } from '../../domain/stepTree';
import { useCorrectAttempts } from '../../queries/attempts';
import { stepMarksQuery } from '../../queries/stepMarks';
import { useActions } from '../../state/actions';
import { wishFocus } from '../../state/focus';
import { tell, tellFailure } from '../../state/toast';

export interface AttemptCorrection {
  isOpen: boolean;
  isSaving: boolean;
  /** Rows of steps that it may be an attempt beside, the likeliest first. */
  candidates: readonly number[];
  /** What is found in place of what is there; `null` where nothing was corrected. */
  asDetected: (() => void) | null;
  /** Takes the step out of its group; `null` where that has no other two. */
  takeOut: (() => void) | null;
  /** Ends the group; `null` where there is none. */
  dissolve: (() => void) | null;
  join: (row: number) => void;
  open: (isOpen: boolean) => void;
}

export function useAttemptCorrection(traceId: number, tree: StepTree, stepId: string): AttemptCorrection {
  const backend = useBackend();
  const correcting = useCorrectAttempts(traceId);
  const [opened, setOpened] = useState<string | null>(null);
  const row = rowOf(tree, stepId);
  const group = row >= 0 ? attemptsOf(tree, row) : null;
  const isOpen = opened === stepId;
  const { data: marks } = useQuery({ ...stepMarksQuery(backend, traceId), enabled: isOpen });
  const candidates = useMemo(() => {
    const pinned = (marks ?? []).filter((mark) => mark.pinned_unix_ms !== null);
    return joinCandidates(
      tree,
      row,
      pinned.map((mark) => rowOf(tree, mark.span_id)).filter((each) => each >= 0),
    );
  }, [tree, row, marks]);

  const correct = (change: AttemptChange, done: string) => {
    if (isOpen) wishFocus('steps');
    setOpened(null);
    correcting.mutate(change, {
      onSuccess: ({ before }) => {
        const run = () => {
          correct({ type: 'restore', corrections: before }, 'Attempts are as they were');
        };
        tell(change.type === 'restore' ? { text: done } : { text: done, action: { label: 'Undo', run } });
      },
      onError: (error) => {
        tellFailure('Not changed', backendErrorFrom(error));
      },
    });
  };
  const ids = (rows: readonly number[]) => rows.map((each) => idOf(tree, each));
  const rows = group?.rows ?? [];
  const first = idOf(tree, rows.find((each) => each !== row) ?? row);
  const takeOut =
    rows.length > 2
      ? () => {
          correct({ type: 'apart', span_ids: [stepId], group_span_id: first }, 'Taken out of the attempts');
        }
      : null;
  const dissolve =
    rows.length > 0
      ? () => {
          correct(
            { type: 'apart', span_ids: ids(rows), group_span_id: idOf(tree, rows[0] ?? row) },
            'No attempts at one operation any more',
          );
        }
      : null;
  const isCorrected = group?.by_hand === true || tree.apartRows.has(row);
  const asDetected = isCorrected
    ? () => {
        const span_ids = [...new Set([stepId, ...ids(rows)])];
        correct({ type: 'as_detected', span_ids }, 'Attempts are as detected');
      }
    : null;
  const isStep = row >= 0 && stepId !== '' && row !== tree.orphanRow;

  useActions([
    ...(isStep
      ? [
          {
            id: 'attempts.correct',
            label: 'Correct by hand which steps are attempts…',
            group: 'Trace',
            keys: ['h'],
            run: () => {
              setOpened(stepId);
            },
          },
        ]
      : []),
    ...(takeOut
      ? [
          {
            id: 'attempts.takeOut',
            label: 'Take this step out of its attempts',
            group: 'Trace',
            run: takeOut,
          },
        ]
      : []),
    ...(dissolve
      ? [
          {
            id: 'attempts.dissolve',
            label: 'These steps are not attempts at one operation',
            group: 'Trace',
            run: dissolve,
          },
        ]
      : []),
    ...(asDetected
      ? [{ id: 'attempts.asDetected', label: 'Attempts as detected', group: 'Trace', run: asDetected }]
      : []),
  ]);

  return {
    isOpen,
    isSaving: correcting.isPending,
    candidates,
    asDetected,
    takeOut,
    dissolve,
    join: (other) => {
      correct({ type: 'join', span_id: stepId, with_span_id: idOf(tree, other) }, 'Joined by hand');
    },
    open: (next) => {
      if (!next) wishFocus('steps');
      setOpened(next ? stepId : null);
    },
  };
}
