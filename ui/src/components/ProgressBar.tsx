import styles from './ProgressBar.module.css';

interface ProgressBarProps {
  label: string;
  /** From 0 to 1; `null` while the end is not known. */
  share: number | null;
}

export function ProgressBar({ label, share }: ProgressBarProps) {
  const percent = share === null ? null : Math.max(0, Math.min(100, share * 100));
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { 'aria-valuenow': Math.floor(percent) })}
    >
      {percent === null ? (
        <div className={`${styles.fill} ${styles.unknown}`} />
      ) : (
        <div className={styles.fill} style={{ width: `${percent}%` }} />
      )}
    </div>
  );
}
