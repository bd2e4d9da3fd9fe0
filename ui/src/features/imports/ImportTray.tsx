// Imports of this run of the app, at the foot of the window: in nobody's way, and read out as they begin and end.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useBackend } from '../../backend';
import type { ImportStatus } from '../../backend/bindings';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { StatusIcon } from '../../components/StatusIcon';
import { lastPart, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { importListQuery } from '../../queries/imports';
import { ImportCard } from './ImportCard';
import styles from './Imports.module.css';
import { useLooking } from './sortedOut';
import { announcements, isOver } from './summary';
import { dismissRefusal, useRefusals, type Importing } from './useImporting';

export function ImportTray({ importing }: { importing: Importing }) {
  const { data: imports = NONE } = useQuery(importListQuery(useBackend()));
  const refusals = useRefusals((state) => state.messages);
  const looking = useLooking(({ paths }) => paths);
  const [folded, setFolded] = useState(false);
  const over = imports.filter(isOver);
  const running = imports.length - over.length;
  const said = useAnnouncements(imports);
  // One import speaks for itself; the heading is for taking several together.
  const several = imports.length > 1;

  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite">
        {said}
      </div>
      {(imports.length > 0 || refusals.length > 0 || looking.length > 0) && (
        <section className={styles.tray} aria-label="Imports">
          {looking.map((path) => (
            <div key={path} className={styles.looking} role="status">
              <StatusIcon status="running" label="Waiting" />
              <span>
                {visibleText(lastPart(path))} does not answer yet; another program may have it locked. It is
                waited for a few seconds.
              </span>
            </div>
          ))}
          {refusals.map(({ id, text }) => (
            <div key={id} className={styles.refusal} role="alert">
              <Icon name="warning" />
              <span>{text}</span>
              <IconButton
                size="small"
                icon="close"
                label="Dismiss"
                onClick={() => {
                  dismissRefusal(id);
                }}
              />
            </div>
          ))}
          {imports.length > 0 && (
            <>
              {several && (
                <div className={styles.trayHead}>
                  <h2 className={styles.trayTitle}>Imports</h2>
                  <span className={styles.traySummary}>{trayText(running, over)}</span>
                  {over.length > 1 && (
                    <Button
                      size="small"
                      look="quiet"
                      onClick={() => {
                        importing.dismiss(over.map(({ import_id }) => import_id));
                      }}
                    >
                      Dismiss finished
                    </Button>
                  )}
                  <IconButton
                    size="small"
                    icon={folded ? 'up' : 'down'}
                    label={folded ? 'Show imports' : 'Fold imports'}
                    aria-expanded={!folded}
                    onClick={() => {
                      setFolded(!folded);
                    }}
                  />
                </div>
              )}
              {!(several && folded) && (
                <ul className={styles.cards}>
                  {imports.map((status) => (
                    <ImportCard
                      key={status.import_id}
                      status={status}
                      onCancel={() => {
                        importing.cancel(status.import_id);
                      }}
                      onDismiss={() => {
                        importing.dismiss([status.import_id]);
                      }}
                    />
                  ))}
                </ul>
              )}
            </>
          )}
        </section>
      )}
    </>
  );
}

const NONE: ImportStatus[] = [];

function trayText(running: number, over: ImportStatus[]): string {
  const ended = (in_state: ImportStatus['state']) => over.filter(({ state }) => state === in_state).length;
  const [done, cancelled, failed] = [ended('done'), ended('cancelled'), ended('failed')];
  const problems = over.reduce((sum, status) => sum + status.problems, 0);
  const parts = [
    running > 0 ? `${running} running` : null,
    done > 0 ? `${done} finished` : null,
    cancelled > 0 ? `${cancelled} cancelled` : null,
    failed > 0 ? `${failed} failed` : null,
    problems > 0 ? plural(problems, 'problem') : null,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** The latest beginning or end, in a sentence. */
function useAnnouncements(imports: ImportStatus[]): string {
  const before = useRef<ImportStatus[]>(NONE);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const news = announcements(before.current, imports);
    before.current = imports;
    if (news.length > 0) setSaid(news.join(' '));
  }, [imports]);
  return said;
}
