import styles from './WholeButton.module.css';

interface WholeButtonProps {
  /** Whether all of the text is shown. */
  whole: boolean;
  onChange: (whole: boolean) => void;
  /** How much all of it is: `12,400 characters`. */
  size: string;
}

/** Under a text of which the start is shown: shows all of it, or the start again. */
export function WholeButton({ whole, onChange, size }: WholeButtonProps) {
  return (
    <button
      type="button"
      className={styles.button}
      aria-expanded={whole}
      onClick={() => {
        onChange(!whole);
      }}
    >
      {whole ? 'Show less' : `Show all ${size}`}
    </button>
  );
}
