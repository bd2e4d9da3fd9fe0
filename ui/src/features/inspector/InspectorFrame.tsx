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
        if (event.defaultPrevented) return;
        if (event.key === 'Escape') {
          event.preventDefault();
          onLeave();
        }
        // On the region itself the arrows walk the sections, past all that stands above them.
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by === undefined || event.target !== event.currentTarget) return;
        event.preventDefault();
        event.stopPropagation();
        showSection(event.currentTarget, by);
      }}
    >
      {children}
    </aside>
  );
}

/** Shows the section beside the one that is shown, and goes to its tab. */
function showSection(frame: HTMLElement, by: number): void {
  const tabs = [...frame.querySelectorAll<HTMLElement>('[role="tab"]')];
  const shown = tabs.findIndex((tab) => tab.getAttribute('aria-selected') === 'true');
  const next = tabs[(shown + by + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
}
