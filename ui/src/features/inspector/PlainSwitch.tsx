// Turns all content between set for reading and as the source has it.
import { Switch } from '../../components/Switch';
import { setPlain, useReading } from '../../state/reading';
import styles from './Inspector.module.css';

/** `label` says what plain means here: `As written`, `As data`. */
export function PlainSwitch({ label }: { label: string }) {
  const isPlain = useReading((reading) => reading.isPlain);
  return (
    <span className={styles.plain}>
      <span aria-hidden="true">{label}</span>
      <Switch on={isPlain} label={label} onChange={setPlain} />
    </span>
  );
}
