import { useEffect, useState } from 'react';
import { useBackend, type Dropped } from '../../backend';
import { Icon } from '../../components/icons';
import styles from './Imports.module.css';

/** Covers the window while something is dragged over it. */
export function DropOverlay({ onDrop }: { onDrop: (dropped: Dropped) => void }) {
  const backend = useBackend();
  const [over, setOver] = useState(false);
  useEffect(
    () =>
      backend.onDrop({
        over() {
          setOver(true);
        },
        leave() {
          setOver(false);
        },
        drop(dropped) {
          setOver(false);
          onDrop(dropped);
        },
      }),
    [backend, onDrop],
  );
  if (!over) return null;
  return (
    <div className={styles.overlay}>
      <div className={styles.target}>
        <Icon name="open" size={32} />
        Drop to import
        <small>Files and folders; nothing leaves this machine</small>
      </div>
    </div>
  );
}
