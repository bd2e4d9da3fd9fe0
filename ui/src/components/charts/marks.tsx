// How series are drawn: patterns, bars upon one another, lines. Colour is never the only sign.
import type { Series, Tone } from './series';

const COLOURS: Record<Tone, string> = {
  succeeded: 'var(--chart-succeeded)',
  warning: 'var(--chart-warning)',
  failed: 'var(--chart-failed)',
  lost: 'var(--chart-lost)',
  running: 'var(--chart-running)',
  first: 'var(--chart-first)',
  second: 'var(--chart-second)',
  third: 'var(--chart-third)',
  typical: 'var(--accent)',
  high: 'var(--kind-guardrail)',
};

/** Stripes of the ground over the colour: how wide and at which angle. Tones without any are plain. */
const STRIPES: Partial<Record<Tone, { every_px: number; width_px: number; angle: number }>> = {
  warning: { every_px: 4, width_px: 1.2, angle: 0 },
  failed: { every_px: 4.5, width_px: 1.4, angle: 45 },
  lost: { every_px: 4, width_px: 2, angle: 90 },
  running: { every_px: 3, width_px: 1, angle: -45 },
  second: { every_px: 4, width_px: 1.2, angle: 45 },
  third: { every_px: 4, width_px: 1.6, angle: 90 },
};

const DASHES: Partial<Record<Tone, string>> = { high: '4 2.5' };

const patternId = (prefix: string, tone: Tone) => `${prefix}-${tone}`;

/** The fill of a tone; its pattern is in the drawing under `prefix`. */
export function fillOf(prefix: string, tone: Tone): string {
  return STRIPES[tone] ? `url(#${patternId(prefix, tone)})` : COLOURS[tone];
}

/** The patterns of some tones. `prefix` tells drawings of one page apart. */
export function Patterns({ prefix, tones }: { prefix: string; tones: readonly Tone[] }) {
  return (
    <defs>
      {tones.map((tone) => {
        const stripes = STRIPES[tone];
        if (!stripes) return null;
        const { every_px, width_px, angle } = stripes;
        return (
          <pattern
            key={tone}
            id={patternId(prefix, tone)}
            width={every_px}
            height={every_px}
            patternUnits="userSpaceOnUse"
            patternTransform={`rotate(${angle})`}
          >
            <rect width={every_px} height={every_px} fill={COLOURS[tone]} />
            <rect width={every_px} height={width_px} fill="var(--surface)" opacity="0.5" />
          </pattern>
        );
      })}
    </defs>
  );
}

/** The sign of a series in a legend. */
export function Swatch({ tone, look }: { tone: Tone; look: 'bars' | 'lines' }) {
  const prefix = `swatch-${look}`;
  return (
    <svg width="12" height="10" viewBox="0 0 12 10" aria-hidden="true">
      {look === 'lines' ? (
        <path d="M0 5h12" stroke={COLOURS[tone]} strokeWidth="2" strokeDasharray={DASHES[tone]} />
      ) : (
        <>
          <Patterns prefix={`${prefix}-${tone}`} tones={[tone]} />
          <rect y="0" x="1" width="10" height="10" rx="1.5" fill={fillOf(`${prefix}-${tone}`, tone)} />
        </>
      )}
    </svg>
  );
}

interface MarksProps {
  series: readonly Series[];
  /** Where a stretch begins and how wide it is. */
  left_px: number;
  step_px: number;
  /** Where a value stands. */
  y_px: (value: number) => number;
  /** The stretch that is pointed at. */
  at: number | null;
}

const WIDEST_PX = 44;
/** What is there is seen, however little. */
const LEAST_PX = 1.5;

export function Bars({ series, left_px, step_px, y_px, prefix }: MarksProps & { prefix: string }) {
  const gap_px = step_px > 5 ? Math.min(3, Math.max(1, step_px * 0.18)) : 0.5;
  const bar_px = Math.min(WIDEST_PX, Math.max(1, step_px - gap_px));
  const count = series[0]?.values.length ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const x_px = left_px + index * step_px + (step_px - bar_px) / 2;
    let below = 0;
    let top_px = y_px(0);
    return (
      <g key={index}>
        {series.map(({ tone, values }) => {
          const value = values[index] ?? 0;
          if (value <= 0) return null;
          below += value;
          const bottom_px = top_px;
          top_px = Math.min(y_px(below), bottom_px - LEAST_PX);
          // A line of the ground keeps neighbours in a stack apart.
          const apart_px = bottom_px - top_px > 3 && bottom_px < y_px(0) ? 1 : 0;
          return (
            <rect
              key={tone}
              x={x_px}
              y={top_px}
              width={bar_px}
              height={bottom_px - top_px - apart_px}
              fill={fillOf(prefix, tone)}
            />
          );
        })}
      </g>
    );
  });
}

export function Lines({ series, left_px, step_px, y_px, at }: MarksProps) {
  return series.map(({ tone, values }) => {
    const point = (index: number): string =>
      `${(left_px + (index + 0.5) * step_px).toFixed(1)} ${y_px(values[index] ?? 0).toFixed(1)}`;
    const isKnown = (index: number) => typeof values[index] === 'number';
    const indexes = values.map((_, index) => index).filter(isKnown);
    const path = indexes.map((index) => `${isKnown(index - 1) ? 'L' : 'M'}${point(index)}`).join('');
    const alone = indexes.filter((index) => !isKnown(index - 1) && !isKnown(index + 1));
    const dotted = at !== null && isKnown(at) && !alone.includes(at) ? [...alone, at] : alone;
    return (
      <g key={tone}>
        <path
          d={path}
          fill="none"
          stroke={COLOURS[tone]}
          strokeWidth="1.75"
          strokeLinejoin="round"
          strokeDasharray={DASHES[tone]}
        />
        {dotted.map((index) => (
          <circle
            key={index}
            cx={left_px + (index + 0.5) * step_px}
            cy={y_px(values[index] ?? 0)}
            r={(DASHES[tone] ? 3.5 : 2) + (index === at ? 0.75 : 0)}
            fill={DASHES[tone] ? 'none' : COLOURS[tone]}
            stroke={DASHES[tone] ? COLOURS[tone] : 'none'}
            strokeWidth="1.5"
          />
        ))}
      </g>
    );
  });
}
