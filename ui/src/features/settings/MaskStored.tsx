import { useEffect, useRef, useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { backendErrorFrom, useBackend } from '../../backend';
import type { MaskStoredStatus } from '../../backend/bindings';
import { Button } from '../../components/Button';
import { ProgressBar } from '../../components/ProgressBar';
import { maskedWords } from '../../domain/masked';
import { sentenceOf } from '../../domain/words';
import { maskStoredQuery } from '../../queries/masking';
import styles from './Privacy.module.css';
import settingsStyles from './SettingsDialog.module.css';

/** Masks what is stored already by the rules that are saved, behind everything else. */
export function MaskStored({ isUnsaved }: { isUnsaved: boolean }) {
  const backend = useBackend();
  const cache = useQueryClient();
  const query = maskStoredQuery(backend);
  const { data: status } = useQuery(query);
  const starting = useMutation({
    mutationFn: () => backend.call('mask_stored_start', {}),
    onSuccess: (started) => {
      cache.setQueryData(query.queryKey, started);
    },
  });
  const [isAsking, setIsAsking] = useState(false);
  // What an earlier run has masked is not taken back by one that found nothing more.
  const [before, setBefore] = useState('');
  const isRunning = status?.is_running ?? false;
  const failed = starting.error ? backendErrorFrom(starting.error).message : (status?.error ?? null);
  const said = status ? words(status, before) : '';
  // What is asked, done and said stands around the button that began it, part of it perhaps out of view.
  const frame = useRef<HTMLElement>(null);
  const isBegun = useRef(false);
  useEffect(() => {
    if (isBegun.current) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [isAsking, isRunning, said, failed]);
  return (
    <section ref={frame} className={settingsStyles.group}>
      <h3 className={settingsStyles.heading}>What is stored already</h3>
      <div className={settingsStyles.row}>
        <span>
          Mask what is stored
          <small>
            {isUnsaved
              ? 'Save your patterns first: it goes by those that are saved.'
              : 'Goes through everything by these rules, then writes the database anew, so that nothing of it is left in the file. This can’t be undone.'}
          </small>
        </span>
        {isRunning ? (
          <Button size="small" onClick={() => void backend.call('mask_stored_stop', {})}>
            Stop
          </Button>
        ) : isAsking ? (
          <span role="group" aria-label="Mask what is stored for good?" className={styles.buttons}>
            <Button
              size="small"
              onClick={() => {
                setIsAsking(false);
              }}
            >
              Cancel
            </Button>
            <Button
              size="small"
              look="primary"
              autoFocus
              onClick={() => {
                setIsAsking(false);
                setBefore((status?.has_finished && maskedWords(status.masked)) || before);
                starting.mutate();
              }}
            >
              Mask for good
            </Button>
          </span>
        ) : (
          <Button
            size="small"
            disabled={!status || isUnsaved || starting.isPending}
            onClick={() => {
              isBegun.current = true;
              setIsAsking(true);
            }}
          >
            Mask now…
          </Button>
        )}
      </div>
      {isRunning && status && (
        <ProgressBar
          label="Masking what is stored"
          share={status.is_compacting || status.total === 0 ? null : status.done / status.total}
        />
      )}
      <p role="status" className={styles.words}>
        {said}
      </p>
      {failed !== null && !isRunning && (
        <p className={settingsStyles.error} role="alert">
          {sentenceOf(failed)}
        </p>
      )}
    </section>
  );
}

function words(status: MaskStoredStatus, before: string): string {
  const masked = maskedWords(status.masked) || 'Nothing was masked';
  if (status.is_compacting) return `${masked}. Writing the database anew…`;
  if (status.is_running) return maskedWords(status.masked) || 'Looking through what is stored…';
  if (!status.has_finished) return '';
  const isMore = status.masked.length === 0 && before !== '';
  return isMore ? `Done. Nothing more was masked; before: ${before}.` : `Done. ${masked}.`;
}
