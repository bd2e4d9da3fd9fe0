// The figures of stretches of time as series to draw.
import type { InsightsBucket, RunFigures } from '../../backend/bindings';
import type { Series, Tone } from '../../components/charts/series';
import type { Unit } from '../../domain/valueAxis';

export interface ChartOf {
  title: string;
  hint?: string;
  unit: Unit;
  look: 'bars' | 'lines';
  series: Series[];
}

type Read = (figures: RunFigures) => number | null;

/** Succeeded with nothing to remark. */
const clean: Read = ({ succeeded, warnings }) => succeeded - warnings;

/** Tokens of which the source does not say whether they were sent or answered. */
const undivided: Read = ({ tokens, input_tokens, output_tokens }) =>
  tokens === null ? null : Math.max(0, tokens - (input_tokens ?? 0) - (output_tokens ?? 0));

/** The charts, in the order in which they stand. Series in which there never is anything are left out where they may be. */
export function chartsOf(buckets: readonly InsightsBucket[], total: RunFigures): ChartOf[] {
  const series = (label: string, tone: Tone, read: Read): Series => ({
    label,
    tone,
    values: buckets.map(({ figures }) => read(figures)),
    whole: read(total),
  });
  const isThere = ({ whole }: Series) => (whole ?? 0) > 0;
  return [
    {
      title: 'Runs',
      hint: 'By how they ended',
      unit: 'count',
      look: 'bars',
      series: [
        series('Succeeded', 'succeeded', clean),
        series('Warning', 'warning', ({ warnings }) => warnings),
        series('Failed', 'failed', ({ failed }) => failed),
        ...[
          series('Lost', 'lost', ({ lost }) => lost),
          series('Running', 'running', ({ running }) => running),
        ].filter(isThere),
      ],
    },
    {
      title: 'Duration',
      hint: 'Of the runs that ended. A gap is where none did.',
      unit: 'duration',
      look: 'lines',
      series: [
        series('Median', 'typical', ({ p50_ns }) => p50_ns),
        series('p95', 'high', ({ p95_ns }) => p95_ns),
      ],
    },
    {
      title: 'Tokens',
      unit: 'count',
      look: 'bars',
      series: [
        series('In', 'first', ({ input_tokens }) => input_tokens),
        series('Out', 'second', ({ output_tokens }) => output_tokens),
        ...[series('Not told apart', 'third', undivided)].filter(isThere),
      ],
    },
    {
      title: 'Cost',
      unit: 'usd',
      look: 'bars',
      series: [series('US dollars', 'first', ({ cost_usd }) => cost_usd)],
    },
    {
      title: 'Retries',
      unit: 'count',
      look: 'bars',
      series: [series('Retries', 'warning', ({ retries }) => retries)],
    },
    {
      title: 'Waste',
      hint: 'Time lost to failed attempts and the pauses after them',
      unit: 'duration',
      look: 'bars',
      series: [series('Time', 'warning', ({ waste_ns }) => waste_ns)],
    },
  ];
}
