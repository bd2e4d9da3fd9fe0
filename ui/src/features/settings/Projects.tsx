// What projects and environments are called, and which of them lists leave out.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import type { LabelItem, LabelSet } from '../../backend/bindings';
import { Switch } from '../../components/Switch';
import { plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { labelListQuery } from '../../queries/curate';
import styles from './Projects.module.css';
import settings from './SettingsDialog.module.css';

const FIELDS = [
  { field: 'project', heading: 'Projects', none: 'No trace names a project.' },
  { field: 'environment', heading: 'Environments', none: 'No trace names an environment.' },
] as const;

export function Projects() {
  const backend = useBackend();
  const cache = useQueryClient();
  const { queryKey } = labelListQuery(backend);
  const { data, error } = useQuery(labelListQuery(backend));
  const setting = useMutation({
    mutationFn: (label: LabelSet) => backend.call('label_set', label),
    onSuccess: (labels) => {
      cache.setQueryData(queryKey, labels);
      return Promise.all(
        ['trace_list', 'trace_get', 'monitor'].map((name) => cache.invalidateQueries({ queryKey: [name] })),
      );
    },
  });
  const failed = error ?? setting.error;
  return (
    <>
      <p className={styles.intro}>
        Give two the same name to show them as one. Traces keep what their source calls them, and all of this
        can be taken back.
      </p>
      {FIELDS.map(({ field, heading, none }) => {
        const items = data?.filter((item) => item.field === field) ?? [];
        return (
          <section key={field} className={settings.group}>
            <h3 className={settings.heading}>{heading}</h3>
            {data && items.length === 0 && <p className={styles.intro}>{none}</p>}
            <ul className={styles.list}>
              {items.map((item) => (
                <Row
                  key={`${item.value} ${item.shown_as ?? ''}`}
                  item={item}
                  merged={items.filter((other) => shownName(other) === shownName(item)).length - 1}
                  onSet={(change) => {
                    const { value, shown_as, is_hidden } = item;
                    setting.mutate({ field, value, shown_as, is_hidden, ...change });
                  }}
                />
              ))}
            </ul>
          </section>
        );
      })}
      {failed && (
        <p className={settings.error} role="alert">
          {backendErrorFrom(failed).message}
        </p>
      )}
    </>
  );
}

const shownName = ({ shown_as, value }: LabelItem) => shown_as ?? value;

interface RowProps {
  item: LabelItem;
  /** How many others are shown under the same name. */
  merged: number;
  onSet: (change: Partial<LabelSet>) => void;
}

function Row({ item, merged, onSet }: RowProps) {
  const { value, shown_as, is_hidden, traces } = item;
  const [name, setName] = useState(shownName(item));
  const next = name.trim() === '' || name.trim() === value ? null : name.trim();
  /** What was asked for last: the answer may still be on its way. */
  const [sent, setSent] = useState(shown_as);
  const commit = () => {
    if (next === null) setName(value);
    if (next === sent) return;
    setSent(next);
    onSet({ shown_as: next });
  };
  const remarks = [
    plural(traces, 'trace'),
    shown_as === null ? null : `called ${visibleText(value)} by the source`,
    merged > 0 ? `together with ${plural(merged, 'other')}` : null,
  ];
  return (
    <li className={styles.row} data-hidden={is_hidden || undefined}>
      <span className={styles.words}>
        <input
          className={styles.name}
          aria-label={`Name of ${visibleText(value)}`}
          title={visibleText(name)}
          value={name}
          maxLength={200}
          spellCheck={false}
          onChange={(event) => {
            setName(event.target.value);
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            else if (event.key === 'Escape') setName(sent ?? value);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <small>{remarks.filter(Boolean).join(' · ')}</small>
      </span>
      <span className={styles.shown}>
        {is_hidden ? 'Left out' : 'Listed'}
        <Switch
          on={!is_hidden}
          label={`List traces of ${value}`}
          onChange={(isListed) => {
            setSent(next);
            onSet({ shown_as: next, is_hidden: !isListed });
          }}
        />
      </span>
    </li>
  );
}
