import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../backend';
import { IconButton } from '../components/Button';
import { Icon } from '../components/icons';
import { appInfoQuery } from '../queries/about';
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
