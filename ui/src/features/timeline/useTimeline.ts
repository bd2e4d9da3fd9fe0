// Keeps the drawn timeline in step with the page. Hovering goes past React, straight to the canvas.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Hit } from '../../canvas/hits';
import { onThemeChange, paletteOf } from '../../canvas/palette';
import { Timeline } from '../../canvas/timeline';
import type { RowWindow } from '../../components/rowWindow';
import type { StepLines } from '../../domain/stepLines';
import type { StepTree } from '../../domain/stepTree';
import { NO_FOLDS, type TimeFolds } from '../../domain/timeFolds';
import type { TimePath } from '../../domain/timePath';
import { useLayout } from '../../state/layout';
import { keepView, useSteps } from '../../state/steps';

export const CONTROLS_PX = 28;
export const AXIS_PX = 22;
export const MINIMAP_PX = 34;

export interface Hovered {
  hit: Hit;
  client_x_px: number;
  client_y_px: number;
}

export interface TimelineHandle {
  bars: RefObject<HTMLCanvasElement | null>;
  axis: RefObject<HTMLCanvasElement | null>;
  minimap: RefObject<HTMLCanvasElement | null>;
  /** The drawing itself, for keys and buttons; `null` before it is on screen. */
  drawing: RefObject<Timeline | null>;
  /** The lines near the screen, as last told. */
  rows: RefObject<RowWindow>;
  /** Whether the whole trace is in view. */
  isWhole: boolean;
  /** Tells of what the pointer is over. */
  onHover: (listener: (hovered: Hovered | null) => void) => () => void;
}

interface TimelineInput {
  traceId: number;
  tree: StepTree;
  lines: StepLines;
  selected: number;
  /** Rows that a search has found, ascending; `null` while nothing is searched for. */
  found: Uint32Array | null;
  /** The critical path; `null` while it is not shown. */
  path: TimePath | null;
  /** Rows that the person has pinned. */
  pinned: ReadonlySet<number>;
  /** Quiet time that can be folded. */
  quiet: TimeFolds;
  line_px: number;
  onSelect: (row: number) => void;
}

export function useTimeline(input: TimelineInput): TimelineHandle {
  const { traceId, tree, lines, selected, found, path, pinned, quiet, line_px } = input;
  const { arrangement } = lines;
  const timeOfDay = useLayout((layout) => layout.timeOfDay);
  const foldsIdle = useLayout((layout) => layout.foldsIdle);
  const bars = useRef<HTMLCanvasElement>(null);
  const axis = useRef<HTMLCanvasElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Timeline>(null);
  const rows = useRef<RowWindow>({ first: 0, end: 0 });
  const listeners = useRef(new Set<(hovered: Hovered | null) => void>());
  const [isWhole, setWhole] = useState(true);
  const onSelect = useRef(input.onSelect);
  useEffect(() => {
    onSelect.current = input.onSelect;
  });

  useLayoutEffect(() => {
    if (!bars.current || !axis.current || !minimap.current) return;
    const parts = { bars: bars.current, axis: axis.current, minimap: minimap.current };
    const made = new Timeline(
      parts,
      { line_px, axis_px: AXIS_PX, minimap_px: MINIMAP_PX },
      () => paletteOf(parts.axis),
      {
        onSelect: (row) => {
          onSelect.current(row);
        },
        onHover: (hit, client_x_px, client_y_px) => {
          const hovered = hit && hit.part !== 'row' ? { hit, client_x_px, client_y_px } : null;
          for (const listener of listeners.current) listener(hovered);
        },
        onFit: setWhole,
      },
      useSteps.getState().views.get(traceId) ?? null,
    );
    made.setRows(rows.current.first, rows.current.end);
    drawing.current = made;
    const stop = onThemeChange(() => {
      made.recolour();
    });
    return () => {
      stop();
      keepView(traceId, made.keptView());
      made.dispose();
      setWhole(true);
      drawing.current = null;
    };
    // The bars are another canvas where they stand elsewhere.
  }, [traceId, line_px, arrangement]);

  useLayoutEffect(() => {
    drawing.current?.show(tree, lines, { timeOfDay, folds: foldsIdle ? quiet : NO_FOLDS });
    drawing.current?.setFound(found);
    drawing.current?.setPath(path);
    drawing.current?.setPinned(pinned);
    drawing.current?.select(selected);
  }, [traceId, tree, lines, selected, found, path, pinned, quiet, line_px, timeOfDay, foldsIdle]);

  // Only a step that the person goes to is brought into view; not one that new data moves, nor what was left out of view.
  const selectedId = tree.spanId.get(selected) ?? null;
  const lastSelected = useRef({ traceId, selectedId });
  useLayoutEffect(() => {
    const last = lastSelected.current;
    lastSelected.current = { traceId, selectedId };
    if (last.traceId === traceId && last.selectedId !== selectedId) drawing.current?.bringIntoView(selected);
  }, [traceId, selectedId, selected]);

  const onHover = useCallback((listener: (hovered: Hovered | null) => void) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  return { bars, axis, minimap, drawing, rows, isWhole, onHover };
}
