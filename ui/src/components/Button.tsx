import type { ComponentProps } from 'react';
import styles from './Button.module.css';
import { Icon, type IconName } from './icons';
import { Tooltip } from './Tooltip';

interface ButtonProps extends ComponentProps<'button'> {
  look?: 'plain' | 'primary' | 'quiet';
  size?: 'small' | 'normal';
  icon?: IconName;
}

export function Button({ look = 'plain', size, icon, className, children, ...rest }: ButtonProps) {
  const classes = [
    styles.button,
    look !== 'plain' && styles[look],
    size === 'small' && styles.small,
    className,
  ];
  return (
    <button type="button" {...rest} className={classes.filter(Boolean).join(' ')}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** What it does; also its tooltip. */
  label: string;
  icon: IconName;
  size?: 'small' | 'normal';
  /** Key that does the same, shown in the tooltip. */
  shortcut?: string;
}

export function IconButton({ label, icon, size, shortcut, className, ...rest }: IconButtonProps) {
  const classes = [styles.icon, size === 'small' && styles.small, className];
  return (
    <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
      <button type="button" aria-label={label} {...rest} className={classes.filter(Boolean).join(' ')}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
