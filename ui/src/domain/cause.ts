// Which step's failure explains that another failed.
import { at } from './columns';
import { attemptsOf, STATUS_ERROR, statusOf, type StepTree } from './stepTree';

/**
 * The step below `row` in which the failure of `row` began, -1 if `row` has not failed, or none below it explains it.
 *
 * It is looked for from child to child, as deep as failures go:
 * - A step that ended well has dealt with what failed below it, and explains nothing. One of which the source does not say how it
 *   ended passes on what failed below it.
 * - An attempt that was followed by another explains nothing; the last of a group does, if it failed too.
 * - Of several, the last to fail counts, for the step went on after the others. Of those that ran at the same time as it, the
 *   first to fail counts: it is what stopped the others.
 */
export function causeOf(tree: StepTree, row: number): number {
  if (row < 0 || tree.status[row] !== STATUS_ERROR || at(tree.errorsBelow, row) === 0) return -1;
  const leads = leadsToFailure(tree, row);
  let cause = -1;
  for (let next = failedChild(tree, row, leads); next >= 0; next = failedChild(tree, next, leads)) {
    // Of a step that does not say how it ended, one below it will.
    if (tree.status[next] === STATUS_ERROR) cause = next;
  }
  return cause;
}

/** Says of rows below `top` whether the failure of what is above them may come from them. */
function leadsToFailure(tree: StepTree, top: number): (row: number) => boolean {
  const count = at(tree.descendants, top) + 1;
  const below = new Uint8Array(count);
  const leads = new Uint8Array(count);
  // Rows stand below their parents, so from the last to the first all below a row is known before it.
  for (let row = top + count - 1; row > top; row--) {
    const passesOn = statusOf(tree, row) === 'unset' && below[row - top] === 1;
    if ((tree.status[row] !== STATUS_ERROR && !passesOn) || wasTriedAgain(tree, row)) continue;
    leads[row - top] = 1;
    below[at(tree.parent, row) - top] = 1;
  }
  return (row) => leads[row - top] === 1;
}

function wasTriedAgain(tree: StepTree, row: number): boolean {
  const attempts = attemptsOf(tree, row);
  return attempts !== null && (attempts.outcome === 'recovered' || attempts.rows.at(-1) !== row);
}

/** The child whose failure explains that of `row`, -1 if there is none. */
function failedChild(tree: StepTree, row: number, leads: (row: number) => boolean): number {
  const last = row + at(tree.descendants, row);
  const failed: number[] = [];
  for (let child = row + 1; child <= last; child += at(tree.descendants, child) + 1) {
    if (leads(child)) failed.push(child);
  }
  const ends_ns = (child: number) => at(tree.end_ns, child);
  let latest = -1;
  for (const child of failed) if (latest < 0 || ends_ns(child) >= ends_ns(latest)) latest = child;
  const begun_ns = at(tree.start_ns, latest);
  let cause = latest;
  for (const child of failed) if (ends_ns(child) > begun_ns && ends_ns(child) < ends_ns(cause)) cause = child;
  return cause;
}
