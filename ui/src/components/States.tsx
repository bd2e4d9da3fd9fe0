// What stands in a region that has nothing, or something wrong, to show.
import type { ReactNode } from 'react';
import { CopyDetails } from './CopyDetails';
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

interface ErrorStateProps extends StateProps {
  /** What failed: its message is the text if there is no other, and its details can be copied. */
  error?: Error | undefined;
}

export function ErrorState({ title, text, icon = 'warning', error, children }: ErrorStateProps) {
  return (
    <div className={`${styles.state} ${styles.error}`} role="alert">
      <Icon name={icon} size={28} />
      <h2 className={styles.title}>{title}</h2>
      {(text ?? error) && <div className={styles.text}>{text ?? error?.message}</div>}
      {(children || error) && (
        <div className={styles.actions}>
          {children}
          {error && <CopyDetails what={title} error={error} size="normal" />}
        </div>
      )}
    </div>
  );
}
