// Walking through the steps that a remark is about, these made out from the others until the person stops.
import { useMemo, useState } from 'react';
import type { RemarkAbout } from '../../backend/bindings';
import { rowsAbout } from '../../domain/remarks';
import type { StepTree } from '../../domain/stepTree';
import { nextOf, type Direction } from '../../domain/treeMoves';

export interface RemarkWalk {
  /** The remark whose steps are shown; `null` for none. */
  about: RemarkAbout | null;
  /** Its steps, ascending. */
  rows: Uint32Array | null;
  go: (about: RemarkAbout, direction: Direction) => void;
  stop: () => void;
}

/** `show` goes to a step, and expands what hides it. */
export function useRemarkWalk(tree: StepTree, selected: number, show: (spanId: string) => void): RemarkWalk {
  const [wanted, setWanted] = useState<RemarkAbout | null>(null);
  const found = useMemo(() => (wanted === null ? null : rowsAbout(tree, wanted)), [tree, wanted]);
  // A run that goes on may have lost what was odd about it.
  const rows = found && found.length > 0 ? found : null;
  return {
    about: rows ? wanted : null,
    rows,
    go: (about, direction) => {
      setWanted(about);
      const spanId = tree.spanId.get(nextOf(rowsAbout(tree, about), selected, direction));
      if (spanId !== undefined) show(spanId);
    },
    stop: () => {
      setWanted(null);
    },
  };
}
