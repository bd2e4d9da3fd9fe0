import type { ReactNode } from 'react';
import styles from './StatusIcon.module.css';

export type StatusWord = 'success' | 'warning' | 'failed' | 'running' | 'unset';

const LABELS: Record<StatusWord, string> = {
  success: 'Success',
  warning: 'Warning',
  failed: 'Failed',
  running: 'Running',
  unset: 'No status',
};

// Shapes differ as well as colours: a ring with a tick, a triangle, a filled cross, a turning arc, a dot.
const SHAPES: Record<StatusWord, ReactNode> = {
  success: (
    <>
      <circle cx="7" cy="7" r="5.3" />
      <path d="M4.6 7.2 6.3 8.9 9.5 5.3" />
    </>
  ),
  warning: <path d="M7 1.8 12.8 12H1.2zM7 5.4v3M7 10v.3" />,
  failed: (
    <>
      <circle cx="7" cy="7" r="5.8" fill="currentColor" stroke="none" />
      <path d="M5 5l4 4M9 5 5 9" stroke="var(--surface)" />
    </>
  ),
  running: <path className={styles.turning} d="M7 1.7A5.3 5.3 0 1 1 1.7 7" />,
  unset: <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />,
};

interface StatusIconProps {
  status: StatusWord;
  /** Whether the word stands beside the icon; else it is only read out and shown on hover. */
  withLabel?: boolean;
}

export function StatusIcon({ status, withLabel = false }: StatusIconProps) {
  return (
    <span className={`${styles.status} ${styles[status]}`} title={withLabel ? undefined : LABELS[status]}>
      <svg
        width="14"
        height="14"
        viewBox="0 0 14 14"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {SHAPES[status]}
      </svg>
      <span className={withLabel ? styles.label : 'visually-hidden'}>{LABELS[status]}</span>
    </span>
  );
}
