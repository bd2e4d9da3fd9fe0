// Which run of its conversation a trace is, and the way to those beside it.
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../../backend';
import type { TraceSummary } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { formatCount } from '../../domain/format';
import { neighboursQuery } from '../../queries/finding';
import { useActions } from '../../state/actions';
import { goTo } from '../../state/place';
import styles from './ConversationTurn.module.css';

interface ConversationTurnProps {
  summary: TraceSummary;
  conversation: string;
}

export function ConversationTurn({ summary, conversation }: ConversationTurnProps) {
  const { trace_id, conversation_place, conversation_runs } = summary;
  const { data } = useQuery(neighboursQuery(useBackend(), trace_id, conversation, conversation_place));
  const to = (traceId: number | null | undefined) => () => {
    if (typeof traceId === 'number') goTo({ traceId }, 'push');
  };
  useActions([
    {
      id: 'conversation.next',
      label: 'Next run of the conversation',
      group: 'Trace',
      keys: ['>'],
      run: to(data?.after),
    },
    {
      id: 'conversation.before',
      label: 'Previous run of the conversation',
      group: 'Trace',
      keys: ['<'],
      run: to(data?.before),
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
        onClick={to(data?.before)}
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
        onClick={to(data?.after)}
      />
    </span>
  );
}
