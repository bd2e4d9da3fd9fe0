import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './Tabs.module.css';

interface TabsProps {
  /** What the pages are of. */
  label: string;
  pages: { id: string; label: string; content: ReactNode }[];
}

/** Pages of which one is shown, the first at first. Arrow keys walk between them. */
export function Tabs({ label, pages }: TabsProps) {
  return (
    <Radix.Root {...(pages[0] ? { defaultValue: pages[0].id } : {})}>
      <Radix.List className={styles.list} aria-label={label}>
        {pages.map((page) => (
          <Radix.Trigger key={page.id} value={page.id} className={styles.tab}>
            {page.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {pages.map((page) => (
        <Radix.Content key={page.id} value={page.id} className={styles.page}>
          {page.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
