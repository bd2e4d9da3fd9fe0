// Why steps failed: alike errors together.
import { Fragment } from 'react';
import type { FailureCluster } from '../../backend/bindings';
import { useClock } from '../../components/clock';
import { CopyButton } from '../../components/CopyButton';
import { DataTable } from '../../components/DataTable';
import { LongText } from '../../components/LongText';
import { plural } from '../../domain/format';
import { failureColumns } from './columns';
import styles from './Insights.module.css';
import { hrefOf, openTraces, tracesPlace } from './narrowed';

interface FailuresProps {
  failures: readonly FailureCluster[];
  /** Failed steps in all. */
  errors: number;
  /** Failed steps that are in none of them. */
  leftOut: number;
}

export function Failures({ failures, errors, leftOut }: FailuresProps) {
  const now_ms = useClock(60_000);
  return (
    <section className={styles.section} aria-label="Reasons of failure">
      <header className={styles.sectionHead}>
        <h2>Reasons of failure</h2>
        {failures.length > 0 && <span className={styles.hint}>… stands for what differs</span>}
      </header>
      {failures.length === 0 && leftOut === 0 && (
        <p className={styles.quiet}>{errors === 0 ? 'No step failed.' : 'No failed step says why.'}</p>
      )}
      {failures.length > 0 && (
        <DataTable
          label="Reasons of failure"
          noun={['reason', 'reasons']}
          rows={failures}
          columns={failureColumns(now_ms)}
          order={{ column: 1, descending: true }}
          rowKey={({ pattern }) => pattern}
          name={(_, text) => <Pattern text={text} />}
          href={({ filter }) => hrefOf(tracesPlace(filter))}
          onOpen={({ filter }) => {
            openTraces(filter);
          }}
          detail={{
            noun: 'example',
            of: ({ example }) => (
              <div className={styles.example}>
                <LongText text={example} mono />
                <CopyButton text={example} label="Copy the error" />
              </div>
            ),
          }}
        />
      )}
      {leftOut > 0 && (
        <p className={styles.quiet}>
          {plural(leftOut, 'more failed step')} {leftOut === 1 ? 'is' : 'are'} counted in none of them: there
          are too many different errors to tell apart.
        </p>
      )}
    </section>
  );
}

/** A pattern; what differs steps back. */
function Pattern({ text }: { text: string }) {
  return text.split('…').map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <span className={styles.blank}>…</span>}
      {part}
    </Fragment>
  ));
}
