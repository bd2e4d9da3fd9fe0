// The replay of one or two runs: controls, what each has come to so far, and their lanes under one playhead.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import { useStore } from 'zustand';
import { useBackend } from '../../backend';
import { framesOf, surfaceOf } from '../../canvas/surface';
import { onThemeChange, paletteOf } from '../../canvas/palette';
import { drawPlayhead, drawStrip, played_from_px, stripHeight_px } from '../../canvas/replayStrip';
import { Button, IconButton } from '../../components/Button';
import { Menu } from '../../components/Menu';
import { SegmentedControl } from '../../components/SegmentedControl';
import { formatCompact, formatCostUsd, formatCount, formatDurationNs, plural } from '../../domain/format';
import { at } from '../../domain/columns';
import { isUnderWay, runTimeAt, SPEEDS } from '../../domain/replayClock';
import { countUpTo, soFar } from '../../domain/replayState';
import { responseOf } from '../../domain/runTexts';
import { idOf, stepCount } from '../../domain/stepTree';
import { visibleText } from '../../domain/visibleText';
import { stepQuery } from '../../queries/traces';
import { keepReplayClock, toggleReplayFolds, useLayout } from '../../state/layout';
import styles from './Replay.module.css';
import { useMoment, type Replay } from './useReplay';

interface ReplayStripProps {
  replay: Replay;
  /** What stands at the end of the controls, as following the playhead. */
  actions?: ReactNode;
  /** Has the keyboard once shown. */
  takesFocus?: boolean;
}

/** A pointer that moved less has not chosen a loop. */
const CLICK_PX = 4;

export function ReplayStrip({ replay, actions, takesFocus = false }: ReplayStripProps) {
  return (
    <section className={styles.replay} aria-label="Replay">
      <Controls replay={replay} actions={actions} />
      <div className={styles.lanes}>
        <div className={styles.sides}>
          {replay.runs.map((run, index) => (
            <RunSoFarText key={run.letter ?? ''} replay={replay} index={index} />
          ))}
        </div>
        <Lanes replay={replay} takesFocus={takesFocus} />
      </div>
    </section>
  );
}

function Controls({ replay, actions }: ReplayStripProps) {
  const isPlaying = useStore(replay.playing, (state) => state.isPlaying);
  const speed = useStore(replay.playing, (state) => state.speed);
  const loop = useStore(replay.playing, (state) => state.loop);
  const clock = useLayout((layout) => layout.replayClock);
  const isCompressed = useLayout((layout) => layout.replayFoldsIdle);
  return (
    <div className={styles.controls}>
      <IconButton
        icon="toStart"
        size="small"
        label="To the start"
        onClick={() => {
          replay.moveTo(0);
        }}
      />
      <IconButton
        icon="stepBack"
        size="small"
        label="Back to where a step began or ended"
        shortcut=","
        onClick={() => {
          replay.step(-1);
        }}
      />
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        size="small"
        label={isPlaying ? 'Pause' : 'Play'}
        shortcut=" "
        onClick={replay.toggle}
      />
      <IconButton
        icon="stepOn"
        size="small"
        label="On to where a step begins or ends"
        shortcut="."
        onClick={() => {
          replay.step(1);
        }}
      />
      <Menu
        trigger={
          <Button size="small" look="quiet" title="Speed (+ and −)" aria-label={`Speed: ${speed} times`}>
            {speed}×
          </Button>
        }
        items={SPEEDS.map((each) => ({
          label: `${each}×`,
          ...(each === speed ? { icon: 'check' as const } : {}),
          onSelect: () => {
            replay.setSpeed(each);
          },
        }))}
      />
      <TimeText replay={replay} />
      {replay.hasPairs && (
        <SegmentedControl
          label="Keep time by"
          value={clock}
          onChange={keepReplayClock}
          segments={[
            {
              value: 'aligned',
              icon: 'compare',
              label: 'Same steps',
              hint: 'Both begin the same step at the same moment; the faster one waits',
            },
            {
              value: 'own',
              icon: 'slow',
              label: 'Own time',
              hint: 'Each by its own time, from a common start',
            },
          ]}
        />
      )}
      <Button
        size="small"
        look="quiet"
        icon="idle"
        aria-pressed={isCompressed}
        title="Idle time, in which no step works, takes little of it"
        onClick={toggleReplayFolds}
      >
        Skip idle
      </Button>
      {loop ? (
        <Button
          size="small"
          look="quiet"
          icon="loop"
          title="Play on past the end of the loop"
          onClick={() => {
            replay.setLoop(null);
          }}
        >
          Loop {formatDurationNs(loop[0])} to {formatDurationNs(loop[1])}
          <span className="visually-hidden">: end it</span>
        </Button>
      ) : (
        <span className={styles.hint}>Drag with Shift, or [ and ], to loop</span>
      )}
      <span className={styles.space} />
      {actions}
    </div>
  );
}

function TimeText({ replay }: { replay: Replay }) {
  const at_ns = useStore(replay.playing, (state) => state.at_ns);
  return (
    <span className={styles.time}>
      <b>{formatDurationNs(at_ns)}</b> of {formatDurationNs(replay.time.total_ns)}
    </span>
  );
}

/** What a run has come to at the playhead. */
function RunSoFarText({ replay, index }: { replay: Replay; index: number }) {
  const moment_ns = useMoment(replay);
  const run = replay.runs[index];
  const tally = replay.tallies[index];
  if (!run || !tally) return null;
  const now = soFar(tally, moment_ns);
  const { tree, letter } = run;
  const steps = stepCount(tree);
  const runs = now.begun - now.done;
  const used = [
    tree.hasTokens && `${formatCompact(now.tokens)} tokens`,
    tree.hasCost && formatCostUsd(now.cost_usd),
    now.retries > 0 && plural(now.retries, 'retry', 'retries'),
    now.failures > 0 && `${formatCount(now.failures)} failed`,
  ].filter((each) => each !== false);
  return (
    <div className={styles.side} role="group" aria-label={letter === null ? 'So far' : `${letter} so far`}>
      {letter !== null && (
        <span className={styles.letter} data-side={letter.toLowerCase()}>
          {letter}
        </span>
      )}
      <b>
        {formatCount(now.done)}/{formatCount(steps)} done
      </b>
      {runs > 0 && <span>▸ {formatCount(runs)}</span>}
      <span className={styles.used}>{used.join(' · ')}</span>
      <span className={styles.said}>
        {plural(now.modelCalls, 'model call')}
        <LastAnswer replay={replay} index={index} row={now.lastModelCall} stays_ns={now.lastStays_ns} />
      </span>
    </div>
  );
}

interface LastAnswerProps {
  replay: Replay;
  index: number;
  row: number;
  /** How long it stays the last, in played time. */
  stays_ns: number;
}

/** An answer that stays for less than this is not read, and not asked for. */
const READABLE_MS = 400;

/** The start of what the last model call answered. */
function LastAnswer({ replay, index, row, stays_ns }: LastAnswerProps) {
  const backend = useBackend();
  const run = replay.runs[index];
  const isReadable = useStore(
    replay.playing,
    ({ isPlaying, speed }) => !isPlaying || stays_ns / speed >= READABLE_MS * 1e6,
  );
  const stepId = run && row >= 0 ? idOf(run.tree, row) : '';
  const read = useQuery({
    ...stepQuery(backend, run?.traceId ?? 0, stepId),
    enabled: isReadable && stepId !== '',
    placeholderData: keepPreviousData,
  });
  const text = row >= 0 && read.data ? responseOf(read.data.content) : null;
  if (text === null || text === '') return null;
  return <span title={visibleText(text.slice(0, 400))}>: “{visibleText(text.slice(0, 160))}”</span>;
}

/** The lanes; dragging moves the playhead, with Shift it chooses a loop. */
function Lanes({ replay, takesFocus }: { replay: Replay; takesFocus: boolean }) {
  const frame = useRef<HTMLDivElement>(null);
  const bars = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ from_px: number; chooses: boolean } | null>(null);
  const [width_px, setWidth] = useState(0);
  const { time, steps, playing } = replay;
  const lanes = steps.length;
  const height_px = stripHeight_px(lanes);

  useEffect(() => {
    if (takesFocus) frame.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const read = () => {
      setWidth(element.clientWidth);
    };
    read();
    const resized = new ResizeObserver(read);
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, []);

  useLayoutEffect(() => {
    if (!bars.current || !overlay.current || width_px < 1) return;
    const element = bars.current;
    const [strip, head] = [surfaceOf(element), surfaceOf(overlay.current)];
    const { total_ns, tracks } = time;
    const failed_ns = failedEnds_ns(steps);
    let failedDrawn = -1;
    const drawLanes = (known_ns: number) => {
      failedDrawn = countUpTo(failed_ns, known_ns);
      const pen = strip.sized(width_px, height_px);
      if (pen) drawStrip(pen, { runs: steps, tracks, total_ns, width_px, known_ns }, paletteOf(element));
    };
    const knownNow_ns = () => {
      const now = playing.getState();
      return isUnderWay(now) ? now.at_ns : Infinity;
    };
    const drawHead = () => {
      // What has failed is not told before it has; the lanes are drawn anew only when more or less of it is.
      if (countUpTo(failed_ns, knownNow_ns()) !== failedDrawn) drawLanes(knownNow_ns());
      const pen = head.sized(width_px, height_px);
      const now = playing.getState();
      const { at_ns, loop } = now;
      const scene = { lanes, total_ns, width_px, at_ns, loop, isUnderWay: isUnderWay(now) };
      if (pen) drawPlayhead(pen, scene, paletteOf(element));
    };
    const drawAll = () => {
      drawLanes(knownNow_ns());
      drawHead();
    };
    const frames = framesOf(drawHead);
    drawAll();
    const stopTheme = onThemeChange(drawAll);
    const stopPlaying = playing.subscribe(() => {
      frames.request();
    });
    return () => {
      stopTheme();
      stopPlaying();
      frames.stop();
    };
  }, [time, steps, playing, lanes, width_px, height_px]);

  const xOf = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const playedOf = (x_px: number) => played_from_px(time.total_ns, width_px, x_px);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { from_px: xOf(event), chooses: event.shiftKey };
    if (!event.shiftKey) replay.moveTo(playedOf(xOf(event)));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!drag.current) return;
    const { from_px, chooses } = drag.current;
    const x_px = xOf(event);
    if (!chooses) replay.moveTo(playedOf(x_px));
    else if (Math.abs(x_px - from_px) >= CLICK_PX)
      replay.setLoop([playedOf(Math.min(from_px, x_px)), playedOf(Math.max(from_px, x_px))]);
  };
  const onPointerUp = () => {
    drag.current = null;
  };
  return (
    <div
      ref={frame}
      className={styles.canvases}
      style={{ height: height_px }}
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={Math.round(time.total_ns / 1e6)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onKeyDown={(event) => {
        if (!pressReplayKey(event, replay)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <canvas ref={bars} className={styles.bars} aria-hidden="true" />
      <canvas ref={overlay} className={styles.head} aria-hidden="true" />
      <SliderValue frame={frame} replay={replay} />
    </div>
  );
}

/** When steps that failed ended, in played time, ascending. */
function failedEnds_ns(runs: Replay['steps']): Float64Array {
  const ends_ns = runs.flatMap(({ tree, end_ns }) =>
    [...tree.errorRows, ...(tree.runRow ? [0] : [])].map((row) => at(end_ns, row)),
  );
  return Float64Array.from(ends_ns).sort();
}

/** Tells those who do not see it where the playhead is, at each change of a step. */
function SliderValue({ frame, replay }: { frame: React.RefObject<HTMLDivElement | null>; replay: Replay }) {
  const moment_ns = useMoment(replay);
  useEffect(() => {
    const { at_ns } = replay.playing.getState();
    frame.current?.setAttribute('aria-valuenow', String(Math.round(at_ns / 1e6)));
    const own = replay.time.tracks.map((track) => formatDurationNs(runTimeAt(track, at_ns)));
    const text = replay.runs.map(({ letter }, index) => [letter, own[index]].filter(Boolean).join(' at '));
    frame.current?.setAttribute('aria-valuetext', text.join(', '));
  }, [frame, replay, moment_ns]);
  return null;
}

/** Does what a key asks of the replay; `false` if it asks for nothing. */
function pressReplayKey(
  press: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  replay: Replay,
): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const { total_ns } = replay.time;
  const { at_ns } = replay.playing.getState();
  const share = press.shiftKey ? 0.1 : 0.01;
  const does: Record<string, () => void> = {
    ' ': replay.toggle,
    '.': () => {
      replay.step(1);
    },
    ',': () => {
      replay.step(-1);
    },
    ArrowRight: () => {
      replay.moveTo(at_ns + share * total_ns);
    },
    ArrowLeft: () => {
      replay.moveTo(at_ns - share * total_ns);
    },
    '0': () => {
      replay.moveTo(0);
    },
    Home: () => {
      replay.moveTo(0);
    },
    End: () => {
      replay.moveTo(total_ns);
    },
    '[': () => {
      replay.loopHere('from');
    },
    ']': () => {
      replay.loopHere('to');
    },
    '+': () => {
      replay.faster(1);
    },
    '-': () => {
      replay.faster(-1);
    },
  };
  const act = does[press.key];
  act?.();
  return act !== undefined;
}
