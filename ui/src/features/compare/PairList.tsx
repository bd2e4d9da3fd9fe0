// Two aligned runs as one list. Only the lines near the screen exist; keys move about in it.
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { mostRows, scrollRowsTo, useRowWindow } from '../../components/rowWindow';
import type { AlignedRuns } from '../../domain/alignedRuns';
import { pairSentence } from '../../domain/alignedRuns';
import { at } from '../../domain/columns';
import { formatCount, plural } from '../../domain/format';
import type { Phase } from '../../domain/replayState';
import { pairMovedBy, type PairLines } from '../../domain/pairLines';
import { useFocusWish, wishFocus } from '../../state/focus';
import { delta_ns, pairElementId, PairRow } from './PairRow';
import styles from './Pairs.module.css';

const ROW_PX = 24;
const HEAD_PX = 24;
const MOST_LINES = mostRows(ROW_PX);

interface PairListProps {
  runs: AlignedRuns;
  lines: PairLines;
  selected: number;
  /** How far a pair has come on each side; `null` while nothing is replayed. */
  phases: ((pair: number) => readonly [Phase | null, Phase | null]) | null;
  /** The pair to keep in view while the list follows the playhead; -1 for none. */
  followed: number;
  /** The person walks to a pair … */
  onSelect: (pair: number) => void;
  /** … or clicks it. */
  onChoose: (pair: number) => void;
  onToggle: (pair: number) => void;
  isFolded: (pair: number) => boolean;
  /** The person scrolls by themselves. */
  onScrolled: () => void;
  onInspect: () => void;
}

export function PairList(props: PairListProps) {
  const { runs, lines, selected, phases, followed, onSelect, onToggle, isFolded } = props;
  const { onChoose, onScrolled, onInspect } = props;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const shown = Math.min(lines.count, MOST_LINES);
  const window = useRowWindow(scroller, shown, ROW_PX, HEAD_PX);
  const most_ns = useMemo(() => largestDelta_ns(runs), [runs]);
  const latest = useRef({ onChoose, onToggle });
  useLayoutEffect(() => {
    latest.current = { onChoose, onToggle };
  });
  const [stable] = useState(() => ({
    select: (pair: number) => {
      latest.current.onChoose(pair);
    },
    toggle: (pair: number) => {
      latest.current.onToggle(pair);
    },
  }));
  const isWished = useFocusWish(({ wish }) => wish === 'steps');
  useEffect(() => {
    if (!isWished || !scroller) return;
    wishFocus(null);
    scroller.focus({ preventScroll: true });
  }, [isWished, scroller]);
  const line = lines.lineOf[selected] ?? -1;
  useBroughtIntoView(scroller, line, selected);
  useBroughtIntoView(scroller, lines.lineOf[followed] ?? -1, followed);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(((scroller?.clientHeight ?? 0) - HEAD_PX) / ROW_PX) - 1);
    const by: Record<string, number> = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: page,
      PageUp: -page,
      Home: -lines.count,
      End: lines.count,
    };
    const step = by[event.key];
    if (step !== undefined) onSelect(pairMovedBy(lines, selected, step));
    else if (event.key === 'ArrowRight' && selected >= 0) {
      if (isFolded(selected)) onToggle(selected);
      else if (at(runs.descendants, selected) > 0) onSelect(pairMovedBy(lines, selected, 1));
    } else if (event.key === 'ArrowLeft' && selected >= 0) {
      if (at(runs.descendants, selected) > 0 && !isFolded(selected)) onToggle(selected);
      else if ((runs.parent[selected] ?? -1) >= 0) onSelect(at(runs.parent, selected));
    } else if (event.key === 'Enter') onInspect();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const rows = [];
  for (let index = window.first; index < window.end; index++) {
    const pair = at(lines.pairs, index);
    if (pair < 0) {
      rows.push(
        <div
          key={`gap ${index}`}
          role="row"
          className={styles.leftOut}
          style={{ transform: `translateY(${index * ROW_PX}px)`, height: ROW_PX }}
          aria-rowindex={index + 2}
        >
          <span role="gridcell">
            ⋯ {at(lines.leftOut, index) === 0 ? 'the run' : plural(at(lines.leftOut, index), 'step')} the same
          </span>
        </div>,
      );
      continue;
    }
    const [phaseA, phaseB] = phases?.(pair) ?? [null, null];
    rows.push(
      <PairRow
        key={pair}
        runs={runs}
        pair={pair}
        line={index}
        row_px={ROW_PX}
        isOpen={at(runs.descendants, pair) > 0 && !isFolded(pair)}
        isSelected={pair === selected}
        phaseA={phaseA}
        phaseB={phaseB}
        most_ns={most_ns}
        onSelect={stable.select}
        onToggle={stable.toggle}
      />,
    );
  }
  return (
    <div
      ref={setScroller}
      className={styles.scroller}
      data-scrolls
      role="treegrid"
      tabIndex={0}
      aria-label="Aligned steps"
      aria-rowcount={lines.count + 1}
      {...(line >= 0 ? { 'aria-activedescendant': pairElementId(selected) } : {})}
      onKeyDown={onKeyDown}
      onWheel={onScrolled}
    >
      <div role="row" className={styles.headings} style={{ height: HEAD_PX }} aria-rowindex={1}>
        <span role="columnheader">
          <b>A</b> {plural(stepsOn(runs, 'a'), 'step')}
        </span>
        <span role="columnheader">What differs</span>
        <span role="columnheader">
          <b>B</b> {plural(stepsOn(runs, 'b'), 'step')}
        </span>
        <span role="columnheader" className={styles.right}>
          Time B − A
        </span>
        <span role="columnheader" className={styles.right}>
          Tokens
        </span>
        <span role="columnheader" className={styles.right}>
          Cost
        </span>
      </div>
      <div className={styles.body} style={{ height: shown * ROW_PX }} role="presentation">
        {rows}
      </div>
      {lines.count > shown && (
        <p className={styles.cut}>
          {formatCount(lines.count - shown)} more; collapse some above to come to them.
        </p>
      )}
      <span className="visually-hidden" role="status">
        {selected >= 0 ? pairSentence(runs, selected) : ''}
      </span>
    </div>
  );
}

/**
 * Brings a line into view when another pair is meant, not when its line moves. One that is at the edge comes in just so far
 * that its neighbours are seen; one that is out of view, or the first that is meant, comes to the middle.
 */
function useBroughtIntoView(scroller: HTMLElement | null, line: number, pair: number): void {
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    if (!scroller || line < 0) return;
    const top_px = line * ROW_PX;
    const room_px = scroller.clientHeight - HEAD_PX;
    const over_px = top_px - scroller.scrollTop;
    const under_px = scroller.scrollTop + room_px - (top_px + ROW_PX);
    const margin_px = Math.min(2 * ROW_PX, room_px / 3);
    if (isFirst.current || over_px <= -ROW_PX || under_px <= -ROW_PX) {
      scrollRowsTo(scroller, top_px - (room_px - ROW_PX) / 2);
    } else if (over_px < margin_px) scrollRowsTo(scroller, top_px - margin_px);
    else if (under_px < margin_px) scrollRowsTo(scroller, scroller.scrollTop + margin_px - under_px);
    isFirst.current = false;
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [scroller, pair]);
}

/** What a bar of full length stands for: the largest difference of a pair that is no parent, for parents sum up. */
function largestDelta_ns(runs: AlignedRuns): number {
  let most_ns = 0;
  for (let pair = 0; pair < runs.count; pair++) {
    if (at(runs.descendants, pair) === 0)
      most_ns = Math.max(most_ns, Math.abs(delta_ns(runs, pair, false) ?? 0));
  }
  return most_ns;
}

function stepsOn(runs: AlignedRuns, side: 'a' | 'b'): number {
  const tree = runs[side];
  return tree.count - (tree.runRow ? 1 : 0);
}
