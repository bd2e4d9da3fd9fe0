// Which run of its conversation a trace is, and the way to those beside it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { TraceSummary } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { formatCount } from '../../domain/format';
import { neighboursQuery } from '../../queries/finding';
import { useActions } from '../../state/actions';
import { goTo, usePlace } from '../../state/place';
import styles from './ConversationTurn.module.css';

interface ConversationTurnProps {
  summary: TraceSummary;
  conversation: string;
}

export function ConversationTurn({ summary, conversation }: ConversationTurnProps) {
  const { trace_id, conversation_place, conversation_runs } = summary;
  const cache = useQueryClient();
  const neighbours = neighboursQuery(useBackend(), trace_id, conversation, conversation_place);
  const { data } = useQuery(neighbours);
  // A key pressed before the neighbours are known waits for them; by then the person may have gone elsewhere.
  const to = async (side: 'before' | 'after') => {
    const traceId = (data ?? (await cache.ensureQueryData(neighbours).catch(() => null)))?.[side] ?? null;
    if (traceId !== null && usePlace.getState().traceId === trace_id) goTo({ traceId }, 'push');
  };
  const toBefore = () => void to('before');
  const toAfter = () => void to('after');
  useActions([
    {
      id: 'conversation.next',
      label: 'Next run of the conversation',
      group: 'Trace',
      keys: ['>'],
      run: toAfter,
    },
    {
      id: 'conversation.before',
      label: 'Previous run of the conversation',
      group: 'Trace',
      keys: ['<'],
      run: toBefore,
    },
  ]);
  return (
    <span className={styles.turn} title={`Conversation ${conversation}`}>
      <IconButton
        size="small"
        icon="back"
        label="Previous run of the conversation"
        shortcut="<"
        disabled={(data?.before ?? null) === null}
        onClick={toBefore}
      />
      <span>
        Run {formatCount(conversation_place)} of {formatCount(conversation_runs)}
        <span className="visually-hidden"> of the conversation {conversation}</span>
      </span>
      <IconButton
        size="small"
        icon="next"
        label="Next run of the conversation"
        shortcut=">"
        disabled={(data?.after ?? null) === null}
        onClick={toAfter}
      />
    </span>
  );
}
