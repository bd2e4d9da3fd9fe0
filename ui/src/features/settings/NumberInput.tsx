import styles from './SettingsDialog.module.css';

interface NumberInputProps {
  /** What stands in it, as typed. */
  text: string;
  unit: string;
  placeholder?: string;
  isWrong: boolean;
  /** The element that says what is wrong. */
  errorId: string | undefined;
  onChange: (text: string) => void;
  /** The person is done with it: left it, or pressed Enter. */
  onCommit: () => void;
}

/** A number with its unit. */
export function NumberInput({
  text,
  unit,
  placeholder,
  isWrong,
  errorId,
  onChange,
  onCommit,
}: NumberInputProps) {
  return (
    <span className={styles.number}>
      <input
        inputMode="decimal"
        value={text}
        placeholder={placeholder}
        aria-invalid={isWrong}
        aria-describedby={errorId}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onBlur={onCommit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onCommit();
        }}
      />
      {unit}
    </span>
  );
}
