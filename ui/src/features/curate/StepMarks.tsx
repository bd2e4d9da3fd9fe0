// What the person says of the selected step: a pin, and a note, each changed where it stands.
import { lazy, Suspense } from 'react';
import { backendErrorFrom } from '../../backend';
import type { StepMarkItem } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { plainStarts } from './plainStarts';
import { NoteField } from './NoteField';
import styles from './StepMarks.module.css';

const Markdown = lazy(() => import('../../components/Markdown'));

const MOST_CHARACTERS = 20_000;

interface StepMarksProps {
  /** What is said of it now; `null` for nothing. */
  mark: StepMarkItem | null;
  /** Whether the marks of the trace are known yet. */
  isKnown: boolean;
  isWriting: boolean;
  isSaving: boolean;
  error: Error | null;
  onPin: (pinned: boolean) => void;
  onWrite: () => void;
  onSave: (note: string) => void;
  onCancel: () => void;
}

export function StepMarks(props: StepMarksProps) {
  const { mark, isKnown, isWriting, isSaving, error, onPin, onWrite, onSave, onCancel } = props;
  const isPinned = mark !== null && mark.pinned_unix_ms !== null;
  const note = mark?.note ?? null;
  return (
    <div className={styles.marks} role="group" aria-label="Pin and note">
      <div className={styles.bar}>
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
        {!isWriting && (
          <button
            type="button"
            className={note === null ? `${styles.write} ${styles.none}` : styles.write}
            aria-label={note === null ? 'Write a note on this step' : 'Change the note'}
            aria-keyshortcuts="o"
            onClick={onWrite}
          >
            <Icon name="note" size={14} />
            <span className={styles.start}>{buttonText(note)}</span>
          </button>
        )}
      </div>
      {isWriting ? (
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
      ) : (
        note !== null &&
        isLong(note) && (
          <div className={styles.note} data-scrolls tabIndex={0} role="note" aria-label="Note">
            <Suspense fallback={<pre className={styles.plain}>{note}</pre>}>
              <Markdown text={note} />
            </Suspense>
          </div>
        )
      )}
    </div>
  );
}

/** What stands on the button: the note itself, unless that is shown below. */
function buttonText(note: string | null): string {
  if (note === null) return 'Write a note';
  return isLong(note) ? 'Change the note' : plainStarts(note);
}

/** Whether a note is more than the one line that the button shows. */
const isLong = (note: string) => note.length > 48 || /[\n*_`#[\]]/.test(note);
