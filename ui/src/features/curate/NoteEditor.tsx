// A field for the note of one trace.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { backendErrorFrom, useBackend } from '../../backend';
import { Button } from '../../components/Button';
import { formatCount } from '../../domain/format';
import { theseTraces, useMarkTraces } from '../../queries/curate';
import { traceQuery } from '../../queries/traces';
import styles from './NoteEditor.module.css';

const MOST_CHARACTERS = 10_000;

interface NoteEditorProps {
  traceId: number;
  /** It is stored, or the person does not want to change it. */
  onDone: () => void;
}

export function NoteEditor({ traceId, onDone }: NoteEditorProps) {
  const { data } = useQuery(traceQuery(useBackend(), traceId));
  const marking = useMarkTraces();
  // What is stored, until the person types.
  const [typed, setTyped] = useState<string | null>(null);
  const stored = data?.summary.note ?? '';
  const note = typed ?? stored;
  const over = [...note].length - MOST_CHARACTERS;
  const save = () => {
    if (over > 0) return;
    if (note.trimEnd() === stored) onDone();
    else marking.mutate({ selection: theseTraces([traceId]), note }, { onSuccess: onDone });
  };
  return (
    <div className={styles.editor}>
      <textarea
        className={styles.text}
        aria-label="Note"
        autoFocus
        rows={4}
        disabled={!data}
        placeholder="What is worth knowing of this run"
        value={note}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
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
      {marking.error && (
        <p className={styles.error} role="alert">
          Not stored: {backendErrorFrom(marking.error).message}
        </p>
      )}
      <div className={styles.foot}>
        <span className={styles.hint}>Ctrl+Enter saves</span>
        <Button size="small" look="quiet" onClick={onDone}>
          Cancel
        </Button>
        <Button size="small" look="primary" disabled={!data || over > 0 || marking.isPending} onClick={save}>
          Save
        </Button>
      </div>
    </div>
  );
}
