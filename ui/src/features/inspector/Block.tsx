// A titled part of a section that folds and can be copied.
import { useState, type ReactNode } from 'react';
import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/icons';
import styles from './Inspector.module.css';

interface BlockProps {
  title: ReactNode;
  /** What it is, for the copy button ("the input"). */
  what: string;
  copy?: () => string;
  /** Beside the title. */
  note?: ReactNode;
  startsOpen?: boolean;
  tone?: string | undefined;
  children: ReactNode;
}

export function Block({ title, what, copy, note, startsOpen = true, tone, children }: BlockProps) {
  const [open, setOpen] = useState(startsOpen);
  return (
    <section className={`${styles.block} ${tone ?? ''}`}>
      <div className={styles.blockHead}>
        <button
          type="button"
          className={styles.blockTitle}
          aria-expanded={open}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <span className={`${styles.chevron} ${open ? styles.open : ''}`}>
            <Icon name="next" size={12} />
          </span>
          {title}
          {note !== undefined && <span className={styles.note}>{note}</span>}
        </button>
        {copy && <CopyButton text={copy} label={`Copy ${what}`} />}
      </div>
      {open && <div className={styles.blockBody}>{children}</div>}
    </section>
  );
}
