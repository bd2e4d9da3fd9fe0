// A tree whose open steps go on. The engine tells of a step when it begins and when it ends; in between, time passes.
import { at } from './columns';
import type { StepTree } from './stepTree';

const NS_PER_MS = 1e6;

/** Whether time changes anything about a tree. */
export function grows(tree: StepTree): boolean {
  const isUnderWay = tree.openRows.length > 0 || tree.awaited_ns.size > 0;
  return isUnderWay && tree.start_unix_ms !== null && tree.clock === 'measured';
}

/**
 * The tree as it is at `now_unix_ms`: its open steps end there, and never before what is known of the trace already. `end_ns`
 * is a copy of the tree's ends to write to, so that a large tree is not copied for each frame.
 */
export function grownTo(tree: StepTree, end_ns: Float64Array, now_unix_ms: number): StepTree {
  const passed_ns = (now_unix_ms - (tree.start_unix_ms ?? now_unix_ms)) * NS_PER_MS;
  const total_ns = Math.max(tree.total_ns, passed_ns);
  for (const row of tree.openRows) end_ns[row] = Math.max(total_ns, at(tree.start_ns, row));
  return { ...tree, end_ns, total_ns };
}
