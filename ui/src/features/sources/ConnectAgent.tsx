import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import { CopyButton } from '../../components/CopyButton';
import { addressesQuery } from '../../queries/sources';
import { snippets } from './snippets';
import styles from './Sources.module.css';

/** Lines to copy into an agent, with the addresses that hold here. */
export function ConnectAgent() {
  const { data } = useQuery(addressesQuery(useBackend()));
  const [chosen, setChosen] = useState('otlp');
  if (!data) return null;
  const all = snippets(data);
  const shown = all.find(({ id }) => id === chosen) ?? all[0];
  return (
    <section className={styles.section} aria-labelledby="connect-title">
      <h2 id="connect-title" className={styles.heading}>
        Connect your agent
      </h2>
      <div className={styles.tabs} role="tablist" aria-label="Ways to connect">
        {all.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`connect-${id}`}
            aria-selected={id === shown?.id}
            aria-controls="connect-code"
            className={styles.tab}
            onClick={() => {
              setChosen(id);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {shown && (
        <div
          id="connect-code"
          role="tabpanel"
          aria-labelledby={`connect-${shown.id}`}
          className={styles.snippet}
        >
          <p className={styles.quiet}>{shown.hint}</p>
          <div className={styles.code}>
            <pre tabIndex={0} aria-label={`${shown.label} example`}>
              {shown.code}
            </pre>
            <CopyButton text={shown.code} label="Copy" withLabel />
          </div>
        </div>
      )}
    </section>
  );
}
