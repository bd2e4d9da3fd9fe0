// The way from the top of a trace down to a step, short enough for one line.
import { parentOf } from './treeMoves';
import type { StepTree } from './stepTree';

export interface Crumbs {
  /** Where the way begins; -1 if that is the step itself. */
  top: number;
  /** What is left out of the line, the nearest to the step first; not more than `most` of it. */
  folded: readonly number[];
  /** How many steps are left out of the line, those that are not in `folded` too. */
  foldedCount: number;
  /** The steps right above, down to the parent. */
  near: readonly number[];
}

/** The way to `row`: its top, the `nearMost` steps right above it, and what lies between them, up to `foldedMost` of it. */
export function crumbsTo(tree: StepTree, row: number, nearMost: number, foldedMost: number): Crumbs {
  const near: number[] = [];
  const folded: number[] = [];
  let foldedCount = 0;
  let top = -1;
  for (let above = parentOf(tree, row); above >= 0; above = parentOf(tree, above)) {
    top = above;
    if (parentOf(tree, above) < 0) break;
    if (near.length < nearMost) near.push(above);
    else {
      foldedCount++;
      if (folded.length < foldedMost) folded.push(above);
    }
  }
  // A menu for one step takes as much room as the step.
  const [only] = folded;
  if (foldedCount === 1 && only !== undefined)
    return { top, folded: [], foldedCount: 0, near: [only, ...near.reverse()] };
  return { top, folded, foldedCount, near: near.reverse() };
}
