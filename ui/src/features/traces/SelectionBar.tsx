// Says what is picked out, with what can be done with it.
import type { ReactNode } from 'react';
import { IconButton, Button } from '../../components/Button';
import { formatCount, plural } from '../../domain/format';
import { clearSelection, selectAll, useSelection } from '../../state/selection';
import styles from './SelectionBar.module.css';

interface SelectionBarProps {
  /** Traces that match the filter. */
  total: number;
  /** Buttons. */
  children: ReactNode;
}

export function SelectionBar({ total, children }: SelectionBarProps) {
  const { ids, all } = useSelection();
  if (!all && ids.size === 0) return null;
  return (
    <div className={styles.bar} role="region" aria-label="Selected traces">
      <span className={styles.count} role="status">
        {all ? `All ${plural(total, 'trace')} selected` : `${plural(ids.size, 'trace')} selected`}
      </span>
      {!all && ids.size < total && (
        <Button size="small" look="quiet" onClick={selectAll}>
          Select all {formatCount(total)}
        </Button>
      )}
      <span className={styles.actions}>{children}</span>
      <IconButton
        size="small"
        icon="close"
        label="Select nothing"
        shortcut="Escape"
        onClick={clearSelection}
      />
    </div>
  );
}
