// Keeps the drawn timeline in step with the page. Hovering goes past React, straight to the canvas.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Hit } from '../../canvas/bars';
import { onThemeChange, paletteOf } from '../../canvas/palette';
import { Timeline } from '../../canvas/timeline';
import type { RowWindow } from '../../components/rowWindow';
import type { StepTree } from '../../domain/stepTree';

export const AXIS_PX = 22;
export const MINIMAP_PX = 40;

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
  /** The rows near the screen, as last told. */
  rows: RefObject<RowWindow>;
  /** Whether the whole trace is in view. */
  isWhole: boolean;
  /** Tells of what the pointer is over. */
  onHover: (listener: (hovered: Hovered | null) => void) => () => void;
}

interface TimelineInput {
  tree: StepTree;
  visible: Uint32Array;
  selected: number;
  row_px: number;
  onSelect: (row: number) => void;
}

export function useTimeline(input: TimelineInput): TimelineHandle {
  const { tree, visible, selected, row_px } = input;
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
      { row_px, axis_px: AXIS_PX, minimap_px: MINIMAP_PX },
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
    );
    made.setRows(rows.current.first, rows.current.end);
    drawing.current = made;
    const stop = onThemeChange(() => {
      made.recolour();
    });
    return () => {
      stop();
      made.dispose();
      drawing.current = null;
    };
  }, [row_px]);

  useLayoutEffect(() => {
    drawing.current?.show(tree, visible);
    drawing.current?.select(selected);
  }, [tree, visible, selected, row_px]);

  const onHover = useCallback((listener: (hovered: Hovered | null) => void) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);
  return { bars, axis, minimap, drawing, rows, isWhole, onHover };
}
