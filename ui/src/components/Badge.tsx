import type { ComponentProps } from 'react';
import styles from './Badge.module.css';

interface BadgeProps extends ComponentProps<'span'> {
  tone?: 'plain' | 'success' | 'warning' | 'failed' | 'running';
}

/** A word or number in a small box. */
export function Badge({ tone = 'plain', className, ...rest }: BadgeProps) {
  const classes = [styles.badge, tone !== 'plain' && styles[tone], className];
  return <span {...rest} className={classes.filter(Boolean).join(' ')} />;
}
