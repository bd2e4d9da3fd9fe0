import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../backend';
import { Button, IconButton } from '../components/Button';
import { Icon } from '../components/icons';
import { appInfoQuery } from '../queries/about';
import type { LiveLoss } from '../queries/live';
import styles from './Notes.module.css';

/** What happened at opening the store that the person should know, until they have seen it. */
export function Notes() {
  const { data } = useQuery(appInfoQuery(useBackend()));
  const [seen, setSeen] = useState<readonly string[]>([]);
  return data?.notes
    .filter((note) => !seen.includes(note))
    .map((note) => (
      <div key={note} className={styles.note} role="status">
        <Icon name="warning" />
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
