import type { ReactNode } from 'react';
import styles from './StatusIcon.module.css';

export type StatusWord = 'success' | 'warning' | 'failed' | 'running' | 'lost' | 'unset';

const LABELS: Record<StatusWord, string> = {
  success: 'Success',
  warning: 'Warning',
  failed: 'Failed',
  running: 'Running',
  lost: 'Lost',
  unset: 'No status',
};

// Shapes differ as well as colours: a ring with a tick, a triangle, a filled cross, a turning arc, a broken ring, a dot.
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
  lost: (
    <>
      <circle cx="7" cy="7" r="5.3" strokeDasharray="2.4 3.15" />
      <path d="M4.8 7h4.4" />
    </>
  ),
  unset: <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />,
};

interface StatusIconProps {
  status: StatusWord;
  /** Another word for it, where there is a better one. */
  label?: string;
  /** What it means, shown on hover. */
  title?: string;
  /** Whether the word stands beside the icon; else it is only read out and shown on hover. */
  withLabel?: boolean;
}

export function StatusIcon({ status, label = LABELS[status], title, withLabel = false }: StatusIconProps) {
  const hint = title ?? (withLabel ? undefined : label);
  return (
    <span className={`${styles.status} ${styles[status]}`} title={hint}>
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
      <span className={withLabel ? styles.label : 'visually-hidden'}>{label}</span>
    </span>
  );
}
