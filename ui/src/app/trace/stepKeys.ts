// What the keys do in the tree and the timeline. Pure: a key and where one is give what to do.
import { rowAbove } from '../../domain/operations';
import type { StepTree } from '../../domain/stepTree';
import { firstChild, movedBy } from '../../domain/treeMoves';
import { rowOnLine } from '../../domain/treeRows';
import type { StepMoves } from './useStepMoves';

export type Press = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export interface KeyTargets {
  tree: StepTree;
  moves: Pick<
    StepMoves,
    'lines' | 'cursor' | 'select' | 'isCollapsed' | 'toggle' | 'collapseBelow' | 'expandAll'
  >;
  pageRows: number;
  zoom: (direction: 1 | -1) => void;
  pan: (direction: 1 | -1) => void;
  inspect: () => void;
  find: () => void;
}

/** Does what a key asks for; `false` if it asks for nothing here. */
export function pressKey(press: Press, targets: KeyTargets): boolean {
  const { tree, moves, pageRows } = targets;
  const { lines, cursor } = moves;
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const moveBy = (by: number) => {
    moves.select(movedBy(tree, lines, cursor, by));
  };
  switch (press.key) {
    case 'ArrowDown':
    case 'j':
      moveBy(1);
      return true;
    case 'ArrowUp':
    case 'k':
      moveBy(-1);
      return true;
    case 'PageDown':
      moveBy(pageRows);
      return true;
    case 'PageUp':
      moveBy(-pageRows);
      return true;
    case 'Home':
      moves.select(rowOnLine(tree, lines, 0));
      return true;
    case 'End':
      moves.select(rowOnLine(tree, lines, lines.count - 1));
      return true;
    case 'ArrowRight':
      if (cursor < 0) moveBy(1);
      else if (moves.isCollapsed(cursor)) moves.toggle(cursor);
      else moves.select(firstChild(tree, cursor));
      return true;
    case 'ArrowLeft':
      if (cursor < 0) return true;
      if (press.shiftKey) moves.collapseBelow(cursor);
      else if (firstChild(tree, cursor) >= 0 && !moves.isCollapsed(cursor)) moves.toggle(cursor);
      else moves.select(rowAbove(tree, cursor));
      return true;
    case ' ':
      if (cursor >= 0) moves.toggle(cursor);
      return true;
    case 'Enter':
      if (cursor < 0) moveBy(1);
      targets.inspect();
      return true;
    case '*':
      moves.expandAll();
      return true;
    case '/':
      targets.find();
      return true;
    case 'w':
    case '+':
    case '=':
      targets.zoom(1);
      return true;
    case 's':
    case '-':
      targets.zoom(-1);
      return true;
    case 'd':
      targets.pan(1);
      return true;
    case 'a':
      targets.pan(-1);
      return true;
    default:
      return false;
  }
}
