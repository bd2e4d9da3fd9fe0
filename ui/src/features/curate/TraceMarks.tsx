// What the person says of the open trace: star, tags, note, each changed where it stands.
import { useState } from 'react';
import { backendErrorFrom } from '../../backend';
import type { TraceSummary } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Popover } from '../../components/Popover';
import { Icon } from '../../components/icons';
import { visibleText } from '../../domain/visibleText';
import { theseTraces, useMarkTraces, type Marking } from '../../queries/curate';
import { useActions } from '../../state/actions';
import { tellFailure } from '../../state/toast';
import { NoteEditor } from './NoteEditor';
import { TagInput } from './TagInput';
import styles from './TraceMarks.module.css';
import { useDeleting } from './useDeleting';

export function TraceMarks({ trace }: { trace: TraceSummary }) {
  const { trace_id, starred, tags, note } = trace;
  const marking = useMarkTraces();
  const { isDeleting, deleteTraces } = useDeleting();
  const [open, setOpen] = useState<'tag' | 'note' | null>(null);
  const mark = (change: Omit<Marking, 'selection'>) => {
    marking.mutate(
      { ...change, selection: theseTraces([trace_id]) },
      {
        onError: (error) => {
          tellFailure('Not changed', backendErrorFrom(error));
        },
      },
    );
  };
  const toggleStar = () => {
    mark({ starred: !starred });
  };
  const close = () => {
    setOpen(null);
  };
  useActions([
    {
      id: 'trace.star',
      label: starred ? 'Take the star off this trace' : 'Star this trace',
      group: 'Trace',
      run: toggleStar,
    },
    {
      id: 'trace.tag',
      label: 'Tag this trace…',
      group: 'Trace',
      run: () => {
        setOpen('tag');
      },
    },
    {
      id: 'trace.note',
      label: 'Write a note on this trace…',
      group: 'Trace',
      run: () => {
        setOpen('note');
      },
    },
    {
      id: 'trace.delete',
      label: 'Delete this trace',
      group: 'Trace',
      run: () => {
        deleteTraces(theseTraces([trace_id]));
      },
    },
  ]);
  return (
    <div className={styles.marks} role="group" aria-label="Star, tags and note">
      <IconButton
        size="small"
        icon={starred ? 'starred' : 'star'}
        label={starred ? 'Take the star off' : 'Star this trace'}
        aria-pressed={starred}
        className={starred ? styles.starred : undefined}
        onClick={toggleStar}
      />
      <ul className={styles.tags} aria-label="Tags">
        {tags.map((tag) => (
          <li key={tag} className={styles.tag}>
            <span className={styles.word} title={visibleText(tag)}>
              {visibleText(tag)}
            </span>
            <button
              type="button"
              className={styles.off}
              aria-label={`Take the tag ${visibleText(tag)} off`}
              onClick={() => {
                mark({ remove_tags: [tag] });
              }}
            >
              <Icon name="close" size={10} />
            </button>
          </li>
        ))}
      </ul>
      <Popover
        open={open === 'tag'}
        onOpenChange={(isOpen) => {
          setOpen(isOpen ? 'tag' : null);
        }}
        label="Tag this trace"
        trigger={
          <Button size="small" look="quiet" icon="tag">
            {tags.length === 0 ? 'Add a tag' : 'Add'}
          </Button>
        }
      >
        <TagInput
          label="Tag to add"
          without={tags}
          autoFocus
          onAdd={(tag) => {
            mark({ add_tags: [tag] });
          }}
          onLeave={close}
        />
      </Popover>
      <Popover
        open={open === 'note'}
        onOpenChange={(isOpen) => {
          setOpen(isOpen ? 'note' : null);
        }}
        label="Note"
        trigger={
          <button
            type="button"
            className={note === null ? `${styles.note} ${styles.none}` : styles.note}
            title={note ?? undefined}
            aria-label={note === null ? 'Write a note' : `Note: ${note}`}
          >
            <Icon name="edit" size={14} />
            <span className={styles.word}>{note ?? 'Write a note'}</span>
          </button>
        }
      >
        <NoteEditor traceId={trace_id} onDone={close} />
      </Popover>
      <IconButton
        size="small"
        icon="remove"
        label="Delete this trace; this can be undone"
        disabled={isDeleting}
        className={styles.last}
        onClick={() => {
          deleteTraces(theseTraces([trace_id]));
        }}
      />
    </div>
  );
}
