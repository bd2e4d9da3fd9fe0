// The runs and their calls by what they have in common.
import type { ReactNode } from 'react';
import type { CallBreakdown, Insights, RunBreakdown } from '../../backend/bindings';
import { DataTable } from '../../components/DataTable';
import { breakdownColumns, callColumns } from './columns';
import styles from './Insights.module.css';
import { hrefOf, openTraces, tracesPlace } from './narrowed';

export function Breakdowns({ insights }: { insights: Insights }) {
  return (
    <>
      <Section title="Tasks" rows={insights.by_task} none="No run has a name.">
        <RunTable label="Task" noun={['task', 'tasks']} rows={insights.by_task} />
      </Section>
      <Section title="Tools" rows={insights.tools} none="No run calls a tool.">
        <CallTable label="Tool" noun={['tool', 'tools']} rows={insights.tools} by={P95} />
      </Section>
      <Section title="Models" rows={insights.models} none="No run calls a model.">
        <CallTable label="Model" noun={['model', 'models']} rows={insights.models} by={CALLS} />
      </Section>
      <Section title="Projects" rows={insights.by_project} none="No run names its project.">
        <RunTable label="Project" noun={['project', 'projects']} rows={insights.by_project} />
      </Section>
      <Section title="Environments" rows={insights.by_environment} none="No run names its environment.">
        <RunTable label="Environment" noun={['environment', 'environments']} rows={insights.by_environment} />
      </Section>
    </>
  );
}

/** Columns that the tables of calls are sorted by at first. */
const CALLS = 1;
const P95 = 4;
const RUNS = 1;

interface SectionProps {
  title: string;
  rows: readonly { value: string | null }[];
  /** What is said where no run has a value. */
  none: string;
  children: ReactNode;
}

function Section({ title, rows, none, children }: SectionProps) {
  return (
    <section className={styles.section} aria-label={title}>
      <header className={styles.sectionHead}>
        <h2>{title}</h2>
      </header>
      {rows.some(({ value }) => value !== null) ? children : <p className={styles.quiet}>{none}</p>}
    </section>
  );
}

interface TableProps<Row> {
  label: string;
  noun: [string, string];
  rows: readonly Row[];
}

function RunTable({ label, noun, rows }: TableProps<RunBreakdown>) {
  return (
    <DataTable
      {...LINKED}
      label={`By ${noun[0]}`}
      noun={noun}
      rows={rows}
      columns={breakdownColumns(label)}
      order={{ column: RUNS, descending: true }}
      rowKey={({ value }) => (value === null ? 'none' : `is ${value}`)}
      name={({ value }, text) => (value === null ? <span className={styles.none}>None</span> : text)}
    />
  );
}

function CallTable({ label, noun, rows, by }: TableProps<CallBreakdown> & { by: number }) {
  return (
    <DataTable
      {...LINKED}
      label={`By ${noun[0]}`}
      noun={noun}
      rows={rows}
      columns={callColumns(label, rows)}
      order={{ column: by, descending: true }}
      rowKey={({ value }) => value}
    />
  );
}

const LINKED = {
  href: ({ filter }: { filter: string }) => hrefOf(tracesPlace(filter)),
  onOpen: ({ filter }: { filter: string }) => {
    openTraces(filter);
  },
};
