import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import { Kbd } from './Kbd';
import styles from './Menu.module.css';

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** A sign in place of an icon. */
  sign?: ReactNode;
  shortcut?: string;
  disabled?: boolean;
  onSelect: () => void;
}

/** A menu that opens below its trigger (one button). */
export function Menu({ trigger, items }: { trigger: ReactNode; items: MenuItem[] }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.menu} align="start" sideOffset={4} collisionPadding={8}>
          {items.map((item, index) => (
            <Radix.Item
              key={index}
              className={styles.item}
              disabled={item.disabled ?? false}
              onSelect={item.onSelect}
            >
              {item.icon && <Icon name={item.icon} />}
              {item.sign}
              <span className={styles.label}>{item.label}</span>
              {item.shortcut && <Kbd keys={item.shortcut} />}
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
