// How the traces spread over a number, and which part of it the filter asks for: drawn with the pointer, or moved by its two ends.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { FilterEdit, Histogram } from '../../backend/bindings';
import { formatCount } from '../../domain/format';
import { at } from '../../domain/columns';
import { binsOf, brushBetween, brushOf, rangeOf, ticksOf, valueText, type Brush } from './histogramScale';
import styles from './HistogramChart.module.css';

interface HistogramChartProps {
  label: string;
  histogram: Histogram;
  onEdit: (edit: FilterEdit) => void;
}

const HEIGHT = 36;
/** A bin with any trace is at least this high, for it to be seen. */
const LEAST_BAR = 1.5;
/** Less of a movement is a click. */
const DRAG_PX = 4;
/** The filter follows the keys once they rest this long. */
const KEYS_REST_MS = 350;

export function HistogramChart({ label, histogram, onEdit }: HistogramChartProps) {
  const bins = binsOf(histogram);
  const chart = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x_px: number; anchor: number; moved: boolean } | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const { brush, draw, settle } = useBrush(histogram, onEdit);
  const shown = brush ?? { from: 0, to: bins };

  const placeAt = (x_px: number) => {
    const box = chart.current?.getBoundingClientRect();
    return box && box.width > 0 ? ((x_px - box.left) / box.width) * bins : 0;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || bins === 0) return;
    const end = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-end]') : null;
    const place = placeAt(event.clientX);
    const anchor = end?.dataset.end === 'from' ? shown.to : end?.dataset.end === 'to' ? shown.from : place;
    drag.current = { x_px: event.clientX, anchor, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const place = placeAt(event.clientX);
    setHovered(Math.min(Math.max(Math.floor(place), 0), bins - 1));
    const grip = drag.current;
    if (!grip) return;
    if (Math.abs(event.clientX - grip.x_px) >= DRAG_PX) grip.moved = true;
    if (grip.moved) draw(brushBetween(bins, grip.anchor, place));
  };
  const onPointerUp = () => {
    if (drag.current?.moved) settle();
    drag.current = null;
  };
  const clear = () => {
    if (brush) onEdit({ type: 'clear' });
  };

  return (
    <section className={styles.histogram} aria-label={label}>
      <div className={styles.head}>
        <h3 className={styles.label}>{label}</h3>
        <span className={styles.readout}>{readout(histogram, hovered, brush)}</span>
      </div>
      {bins === 0 ? (
        <p className={styles.none}>{histogram.unknown > 0 ? 'No trace has one' : 'No traces'}</p>
      ) : (
        <>
          <div
            ref={chart}
            className={styles.chart}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
            onPointerLeave={() => {
              setHovered(null);
            }}
            onDoubleClick={clear}
          >
            <Bars histogram={histogram} hovered={hovered} />
            {brush && <Shade brush={brush} bins={bins} />}
            {(['from', 'to'] as const).map((end) => (
              <End
                key={end}
                end={end}
                label={label}
                histogram={histogram}
                brush={shown}
                isSet={brush !== null}
                onMove={(next) => {
                  draw(next);
                }}
                onSettle={settle}
                onClear={clear}
              />
            ))}
          </div>
          <Axis histogram={histogram} />
        </>
      )}
    </section>
  );
}

/**
 * The part asked for: what the filter says, or what the person is just drawing. What was drawn stays until the filter's own
 * comes, so that it does not jump back in between.
 */
function useBrush(histogram: Histogram, onEdit: (edit: FilterEdit) => void) {
  const [drawn, setDrawn] = useState<{ brush: Brush; settledOn: Histogram | null } | null>(null);
  const latest = useRef(drawn);
  useEffect(() => {
    latest.current = drawn;
  });
  const isDrawn = drawn !== null && (drawn.settledOn === null || drawn.settledOn === histogram);
  return {
    brush: isDrawn ? drawn.brush : brushOf(histogram),
    draw(brush: Brush) {
      latest.current = { brush, settledOn: null };
      setDrawn(latest.current);
    },
    /** Asks for what is drawn. */
    settle() {
      const now = latest.current;
      if (now === null || now.settledOn !== null) return;
      latest.current = { ...now, settledOn: histogram };
      setDrawn(latest.current);
      const range = rangeOf(histogram, now.brush);
      const isAll = range.from === null && range.below === null;
      onEdit(isAll ? { type: 'clear' } : { type: 'range', ...range });
    },
  };
}

/** What stands under the pointer, else what is asked for, else what is missing. */
function readout(histogram: Histogram, hovered: number | null, brush: Brush | null): string {
  const { edges, matching, others, unknown } = histogram;
  const between = (from: number, below: number) =>
    `${valueText(histogram, from)} – ${shortened(valueText(histogram, from), valueText(histogram, below))}`;
  if (hovered !== null && hovered < binsOf(histogram)) {
    const count = at(matching, hovered);
    const all = count + at(others, hovered);
    const counts = all === count ? formatCount(count) : `${formatCount(count)} of ${formatCount(all)}`;
    return `${between(at(edges, hovered), at(edges, hovered + 1))}: ${counts}`;
  }
  if (brush) {
    const { from, below } = rangeOf(histogram, brush);
    if (from !== null && below !== null) return between(from, below);
    if (from !== null) return `from ${valueText(histogram, from)}`;
    if (below !== null) return `below ${valueText(histogram, below)}`;
  }
  return unknown > 0 ? `${formatCount(unknown)} unknown` : '';
}

/** The second of two times of one day need not repeat the day. */
function shortened(first: string, second: string): string {
  const isTime = /^\d{4}-\d\d-\d\d /.test(second);
  return isTime && first.slice(0, 10) === second.slice(0, 10) ? second.slice(11) : second;
}

function Bars({ histogram, hovered }: { histogram: Histogram; hovered: number | null }) {
  const { matching, others } = histogram;
  const most = Math.max(1, ...matching.map((count, bin) => count + at(others, bin)));
  const height = (count: number) => (count === 0 ? 0 : Math.max((count / most) * HEIGHT, LEAST_BAR));
  return (
    <svg viewBox={`0 0 ${matching.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {matching.map((count, bin) => {
        const all_px = height(count + at(others, bin));
        const own_px = height(count);
        return (
          <g key={bin} data-hovered={bin === hovered || undefined}>
            <rect className={styles.others} x={bin + 0.06} width={0.88} y={HEIGHT - all_px} height={all_px} />
            <rect
              className={styles.matching}
              x={bin + 0.06}
              width={0.88}
              y={HEIGHT - own_px}
              height={own_px}
            />
          </g>
        );
      })}
    </svg>
  );
}

const percent = (place: number, bins: number) => `${(100 * place) / bins}%`;

function Shade({ brush, bins }: { brush: Brush; bins: number }) {
  return (
    <span
      className={styles.shade}
      style={{ left: percent(brush.from, bins), right: percent(bins - brush.to, bins) }}
    />
  );
}

interface EndProps {
  end: 'from' | 'to';
  label: string;
  histogram: Histogram;
  brush: Brush;
  isSet: boolean;
  onMove: (brush: Brush) => void;
  onSettle: () => void;
  onClear: () => void;
}

/** One end of the part asked for. */
function End({ end, label, histogram, brush, isSet, onMove, onSettle, onClear }: EndProps) {
  const bins = binsOf(histogram);
  const place = brush[end];
  const isOpen = end === 'from' ? place <= 0 : place >= bins;
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(settling.current);
    },
    [],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 5 : 1;
    const moved = {
      ArrowLeft: Math.round(place) - step,
      ArrowDown: Math.round(place) - step,
      ArrowRight: Math.round(place) + step,
      ArrowUp: Math.round(place) + step,
      PageDown: Math.round(place) - 5,
      PageUp: Math.round(place) + 5,
      Home: 0,
      End: bins,
    }[event.key];
    if (moved !== undefined) {
      const from =
        end === 'from' ? Math.min(Math.max(moved, 0), Math.ceil(brush.to) - 1) : Math.round(brush.from);
      const to =
        end === 'to' ? Math.max(Math.min(moved, bins), Math.floor(brush.from) + 1) : Math.round(brush.to);
      onMove({ from, to });
      clearTimeout(settling.current);
      settling.current = setTimeout(onSettle, KEYS_REST_MS);
    } else if (isSet && ['Escape', 'Delete', 'Backspace'].includes(event.key)) {
      clearTimeout(settling.current);
      onClear();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const edge = histogram.edges[Math.min(Math.round(place), bins)] ?? 0;
  return (
    <span
      role="slider"
      tabIndex={0}
      className={styles.end}
      data-end={end}
      data-set={isSet || undefined}
      style={{ left: percent(place, bins) }}
      aria-label={end === 'from' ? `${label} from` : `${label} below`}
      aria-valuemin={0}
      aria-valuemax={bins}
      aria-valuenow={Math.round(place)}
      aria-valuetext={isOpen ? 'no limit' : valueText(histogram, edge)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        clearTimeout(settling.current);
        onSettle();
      }}
    />
  );
}

function Axis({ histogram }: { histogram: Histogram }) {
  const bins = binsOf(histogram);
  return (
    <div className={styles.axis} aria-hidden="true">
      {ticksOf(histogram).map(({ place, label }) => (
        <span key={label} style={{ left: percent(place, bins) }}>
          {label}
        </span>
      ))}
    </div>
  );
}
