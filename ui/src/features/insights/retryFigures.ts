// What retries come to, as figures and charts.
import type { RetryFigures, RetryReport } from '../../backend/bindings';
import type { Series, Tone } from '../../components/charts/series';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDurationNs,
  formatPercent,
  formatShare,
} from '../../domain/format';
import type { ChartOf } from './chartsOf';
import type { Figure } from './Figures';

/** The numbers at the top. */
export function retryFigures({ runs, retried_runs, total, fallbacks, hedges }: RetryReport): Figure[] {
  const others = [
    ...(fallbacks > 0 ? [`${formatCompact(fallbacks)} by another`] : []),
    ...(hedges > 0 ? [`${formatCompact(hedges)} hedged`] : []),
  ].join(', ');
  return [
    {
      label: 'Runs with retries',
      text: formatCount(retried_runs),
      note: `${formatShare(retried_runs, runs)} of ${formatCompact(runs)}`,
      meaning: 'Runs in which something was tried more than once, the most retries first.',
      term: 'retried:*',
      sort: 'retries',
    },
    {
      label: 'Tried again',
      text: formatCompact(total.operations),
      note: others === '' ? undefined : others,
      meaning: 'Operations that took more than one attempt: tools, models, whole tasks.',
      term: 'retried:*',
      sort: 'retries',
    },
    {
      label: 'Attempts',
      text: formatCompact(total.attempts),
      meaning: 'All attempts at those operations, the first of each included.',
      term: 'retried:*',
      sort: 'retries',
    },
    {
      label: 'Recovered',
      text: formatPercent(total.success_rate),
      note: formatCompact(total.recovered),
      meaning: 'Operations that went well in the end, of those that ended.',
      term: 'outcome:recovered',
    },
    {
      label: 'Gave up',
      text: formatCompact(total.gave_up),
      meaning: 'The last attempt failed, and what had asked for it failed with it.',
      tone: total.gave_up > 0 ? 'failed' : undefined,
      term: 'outcome:gaveup',
    },
    {
      label: 'Abandoned',
      text: formatCompact(total.abandoned),
      meaning: 'The last attempt failed, and the run went on without.',
      tone: total.abandoned > 0 ? 'warning' : undefined,
      term: 'outcome:abandoned',
    },
    {
      label: 'Still trying',
      text: formatCompact(total.trying),
      meaning: 'The last attempt has not ended.',
      term: 'outcome:trying',
    },
    {
      label: 'Time lost',
      text: formatDurationNs(total.waste_ns),
      meaning: 'Failed attempts and the pauses between them, all added up.',
      tone: 'warning',
      term: 'waste:>0',
      sort: 'retries',
    },
    {
      label: 'Tokens lost',
      text: formatCompact(total.waste_tokens),
      meaning: 'Of attempts that failed, where the source says. Many failures bill nothing.',
      term: 'retried:*',
    },
    {
      label: 'Cost lost',
      text: formatCostUsd(total.waste_cost_usd),
      meaning: 'Of attempts that failed, where it is known.',
      term: 'retried:*',
      sort: 'cost',
    },
  ];
}

type Read = (figures: RetryFigures) => number | null;

/** The charts, in the order in which they stand. */
export function retryCharts({ over_time, total }: RetryReport): ChartOf[] {
  const series = (label: string, tone: Tone, read: Read): Series => ({
    label,
    tone,
    values: over_time.map(({ figures }) => read(figures)),
    whole: read(total),
  });
  return [
    {
      title: 'Tried again',
      hint: 'Operations, by what became of them',
      unit: 'count',
      look: 'bars',
      series: [
        series('Recovered', 'succeeded', ({ recovered }) => recovered),
        series('Abandoned', 'warning', ({ abandoned }) => abandoned),
        series('Gave up', 'failed', ({ gave_up }) => gave_up),
        ...(total.trying > 0 ? [series('Still trying', 'running', ({ trying }) => trying)] : []),
      ],
    },
    {
      title: 'Time lost',
      hint: 'Failed attempts and the pauses between them',
      unit: 'duration',
      look: 'bars',
      series: [series('Time', 'warning', ({ waste_ns }) => waste_ns)],
    },
  ];
}
