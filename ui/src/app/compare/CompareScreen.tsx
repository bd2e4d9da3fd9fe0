// Two runs side by side: what differs in words and numbers, the replay, the aligned steps, and the pair that is looked at.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { ApartSteps, Comparison, Pairing } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { SplitPane } from '../../components/SplitPane';
import { EmptyState, ErrorState } from '../../components/States';
import { useIsWide } from '../../components/useIsWide';
import {
  alignedFrom,
  firstRowOn,
  nextDifference,
  pairName,
  pairOf,
  relationOf,
  rowOn,
  stepOn,
  type AlignedRuns,
  type Side,
} from '../../domain/alignedRuns';
import { at } from '../../domain/columns';
import { isFolded, pairLines, unfoldedFor, withTurned, type TurnedPairs } from '../../domain/pairLines';
import { soFar } from '../../domain/replayState';
import { CompareTools } from '../../features/compare/CompareTools';
import { PairList } from '../../features/compare/PairList';
import { RunHeads } from '../../features/compare/RunHeads';
import { StepDifference } from '../../features/compare/StepDifference';
import { ReplayStrip } from '../../features/replay/ReplayStrip';
import { phaseIn, useMoment, useReplay, useUnderWay, type Replay } from '../../features/replay/useReplay';
import { candidatesQuery, comparisonQuery, useBaseline, usePairing } from '../../queries/comparing';
import { useActions } from '../../state/actions';
import { wishFocus } from '../../state/focus';
import { resizePane, toggleOnlyDifferences, toggleReplay, useLayout } from '../../state/layout';
import { goTo, usePlace, type ComparePlace } from '../../state/place';
import { tell } from '../../state/toast';
import styles from './CompareScreen.module.css';

/** Narrower than this, the pair goes below. */
const SIDE_FROM_PX = 1560;

export function CompareScreen() {
  const place = usePlace(({ compare }) => compare);
  if (!place) {
    return (
      <EmptyState
        icon="compare"
        title="No runs are compared"
        text="Select two in the list and press Compare, or press Shift+C in an open run."
      >
        <BackToList />
      </EmptyState>
    );
  }
  return <Read key={`${place.a} ${place.b}`} place={place} />;
}

function BackToList() {
  return (
    <Button
      onClick={() => {
        goTo({ traceId: null }, 'push');
      }}
    >
      Back to the list
    </Button>
  );
}

function Read({ place }: { place: ComparePlace }) {
  const backend = useBackend();
  const { data, error, refetch } = useQuery(comparisonQuery(backend, place.a, place.b));
  const runs = useMemo(
    () => data && alignedFrom(data, data.a.summary.status === 'running', data.b.summary.status === 'running'),
    [data],
  );
  if (data && runs) return <Compared place={place} comparison={data} runs={runs} />;
  if (error) {
    return (
      <ErrorState title="These runs cannot be compared" error={error}>
        <Button onClick={() => void refetch()}>Try again</Button>
        <BackToList />
      </ErrorState>
    );
  }
  return (
    <p className={styles.reading} role="status">
      Lining both runs up…
    </p>
  );
}

interface ComparedProps {
  place: ComparePlace;
  comparison: Comparison;
  runs: AlignedRuns;
}

function Compared({ place, comparison, runs }: ComparedProps) {
  const { a, b } = place;
  const frame = useRef<HTMLDivElement>(null);
  const inspector = useRef<HTMLElement>(null);
  const isWide = useIsWide(frame, SIDE_FROM_PX, false);
  const pane = isWide ? 'pair side' : 'pair below';
  const size_px = useLayout((layout) => layout.panes_px[pane]) ?? (isWide ? 620 : 230);
  const onlyDifferences = useLayout((layout) => layout.onlyDifferences);
  const showsReplay = useLayout((layout) => layout.showsReplay);
  const [kept, setFolded] = useState<TurnedPairs>(new Set());
  const [isListOpen, setListOpen] = useState(false);
  const [picking, setPicking] = useState<Picking | null>(null);
  const selected = pairOf(runs, place.stepA, place.stepB);
  // What the address leads to is never folded away.
  const folded = useMemo(() => unfoldedFor(runs, kept, selected), [runs, kept, selected]);
  const lines = useMemo(() => pairLines(runs, folded, onlyDifferences), [runs, folded, onlyDifferences]);
  const backend = useBackend();
  const baseline = useBaseline();
  const candidates = useQuery(candidatesQuery(backend, b)).data;

  const goToPair = (pair: number, how: 'push' | 'replace') => {
    if (pair < 0) return;
    setFolded((before) => unfoldedFor(runs, before, pair));
    goTo(
      { view: 'compare', compare: { a, b, stepA: stepOn(runs, 'a', pair), stepB: stepOn(runs, 'b', pair) } },
      how,
    );
  };
  const jump = (pair: number) => {
    goToPair(pair, 'push');
    wishFocus('steps');
  };
  const next = (direction: 1 | -1) => {
    const pair = nextDifference(runs, selected, direction);
    if (pair < 0)
      tell({ text: direction > 0 ? 'No difference after this one.' : 'No difference before this one.' });
    else jump(pair);
  };
  const swap = () => {
    goTo({ view: 'compare', compare: { a: b, b: a, stepA: place.stepB, stepB: place.stepA } }, 'push');
  };
  const copy = () => {
    navigator.clipboard.writeText(window.location.href).then(
      () => {
        tell({ text: 'The link to this comparison is copied.' });
      },
      (error: unknown) => {
        tell({ text: `The link was not copied: ${backendErrorFrom(error).message}`, tone: 'failed' });
      },
    );
  };
  // At opening one is where the runs part.
  useEffect(() => {
    wishFocus('steps');
    if (selected < 0 && runs.first >= 0) goToPair(runs.first, 'replace');
    // Only then.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const replay = useCompareReplay(a, b, runs);
  const [follows, setFollows] = useState(true);
  const pairings = usePairs(a, b, runs, setPicking);
  const select = (pair: number) => {
    goToPair(pair, 'replace');
  };
  /** Clicked, or walked to and entered: then it is the step that was to be chosen. */
  const choose = (pair: number) => {
    if (picking && rowOn(runs, picking.side === 'a' ? 'b' : 'a', pair) >= 0) {
      pairings.force(picking, pair);
      setPicking(null);
    }
    select(pair);
  };
  useActions([
    action('next', 'Next difference', ['n'], () => {
      next(1);
    }),
    action('previous', 'Previous difference', ['Shift+N'], () => {
      next(-1);
    }),
    action('part', 'Go to where the runs part', [], () => {
      jump(runs.first);
    }),
    action('list', 'List the differences', ['l'], () => {
      setListOpen(true);
    }),
    action('only', 'Show only differences, or all steps', ['d'], toggleOnlyDifferences),
    action('swap', 'Swap the sides', ['Shift+S'], swap),
    action('link', 'Copy a link to this comparison', ['y'], copy),
    action('replay', 'Show or hide the replay', ['Shift+L'], toggleReplay),
    action('inspect', 'Go to the differences of the pair', ['Mod+3'], () => inspector.current?.focus()),
    action('steps', 'Go to the aligned steps', ['Mod+2'], () => {
      wishFocus('steps');
    }),
    action('leave', picking ? 'Choose no step after all' : 'Back to all traces', ['Escape'], () => {
      if (picking) setPicking(null);
      else goTo({ traceId: null }, 'push');
    }),
    ...(showsReplay ? replayActions(replay) : []),
  ]);
  const focusList = useCallback(() => {
    wishFocus('steps');
  }, []);
  const toggle = (pair: number) => {
    if (at(runs.descendants, pair) === 0) return;
    setFolded(withTurned(runs, folded, pair));
    const isFolding = !isFolded(runs, folded, pair);
    if (isFolding && selected > pair && selected <= pair + at(runs.descendants, pair)) select(pair);
  };
  const list = {
    runs,
    lines,
    selected,
    onSelect: select,
    onChoose: choose,
    onToggle: toggle,
    isFolded: (pair: number) => isFolded(runs, folded, pair),
    onInspect: () => {
      if (picking) choose(selected);
      else inspector.current?.focus();
    },
  };
  return (
    <div className={styles.screen}>
      <RunHeads
        comparison={comparison}
        baseline={candidates?.baseline?.trace_id ?? null}
        onPin={(trace_id, is_baseline) => {
          baseline.mutate({ trace_id, is_baseline });
        }}
        onSwap={swap}
      />
      <CompareTools
        a={a}
        b={b}
        runs={runs}
        differences={comparison.differences}
        drifts={comparison.drifts}
        selected={selected}
        isListOpen={isListOpen}
        onListOpen={setListOpen}
        onGo={jump}
        onNext={next}
        onCopy={copy}
      />
      {showsReplay && (
        <ReplayStrip
          replay={replay}
          actions={
            <Button
              size="small"
              look="quiet"
              icon="follow"
              aria-pressed={follows}
              title="Keeps what the playhead is at in view; scrolling lets go of it"
              onClick={() => {
                setFollows(!follows);
              }}
            >
              Follow
            </Button>
          }
        />
      )}
      {picking && (
        <p className={styles.picking} role="status">
          Choose the step of {picking.side === 'a' ? 'B' : 'A'} that is the same as “{picking.name}”: click
          it, or walk to it and press Enter. Esc to leave it.
        </p>
      )}
      <div ref={frame} className={styles.main}>
        <SplitPane
          label="the two steps"
          direction={isWide ? 'row' : 'column'}
          sized="second"
          size_px={size_px}
          min_px={isWide ? 360 : 120}
          rest_min_px={isWide ? 640 : 160}
          onResize={(next_px) => {
            resizePane(pane, next_px);
          }}
          first={
            showsReplay ? (
              <ReplayedList
                {...list}
                replay={replay}
                follows={follows}
                onScrolled={() => {
                  setFollows(false);
                }}
              />
            ) : (
              <PairList {...list} phases={null} followed={-1} onScrolled={NOTHING} />
            )
          }
          second={
            <StepDifference
              frame={inspector}
              a={a}
              b={b}
              runs={runs}
              pair={selected}
              onLeave={focusList}
              actions={
                selected >= 0 && (
                  <PairButtons runs={runs} pair={selected} pairings={pairings} onPick={setPicking} />
                )
              }
            />
          }
        />
      </div>
    </div>
  );
}

const NOTHING = () => undefined;

const action = (id: string, label: string, keys: string[], run: () => void) => ({
  id: `compare.${id}`,
  label,
  group: 'Comparison',
  keys,
  run,
});

function replayActions(replay: Replay) {
  const act = (id: string, label: string, keys: string[], run: () => void) => ({
    ...action(`replay.${id}`, label, keys, run),
    group: 'Replay',
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

function useCompareReplay(a: number, b: number, runs: AlignedRuns): Replay {
  const pairs = useMemo(() => {
    const rows = { a: [] as number[], b: [] as number[] };
    for (let pair = 0; pair < runs.count; pair++) {
      if (relationOf(runs, pair) !== 'matched') continue;
      rows.a.push(at(runs.rowA, pair));
      rows.b.push(at(runs.rowB, pair));
    }
    return rows;
  }, [runs]);
  return useReplay({
    runs: [
      { traceId: a, letter: 'A', tree: runs.a },
      { traceId: b, letter: 'B', tree: runs.b },
    ],
    pairs,
  });
}

type ListProps = Omit<React.ComponentProps<typeof PairList>, 'phases' | 'followed'>;

/** The list at the playhead: drawn anew only when a step begins or ends. */
function ReplayedList({ replay, follows, ...list }: ListProps & { replay: Replay; follows: boolean }) {
  const moment_ns = useMoment(replay);
  const { runs, lines } = list;
  const underWay = useUnderWay(replay);
  /** An operation that is one line runs from its first try on. */
  const phase = (index: number, side: Side, pair: number) => {
    const begins = firstRowOn(runs, side, pair, list.isFolded(pair));
    const [first, last] = [begins, rowOn(runs, side, pair)].map((row) =>
      phaseIn(replay, index, row, moment_ns),
    );
    return last === 'coming' && first !== 'coming' ? 'running' : (last ?? null);
  };
  return (
    <PairList
      {...list}
      phases={underWay ? (pair) => [phase(0, 'a', pair), phase(1, 'b', pair)] : null}
      followed={follows && underWay ? newestPair(replay, runs, lines.lineOf, moment_ns) : -1}
    />
  );
}

/** The pair whose step began last on either side; where it is folded away, the one above it that is not. */
function newestPair(replay: Replay, runs: AlignedRuns, lineOf: Int32Array, moment_ns: number): number {
  let newest = -1;
  let newest_ns = -1;
  replay.tallies.forEach((tally, index) => {
    const row = soFar(tally, moment_ns).newest;
    const start_ns = at(replay.steps[index]?.start_ns ?? [], row);
    if (row < 0 || start_ns <= newest_ns) return;
    newest_ns = start_ns;
    newest = (index === 0 ? runs.rowA : runs.rowB).indexOf(row);
  });
  while (newest >= 0 && at(lineOf, newest) < 0) newest = runs.parent[newest] ?? -1;
  return newest;
}

/** A step for which one of the other side is being chosen. */
interface Picking {
  side: Side;
  stepId: string;
  name: string;
}

/** What a person says of pairs; what was said last can be taken back. */
function usePairs(a: number, b: number, runs: AlignedRuns, onPick: (picking: Picking | null) => void) {
  const pairing = usePairing();
  const set = (a_span_id: string, b_span_id: string, said: Pairing, done: string) => {
    pairing.mutate(
      { a, b, a_span_id, b_span_id, pairing: said },
      {
        onSuccess: () => {
          onPick(null);
          // The button that was pressed may be gone.
          wishFocus('steps');
          tell({
            text: done,
            ...(said === 'detected'
              ? {}
              : {
                  action: {
                    label: 'Undo',
                    run: () => {
                      set(a_span_id, b_span_id, 'detected', 'They stand as it is worked out again.');
                    },
                  },
                }),
          });
        },
        onError: (error) => {
          tell({ text: `Not changed: ${backendErrorFrom(error).message}`, tone: 'failed' });
        },
      },
    );
  };
  const both = (pair: number, said: Pairing, done: string) => {
    const [stepA, stepB] = [stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)];
    if (stepA !== null && stepB !== null) set(stepA, stepB, said, done);
  };
  return {
    isPending: pairing.isPending,
    force({ side, stepId }: Picking, pair: number) {
      const other = stepOn(runs, side === 'a' ? 'b' : 'a', pair);
      if (other === null) return;
      const [stepA, stepB] = side === 'a' ? [stepId, other] : [other, stepId];
      set(stepA, stepB, 'forced', 'They are the same step now; the rest is lined up anew.');
    },
    part(pair: number) {
      both(pair, 'broken', 'They are two steps now; the rest is lined up anew.');
    },
    reset({ a_span_id, b_span_id }: ApartSteps) {
      set(a_span_id, b_span_id, 'detected', 'They stand as it is worked out again.');
    },
  };
}

/** What a person has said of a pair, or of a step that stands alone for it. */
function saidOf(runs: AlignedRuns, pair: number): ApartSteps | undefined {
  const [stepA, stepB] = [stepOn(runs, 'a', pair), stepOn(runs, 'b', pair)];
  if (stepA !== null && stepB !== null) {
    return runs.byHand[pair] === 1 ? { a_span_id: stepA, b_span_id: stepB } : undefined;
  }
  return runs.apart.find(({ a_span_id, b_span_id }) =>
    stepA !== null ? a_span_id === stepA : b_span_id === stepB,
  );
}

interface PairButtonsProps {
  runs: AlignedRuns;
  pair: number;
  pairings: ReturnType<typeof usePairs>;
  onPick: (picking: Picking) => void;
}

function PairButtons({ runs, pair, pairings, onPick }: PairButtonsProps) {
  const isPair = rowOn(runs, 'a', pair) >= 0 && rowOn(runs, 'b', pair) >= 0;
  const side: Side = rowOn(runs, 'a', pair) >= 0 ? 'a' : 'b';
  const stepId = stepOn(runs, side, pair);
  const said = saidOf(runs, pair);
  return (
    <>
      {said && (
        <Button
          size="small"
          look="quiet"
          disabled={pairings.isPending}
          title={
            isPair
              ? 'You said that these two are the same step'
              : 'You said that it is not the same step as another'
          }
          onClick={() => {
            pairings.reset(said);
          }}
        >
          As worked out
        </Button>
      )}
      {isPair && (
        <Button
          size="small"
          look="quiet"
          disabled={pairings.isPending}
          onClick={() => {
            pairings.part(pair);
          }}
        >
          Not the same step
        </Button>
      )}
      {stepId !== null && (
        <Button
          size="small"
          look="quiet"
          icon="link"
          disabled={pairings.isPending}
          title={`Choose the step of ${side === 'a' ? 'B' : 'A'} that is the same as this one`}
          onClick={() => {
            onPick({ side, stepId, name: pairName(runs, pair) });
            wishFocus('steps');
          }}
        >
          Pair with…
        </Button>
      )}
    </>
  );
}
