// What of the run's time the timeline brings out: the critical path, and the steps of the part that is looked at.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBackend } from '../../backend';
import type { StepTree } from '../../domain/stepTree';
import { rowsOfPart } from '../../domain/timeBudget';
import { timePathOf, type TimePath } from '../../domain/timePath';
import { runTimeQuery } from '../../queries/traces';
import { useLayout } from '../../state/layout';
import { partIn, useTimePart } from '../../state/timePart';

export interface TimeMarks {
  path: TimePath | null;
  /** Rows of the chosen part's steps, ascending; `null` while none is chosen. */
  partRows: Uint32Array | null;
}

export function useTimeMarks(traceId: number, tree: StepTree): TimeMarks {
  const backend = useBackend();
  const showsPath = useLayout((layout) => layout.showsPath);
  const part = useTimePart((chosen) => partIn(chosen, traceId));
  // In a large trace the answer is dear: it is only asked for where it shows.
  const isShown = showsPath || part !== null;
  const time = useQuery({ ...runTimeQuery(backend, traceId), enabled: isShown }).data;
  const path = useMemo(
    () => (showsPath && time?.has_times ? timePathOf(time, tree) : null),
    [showsPath, time, tree],
  );
  const partRows = useMemo(() => (part && time ? rowsOfPart(time, part, tree) : null), [part, time, tree]);
  return { path, partRows };
}
