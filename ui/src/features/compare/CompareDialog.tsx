// Two traces side by side: how they ended, their numbers, and what the steps of each kind and name come to in each.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { TraceSummary } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { KindIcon } from '../../components/KindIcon';
import { RunStatus } from '../../components/RunStatus';
import { Table } from '../../components/Table';
import {
  comparedNumbers,
  comparedSteps,
  type ComparedNumber,
  type ComparedSteps,
} from '../../domain/comparison';
import {
  formatCostUsd,
  formatCount,
  formatDateTime,
  formatDurationNs,
  plural,
  UNKNOWN,
} from '../../domain/format';
import { stepTreeFrom } from '../../domain/stepTree';
import { KIND_WORDS } from '../../domain/words';
import { spanTreeQuery, traceQuery } from '../../queries/traces';
import { endComparing, useComparing } from '../../state/comparing';
import { goTo } from '../../state/place';
import styles from './CompareDialog.module.css';

/** As many kinds of steps are listed; the rest is counted. */
const MOST_ROWS = 200;

export function CompareDialog() {
  const pair = useComparing((comparing) => comparing.pair);
  return (
    <Dialog open={pair !== null} onClose={endComparing} title="Two traces side by side" width_px={980}>
      {pair && <Comparison first={pair[0]} second={pair[1]} />}
    </Dialog>
  );
}

function Comparison({ first, second }: { first: number; second: number }) {
  const backend = useBackend();
  const details = [useQuery(traceQuery(backend, first)), useQuery(traceQuery(backend, second))] as const;
  const trees = [useQuery(spanTreeQuery(backend, first)), useQuery(spanTreeQuery(backend, second))] as const;
  const [a, b] = [details[0].data?.summary, details[1].data?.summary];
  const [treeA, treeB] = [trees[0].data, trees[1].data];
  const steps = useMemo(
    () => (treeA && treeB ? comparedSteps(stepTreeFrom(treeA), stepTreeFrom(treeB)) : null),
    [treeA, treeB],
  );
  const error = [...details, ...trees].find((query) => query.error)?.error;
  if (error) return <p role="alert">They could not be compared: {backendErrorFrom(error).message}</p>;
  if (!a || !b || !steps) return <p role="status">Reading both traces…</p>;
  const listed = steps.slice(0, MOST_ROWS);
  return (
    <div className={styles.comparison}>
      <Table className={styles.numbers}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Number</span>
            </th>
            <Heading side="A" trace={a} />
            <Heading side="B" trace={b} />
            <th scope="col">B against A</th>
          </tr>
        </thead>
        <tbody>
          {comparedNumbers(a, b).map((number) => (
            <NumberRow key={number.label} number={number} />
          ))}
        </tbody>
      </Table>
      <h3 className={styles.subheading}>Steps by kind and name</h3>
      <Table className={styles.steps}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Times in A</th>
            <th scope="col">Times in B</th>
            <th scope="col">Time in A</th>
            <th scope="col">Time in B</th>
            <th scope="col">B against A</th>
          </tr>
        </thead>
        <tbody>
          {listed.map((row) => (
            <StepsRow key={`${row.kind} ${row.name}`} row={row} />
          ))}
        </tbody>
      </Table>
      {steps.length > listed.length && (
        <p className={styles.cut}>{plural(steps.length - listed.length, 'further name')} not listed.</p>
      )}
    </div>
  );
}

function Heading({ side, trace }: { side: 'A' | 'B'; trace: TraceSummary }) {
  return (
    <th scope="col" className={styles.heading}>
      <span className={styles.run}>
        <span className={styles.side}>{side}</span>
        <RunStatus trace={trace} withLabel />
        <Button
          size="small"
          look="plain"
          onClick={() => {
            endComparing();
            goTo({ view: 'traces', traceId: trace.trace_id, stepId: null }, 'push');
          }}
        >
          Open
        </Button>
      </span>
      <span className={styles.title} title={trace.name}>
        {trace.name}
      </span>
      <span className={styles.when}>{formatDateTime(trace.start_unix_ms)}</span>
    </th>
  );
}

const FORMATS: Record<ComparedNumber['unit'], (value: number | null) => string> = {
  ns: formatDurationNs,
  count: formatCount,
  usd: formatCostUsd,
};

function NumberRow({ number: { label, unit, values } }: { number: ComparedNumber }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{FORMATS[unit](values[0])}</td>
      <td>{FORMATS[unit](values[1])}</td>
      <td>{difference(values[0], values[1], FORMATS[unit])}</td>
    </tr>
  );
}

function StepsRow({ row: { kind, name, sums } }: { row: ComparedSteps }) {
  const [a, b] = sums;
  const times = ({ steps, failed }: typeof a) =>
    steps === 0 ? UNKNOWN : failed === 0 ? formatCount(steps) : `${formatCount(steps)}, ${failed} failed`;
  return (
    <tr className={a.steps !== b.steps || a.failed !== b.failed ? styles.differs : undefined}>
      <th scope="row" title={KIND_WORDS[kind]}>
        <span className={styles.step}>
          <KindIcon kind={kind} />
          <span className={styles.name}>{name}</span>
        </span>
      </th>
      <td>{times(a)}</td>
      <td>{times(b)}</td>
      <td>{a.steps === 0 ? UNKNOWN : formatDurationNs(a.duration_ns)}</td>
      <td>{b.steps === 0 ? UNKNOWN : formatDurationNs(b.duration_ns)}</td>
      <td>{difference(a.duration_ns, b.duration_ns, formatDurationNs)}</td>
    </tr>
  );
}

/** How far the second value is above or below the first. */
function difference(first: number | null, second: number | null, format: (value: number) => string): string {
  if (first === null || second === null) return UNKNOWN;
  if (first === second) return 'the same';
  const by = `${second > first ? '+' : '−'}${format(Math.abs(second - first))}`;
  if (first === 0) return by;
  const percent = Math.round((Math.abs(second - first) / first) * 100);
  return percent > 0 && percent < 1000 ? `${by} (${second > first ? '+' : '−'}${percent} %)` : by;
}
