// A field for the note of one trace.
import { useQuery } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import { theseTraces, useMarkTraces } from '../../queries/curate';
import { traceQuery } from '../../queries/traces';
import { NoteField } from './NoteField';

const MOST_CHARACTERS = 10_000;

interface NoteEditorProps {
  traceId: number;
  /** It is stored, or the person does not want to change it. */
  onDone: () => void;
}

export function NoteEditor({ traceId, onDone }: NoteEditorProps) {
  const { data } = useQuery(traceQuery(useBackend(), traceId));
  const marking = useMarkTraces();
  return (
    <NoteField
      stored={data ? (data.summary.note ?? '') : null}
      placeholder="What is worth knowing of this run"
      mostCharacters={MOST_CHARACTERS}
      isSaving={marking.isPending}
      error={marking.error && backendErrorFrom(marking.error).message}
      onSave={(note) => {
        marking.mutate({ selection: theseTraces([traceId]), note }, { onSuccess: onDone });
      }}
      onCancel={onDone}
    />
  );
}
