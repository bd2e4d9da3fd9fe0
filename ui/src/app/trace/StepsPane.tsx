// Tree and timeline. As a waterfall, they are one scrolled region: they share rows, height and selection.
//
//   ┌ find, jumps ─────────┬ views, minimap ──────┐
//   │ headings             │ axis                 │  sticks to the top
//   ├──────────────────────┼──────────────────────┤
//   │ rows of the tree     │ bars                 │  scrolls; only rows near the screen exist
//   └──────────────────────┴──────────────────────┘
//
// Flame and lanes have lines of their own, which scroll by themselves over the place of the bars (StackedBars.tsx).
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import { mostRows, useRowWindow } from '../../components/rowWindow';
import type { StepMarkItem } from '../../backend/bindings';
import { at } from '../../domain/columns';
import { idOf, nameOf, STATUS_ERROR, type StepTree } from '../../domain/stepTree';
import {
  ARRANGEMENTS,
  flameLines,
  laneLines,
  waterfallLines,
  type Arrangement,
  type StepLines,
} from '../../domain/stepLines';
import { isOperation, triesOf } from '../../domain/operations';
import { quietFolds } from '../../domain/timeFolds';
import { lineOfRow, type TreeLines } from '../../domain/treeRows';
import { ordinalIn } from '../../domain/treeMoves';
import { formatCount, plural } from '../../domain/format';
import { attemptOutcome, operationName, triesWord } from '../../domain/words';
import { BarTip } from '../../features/timeline/BarTip';
import { TimelineBars, TimelineHead } from '../../features/timeline/Timeline';
import { ARRANGEMENT_WORDS, TimelineControls } from '../../features/timeline/TimelineControls';
import {
  AXIS_PX,
  CONTROLS_PX,
  MINIMAP_PX,
  useTimeline,
  type TimelineHandle,
} from '../../features/timeline/useTimeline';
import type { Replay } from '../../features/replay/useReplay';
import { TreeHead } from '../../features/tree/TreeHead';
import { rowElementId } from '../../features/tree/RowFrame';
import { TreeRows } from '../../features/tree/TreeRows';
import { useLinks } from '../../queries/links';
import { useActions } from '../../state/actions';
import { useFocusWish, wishFocus } from '../../state/focus';
import { arrangeSteps, resizePane, toggleIdleFolds, toggleTimeOfDay, useLayout } from '../../state/layout';
import { tell } from '../../state/toast';
import { isTyping } from '../shortcuts';
import { ColumnHandle } from './ColumnHandle';
import { LINE_PX, StackedBars } from './StackedBars';
import { pressKey } from './stepKeys';
import styles from './StepsPane.module.css';
import { useAnchoredScroll } from './useAnchoredScroll';
import { useFollowedStep } from './useFollowedStep';
import { useStepMoves, type StepMoves } from './useStepMoves';
import { ReplayedTreeRows, usePlayhead } from './useTraceReplay';
import { useTimeMarks } from './useTimeMarks';
import type { TraceFind } from './useTraceFind';

const ROW_PX = 24;
const HEAD_PX = CONTROLS_PX + MINIMAP_PX + AXIS_PX + 1;
const TREE_PX = 420;
const PANE = 'tree';
const MOST_ROWS = mostRows(ROW_PX);

interface StepsPaneProps {
  traceId: number;
  tree: StepTree;
  find: TraceFind;
  onInspect: () => void;
  /** What the person says of steps, by step id … */
  marks: ReadonlyMap<string, StepMarkItem>;
  /** … and the pinned ones by row. */
  pinned: ReadonlySet<number>;
  /** Rows to make out from the others while nothing is searched for, ascending. */
  walked: Uint32Array | null;
  /** The replay that the steps are shown at; `null` while nothing is replayed. */
  replay: Replay | null;
}

export function StepsPane(props: StepsPaneProps) {
  const { traceId, tree, find, onInspect, marks, pinned, walked, replay } = props;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  const moves = useStepMoves(traceId, tree);
  // Nothing is set back where nothing stands out from it.
  const foundRows = useMemo(() => {
    const rows = find.stops?.filter((row) => row >= 0);
    return rows && rows.length > 0 ? new Uint32Array(rows) : null;
  }, [find.stops]);
  const { lines: treeLines, selected, cursor } = moves;
  const tree_px = useLayout((layout) => layout.panes_px[PANE]) ?? TREE_PX;
  const links = useLinks();
  const focusTree = () => scroller?.focus({ preventScroll: true });
  const arrangement = useLayout((layout) => layout.arrangement);
  const lines = useStepLines(tree, treeLines, arrangement);
  const quiet = useMemo(() => quietFolds(tree), [tree]);
  const timeMarks = useTimeMarks(traceId, tree);
  const isStacked = arrangement !== 'waterfall';
  const hasTimes = tree.clock !== 'order_only';
  const hasStart = tree.clock === 'measured' && tree.start_unix_ms !== null;
  const timeline = useTimeline({
    traceId,
    tree,
    lines,
    selected,
    found: foundRows ?? walked ?? timeMarks.partRows,
    path: timeMarks.path,
    pinned,
    quiet,
    line_px: isStacked ? LINE_PX : ROW_PX,
    onSelect: (row) => {
      // What is drawn on the line of an operation is selected there.
      if (isStacked || isOperation(tree, row)) moves.jump(row);
      else moves.jumpOnLine(row);
      focusTree();
    },
  });
  const { drawing } = timeline;
  usePlayhead(drawing, replay);
  const focusFind = () => {
    input.current?.focus();
    input.current?.select();
  };

  const isWished = useFocusWish(({ wish }) => wish === 'steps');
  useEffect(() => {
    if (!isWished || !scroller) return;
    wishFocus(null);
    scroller.focus({ preventScroll: true });
  }, [isWished, scroller]);
  useAnchoredScroll(scroller, {
    traceId,
    tree,
    lines: treeLines,
    cursor,
    row_px: ROW_PX,
    head_px: HEAD_PX,
  });
  useFollowedStep(scroller, {
    tree,
    lines: treeLines,
    selected,
    row_px: ROW_PX,
    head_px: HEAD_PX,
    timeline: drawing,
  });
  useActions([
    { id: 'steps.focus', label: 'Go to the steps', group: 'Trace', keys: ['Mod+2'], run: focusTree },
    { id: 'steps.inspect', label: 'Go to the inspector', group: 'Trace', keys: ['Mod+3'], run: onInspect },
    { id: 'steps.find', label: 'Find in this trace', group: 'Trace', keys: ['Mod+F'], run: focusFind },
    {
      id: 'steps.found',
      label: 'Next step that has what is looked for',
      group: 'Trace',
      // A replay has the other key for itself while it is shown, as it has further ones below.
      keys: replay ? ['F3'] : ['F3', '.'],
      run: () => {
        if (!find.go(1)) focusFind();
      },
    },
    {
      id: 'steps.foundBefore',
      label: 'Previous step that has what is looked for',
      group: 'Trace',
      keys: replay ? ['Shift+F3'] : ['Shift+F3', ','],
      run: () => {
        if (!find.go(-1)) focusFind();
      },
    },
    { id: 'steps.parent', label: 'Go to the parent', group: 'Trace', keys: ['u'], run: moves.toParent },
    {
      id: 'steps.cause',
      label: 'Go to the cause of a failure',
      group: 'Trace',
      keys: ['Shift+U'],
      run: () => {
        if (!moves.toCause()) tell({ text: noCauseWords(tree, selected) });
      },
    },
    {
      id: 'steps.link',
      label: 'Copy a link to this step, or to the trace',
      group: 'Trace',
      keys: ['y'],
      run: () => {
        links.copy(traceId, selected < 0 || selected === tree.orphanRow ? null : idOf(tree, selected));
      },
    },
    {
      id: 'steps.error',
      label: 'Next failed step',
      group: 'Trace',
      keys: ['e'],
      run: () => {
        moves.toNext(tree.errorRows, 1);
      },
    },
    {
      id: 'steps.errorBefore',
      label: 'Previous failed step',
      group: 'Trace',
      keys: ['Shift+E'],
      run: () => {
        moves.toNext(tree.errorRows, -1);
      },
    },
    {
      id: 'steps.retry',
      label: 'Next retry',
      group: 'Trace',
      keys: ['r'],
      run: () => {
        moves.toNext(tree.retryRows, 1);
      },
    },
    {
      id: 'steps.retryBefore',
      label: 'Previous retry',
      group: 'Trace',
      keys: ['Shift+R'],
      run: () => {
        moves.toNext(tree.retryRows, -1);
      },
    },
    {
      id: 'timeline.fit',
      label: 'Show the whole trace in the timeline',
      group: 'Trace',
      keys: replay ? [] : ['0'],
      run: () => drawing.current?.fit(),
    },
    {
      id: 'timeline.zoomTo',
      label: 'Zoom the timeline to the selected step',
      group: 'Trace',
      keys: ['f', 'z'],
      run: () => drawing.current?.zoomTo(cursor),
    },
    ...ARRANGEMENTS.map((each) => ({
      id: `timeline.${each}`,
      label: `Timeline: ${ARRANGEMENT_WORDS[each].label.toLowerCase()}`,
      group: 'Trace',
      keys: [ARRANGEMENT_WORDS[each].key],
      run: () => {
        arrangeSteps(each);
      },
    })),
    {
      id: 'timeline.next',
      label: 'Next view of the timeline',
      group: 'Trace',
      keys: ['v'],
      run: () => {
        const next = (ARRANGEMENTS.indexOf(arrangement) + 1) % ARRANGEMENTS.length;
        arrangeSteps(ARRANGEMENTS[next] ?? 'waterfall');
      },
    },
    // What the trace has nothing for is not turned on behind the person's back.
    ...(hasStart
      ? [
          {
            id: 'timeline.timeOfDay',
            label: 'Time of day on the axis, or time from the start',
            group: 'Trace',
            keys: ['t'],
            run: toggleTimeOfDay,
          },
        ]
      : []),
    ...(quiet.start_ns.length > 0
      ? [
          {
            id: 'timeline.foldIdle',
            label: 'Fold quiet time, or unfold it',
            group: 'Trace',
            keys: ['i'],
            run: toggleIdleFolds,
          },
        ]
      : []),
    { id: 'steps.expandAll', label: 'Expand all steps', group: 'Trace', run: moves.expandAll },
    { id: 'steps.collapseAll', label: 'Collapse all steps', group: 'Trace', run: moves.collapseAll },
    // Where the tree has the keyboard it takes these itself; on the playhead they walk its steps, too.
    ...(replay
      ? [
          { id: 'steps.next', label: 'Next step', group: 'Replay', keys: ['j'], run: moves.toNextLine },
          {
            id: 'steps.previous',
            label: 'Previous step',
            group: 'Replay',
            keys: ['k'],
            run: moves.toPreviousLine,
          },
          {
            id: 'steps.enter',
            label: 'Go to the inspector',
            group: 'Replay',
            keys: ['Enter'],
            run: onInspect,
          },
        ]
      : []),
    // In the tree itself:
    {
      id: 'steps.move',
      label: 'Next and previous step',
      group: 'Trace',
      keys: ['j', 'k', 'ArrowDown', 'ArrowUp'],
    },
    {
      id: 'steps.fold',
      label: 'Expand or go in, collapse or go out',
      group: 'Trace',
      keys: ['ArrowRight', 'ArrowLeft'],
    },
    {
      id: 'steps.foldBelow',
      label: 'Collapse all below; expand all',
      group: 'Trace',
      keys: ['Shift+ArrowLeft', '*'],
    },
    { id: 'timeline.zoom', label: 'Zoom in and out', group: 'Trace', keys: ['w', 's', '+', '-'] },
    { id: 'timeline.pan', label: 'Move the timeline', group: 'Trace', keys: ['a', 'd'] },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isTyping(event.target) || event.nativeEvent.isComposing) return;
    // Buttons, the divider and the lines of flame and lanes keep their own keys.
    const own = event.target !== scroller;
    // Of a replay that is shown, this plays and pauses.
    if (replay && event.key === ' ') return;
    if (own && [' ', 'Enter', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(event.key)) return;
    const done = pressKey(event, {
      tree,
      moves,
      pageRows: Math.max(1, Math.floor(((scroller?.clientHeight ?? 0) - HEAD_PX) / ROW_PX) - 1),
      zoom: (direction) => drawing.current?.zoomStep(direction),
      pan: (direction) => drawing.current?.panStep(direction),
      inspect: onInspect,
      find: focusFind,
    });
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!scroller || !hover.current) return;
    const y_px = event.clientY - scroller.getBoundingClientRect().top - HEAD_PX;
    const index = Math.floor((y_px + scroller.scrollTop) / ROW_PX);
    const isRow = y_px >= 0 && index < treeLines.count;
    hover.current.style.opacity = isRow ? '1' : '0';
    hover.current.style.transform = `translateY(${index * ROW_PX}px)`;
  };
  const hideHover = () => {
    if (hover.current) hover.current.style.opacity = '0';
  };
  const selectedIndex = lineOfRow(tree, treeLines, cursor);

  return (
    <div
      className={styles.pane}
      style={{ '--tree-px': `${tree_px}px` } as CSSProperties}
      data-no-tokens={tree.hasTokens ? undefined : ''}
      data-no-cost={tree.hasCost ? undefined : ''}
    >
      <div
        ref={setScroller}
        className={styles.scroller}
        data-scrolls
        role="treegrid"
        tabIndex={0}
        aria-label="Steps"
        aria-rowcount={treeLines.count + 1}
        {...(selectedIndex >= 0 ? { 'aria-activedescendant': rowElementId(cursor) } : {})}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={hideHover}
        onScroll={() => {
          hideHover();
          drawing.current?.leave();
        }}
      >
        <div className={styles.head} style={{ height: HEAD_PX }} role="presentation">
          <TreeHead
            find={{
              input,
              text: find.text,
              isOfFilter: find.isOfFilter,
              scope: find.scope,
              words: find.words,
              problem: find.problem,
              hasFinds: (find.stops?.length ?? 0) > 0,
              onSearch: find.search,
              onFind: find.go,
              onClear: find.clear,
              onLeave: focusTree,
            }}
            onScope={find.setScope}
            errors={tree.errorRows.length}
            retries={tree.retryRows.length}
            onError={() => {
              moves.toNext(tree.errorRows, 1);
            }}
            onRetry={() => {
              moves.toNext(tree.retryRows, 1);
            }}
            onExpandAll={moves.expandAll}
            onCollapseAll={moves.collapseAll}
          />
          <TimelineHead
            timeline={timeline}
            tree={tree}
            controls={
              <TimelineControls
                timeline={timeline}
                hasTimes={hasTimes}
                hasStart={hasStart}
                quiet={quiet.start_ns.length}
              />
            }
          />
        </div>
        <div
          className={styles.body}
          style={{ height: Math.min(treeLines.count, MOST_ROWS) * ROW_PX }}
          role="presentation"
        >
          <div ref={hover} className={styles.hovered} style={{ height: ROW_PX }} aria-hidden="true" />
          {selectedIndex >= 0 && (
            <div
              className={styles.selected}
              style={{ height: ROW_PX, transform: `translateY(${selectedIndex * ROW_PX}px)` }}
              aria-hidden="true"
            />
          )}
          <Rows
            scroller={scroller}
            tree={tree}
            moves={moves}
            marks={marks}
            found={foundRows ?? walked}
            replay={replay}
            timeline={isStacked ? null : timeline}
          />
        </div>
        {treeLines.count > MOST_ROWS && (
          <p className={styles.cut}>
            {formatCount(treeLines.count - MOST_ROWS)} more steps; collapse some above to come to them.
          </p>
        )}
      </div>
      {isStacked && (
        <StackedBars
          timeline={timeline}
          tree={tree}
          lines={lines}
          selected={selected}
          top_px={HEAD_PX}
          onKeyDown={onKeyDown}
        />
      )}
      <ColumnHandle
        label="tree"
        size_px={tree_px}
        min_px={240}
        rest_min_px={160}
        onResize={(next_px) => {
          resizePane(PANE, next_px);
        }}
      />
      <BarTip tree={tree} timeline={timeline} />
      <span className="visually-hidden" role="status">
        {announcement(tree, selected, cursor)}
      </span>
    </div>
  );
}

interface RowsProps {
  scroller: HTMLElement | null;
  tree: StepTree;
  moves: StepMoves;
  marks: StepsPaneProps['marks'];
  /** Rows to make out from the others, ascending; `null` for none. */
  found: Uint32Array | null;
  replay: Replay | null;
  /** `null` where the bars stand elsewhere. */
  timeline: TimelineHandle | null;
}

/** What scrolls. On its own, so that scrolling draws nothing else anew. */
function Rows({ scroller, tree, moves, marks, found, replay, timeline }: RowsProps) {
  const { lines, cursor } = moves;
  const window = useRowWindow(scroller, Math.min(lines.count, MOST_ROWS), ROW_PX, HEAD_PX);
  // Rows keep the functions they were given; what these do is always up to date.
  const latest = useRef(moves);
  useLayoutEffect(() => {
    latest.current = moves;
  });
  const onSelect = useCallback((row: number) => {
    latest.current.jump(row);
  }, []);
  const onToggle = useCallback((row: number, all: boolean) => {
    if (all) latest.current.collapseBelow(row);
    else latest.current.toggle(row);
  }, []);
  const rows = { tree, lines, window, selected: cursor, row_px: ROW_PX, found, marks, onSelect, onToggle };
  return (
    <>
      <div className={styles.tree} role="rowgroup">
        {replay ? <ReplayedTreeRows {...rows} replay={replay} /> : <TreeRows {...rows} />}
      </div>
      {timeline && (
        <div className={styles.bars}>
          <TimelineBars timeline={timeline} window={window} />
        </div>
      )}
    </>
  );
}

/** The lines that steps stand on. Only those in use are worked out. */
function useStepLines(tree: StepTree, ofTree: TreeLines, arrangement: Arrangement): StepLines {
  // Folding the tree leaves flame and lanes as they are.
  const shown = arrangement === 'waterfall' ? ofTree : null;
  return useMemo(() => {
    if (shown) return waterfallLines(tree, shown);
    return arrangement === 'flame' ? flameLines(tree) : laneLines(tree);
  }, [tree, shown, arrangement]);
}

function noCauseWords(tree: StepTree, row: number): string {
  if (row < 0) return 'No step is selected.';
  if (tree.status[row] !== STATUS_ERROR) return 'This step has not failed.';
  return 'No step below explains the failure: it began here.';
}

/** Where a jump has led, for the screen reader: a step, or the operation that it is a try of. */
function announcement(tree: StepTree, row: number, cursor: number): string {
  if (row < 0) return '';
  const attempts = triesOf(tree, cursor);
  if (attempts) {
    const shown = `attempt ${at(tree.attempt, row)} is shown`;
    return [operationName(tree, cursor), triesWord(attempts), attemptOutcome(attempts), shown].join(', ');
  }
  const error = ordinalIn(tree.errorRows, row);
  const retry = ordinalIn(tree.retryRows, row);
  const parts = [nameOf(tree, row)];
  if (error > 0) parts.push(`failed step ${error} of ${tree.errorRows.length}`);
  if (retry > 0) parts.push(`retry, attempt ${at(tree.attempt, row)}`);
  const below = at(tree.errorsBelow, row);
  if (below > 0) parts.push(`${plural(below, 'failed step')} below`);
  return parts.join(', ');
}
