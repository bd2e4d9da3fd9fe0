// An address from a trace. A click shows where it goes; going there is left to the person, by copying it.
import { useState, type ReactNode } from 'react';
import { visibleText } from '../domain/visibleText';
import styles from './Address.module.css';
import { CopyButton } from './CopyButton';
import { Popover } from './Popover';

interface AddressProps {
  target: string;
  /** What stands for it; the address itself if nothing does. */
  children?: ReactNode;
}

const LONGEST_SHOWN = 600;

export function Address({ target, children }: AddressProps) {
  const [open, setOpen] = useState(false);
  const shown = visibleText(target.slice(0, LONGEST_SHOWN));
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label="Where this link goes"
      trigger={
        <button type="button" className={styles.link}>
          {children ?? shown}
        </button>
      }
    >
      <div className={styles.card}>
        <p className={styles.target}>
          {shown}
          {target.length > LONGEST_SHOWN && '…'}
        </p>
        <p className={styles.note}>From the trace. It is not opened from here.</p>
        <CopyButton text={target} label="Copy address" withLabel />
      </div>
    </Popover>
  );
}
