// What became of the history in a call: what it kept, what was taken out. The messages themselves are read when asked for.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { ConversationTurn, Message } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { historyNotes, removedWords } from '../../domain/conversation';
import { plural } from '../../domain/format';
import { textOf } from '../../domain/json';
import { visibleText } from '../../domain/visibleText';
import { stepQuery } from '../../queries/traces';
import styles from './Conversation.module.css';
import { PlainMessage } from './MessageView';

type Opened = 'kept' | 'removed' | null;

interface HistoryLineProps {
  traceId: number;
  turn: ConversationTurn;
  isFirst: boolean;
  onShowStep: (spanId: string) => void;
}

export function HistoryLine({ traceId, turn, isFirst, onShowStep }: HistoryLineProps) {
  const [opened, setOpened] = useState<Opened>(null);
  const { removed, before_span_id, compacted_span_id } = turn.history;
  // The answer of the call before is a message of this one's history like any other.
  const kept = turn.history.kept + (turn.history.answer === 'kept' ? 1 : 0);
  const removedText = removedWords(turn);
  const notes = historyNotes(turn, isFirst);
  // The first turn has no system prompt to differ from.
  const isSystemChanged = turn.system.length > 0 && !isFirst;
  if (kept === 0 && !removedText && notes.length === 0 && !isSystemChanged && compacted_span_id === null)
    return null;
  const toggle = (which: Opened) => {
    setOpened(opened === which ? null : which);
  };
  return (
    <>
      <div className={styles.history}>
        {kept > 0 && (
          <Fold
            isOpen={opened === 'kept'}
            onToggle={() => {
              toggle('kept');
            }}
          >
            {`${plural(kept, 'message')} kept`}
          </Fold>
        )}
        {removedText !== null && (
          <Fold
            isOpen={opened === 'removed'}
            isMarked
            onToggle={() => {
              toggle('removed');
            }}
          >
            {removedText}
          </Fold>
        )}
        {compacted_span_id !== null && (
          <button
            type="button"
            className={`${styles.fold} ${styles.marked}`}
            onClick={() => {
              onShowStep(compacted_span_id);
            }}
          >
            The history was compacted before this call
          </button>
        )}
        {isSystemChanged && <span className={styles.marked}>System prompt changed</span>}
        {notes.map((note) => (
          <span key={note}>{note}</span>
        ))}
      </div>
      {opened === 'kept' && (
        <Messages
          traceId={traceId}
          spanId={turn.span_id}
          label="Messages kept"
          wanted={(_, place) => place >= turn.system_messages && !isNew(turn, place)}
          most={kept}
        />
      )}
      {opened === 'removed' && before_span_id !== null && (
        <Messages
          traceId={traceId}
          spanId={before_span_id}
          label="Messages removed"
          wanted={(_, place) => removed.includes(place)}
          most={removed.length}
        />
      )}
    </>
  );
}

const isNew = ({ added }: ConversationTurn, place: number) => added.some((each) => each.place === place);

interface FoldProps {
  isOpen: boolean;
  isMarked?: boolean;
  onToggle: () => void;
  children: string;
}

function Fold({ isOpen, isMarked = false, onToggle, children }: FoldProps) {
  return (
    <button
      type="button"
      className={`${styles.fold} ${isMarked ? styles.marked : ''}`}
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      <span className={`${styles.chevron} ${isOpen ? styles.open : ''}`}>
        <Icon name="next" size={10} />
      </span>
      {children}
    </button>
  );
}

interface MessagesProps {
  traceId: number;
  spanId: string;
  label: string;
  /** Which messages of the step's request. */
  wanted: (message: Message, place: number) => boolean;
  most: number;
}

/** So many are drawn at first. */
const SHOWN = 40;

function Messages({ traceId, spanId, label, wanted, most }: MessagesProps) {
  const { data, error } = useQuery(stepQuery(useBackend(), traceId, spanId));
  const [shown, setShown] = useState(SHOWN);
  if (error) return <p className={styles.note}>They cannot be read: {error.message}</p>;
  if (!data)
    return (
      <p className={styles.note} role="status">
        Reading the messages…
      </p>
    );
  const { input_messages, input } = data.content;
  const found = input_messages.filter(wanted).slice(0, most);
  return (
    <section className={styles.earlier} aria-label={label}>
      {found.slice(0, shown).map((message, index) => (
        <PlainMessage key={index} message={message} />
      ))}
      {found.length === 0 && input !== null && <p className={styles.note}>{visibleText(textOf(input))}</p>}
      {found.length > shown && (
        <button
          type="button"
          className={styles.link}
          onClick={() => {
            setShown(shown + 100);
          }}
        >
          Show more ({plural(found.length - shown, 'message')} left)
        </button>
      )}
    </section>
  );
}
