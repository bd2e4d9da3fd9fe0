// The region that holds the inspector, whatever it shows, so that the keyboard stays in it.
import type { ReactNode, RefObject } from 'react';
import styles from './Inspector.module.css';

interface InspectorFrameProps {
  frame: RefObject<HTMLElement | null>;
  /** Gives the keyboard back to the steps. */
  onLeave: () => void;
  children: ReactNode;
}

export function InspectorFrame({ frame, onLeave, children }: InspectorFrameProps) {
  return (
    <aside
      ref={frame}
      className={styles.inspector}
      aria-label="Inspector"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onLeave();
      }}
    >
      {children}
    </aside>
  );
}
