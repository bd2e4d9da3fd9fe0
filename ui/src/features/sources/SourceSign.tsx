import type { ReactNode } from 'react';
import type { SourceState } from '../../backend/bindings';
import styles from './Sources.module.css';

// Shapes differ as well as colours: an empty ring, a turning arc, a ring with a dot, a full dot, an arrow round, a cross.
const SHAPES: Record<SourceState, ReactNode> = {
  off: <circle cx="7" cy="7" r="4.5" />,
  starting: <path className={styles.turning} d="M7 1.7A5.3 5.3 0 1 1 1.7 7" />,
  listening: (
    <>
      <circle cx="7" cy="7" r="5.3" />
      <circle cx="7" cy="7" r="2" fill="currentColor" stroke="none" />
    </>
  ),
  connected: <circle cx="7" cy="7" r="5.3" fill="currentColor" stroke="none" />,
  retrying: <path d="M11.6 7a4.6 4.6 0 1 1-1.5-3.4M11.6 1.5v2.7H8.9" />,
  failed: (
    <>
      <circle cx="7" cy="7" r="5.8" fill="currentColor" stroke="none" />
      <path d="M5 5l4 4M9 5 5 9" stroke="var(--surface)" />
    </>
  ),
};

/** The sign of a source's state; its word stands beside it. */
export function SourceSign({ state }: { state: SourceState }) {
  return (
    <svg
      className={styles.sign}
      data-state={state}
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
      {SHAPES[state]}
    </svg>
  );
}
