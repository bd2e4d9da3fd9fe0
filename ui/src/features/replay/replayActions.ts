// The keys of a replay.
import type { Action } from '../../state/actions';
import type { Replay } from './useReplay';

/** What the keys of the replay do, wherever on the screen the keyboard is. Where two ask for a key, the latest registered has it. */
export function replayActions(replay: Replay): Action[] {
  const act = (id: string, label: string, keys: string[], run: () => void) => ({
    id: `replay.${id}`,
    label,
    group: 'Replay',
    keys,
    run,
  });
  return [
    act('play', 'Play or pause', [' '], replay.toggle),
    act('on', 'On to where a step begins or ends', ['.'], () => {
      replay.step(1);
    }),
    act('back', 'Back to where a step began or ended', [','], () => {
      replay.step(-1);
    }),
    act('faster', 'Faster', ['+'], () => {
      replay.faster(1);
    }),
    act('slower', 'Slower', ['-'], () => {
      replay.faster(-1);
    }),
    act('start', 'To the start', ['0'], () => {
      replay.moveTo(0);
    }),
    act('loopFrom', 'Begin the loop here', ['['], () => {
      replay.loopHere('from');
    }),
    act('loopTo', 'End the loop here', [']'], () => {
      replay.loopHere('to');
    }),
  ];
}
