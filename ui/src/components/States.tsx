// What stands in a region that has nothing, or something wrong, to show.
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import styles from './States.module.css';

interface StateProps {
  title: string;
  /** What it means, or what to do. */
  text?: ReactNode;
  icon?: IconName;
  /** Buttons. */
  children?: ReactNode;
}

export function EmptyState({ title, text, icon, children }: StateProps) {
  return (
    <div className={styles.state}>
      {icon && <Icon name={icon} size={28} />}
      <h2 className={styles.title}>{title}</h2>
      {text && <div className={styles.text}>{text}</div>}
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}

export function ErrorState({ title, text, icon = 'warning', children }: StateProps) {
  return (
    <div className={`${styles.state} ${styles.error}`} role="alert">
      <Icon name={icon} size={28} />
      <h2 className={styles.title}>{title}</h2>
      {text && <div className={styles.text}>{text}</div>}
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
