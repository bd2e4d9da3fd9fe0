// One trace: its card, the tree beside the timeline, and the inspector at the side or below.
import { useQuery } from '@tanstack/react-query';
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { useBackend } from '../../backend';
import type { TraceDetail } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { SplitPane } from '../../components/SplitPane';
import { EmptyState, ErrorState } from '../../components/States';
import { stepTreeFrom, type StepTree } from '../../domain/stepTree';
import { TraceMarks } from '../../features/curate/TraceMarks';
import { StepMatches } from '../../features/hits/StepMatches';
import { Inspector } from '../../features/inspector/Inspector';
import { InspectorFrame } from '../../features/inspector/InspectorFrame';
import { RunInspector } from '../../features/inspector/RunInspector';
import { TraceHeader } from '../../features/trace/TraceHeader';
import { spanTreeQuery, traceQuery } from '../../queries/traces';
import { resizePane, useLayout } from '../../state/layout';
import { goTo, usePlace } from '../../state/place';
import { StepsPane } from './StepsPane';
import styles from './TraceScreen.module.css';
import { useTraceFind } from './useTraceFind';

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
      <ErrorState title="This trace cannot be shown" text={failed.message}>
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
  const frame = useRef<HTMLDivElement>(null);
  const inspector = useRef<HTMLElement>(null);
  const isWide = useIsWide(frame);
  const pane = isWide ? 'inspector side' : 'inspector below';
  const size_px = useLayout((layout) => layout.panes_px[pane]) ?? (isWide ? 440 : 224);
  const focusInspector = useCallback(() => inspector.current?.focus(), []);
  const focusSteps = () => frame.current?.querySelector<HTMLElement>('[role="treegrid"]')?.focus();
  const isStep = stepId !== null && stepId !== '' && tree.rowById.has(stepId);
  const find = useTraceFind(traceId, tree);
  const shownId = isStep ? stepId : '';
  const matches = find.filter !== null && (
    <StepMatches key={shownId} traceId={traceId} stepId={shownId} filter={find.filter} />
  );
  return (
    <div className={styles.screen}>
      <TraceHeader
        detail={detail}
        remarks={tree.remarks}
        marks={<TraceMarks key={traceId} trace={detail.summary} />}
      />
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
            first={<StepsPane traceId={traceId} tree={tree} find={find} onInspect={focusInspector} />}
            second={
              <InspectorFrame frame={inspector} onLeave={focusSteps}>
                {isStep ? (
                  <Inspector traceId={traceId} stepId={stepId} tree={tree} matches={matches} />
                ) : (
                  <>
                    {matches}
                    <RunInspector detail={detail} />
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

function useIsWide(frame: RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(true);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    setWide(element.clientWidth >= SIDE_FROM_PX);
    // Before the browser draws: else the new width would be seen for a moment in the old arrangement.
    const resized = new ResizeObserver(() => {
      flushSync(() => {
        setWide(element.clientWidth >= SIDE_FROM_PX);
      });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [frame]);
  return isWide;
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
