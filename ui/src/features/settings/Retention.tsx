// How much is kept: limits that are turned on only after the person has seen what they would take away.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { Retention as Limits, RetentionRemoved } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { useClock } from '../../components/clock';
import { formatBytes, formatCount, formatRelativeTime, plural } from '../../domain/format';
import { useSaveSettings, useSettings } from '../../queries/about';
import { key } from '../../queries/keys';
import { NumberInput } from './NumberInput';
import { limitFrom, sameLimits } from './limits';
import styles from './Storage.module.css';
import settingsStyles from './SettingsDialog.module.css';

const FIELDS: { id: keyof Limits; label: string; unit: string }[] = [
  { id: 'days', label: 'Traces that began in the last', unit: 'days' },
  { id: 'traces', label: 'At most', unit: 'traces' },
  { id: 'gigabytes', label: 'At most', unit: 'GB' },
];

const textOf = (limit: number | null) => (limit === null ? '' : String(limit));

export function Retention({ removed }: { removed: RetentionRemoved | null }) {
  const settings = useSettings();
  const save = useSaveSettings();
  const { retention } = settings;
  // Typed text starts anew when other limits have been stored.
  return (
    <Form
      key={JSON.stringify(retention)}
      stored={retention}
      removed={removed}
      error={save.error && backendErrorFrom(save.error).message}
      onStore={(limits) => {
        save.mutate({ ...settings, retention: limits });
      }}
    />
  );
}

interface FormProps {
  stored: Limits;
  removed: RetentionRemoved | null;
  error: string | null;
  onStore: (limits: Limits) => void;
}

function Form({ stored, removed, error, onStore }: FormProps) {
  const [texts, setTexts] = useState({
    days: textOf(stored.days),
    traces: textOf(stored.traces),
    gigabytes: textOf(stored.gigabytes),
  });
  const now_ms = useClock(30_000);
  /** What is to be looked at before it is turned on. */
  const [asked, setAsked] = useState<Limits | null>(null);
  const read = {
    days: limitFrom(texts.days, false),
    traces: limitFrom(texts.traces, true),
    gigabytes: limitFrom(texts.gigabytes, false),
  };
  const isWrong = Object.values(read).includes('wrong');
  const limits = isWrong ? null : (read as Limits);
  const commit = () => {
    setAsked(limits === null || sameLimits(limits, stored) ? null : limits);
  };
  return (
    <section className={settingsStyles.group}>
      <h3 className={settingsStyles.heading}>What is kept</h3>
      {FIELDS.map(({ id, label, unit }) => (
        <label key={id} className={settingsStyles.row}>
          <span>{label}</span>
          <NumberInput
            text={texts[id]}
            unit={unit}
            placeholder="all"
            isWrong={read[id] === 'wrong'}
            errorId={isWrong ? 'retention-error' : undefined}
            onChange={(text) => {
              setTexts({ ...texts, [id]: text });
            }}
            onCommit={commit}
          />
        </label>
      ))}
      <p className={styles.quiet}>
        What is over a limit goes for good, the oldest first. Starred and running traces always stay.
        {removed !== null &&
          ` ${plural(removed.traces, 'trace')} went last, ${formatRelativeTime(removed.at_unix_ms, now_ms)}.`}
      </p>
      {isWrong && (
        <p id="retention-error" className={settingsStyles.error} role="alert">
          Give a number above zero, or nothing for no limit.
        </p>
      )}
      {error !== null && (
        <p className={settingsStyles.error} role="alert">
          The limits could not be stored: {error}
        </p>
      )}
      {asked && (
        <Preview
          limits={asked}
          onCancel={() => {
            setAsked(null);
            setTexts({
              days: textOf(stored.days),
              traces: textOf(stored.traces),
              gigabytes: textOf(stored.gigabytes),
            });
          }}
          onStore={() => {
            onStore(asked);
          }}
        />
      )}
    </section>
  );
}

/** Says what limits would take away, and asks whether that is meant. */
function Preview({
  limits,
  onStore,
  onCancel,
}: {
  limits: Limits;
  onStore: () => void;
  onCancel: () => void;
}) {
  const backend = useBackend();
  const { data, error } = useQuery({
    queryKey: [...key('retention_preview'), limits] as const,
    queryFn: ({ signal }) => backend.call('retention_preview', limits, signal),
    staleTime: 0,
    gcTime: 0,
  });
  const text = error
    ? backendErrorFrom(error).message
    : !data
      ? 'Counting what would go…'
      : data.traces === 0
        ? 'Nothing would go now.'
        : `Would delete ${formatCount(data.traces)} of ${plural(data.total, 'trace')} for good now (about ${formatBytes(data.bytes)}).`;
  return (
    <div className={styles.preview} role="status">
      <span>{text}</span>
      <Button size="small" look="quiet" onClick={onCancel}>
        Cancel
      </Button>
      <Button size="small" look="primary" disabled={!data} onClick={onStore}>
        {data && data.traces > 0 ? 'Delete and keep to this' : 'Keep to this'}
      </Button>
    </div>
  );
}
