// A replay of one or two runs: its time, and the playhead, which moves past React and is only looked at where it matters.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { useClock } from '../../components/clock';
import { at } from '../../domain/columns';
import { grownTo, grows } from '../../domain/growing';
import {
  advanced,
  alignedTime,
  AT_START,
  isUnderWay,
  loopSet,
  movedTo,
  ownTime,
  playedSteps,
  speedStepped,
  steppedTo,
  stopsOf,
  toggledPlaying,
  type PlayedSteps,
  type Playing,
  type ReplayTime,
} from '../../domain/replayClock';
import { countUpTo, phaseAt, tallyOf, type Phase, type RunTally } from '../../domain/replayState';
import { sameMoment } from '../../domain/sameMoment';
import type { StepTree } from '../../domain/stepTree';
import { quietFolds, NO_FOLDS } from '../../domain/timeFolds';
import { useLayout } from '../../state/layout';

/** For those who want no motion, the playhead moves so often. */
const CALM_MS = 500;

/** What a run under way has come to is read anew so often. */
const GROWS_EVERY_MS = 500;

export interface ReplayInput {
  /** The runs, each with its trace and the letter it goes by; `null` for a run alone. */
  runs: readonly { traceId: number; letter: string | null; tree: StepTree }[];
  /** Rows of the first and the second run that are the same step; `null` where there is but one run. */
  pairs: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> } | null;
}

export interface Replay {
  runs: ReplayInput['runs'];
  time: ReplayTime;
  steps: readonly PlayedSteps[];
  tallies: readonly RunTally[];
  stops: Float64Array;
  playing: StoreApi<Playing>;
  hasPairs: boolean;
  toggle: () => void;
  step: (direction: 1 | -1) => void;
  moveTo: (at_ns: number) => void;
  faster: (direction: 1 | -1) => void;
  setSpeed: (speed: number) => void;
  setLoop: (loop: Playing['loop']) => void;
  /** Begins or ends the loop at the playhead. */
  loopHere: (edge: 'from' | 'to') => void;
}

export function useReplay({ runs, pairs }: ReplayInput): Replay {
  const clock = useLayout((layout) => layout.replayClock);
  const isCompressed = useLayout((layout) => layout.replayFoldsIdle);
  const [playing] = useState(() => createStore<Playing>(() => AT_START));
  const trees = runs.map(({ tree }) => tree);
  const [first, second] = trees;
  const now_unix_ms = useClock(trees.some(grows) ? GROWS_EVERY_MS : null);
  const made = useMemo(() => {
    const replayed = [first, second]
      .filter((tree) => tree !== undefined)
      // Open steps go on until now, and so does the replay.
      .map((tree) => (grows(tree) ? grownTo(tree, tree.end_ns.slice(), now_unix_ms) : tree))
      .map((tree) => ({ tree, folds: isCompressed ? quietFolds(tree) : NO_FOLDS }));
    const [a, b] = replayed;
    const time = a && b && pairs && clock === 'aligned' ? alignedTime(a, b, pairs) : ownTime(replayed);
    const steps = replayed.flatMap(({ tree }, index) => {
      const track = time.tracks[index];
      return track ? [playedSteps(track, tree)] : [];
    });
    return { time, steps, tallies: steps.map(tallyOf), stops: stopsOf(steps) };
  }, [first, second, pairs, clock, isCompressed, now_unix_ms]);
  const { time, stops } = made;

  // Under another clock, or when more of a run has come, the playhead and the loop stay where they were in the runs.
  const last = useRef(made);
  useLayoutEffect(() => {
    const before = last.current;
    if (before === made) return;
    last.current = made;
    const carried = (moment_ns: number) => sameMoment(before, made, moment_ns);
    const grew = before.steps.some(({ tree }) => grows(tree));
    playing.setState(({ at_ns, loop }) => ({
      // At the end of a run under way it waits for what comes.
      at_ns: grew && at_ns > 0 && at_ns >= before.time.total_ns ? made.time.total_ns : carried(at_ns),
      loop: loop && [carried(loop[0]), carried(loop[1])],
    }));
  }, [made, playing]);

  const isPlaying = useStore(playing, (state) => state.isPlaying);
  useEffect(() => {
    if (!isPlaying) return;
    const least_ms = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? CALM_MS : 0;
    let before_ms = performance.now();
    let frame = requestAnimationFrame(function tick(now_ms) {
      const passed_ms = now_ms - before_ms;
      if (passed_ms >= least_ms) {
        before_ms = now_ms;
        playing.setState((state) => advanced(state, time.total_ns, Math.max(0, passed_ms)));
      }
      frame = requestAnimationFrame(tick);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [isPlaying, playing, time]);

  return {
    runs,
    ...made,
    playing,
    hasPairs: pairs !== null,
    toggle: () => {
      playing.setState((state) => toggledPlaying(state, time.total_ns));
    },
    step: (direction) => {
      playing.setState((state) => steppedTo(state, time.total_ns, stops, direction));
    },
    moveTo: (at_ns) => {
      playing.setState((state) => movedTo(state, time.total_ns, at_ns));
    },
    faster: (direction) => {
      playing.setState(({ speed }) => ({ speed: speedStepped(speed, direction) }));
    },
    setSpeed: (speed) => {
      playing.setState({ speed });
    },
    setLoop: (loop) => {
      playing.setState({ loop });
    },
    loopHere: (edge) => {
      playing.setState((state) => loopSet(state, time.total_ns, edge, state.at_ns));
    },
  };
}

/** The moment of the last beginning or end of a step up to the playhead: between two of them nothing changes but the time. */
export function useMoment({ playing, stops }: Replay): number {
  const passed = useStore(playing, ({ at_ns }) => countUpTo(stops, at_ns));
  return passed > 0 ? at(stops, passed - 1) : 0;
}

/** Whether the replay is begun. */
export const useUnderWay = ({ playing }: Replay): boolean => useStore(playing, isUnderWay);

/** How far a row of a run has come at a moment. */
export function phaseIn(replay: Replay, run: number, row: number, moment_ns: number): Phase | null {
  const steps = replay.steps[run];
  return steps && row >= 0 && row < steps.tree.count ? phaseAt(steps, row, moment_ns) : null;
}
