// Which steps a person may mean who says that a step is an attempt at the same operation as another.
import { at } from './columns';
import { attemptsOf, kindOf, nameOf, type StepTree } from './stepTree';

const MOST = 8;
/** How far to either side siblings are looked for. */
const REACH = 200;

/**
 * Rows of likely ones, the likeliest first: siblings of the same kind and name, nearest first; then siblings of the same kind;
 * then the pinned steps. Steps of the same group, and steps that lie in one another, are none.
 */
export function joinCandidates(tree: StepTree, row: number, pinned: readonly number[]): number[] {
  if (row < 0 || row === tree.orphanRow || (tree.runRow && row === 0)) return [];
  const group = attemptsOf(tree, row);
  const isFree = (other: number) =>
    other !== row &&
    other !== tree.orphanRow &&
    !(tree.runRow && other === 0) &&
    !group?.rows.includes(other) &&
    !liesIn(tree, other, row) &&
    !liesIn(tree, row, other);
  const siblings = siblingsAround(tree, row).filter(
    (other) => isFree(other) && kindOf(tree, other) === kindOf(tree, row),
  );
  const isNamed = (other: number) => nameOf(tree, other) === nameOf(tree, row);
  const ordered = [
    ...siblings.filter(isNamed),
    ...siblings.filter((other) => !isNamed(other)),
    ...pinned.filter(isFree),
  ];
  return [...new Set(ordered)].slice(0, MOST);
}

function liesIn(tree: StepTree, row: number, around: number): boolean {
  return row > around && row - around <= at(tree.descendants, around);
}

/** Nearest first; of two as near, the earlier one. */
function siblingsAround(tree: StepTree, row: number): number[] {
  const parent = at(tree.parent, row);
  const before: number[] = [];
  const after: number[] = [];
  for (let other = row - 1; other > parent && before.length < REACH;) {
    let sibling = other;
    while (at(tree.parent, sibling) !== parent && at(tree.parent, sibling) >= 0)
      sibling = at(tree.parent, sibling);
    if (at(tree.parent, sibling) !== parent) break;
    before.push(sibling);
    other = sibling - 1;
  }
  for (
    let other = row + 1 + at(tree.descendants, row);
    other < tree.count && at(tree.parent, other) === parent && after.length < REACH;
    other += 1 + at(tree.descendants, other)
  ) {
    after.push(other);
  }
  const mixed: number[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const pair = [before[index], after[index]];
    mixed.push(...pair.filter((other) => other !== undefined));
  }
  return mixed;
}
