// Two runs side by side: what differs in words and numbers, the replay, the aligned steps, and the pair that is looked at.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useBackend } from '../../backend';
import type { Comparison } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { SplitPane } from '../../components/SplitPane';
import { EmptyState, ErrorState } from '../../components/States';
import { useIsWide } from '../../components/useIsWide';
import { alignedFrom, nextDifference, pairOf, stepOn, type AlignedRuns } from '../../domain/alignedRuns';
import { at } from '../../domain/columns';
import {
  isFolded,
  pairLines,
  pairMovedBy,
  unfoldedFor,
  withTurned,
  type TurnedPairs,
} from '../../domain/pairLines';
import { CompareTools } from '../../features/compare/CompareTools';
import { PairList } from '../../features/compare/PairList';
import { RunHeads } from '../../features/compare/RunHeads';
import { StepDifference } from '../../features/compare/StepDifference';
import { useShowsNumbers } from '../../features/compare/useShowsNumbers';
import { replayActions } from '../../features/replay/replayActions';
import { ReplayStrip } from '../../features/replay/ReplayStrip';
import { candidatesQuery, comparisonQuery, useBaseline } from '../../queries/comparing';
import { useLinks } from '../../queries/links';
import { useActions } from '../../state/actions';
import { leaveComparison, wordsOfLeaving } from '../../state/comparing';
import { wishFocus } from '../../state/focus';
import { useHeldKeys } from '../../state/heldKeys';
import { resizePane, showNumbers, toggleOnlyDifferences, toggleReplay, useLayout } from '../../state/layout';
import { goTo, usePlace, type ComparePlace } from '../../state/place';
import { tell } from '../../state/toast';
import { ReplayedList, useCompareReplay } from './comparedReplay';
import styles from './CompareScreen.module.css';
import { PairButtons, usePairs, type Picking } from './pairings';

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
  const isThere = data !== undefined && runs !== undefined;
  useHeldKeys(!isThere && !error, isThere);
  if (isThere) return <Compared place={place} comparison={data} runs={runs} />;
  if (error) {
    return (
      <ErrorState title="These runs cannot be compared" error={error}>
        <Button onClick={() => void refetch()}>Try again</Button>
        <BackToList />
        <Leaving />
      </ErrorState>
    );
  }
  return (
    <p className={styles.reading} role="status">
      Lining both runs up…
      <Leaving />
    </p>
  );
}

/** Esc, for as long as there is nothing else to do. */
function Leaving() {
  const words = usePlace(wordsOfLeaving);
  useActions([action('leave', words, ['Escape'], leaveComparison)]);
  return null;
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
  const size_px = useLayout((layout) => layout.panes_px[pane]) ?? (isWide ? 720 : 230);
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
  const links = useLinks();
  const leaving = usePlace(wordsOfLeaving);
  const numbers = useShowsNumbers();
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
    links.copyComparison(place);
  };
  // At opening one is where the runs part, else at the first that differs, else at the runs themselves.
  useEffect(() => {
    wishFocus('steps');
    if (selected < 0) goToPair(runs.first >= 0 ? runs.first : (runs.different[0] ?? 0), 'replace');
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
    const other = picking && stepOn(runs, picking.side === 'a' ? 'b' : 'a', pair);
    if (!picking || other === null) {
      select(pair);
      return;
    }
    pairings.force(picking, pair);
    setPicking(null);
    // The pair that these two will be, however the rest is lined up then.
    const [stepA, stepB] = picking.side === 'a' ? [picking.stepId, other] : [other, picking.stepId];
    goTo({ view: 'compare', compare: { a, b, stepA, stepB } }, 'replace');
  };
  const enter = () => {
    if (picking) choose(selected);
    else inspector.current?.focus();
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
    action('numbers', 'Show or hide the numbers of both runs', [], () => {
      showNumbers(!numbers);
    }),
    action('leave', picking ? 'Choose no step after all' : leaving, ['Escape'], () => {
      if (picking) setPicking(null);
      else leaveComparison();
    }),
    ...(showsReplay
      ? [
          ...replayActions(replay),
          // Where the steps have the keyboard they take these themselves; on the playhead they walk them, too.
          action('walkOn', 'Next line', ['j'], () => {
            select(pairMovedBy(lines, selected, 1));
          }),
          action('walkBack', 'Previous line', ['k'], () => {
            select(pairMovedBy(lines, selected, -1));
          }),
          action('enter', 'Go to the differences of the line', ['Enter'], enter),
        ]
      : []),
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
    onInspect: enter,
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
        showsNumbers={numbers}
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
        showsNumbers={numbers}
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
            <div className={styles.list}>
              {showsReplay ? (
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
              )}
            </div>
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
