import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Popover.module.css';

interface PopoverProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What it is, for those who do not see it. */
  label: string;
  /** One button. */
  trigger: ReactNode;
  /** Where the focus goes when it closes with Escape; else to the trigger. */
  returnFocus?: () => void;
  children: ReactNode;
}

/** A small surface that opens beside its trigger, and closes with Escape or a click elsewhere. */
export function Popover({ open, onOpenChange, label, trigger, returnFocus, children }: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles.popover}
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            // A click elsewhere has put it there already.
            if (!returnFocus || document.activeElement !== document.body) return;
            event.preventDefault();
            returnFocus();
          }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
