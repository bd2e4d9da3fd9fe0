// What the keys do in the tree and the timeline. Pure: a key and where one is give what to do.
import type { StepTree } from '../../domain/stepTree';
import { firstChild, movedBy, parentOf } from '../../domain/treeMoves';
import type { StepMoves } from './useStepMoves';

export type Press = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export interface KeyTargets {
  tree: StepTree;
  moves: Pick<
    StepMoves,
    'visible' | 'selected' | 'select' | 'isCollapsed' | 'toggle' | 'collapseBelow' | 'expandAll'
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
  const { visible, selected } = moves;
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const moveBy = (by: number) => {
    moves.select(movedBy(visible, selected, by));
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
      moves.select(visible[0] ?? -1);
      return true;
    case 'End':
      moves.select(visible.at(-1) ?? -1);
      return true;
    case 'ArrowRight':
      if (selected < 0) moveBy(1);
      else if (moves.isCollapsed(selected)) moves.toggle(selected);
      else moves.select(firstChild(tree, selected));
      return true;
    case 'ArrowLeft':
      if (selected < 0) return true;
      if (press.shiftKey) moves.collapseBelow(selected);
      else if (firstChild(tree, selected) >= 0 && !moves.isCollapsed(selected)) moves.toggle(selected);
      else moves.select(parentOf(tree, selected));
      return true;
    case ' ':
      if (selected >= 0) moves.toggle(selected);
      return true;
    case 'Enter':
      if (selected < 0) moveBy(1);
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
