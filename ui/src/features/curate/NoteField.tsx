// A field for a note, be it on a run or on a step: kept as typed until it is stored.
import { useState } from 'react';
import { Button } from '../../components/Button';
import { formatCount } from '../../domain/format';
import styles from './NoteEditor.module.css';

interface NoteFieldProps {
  /** What is stored; `null` while it is not known. */
  stored: string | null;
  placeholder: string;
  mostCharacters: number;
  isSaving: boolean;
  /** Why it could not be stored. */
  error: string | null;
  /** Stores another note. */
  onSave: (note: string) => void;
  /** The person does not want to change it. */
  onCancel: () => void;
}

export function NoteField(props: NoteFieldProps) {
  const { stored, placeholder, mostCharacters, isSaving, error, onSave, onCancel } = props;
  // What is stored, until the person types.
  const [typed, setTyped] = useState<string | null>(null);
  const note = typed ?? stored ?? '';
  const over = [...note].length - mostCharacters;
  const save = () => {
    if (over > 0 || stored === null) return;
    if (note.trimEnd() === stored) onCancel();
    else onSave(note);
  };
  return (
    <div className={styles.editor}>
      <textarea
        className={styles.text}
        aria-label="Note"
        autoFocus
        rows={4}
        disabled={stored === null}
        placeholder={placeholder}
        value={note}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {over > 0 && (
        <p className={styles.error} role="alert">
          {formatCount(over)} characters too many.
        </p>
      )}
      {error !== null && (
        <p className={styles.error} role="alert">
          Not stored: {error}
        </p>
      )}
      <div className={styles.foot}>
        <span className={styles.hint}>Ctrl+Enter saves</span>
        <Button size="small" look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="small" look="primary" disabled={stored === null || over > 0 || isSaving} onClick={save}>
          Save
        </Button>
      </div>
    </div>
  );
}
