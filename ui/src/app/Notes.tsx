import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../backend';
import { Button, IconButton } from '../components/Button';
import { Icon } from '../components/icons';
import { appInfoQuery } from '../queries/about';
import type { LiveLoss } from '../queries/live';
import styles from './Notes.module.css';

/** What happened at opening the store that the person should know, until they have seen it; what went well is no warning. */
export function Notes() {
  const { data } = useQuery(appInfoQuery(useBackend()));
  const [seen, setSeen] = useState<readonly string[]>([]);
  const told = (texts: readonly string[], tone: 'warning' | 'good') => texts.map((text) => ({ text, tone }));
  return [...told(data?.notes ?? [], 'warning'), ...told(data?.news ?? [], 'good')]
    .filter(({ text }) => !seen.includes(text))
    .map(({ text: note, tone }) => (
      <div key={note} className={styles.note} data-tone={tone} role="status">
        <Icon name={tone === 'good' ? 'check' : 'warning'} />
        <span>{note}</span>
        <IconButton
          size="small"
          icon="close"
          label="Dismiss"
          onClick={() => {
            setSeen([...seen, note]);
          }}
        />
      </div>
    ));
}

/** Says that what is shown no longer follows the store. */
export function LiveNote({ loss }: { loss: LiveLoss | null }) {
  return (
    loss && (
      <div className={styles.note} role="alert">
        <Icon name="warning" />
        <span>Live updates are off: {loss.error.message} What is shown may be out of date.</span>
        <Button size="small" onClick={loss.retry}>
          Try again
        </Button>
      </div>
    )
  );
}
