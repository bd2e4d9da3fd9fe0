// One run replayed where it is shown: a strip above its steps, which stand as they did at the playhead.
import { useEffect, useState, type ComponentProps, type ReactNode, type RefObject } from 'react';
import type { Timeline } from '../../canvas/timeline';
import { IconButton } from '../../components/Button';
import { isUnderWay, runTimeAt } from '../../domain/replayClock';
import type { StepTree } from '../../domain/stepTree';
import { replayActions } from '../../features/replay/replayActions';
import { ReplayStrip } from '../../features/replay/ReplayStrip';
import { phaseIn, useMoment, useReplay, useUnderWay, type Replay } from '../../features/replay/useReplay';
import { TreeRows } from '../../features/tree/TreeRows';
import { useActions } from '../../state/actions';
import { wishFocus } from '../../state/focus';

export interface TraceReplay {
  /** What is replayed; `null` while the replay is not shown. */
  replay: Replay | null;
  strip: ReactNode;
}

export function useTraceReplay(traceId: number, tree: StepTree): TraceReplay {
  const [isShown, setShown] = useState(false);
  const [shown, setReplay] = useState<Replay | null>(null);
  const toggle = () => {
    setShown(!isShown);
    setReplay(null);
    // What had the keyboard may be gone with the strip.
    if (isShown) wishFocus('steps');
  };
  useActions([
    {
      id: 'trace.replay',
      label: 'Replay this run, or end it',
      group: 'Trace',
      keys: ['Shift+L'],
      run: toggle,
    },
    // Before it leaves the run: one thing at a time.
    ...(isShown
      ? [
          ...(shown ? replayActions(shown) : []),
          { id: 'trace.replay.end', label: 'End the replay', group: 'Trace', keys: ['Escape'], run: toggle },
        ]
      : []),
  ]);
  return {
    replay: isShown ? shown : null,
    strip: isShown && tree.count > 0 && (
      <Strip traceId={traceId} tree={tree} onReplay={setReplay} onClose={toggle} />
    ),
  };
}

interface StripProps {
  traceId: number;
  tree: StepTree;
  onReplay: (replay: Replay) => void;
  onClose: () => void;
}

/** On its own, so that a run that is not replayed costs nothing. */
function Strip({ traceId, tree, onReplay, onClose }: StripProps) {
  const replay = useReplay({ runs: [{ traceId, letter: null, tree }], pairs: null });
  const { steps, time, playing } = replay;
  useEffect(() => {
    onReplay(replay);
    // What it does is always up to date; others need to know of it when it is of other steps or another time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [steps, time, playing, onReplay]);
  return (
    <ReplayStrip
      replay={replay}
      takesFocus
      actions={
        <IconButton icon="close" size="small" label="End the replay" shortcut="Shift+L" onClick={onClose} />
      }
    />
  );
}

/** The rows of the tree as they stood at the playhead; drawn anew only when a step begins or ends. */
export function ReplayedTreeRows({ replay, ...rows }: ComponentProps<typeof TreeRows> & { replay: Replay }) {
  const moment_ns = useMoment(replay);
  const underWay = useUnderWay(replay);
  return <TreeRows {...rows} phaseOf={underWay ? (row) => phaseIn(replay, 0, row, moment_ns) : null} />;
}

/** Shows the playhead in the timeline. */
export function usePlayhead(drawing: RefObject<Timeline | null>, replay: Replay | null): void {
  useEffect(() => {
    if (!replay) return;
    const { playing, time } = replay;
    const track = time.tracks[0];
    const tell = () => {
      const now = playing.getState();
      drawing.current?.setPlayhead(track && isUnderWay(now) ? runTimeAt(track, now.at_ns) : null);
    };
    tell();
    const stop = playing.subscribe(tell);
    const shown = drawing;
    return () => {
      stop();
      shown.current?.setPlayhead(null);
    };
  }, [drawing, replay]);
}
