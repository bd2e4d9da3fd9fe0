// Values over time: bars upon one another, or lines. It can be read by eye (axes, legend), under the pointer, and by keys.
// Charts given the same `at` share their crosshair.
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { calendarTicks, stretchText } from '../../domain/calendar';
import { formatDateTime } from '../../domain/format';
import { valueAxis, type Unit } from '../../domain/valueAxis';
import styles from './Chart.module.css';
import { Bars, Lines, Patterns, Swatch } from './marks';
import { fullValueText, largestOf, MARGIN_PX, PLOT_PX, valueText, type Series, type Stretch } from './series';
import { useWidth_px } from './useWidth';

interface ChartProps {
  title: string;
  /** What the title leaves open, on hover. */
  hint?: string;
  unit: Unit;
  look: 'bars' | 'lines';
  series: readonly Series[];
  stretches: readonly Stretch[];
  /** The stretch that is pointed at, here or in another chart. */
  at: number | null;
  onAt: (index: number | null) => void;
  /** Opens what lies behind a stretch, where that can be done. */
  onOpen?: (index: number) => void;
  /** Narrows the view to the stretches from `first` to `last`, where that can be done. */
  onRange?: (first: number, last: number) => void;
  /** What is shown beside the pointer. */
  tip: (index: number) => ReactNode;
  /** A stretch in words, where its values alone do not say enough. */
  words?: (index: number) => string;
}

/** Classes that keep room for the values of the legend, so that it stands still under the moving pointer. */
const VALUE_ROOM: Record<Unit, string | undefined> = {
  count: styles.count,
  duration: styles.duration,
  usd: styles.usd,
};
const HEIGHT_PX = MARGIN_PX.top + PLOT_PX + MARGIN_PX.bottom;
const VALUE_STEPS = 4;
const TIME_TICK_EVERY_PX = 76;
/** Less than this is a click whose hand trembled. */
const LEAST_DRAG_PX = 5;
const PAGE = 10;
/** Room that a tip needs, about. */
const TIP_PX = 270;

const within = (index: number, count: number) => Math.min(Math.max(index, 0), count - 1);

export function Chart(props: ChartProps) {
  const { title, hint, unit, look, series, stretches, at, onAt, onOpen, onRange, tip } = props;
  const prefix = useId();
  const box = useRef<HTMLDivElement>(null);
  const width_px = useWidth_px(box);
  // Which way the tip hangs, while this chart is the one pointed at.
  const [hang, setHang] = useState<'down' | 'up' | null>(null);
  const [drag, setDrag] = useState<{ from: number; from_px: number; moved: boolean } | null>(null);

  const count = stretches.length;
  const plot_px = Math.max(0, width_px - MARGIN_PX.left - MARGIN_PX.right);
  const step_px = plot_px / Math.max(count, 1);
  const largest = largestOf(series, look === 'bars');
  const axis = valueAxis(largest, unit, VALUE_STEPS);
  const y_px = (value: number) => MARGIN_PX.top + PLOT_PX * (1 - value / axis.end);
  const base_px = y_px(0);
  const left_px = (index: number) => MARGIN_PX.left + index * step_px;
  const stretch = at === null ? undefined : stretches[at];
  const words = props.words ?? ((index: number) => wordsOf(stretches[index], series, index, unit));
  const point = (target: Element, index: number) => {
    const isLow = target.getBoundingClientRect().top + TIP_PX > window.innerHeight;
    setHang(isLow ? 'up' : 'down');
    onAt(index);
  };
  const rest = () => {
    setHang(null);
    setDrag(null);
    onAt(null);
  };

  const indexUnder = (event: PointerEvent) => {
    const x_px = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN_PX.left;
    return within(Math.floor(x_px / Math.max(step_px, 0.01)), count);
  };
  const onPointerMove = (event: PointerEvent) => {
    point(event.currentTarget, indexUnder(event));
    if (drag && !drag.moved && Math.abs(event.clientX - drag.from_px) >= LEAST_DRAG_PX) {
      setDrag({ ...drag, moved: true });
    }
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !(onOpen ?? onRange)) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setDrag({ from: indexUnder(event), from_px: event.clientX, moved: false });
  };
  const onPointerUp = (event: PointerEvent) => {
    if (!drag) return;
    const to = indexUnder(event);
    setDrag(null);
    if (drag.moved) onRange?.(Math.min(drag.from, to), Math.max(drag.from, to));
    else onOpen?.(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && at !== null) {
      if (event.shiftKey) onRange?.(at, at);
      else onOpen?.(at);
    } else if (event.key === 'Escape' && at !== null) {
      rest();
    } else {
      const from = at ?? count;
      const next = {
        ArrowLeft: from - 1,
        ArrowRight: at === null ? count - 1 : from + 1,
        PageUp: from - PAGE,
        PageDown: from + PAGE,
        Home: 0,
        End: count - 1,
      }[event.key];
      if (next === undefined) return;
      point(event.currentTarget, within(next, count));
    }
    event.preventDefault();
  };

  const isRange = drag !== null && drag.moved && at !== null;
  const first = isRange ? Math.min(drag.from, at) : (at ?? 0);
  const last = isRange ? Math.max(drag.from, at) : (at ?? -1);
  const description = [
    'Arrow keys read it stretch by stretch',
    onOpen && 'Enter opens the traces of one',
    onRange && 'Shift and Enter narrows to it',
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.head}>
        <span className={styles.title} title={hint}>
          {title}
        </span>
        <span className={styles.legend}>
          {series.map(({ label, tone, values, whole }) => (
            <span key={tone} className={styles.key}>
              {series.length > 1 && (
                <>
                  <Swatch tone={tone} look={look} />
                  {label}
                </>
              )}
              <b className={VALUE_ROOM[unit]}>
                {valueText(at === null ? whole : (values[at] ?? null), unit)}
              </b>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        ref={box}
        className={styles.plot}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-description={description}
        aria-valuemin={0}
        aria-valuemax={Math.max(count - 1, 0)}
        aria-valuenow={at ?? Math.max(count - 1, 0)}
        aria-valuetext={at === null ? 'Use the arrow keys to read it' : words(at)}
        onPointerMove={onPointerMove}
        onPointerDown={onPointerDown}
        onPointerUp={onPointerUp}
        onPointerCancel={rest}
        onPointerLeave={rest}
        onKeyDown={onKeyDown}
        onBlur={rest}
      >
        <svg width={width_px} height={HEIGHT_PX} aria-hidden="true">
          <Patterns prefix={prefix} tones={series.map(({ tone }) => tone)} />
          {last >= first && (
            <rect
              x={left_px(first)}
              y={MARGIN_PX.top}
              width={(last - first + 1) * step_px}
              height={PLOT_PX}
              className={isRange ? styles.range : styles.pointed}
            />
          )}
          {axis.ticks.map(({ value, label }) => (
            <g key={value}>
              <line
                x1={MARGIN_PX.left}
                x2={width_px - MARGIN_PX.right}
                y1={Math.round(y_px(value)) + 0.5}
                y2={Math.round(y_px(value)) + 0.5}
                className={value === 0 ? styles.base : styles.grid}
              />
              <text x={MARGIN_PX.left - 7} y={y_px(value) + 4} className={styles.value}>
                {label}
              </text>
            </g>
          ))}
          <TimeTicks stretches={stretches} plot_px={plot_px} />
          {look === 'bars' ? (
            <Bars {...{ series, step_px, y_px, at, prefix }} left_px={MARGIN_PX.left} />
          ) : (
            <Lines {...{ series, step_px, y_px, at }} left_px={MARGIN_PX.left} />
          )}
          {largest === 0 && (
            <text x={MARGIN_PX.left + plot_px / 2} y={MARGIN_PX.top + PLOT_PX / 2} className={styles.nothing}>
              {series.every(({ whole }) => whole === null) ? 'Not known' : 'None'}
            </text>
          )}
          {at !== null && (
            <line
              x1={left_px(at + 0.5)}
              x2={left_px(at + 0.5)}
              y1={MARGIN_PX.top}
              y2={base_px + 4}
              className={styles.hair}
            />
          )}
        </svg>
        {hang !== null && at !== null && stretch && (
          <div
            className={styles.tip}
            aria-hidden="true"
            data-hang={hang}
            style={
              left_px(at) > width_px / 2
                ? { right: width_px - left_px(at) + 10 }
                : { left: left_px(at + 1) + 10 }
            }
          >
            {tip(at)}
          </div>
        )}
      </div>
    </figure>
  );
}

function TimeTicks({ stretches, plot_px }: { stretches: readonly Stretch[]; plot_px: number }) {
  const from_ms = stretches[0]?.start_unix_ms ?? 0;
  const to_ms = stretches.at(-1)?.end_unix_ms ?? 0;
  const most = Math.max(1, Math.floor(plot_px / TIME_TICK_EVERY_PX));
  const base_px = MARGIN_PX.top + PLOT_PX;
  const right_px = MARGIN_PX.left + plot_px;
  const ticks = calendarTicks(from_ms, to_ms, most);
  if (ticks.length === 0) {
    return (
      <text x={MARGIN_PX.left} y={base_px + 15} className={styles.time}>
        {formatDateTime(from_ms).slice(0, 19)}
      </text>
    );
  }
  return ticks.map(({ unix_ms, label }) => {
    const x_px = MARGIN_PX.left + ((unix_ms - from_ms) / (to_ms - from_ms)) * plot_px;
    const anchor = x_px > right_px - 12 ? 'end' : 'middle';
    return (
      <g key={unix_ms}>
        <line x1={x_px} x2={x_px} y1={base_px} y2={base_px + 4} className={styles.base} />
        <text x={x_px} y={base_px + 15} textAnchor={anchor} className={styles.time}>
          {label}
        </text>
      </g>
    );
  });
}

/** A stretch in words: `2026-11-23 14:05 – 14:06: Succeeded 12, Failed 2`. */
function wordsOf(stretch: Stretch | undefined, series: readonly Series[], index: number, unit: Unit): string {
  if (!stretch) return '';
  const values = series.map(({ label, values }) => `${label} ${fullValueText(values[index] ?? null, unit)}`);
  return `${stretchText(stretch.start_unix_ms, stretch.end_unix_ms)}: ${values.join(', ')}`;
}
