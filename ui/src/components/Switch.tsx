import styles from './Switch.module.css';

interface SwitchProps {
  on: boolean;
  /** What it turns on and off. */
  label: string;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** Turns something on and off, at once. */
export function Switch({ on, label, disabled = false, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      disabled={disabled}
      className={styles.switch}
      onClick={() => {
        onChange(!on);
      }}
    >
      <span className={styles.knob} />
    </button>
  );
}
