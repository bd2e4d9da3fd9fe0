// A picture or sound that is too large to come with its turn: read from the step when it is asked for.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { MessagePart } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { MediaView } from '../../components/MediaView';
import { formatBytes } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { stepQuery } from '../../queries/traces';
import styles from './Conversation.module.css';

interface WholeMediaProps {
  traceId: number;
  spanId: string;
  /** Whether it is in the answer rather than in the request. */
  isAnswer: boolean;
  place: number;
  index: number;
  part: Extract<MessagePart, { type: 'media' }>;
  bytes: number;
}

export function WholeMedia({ traceId, spanId, isAnswer, place, index, part, bytes }: WholeMediaProps) {
  const [isWanted, setWanted] = useState(false);
  const { data, error } = useQuery({ ...stepQuery(useBackend(), traceId, spanId), enabled: isWanted });
  const messages = data && (isAnswer ? data.content.output_messages : data.content.input_messages);
  const found = messages?.[place]?.parts[index];
  if (found?.type === 'media')
    return <MediaView reference={found.reference} modality={found.modality} mime_type={found.mime_type} />;
  return (
    <div className={styles.media}>
      <Button
        size="small"
        icon="file"
        disabled={isWanted && !error && !data}
        onClick={() => {
          setWanted(true);
        }}
      >
        Show
      </Button>
      <span className={styles.note}>
        {visibleText(part.mime_type ?? part.modality)}, {formatBytes(bytes)}
        {error && `, cannot be read: ${error.message}`}
        {data && ', is not in the step any more'}
      </span>
    </div>
  );
}
