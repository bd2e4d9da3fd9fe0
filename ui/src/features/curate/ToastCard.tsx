// Shows what was just done, with a way to take it back.
import { useEffect, useState } from 'react';
import { Button, IconButton } from '../../components/Button';
import { CopyDetails } from '../../components/CopyDetails';
import { Icon } from '../../components/icons';
import { dismissToast, useToast } from '../../state/toast';
import styles from './ToastCard.module.css';

/** Deleted traces can be brought back for longer, under Settings. */
const SHOWN_MS = 12_000;

export function ToastCard() {
  const toast = useToast((toasts) => toasts.toast);
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    // It stays for as long as the person is at it.
    if (toast === null || isHeld) return;
    const timer = setTimeout(dismissToast, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [toast, isHeld]);
  return (
    <section className={styles.place} aria-label="Messages" aria-live="polite">
      {toast && (
        <div
          className={styles.card}
          data-tone={toast.tone}
          onPointerEnter={() => {
            setHeld(true);
          }}
          onPointerLeave={() => {
            setHeld(false);
          }}
          onFocus={() => {
            setHeld(true);
          }}
          onBlur={() => {
            setHeld(false);
          }}
        >
          {toast.tone === 'failed' && <Icon name="warning" size={14} />}
          <span className={styles.text}>{toast.text}</span>
          {toast.action && (
            <Button
              size="small"
              onClick={() => {
                dismissToast();
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          {toast.failure && <CopyDetails {...toast.failure} />}
          <IconButton size="small" icon="close" label="Dismiss" onClick={dismissToast} />
        </div>
      )}
    </section>
  );
}
