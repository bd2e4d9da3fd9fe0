// What the person says of the selected step: buttons for a pin and a note, and the note where there is one.
import { lazy, Suspense, useState } from 'react';
import { backendErrorFrom } from '../../backend';
import type { StepMarkItem } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { WholeButton } from '../../components/WholeButton';
import { plural } from '../../domain/format';
import { NoteField } from './NoteField';
import styles from './StepMarks.module.css';

const Markdown = lazy(() => import('../../components/Markdown'));

const MOST_CHARACTERS = 20_000;

interface ButtonsProps {
  /** What is said of the step now; `null` for nothing. */
  mark: StepMarkItem | null;
  /** Whether the marks of the trace are known yet. */
  isKnown: boolean;
  onPin: (pinned: boolean) => void;
  onWrite: () => void;
}

export function StepMarkButtons({ mark, isKnown, onPin, onWrite }: ButtonsProps) {
  const isPinned = mark !== null && mark.pinned_unix_ms !== null;
  const hasNote = (mark?.note ?? null) !== null;
  return (
    <span className={styles.buttons} role="group" aria-label="Pin and note">
      <IconButton
        size="small"
        icon={isPinned ? 'pinned' : 'pin'}
        label={isPinned ? 'Unpin this step' : 'Pin this step'}
        shortcut="p"
        aria-pressed={isPinned}
        className={isPinned ? styles.pinned : undefined}
        disabled={!isKnown}
        onClick={() => {
          onPin(!isPinned);
        }}
      />
      <IconButton
        size="small"
        icon="note"
        label={hasNote ? 'Change the note' : 'Write a note on this step'}
        shortcut="o"
        className={hasNote ? styles.pinned : undefined}
        onClick={onWrite}
      />
    </span>
  );
}

interface NoteProps {
  mark: StepMarkItem | null;
  isKnown: boolean;
  isWriting: boolean;
  isSaving: boolean;
  error: Error | null;
  onSave: (note: string) => void;
  onCancel: () => void;
}

/** The note, or where it is written; nothing where there is neither. */
export function StepNote({ mark, isKnown, isWriting, isSaving, error, onSave, onCancel }: NoteProps) {
  const note = mark?.note ?? null;
  if (isWriting) {
    return (
      <div className={styles.editor}>
        <NoteField
          stored={isKnown ? (note ?? '') : null}
          placeholder="What is worth knowing of this step; Markdown is shown as such"
          mostCharacters={MOST_CHARACTERS}
          isSaving={isSaving}
          error={error && backendErrorFrom(error).message}
          onSave={onSave}
          onCancel={onCancel}
        />
      </div>
    );
  }
  if (note === null) return null;
  return <ReadNote key={mark?.span_id} note={note} />;
}

/** A note as it is read: its beginning, until the person wants all of it, so that the step itself stays in view. */
function ReadNote({ note }: { note: string }) {
  const [whole, setWhole] = useState(false);
  const start = startOf(note);
  const shown = whole ? note : start;
  return (
    <div className={styles.note} role="note" aria-label="Note">
      <Suspense fallback={<pre className={styles.plain}>{shown}</pre>}>
        <Markdown text={shown} />
      </Suspense>
      {start !== note && (
        <WholeButton whole={whole} onChange={setWhole} size={plural([...note].length, 'character')} />
      )}
    </div>
  );
}

const LINES_AT_FIRST = 3;
const CHARACTERS_AT_FIRST = 240;

/** The first lines of a note; all of it, if there is hardly more. */
function startOf(note: string): string {
  const lines = note.split('\n').slice(0, LINES_AT_FIRST).join('\n');
  const start = [...lines].slice(0, CHARACTERS_AT_FIRST).join('').trimEnd();
  return note.trimEnd().length > start.length * 1.3 || note.split('\n').length > LINES_AT_FIRST + 1
    ? `${start} …`
    : note;
}
