import type { RunFigures, TraceSort } from '../../backend/bindings';
import {
  formatCompact,
  formatCostUsd,
  formatCount,
  formatDurationNs,
  formatPercent,
  formatShare,
  UNKNOWN,
} from '../../domain/format';
import styles from './Figures.module.css';
import { atLeastTerm, narrowed } from './narrowed';
import { TracesLink } from './TracesLink';

export interface Figure {
  label: string;
  text: string;
  /** What stands below it in small. */
  note?: string | undefined;
  /** What exactly is counted. */
  meaning: string;
  tone?: 'failed' | 'warning' | undefined;
  /** The condition on the runs behind it; '' for all of them. */
  term: string;
  /** The order in which they are listed. */
  sort?: TraceSort;
}

/** Numbers side by side. Every one leads to the traces behind it; what is not known is a dash. */
export function Figures({ figures, filter }: { figures: readonly Figure[]; filter: string }) {
  return (
    <dl className={styles.figures} aria-label="All of them together">
      {figures.map(({ label, text, note, meaning, tone, term, sort }) => (
        <div key={label} className={styles.figure} title={meaning}>
          <dt>{label}</dt>
          <dd>
            {text === UNKNOWN || text === '0' ? (
              <span className={styles.none}>{text}</span>
            ) : (
              <TracesLink
                filter={term === '' ? filter : narrowed(filter, term)}
                sort={sort}
                className={styles.link}
              >
                <span data-tone={tone}>
                  <WithSmallUnits text={text} />
                </span>
              </TracesLink>
            )}
          </dd>
          <dd className={styles.note}>{note}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The digits large, the words between them small: `1 min 19 s` fits where it would not. */
function WithSmallUnits({ text }: { text: string }) {
  return text
    .split(/((?:^|\s)[a-zµ]+)/)
    .map((part, index) => (index % 2 === 1 ? <small key={index}>{part}</small> : part));
}

/** What the runs come to. */
export function figuresOf(total: RunFigures): Figure[] {
  const { runs, running, warnings, failed, lost, retried_runs, cost_usd } = total;
  const ended = total.succeeded + failed;
  const latency = (label: string, duration_ns: number | null, meaning: string): Figure => ({
    label,
    text: formatDurationNs(duration_ns),
    meaning: `${meaning} Leads to those that took as long or longer.`,
    term: duration_ns === null ? '' : atLeastTerm(duration_ns),
    sort: 'duration',
  });
  return [
    {
      label: 'Runs',
      text: formatCount(runs),
      note: running > 0 ? `${formatCount(running)} running` : undefined,
      meaning: 'Runs that match the filter',
      term: '',
    },
    {
      label: 'Success rate',
      text: formatPercent(total.success_rate),
      note:
        warnings > 0 ? `${formatCompact(warnings)} ${warnings === 1 ? 'warning' : 'warnings'}` : undefined,
      meaning: 'Of the runs that ended. Leads to those that succeeded, warnings included.',
      term: 'status:success,warning',
    },
    {
      label: 'Failed',
      text: formatCount(failed),
      note: failed > 0 ? formatShare(failed, ended) : undefined,
      meaning: 'Runs that failed, and their share of those that ended',
      tone: failed > 0 ? 'failed' : undefined,
      term: 'status:failed',
    },
    {
      label: 'Lost',
      text: formatCount(lost),
      meaning: 'Runs whose end was never seen',
      tone: lost > 0 ? 'warning' : undefined,
      term: 'status:lost',
    },
    latency('Median', total.p50_ns, 'Half of the runs that ended took no longer.'),
    latency('p95', total.p95_ns, '95 of 100 runs that ended took no longer.'),
    latency('p99', total.p99_ns, '99 of 100 runs that ended took no longer.'),
    {
      label: 'Tokens in',
      text: formatCompact(total.input_tokens),
      meaning: 'Tokens of prompts, where the runs say. Leads to the runs with tokens, the most first.',
      term: 'has:tokens',
      sort: 'tokens',
    },
    {
      label: 'Tokens out',
      text: formatCompact(total.output_tokens),
      note: total.tokens === null ? undefined : `${formatCompact(total.tokens)} in all`,
      meaning: 'Tokens of answers, where the runs say. Leads to the runs with tokens, the most first.',
      term: 'has:tokens',
      sort: 'tokens',
    },
    {
      label: 'Cost',
      text: formatCostUsd(cost_usd),
      note: cost_usd === null || runs === 0 ? undefined : `${formatCostUsd(cost_usd / runs)} a run`,
      meaning: 'In US dollars, reported or worked out. Leads to the runs with a cost, the dearest first.',
      term: 'has:cost',
      sort: 'cost',
    },
    {
      label: 'Retries',
      text: formatCompact(total.retries),
      note:
        retried_runs > 0
          ? `in ${formatCompact(retried_runs)} ${retried_runs === 1 ? 'run' : 'runs'}`
          : undefined,
      meaning: 'Leads to the runs with retries, the most first.',
      tone: total.retries > 0 ? 'warning' : undefined,
      term: 'retries:>0',
      sort: 'retries',
    },
    {
      label: 'Waste',
      text: formatDurationNs(total.waste_ns),
      note: total.waste_ns === null ? undefined : 'in retries',
      meaning: 'Time lost to failed attempts and the pauses after them. Leads to the runs with retries.',
      term: 'retries:>0',
      sort: 'retries',
    },
  ];
}
