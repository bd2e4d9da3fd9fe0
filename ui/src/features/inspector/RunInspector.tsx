// What the source says of the run as a whole; shown while no step is selected.
import { useState, type ReactNode } from 'react';
import type { TraceDetail } from '../../backend/bindings';
import { LongTexts } from '../../components/LongTexts';
import { EmptyState } from '../../components/States';
import { hasConversation, hasData } from '../../domain/sections';
import { isBranch, sizeOf } from '../../domain/json';
import { Attributes } from './Attributes';
import { Conversation } from './Conversation';
import { Data } from './Data';
import { PlainSwitch } from './PlainSwitch';
import styles from './Inspector.module.css';

interface RunInspectorProps {
  detail: TraceDetail;
  /** What decided how long it took, where its source gives times. */
  path?: ReactNode;
}

export function RunInspector({ detail, path = false }: RunInspectorProps) {
  const { content, attributes } = detail;
  const said = content !== null && (hasConversation(content) || hasData(content));
  const known = attributes !== null && !(isBranch(attributes) && sizeOf(attributes) === 0);
  const [wanted, setWanted] = useState<'content' | 'attributes' | 'path'>('content');
  const there = { content: said, attributes: known, path: path !== false };
  const shown = there[wanted] ? wanted : said ? 'content' : known ? 'attributes' : 'path';
  return (
    <LongTexts traceId={detail.summary.trace_id} stepId={null} texts={detail.long_texts}>
      {!there[shown] ? (
        <EmptyState title="No step selected" text="Select a step to see what went in and what came out." />
      ) : (
        <>
          <div className={styles.tabRow}>
            <div className={styles.tabs} role="tablist" aria-label="Sections of the run">
              {said && (
                <Tab
                  label="Run"
                  selected={shown === 'content'}
                  onSelect={() => {
                    setWanted('content');
                  }}
                />
              )}
              {known && (
                <Tab
                  label="Attributes of the run"
                  selected={shown === 'attributes'}
                  onSelect={() => {
                    setWanted('attributes');
                  }}
                />
              )}
              {there.path && (
                <Tab
                  label="Critical path"
                  selected={shown === 'path'}
                  onSelect={() => {
                    setWanted('path');
                  }}
                />
              )}
            </div>
            {shown === 'content' && <PlainSwitch label="As written" />}
          </div>
          <div className={styles.body} role="tabpanel">
            {shown === 'path' ? (
              path
            ) : shown === 'attributes' ? (
              <Attributes attributes={attributes} origin={null} />
            ) : content !== null && hasConversation(content) ? (
              <Conversation content={content} />
            ) : (
              content !== null && <Data content={content} />
            )}
          </div>
        </>
      )}
    </LongTexts>
  );
}

function Tab({ label, selected, onSelect }: { label: string; selected: boolean; onSelect: () => void }) {
  return (
    <button type="button" role="tab" aria-selected={selected} className={styles.tab} onClick={onSelect}>
      {label}
    </button>
  );
}
