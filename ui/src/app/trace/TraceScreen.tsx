// One trace: its card, the tree beside the timeline, and the inspector at the side or below.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useBackend } from '../../backend';
import type { StepDetail, TraceDetail } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import type { IconName } from '../../components/icons';
import { SegmentedControl } from '../../components/SegmentedControl';
import { SplitPane } from '../../components/SplitPane';
import { EmptyState, ErrorState } from '../../components/States';
import { useIsWide } from '../../components/useIsWide';
import { isOrphanRow } from '../../domain/remarks';
import { rowOf, stepTreeFrom, type StepTree } from '../../domain/stepTree';
import { MarkedSteps } from '../../features/curate/MarkedSteps';
import { StepMarkButtons, StepNote } from '../../features/curate/StepMarks';
import { TraceMarks } from '../../features/curate/TraceMarks';
import { ConversationView } from '../../features/conversation/ConversationView';
import { StepMatches } from '../../features/hits/StepMatches';
import { Inspector } from '../../features/inspector/Inspector';
import { InspectorFrame } from '../../features/inspector/InspectorFrame';
import { RunInspector } from '../../features/inspector/RunInspector';
import { PathList } from '../../features/runtime/PathList';
import { TimeBudget } from '../../features/runtime/TimeBudget';
import { MissingParents } from '../../features/shape/MissingParents';
import { RemarkLine } from '../../features/shape/RemarkLine';
import { ShapeNotes } from '../../features/shape/ShapeNotes';
import { TraceHeader } from '../../features/trace/TraceHeader';
import { spanTreeQuery, traceQuery } from '../../queries/traces';
import { runAction, useActions } from '../../state/actions';
import { wishFocus } from '../../state/focus';
import { keepPart, resizePane, useLayout } from '../../state/layout';
import { goTo, usePlace, type Part } from '../../state/place';
import { StepsPane } from './StepsPane';
import styles from './TraceScreen.module.css';
import { useRemarkWalk } from './useRemarkWalk';
import { useStepMarks, type StepMarksHandle } from './useStepMarks';
import { useTraceFind } from './useTraceFind';
import { useTraceReplay } from './useTraceReplay';

export function TraceScreen({ traceId }: { traceId: number }) {
  const backend = useBackend();
  const detail = useQuery(traceQuery(backend, traceId));
  const read = useQuery(spanTreeQuery(backend, traceId));
  const isLive = useLiveUntilRead(detail.data?.summary.status === 'running', read.isStale);
  const tree = useMemo(() => (read.data ? stepTreeFrom(read.data, isLive) : null), [read.data, isLive]);
  const failed = detail.error ?? read.error;

  if (detail.data && tree) {
    return <Trace traceId={traceId} detail={detail.data} tree={tree} />;
  }
  if (failed) {
    return (
      <ErrorState title="This trace cannot be shown" error={failed}>
        <Button
          onClick={() => {
            void detail.refetch();
            void read.refetch();
          }}
        >
          Try again
        </Button>
        <Button
          onClick={() => {
            goTo({ traceId: null }, 'push');
          }}
        >
          Back to the list
        </Button>
      </ErrorState>
    );
  }
  return <Skeleton />;
}

/**
 * Whether steps without an end go on. A run that has ended is told of before its steps are read again; until then they are
 * not lost, only not known to have ended.
 */
function useLiveUntilRead(isRunning: boolean, isStale: boolean): boolean {
  const [isLive, setLive] = useState(isRunning);
  if (isRunning !== isLive && (isRunning || !isStale)) setLive(isRunning);
  return isLive;
}

/** Narrower than this, the inspector goes below. */
const SIDE_FROM_PX = 1140;

function Trace({ traceId, detail, tree }: { traceId: number; detail: TraceDetail; tree: StepTree }) {
  const stepId = usePlace((place) => place.stepId);
  const part = usePlace((place) => place.part);
  const frame = useRef<HTMLDivElement>(null);
  const inspector = useRef<HTMLElement>(null);
  const isWide = useIsWide(frame, SIDE_FROM_PX, true);
  const pane = isWide ? 'inspector side' : 'inspector below';
  const size_px = useLayout((layout) => layout.panes_px[pane]) ?? (isWide ? 440 : 260);
  const focusInspector = useCallback(() => inspector.current?.focus(), []);
  const focusSteps = () =>
    frame.current?.querySelector<HTMLElement>('[role="treegrid"],[role="feed"]')?.focus();
  const hasTimes = tree.count > 0 && tree.clock !== 'order_only';
  const isStep = stepId !== null && stepId !== '' && tree.rowById.has(stepId);
  // What hides the step is unfolded where it is shown.
  const showHit = (spanId: string) => {
    goTo({ stepId: tree.rowById.has(spanId) ? spanId : null }, 'push');
  };
  const marks = useStepMarks(traceId, tree, showHit);
  const walk = useRemarkWalk(tree, rowOf(tree, stepId), showHit);
  const replayed = useTraceReplay(traceId, tree);
  usePartActions(part);
  const find = useTraceFind(traceId, tree);
  const shownId = isStep ? stepId : '';
  const matches = find.filter !== null && (
    <StepMatches key={shownId} traceId={traceId} stepId={shownId} filter={find.filter} />
  );
  return (
    <div className={styles.screen}>
      <TraceHeader
        detail={detail}
        remarks={
          <RemarkLine
            traceId={traceId}
            tree={tree}
            selected={rowOf(tree, stepId)}
            walked={walk.about}
            onWalk={walk.go}
            onStop={walk.stop}
          />
        }
        parts={
          <>
            <PartSwitch part={part} />
            <RunButton icon="play" label="Replay this run" shortcut="Shift+L" action="trace.replay" />
            <RunButton icon="compare" label="Compare with…" shortcut="Shift+C" action="trace.compare" />
          </>
        }
        marks={<TraceMarks key={traceId} trace={detail.summary} />}
      />
      <TimeBudget traceId={traceId} tree={tree} onShow={showHit} />
      {replayed.strip}
      <div ref={frame} className={styles.main}>
        {tree.count === 0 ? (
          <EmptyState title="No steps" text="The source describes this run, but no steps of it." />
        ) : (
          <SplitPane
            label="inspector"
            direction={isWide ? 'row' : 'column'}
            sized="second"
            size_px={size_px}
            min_px={isWide ? 300 : 140}
            rest_min_px={isWide ? 480 : 200}
            onResize={(next_px) => {
              resizePane(pane, next_px);
            }}
            first={
              part === 'conversation' ? (
                <ConversationView
                  traceId={traceId}
                  tree={tree}
                  onInspect={focusInspector}
                  onShowSteps={() => {
                    showPart('steps');
                  }}
                />
              ) : (
                <StepsPane
                  traceId={traceId}
                  tree={tree}
                  find={find}
                  onInspect={focusInspector}
                  marks={marks.byId}
                  pinned={marks.pinnedRows}
                  walked={walk.rows}
                  replay={replayed.replay}
                />
              )
            }
            second={
              <InspectorFrame frame={inspector} onLeave={focusSteps}>
                {isOrphanRow(tree, stepId) ? (
                  <MissingParents traceId={traceId} tree={tree} onGo={showHit} />
                ) : isStep ? (
                  <Inspector
                    traceId={traceId}
                    stepId={stepId}
                    tree={tree}
                    matches={matches}
                    actions={({ span_id }) => (
                      <StepMarkButtons
                        mark={marks.byId.get(span_id) ?? null}
                        isKnown={marks.isKnown}
                        onPin={(pinned) => {
                          marks.pin(span_id, pinned);
                        }}
                        onWrite={() => {
                          marks.write(span_id);
                        }}
                      />
                    )}
                    beside={(step) => (
                      <StepNotes traceId={traceId} tree={tree} step={step} marks={marks} onGo={showHit} />
                    )}
                  />
                ) : (
                  <>
                    {matches}
                    <MarkedSteps marks={marks.marks} onGo={showHit} onForget={marks.forget} />
                    <RunInspector
                      detail={detail}
                      path={hasTimes && <PathList traceId={traceId} tree={tree} onShow={showHit} />}
                    />
                  </>
                )}
              </InspectorFrame>
            }
          />
        )}
      </div>
    </div>
  );
}

interface StepNotesProps {
  traceId: number;
  tree: StepTree;
  step: StepDetail;
  marks: StepMarksHandle;
  onGo: (spanId: string) => void;
}

/** What is odd about a step, and what the person says of it. */
function StepNotes({ traceId, tree, step, marks, onGo }: StepNotesProps) {
  const { span_id } = step;
  return (
    <>
      <ShapeNotes
        traceId={traceId}
        tree={tree}
        row={rowOf(tree, span_id)}
        parentId={step.parent_id}
        recorded_unix_ms={step.start_unix_ms}
        onGo={onGo}
      />
      <StepNote
        key={span_id}
        mark={marks.byId.get(span_id) ?? null}
        isKnown={marks.isKnown}
        isWriting={marks.writing === span_id}
        isSaving={marks.isSaving}
        error={marks.error}
        onSave={(note) => {
          marks.save(span_id, note);
        }}
        onCancel={() => {
          marks.write(null);
        }}
      />
    </>
  );
}

/** Shows the trace so, and traces that are opened after it; the keyboard goes there too. */
function showPart(part: Part): void {
  keepPart(part);
  wishFocus('steps');
  goTo({ part }, 'replace');
}

function usePartActions(part: Part): void {
  const other = part === 'steps' ? 'conversation' : 'steps';
  useActions([
    {
      id: 'trace.part',
      label: part === 'steps' ? 'Show the run as a conversation' : 'Show the run as steps',
      group: 'Trace',
      keys: ['m'],
      run: () => {
        showPart(other);
      },
    },
  ]);
}

/** Does what an action does, which the palette offers too. */
function RunButton({
  action,
  ...button
}: {
  icon: IconName;
  label: string;
  shortcut: string;
  action: string;
}) {
  return (
    <IconButton
      {...button}
      size="small"
      onClick={() => {
        runAction(action);
      }}
    />
  );
}

function PartSwitch({ part }: { part: Part }) {
  return (
    <SegmentedControl
      label="Show the run as"
      value={part}
      onChange={showPart}
      segments={[
        {
          value: 'steps',
          icon: 'traces',
          label: 'Steps',
          hint: 'All steps, as a tree in time',
          shortcut: 'm',
        },
        {
          value: 'conversation',
          icon: 'conversation',
          label: 'Conversation',
          hint: 'What was said to models and what they answered',
          shortcut: 'm',
        },
      ]}
    />
  );
}

function Skeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Reading the trace…">
      <i style={{ width: '30%', height: 20 }} />
      <i style={{ width: '70%' }} />
      {[62, 48, 55, 40, 66, 52].map((width, index) => (
        <i key={index} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
