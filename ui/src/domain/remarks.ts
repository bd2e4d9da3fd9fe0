// Which steps a remark on a trace is about, for walking through them.
import type { RemarkAbout } from '../backend/bindings';
import { at } from './columns';
import { FLAG_START_UNKNOWN, type StepTree } from './stepTree';

/** Bits of `StepTree.flags` by what remarks are about. */
const FLAG: Partial<Record<RemarkAbout, number>> = {
  cycles: 16,
  orphans: 8,
  negative_durations: 128,
  shared_ids: 2048,
  outside_parents: 32,
  no_starts: 8192,
  truncated: 1,
  times_adjusted: 4096,
  parents_unknown: 4,
  masked: 256,
};

/** The rows that a remark is about, ascending; none for what is about the trace as a whole. */
export function rowsAbout(tree: StepTree, about: RemarkAbout): Uint32Array {
  const isMeant = testOf(tree, about);
  const rows: number[] = [];
  for (let row = tree.runRow ? 1 : 0; row < tree.count; row++) {
    if (row !== tree.orphanRow && isMeant(row)) rows.push(row);
  }
  return new Uint32Array(rows);
}

function testOf(tree: StepTree, about: RemarkAbout): (row: number) => boolean {
  const bit = FLAG[about];
  if (bit !== undefined) return (row) => (at(tree.flags, row) & bit) !== 0;
  if (about === 'no_ends')
    return (row) => at(tree.duration_ns, row) < 0 && (at(tree.flags, row) & FLAG_START_UNKNOWN) === 0;
  if (about === 'roots') return (row) => at(tree.depth, row) === 0;
  return () => false;
}

/** What the row above orphans is called in the address: the id that the engine gave it. */
export function isOrphanRow(tree: StepTree, stepId: string | null): boolean {
  return tree.orphanRow >= 0 && tree.spanId.get(tree.orphanRow) === stepId;
}
