// The live sources: one row each, and below it what went wrong.
import { useState } from 'react';
import type { SourceConfig, SourceStatus } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { useClock } from '../../components/clock';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import { Menu, type MenuItem } from '../../components/Menu';
import { Switch } from '../../components/Switch';
import { Table } from '../../components/Table';
import {
  formatAge,
  formatBytes,
  formatCompact,
  formatCount,
  formatDateTime,
  formatRate,
  plural,
} from '../../domain/format';
import { sentenceOf } from '../../domain/words';
import { SourceProblems } from './SourceProblems';
import { SourceSign } from './SourceSign';
import styles from './Sources.module.css';
import { KIND_WORDS, retryWords, stateWord } from './sourceWords';

interface SourceTableProps {
  sources: readonly SourceStatus[];
  /** When they were read; what counts down does so from there. */
  read_at_ms: number;
  onSwitch: (config: SourceConfig) => void;
  onEdit: (source: SourceStatus) => void;
  onRemove: (source: SourceStatus) => void;
}

export function SourceTable({ sources, ...rest }: SourceTableProps) {
  return (
    <Table className={styles.table} aria-label="Live sources">
      <thead>
        <tr>
          <th>
            <span className="visually-hidden">On</span>
          </th>
          <th>Source</th>
          <th>State</th>
          <th>Address</th>
          <th className={styles.number} title="Senders connected now">
            Senders
          </th>
          <th className={styles.number}>Rate</th>
          <th className={styles.number} title="New traces since the program started">
            Traces
          </th>
          <th className={styles.number} title="Steps since the program started, repeats included">
            Steps
          </th>
          <th className={styles.number}>Bytes</th>
          <th className={styles.number} title="Steps that were received and could not be taken">
            Dropped
          </th>
          <th className={styles.number}>Last heard</th>
          <th>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      {sources.map((source) => (
        <SourceRows key={source.config.id} source={source} {...rest} />
      ))}
    </Table>
  );
}

type SourceRowsProps = Omit<SourceTableProps, 'sources'> & { source: SourceStatus };

function SourceRows({ source, read_at_ms, onSwitch, onEdit, onRemove }: SourceRowsProps) {
  const [problemsShown, setProblemsShown] = useState(false);
  const { config, state, message } = source;
  const { name, icon, about } = KIND_WORDS[config.kind.type];
  const items: MenuItem[] = [
    {
      label: 'Set up…',
      icon: 'edit',
      onSelect: () => {
        onEdit(source);
      },
    },
    {
      label: source.is_built_in ? 'As it was at first' : 'Remove',
      icon: source.is_built_in ? 'retry' : 'remove',
      onSelect: () => {
        onRemove(source);
      },
    },
  ];
  const hasMore = message !== null || source.problems > 0 || source.skipped !== null;
  return (
    <tbody className={styles.source} data-state={state} aria-label={name}>
      <tr>
        <td>
          <Switch
            on={config.enabled}
            label={`${name} on`}
            onChange={(enabled) => {
              onSwitch({ ...config, enabled });
            }}
          />
        </td>
        <td>
          <div className={styles.what}>
            <Icon name={icon} />
            <span className={styles.kind} title={about}>
              {name}
            </span>
          </div>
        </td>
        <td>
          <span className={styles.state}>
            <SourceSign state={state} />
            {stateWord(source)}
            {source.retry_in_ms !== null && (
              <Countdown retry_in_ms={source.retry_in_ms} read_at_ms={read_at_ms} />
            )}
          </span>
        </td>
        <td>
          {source.address !== null && (
            <div className={styles.what}>
              <span className={styles.address} title={source.address}>
                {source.address}
              </span>
              <CopyButton text={source.address} label="Copy the address" />
            </div>
          )}
        </td>
        <td className={styles.number}>
          <Amount value={source.connections} />
        </td>
        <td className={styles.number}>
          {source.spans_per_s > 0 || source.bytes_per_s > 0 ? (
            <span title={`${formatBytes(Math.round(source.bytes_per_s))}/s`}>
              {formatRate(source.spans_per_s)}/s
            </span>
          ) : (
            <span className={styles.quiet}>0</span>
          )}
        </td>
        <td className={styles.number}>
          <Amount value={source.traces} />
        </td>
        <td className={styles.number}>
          <Amount value={source.spans} />
        </td>
        <td className={styles.number}>
          {source.bytes === 0 ? <span className={styles.quiet}>0</span> : formatBytes(source.bytes)}
        </td>
        <td className={styles.number}>
          <Amount value={source.dropped} alarm />
        </td>
        <td className={styles.number}>
          <LastHeard unix_ms={source.heard_unix_ms} />
        </td>
        <td className={styles.actions}>
          <Menu trigger={<IconButton size="small" icon="more" label={`${name}: more`} />} items={items} />
        </td>
      </tr>
      {hasMore && (
        <tr className={styles.more}>
          <td />
          <td colSpan={11}>
            {message !== null && (
              <div className={styles.message}>
                <Icon name="warning" size={14} />
                <span>{sentenceOf(message)}</span>
                {state === 'failed' && (
                  <Button
                    size="small"
                    onClick={() => {
                      onEdit(source);
                    }}
                  >
                    Set up…
                  </Button>
                )}
                {(state === 'failed' || state === 'retrying') && (
                  <Button
                    size="small"
                    icon="retry"
                    onClick={() => {
                      onSwitch({ ...config, enabled: true });
                    }}
                  >
                    Try again
                  </Button>
                )}
              </div>
            )}
            {(source.problems > 0 || source.skipped !== null) && (
              <div className={styles.notes}>
                {source.problems > 0 && (
                  <button
                    type="button"
                    className={styles.link}
                    aria-expanded={problemsShown}
                    onClick={() => {
                      setProblemsShown(!problemsShown);
                    }}
                  >
                    {plural(source.problems, 'problem')}
                  </button>
                )}
                {source.skipped !== null && <span className={styles.quiet}>left out: {source.skipped}</span>}
              </div>
            )}
            {problemsShown && source.problems > 0 && <SourceProblems id={config.id} />}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Amount({ value, alarm = false }: { value: number; alarm?: boolean }) {
  if (value === 0) return <span className={styles.quiet}>0</span>;
  return (
    <span className={alarm ? styles.alarm : undefined} title={formatCount(value)}>
      {formatCompact(value)}
    </span>
  );
}

function Countdown({ retry_in_ms, read_at_ms }: { retry_in_ms: number; read_at_ms: number }) {
  const now_ms = useClock(500);
  return <span className={styles.quiet}>{retryWords(retry_in_ms, read_at_ms, now_ms)}</span>;
}

function LastHeard({ unix_ms }: { unix_ms: number | null }) {
  const now_ms = useClock(1000);
  if (unix_ms === null) return <span className={styles.quiet}>never</span>;
  return <span title={formatDateTime(unix_ms)}>{formatAge(unix_ms, now_ms)}</span>;
}
