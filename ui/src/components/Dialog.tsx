import { Dialog as Radix } from 'radix-ui';
import { useState, type CSSProperties, type ReactNode } from 'react';
import { IconButton } from './Button';
import styles from './Dialog.module.css';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What it is for, read out with the title. */
  description?: string;
  width_px?: number;
  /** Whether the title is on screen, or only read out. */
  titleShown?: boolean;
  /** Buttons at its foot. */
  actions?: ReactNode;
  /** Where the focus goes when it closes and what had it is gone. */
  returnFocus?: () => void;
  children: ReactNode;
}

/** A dialog over the page: holds the focus, closes with Escape, gives the focus back. */
export function Dialog(props: DialogProps) {
  const { open, onClose, title, description, width_px = 520, titleShown = true, actions, children } = props;
  const { returnFocus } = props;
  // Taken while the page is as it was: some of what opens takes the focus as soon as it is there.
  const [opening, setOpening] = useState<{ open: boolean; before: Element | null }>({
    open: false,
    before: null,
  });
  if (opening.open !== open) setOpening({ open, before: open ? document.activeElement : opening.before });
  return (
    <Radix.Root
      open={open}
      onOpenChange={(stays) => {
        if (!stays) onClose();
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={styles.dialog}
          style={{ '--dialog-width': `${width_px}px` } as CSSProperties}
          onOpenAutoFocus={(event) => {
            // Not the close button, which comes first: what asks for the focus, else the dialog itself.
            event.preventDefault();
            const box = event.currentTarget as HTMLElement;
            if (!box.contains(document.activeElement))
              (box.querySelector<HTMLElement>('[data-autofocus]') ?? box).focus();
          }}
          onCloseAutoFocus={(event) => {
            // Radix gives it to a trigger, of which there is none.
            event.preventDefault();
            // Whatever was done here may have put it elsewhere.
            if (document.activeElement !== document.body) return;
            const { before } = opening;
            if (before instanceof HTMLElement && before.isConnected && before !== document.body)
              before.focus();
            else returnFocus?.();
          }}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          {titleShown ? (
            <div className={styles.head}>
              <Radix.Title className={styles.title}>{title}</Radix.Title>
              <Radix.Close asChild>
                <IconButton label="Close" icon="close" size="small" />
              </Radix.Close>
            </div>
          ) : (
            <Radix.Title className="visually-hidden">{title}</Radix.Title>
          )}
          {description && <Radix.Description className="visually-hidden">{description}</Radix.Description>}
          {titleShown ? <div className={styles.body}>{children}</div> : children}
          {actions && <div className={styles.actions}>{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
