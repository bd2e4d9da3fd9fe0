import type { ComponentProps } from 'react';
import styles from './Table.module.css';

/** A table whose head stays in view. What its columns need beside that is said by `className`. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return <table {...rest} className={[styles.table, className].filter(Boolean).join(' ')} />;
}
