// Where in the selected step, or in the run itself, stands what is looked for; each place leads to the section it is in.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { Snippet } from '../../backend/bindings';
import { Icon } from '../../components/icons';
import { MarkedText } from '../../components/MarkedText';
import { choiceKey, sectionOfPlace, sectionsOf } from '../../domain/sections';
import { formatCount, plural } from '../../domain/format';
import { visibleText } from '../../domain/visibleText';
import { stepHitsQuery } from '../../queries/finding';
import { stepQuery } from '../../queries/traces';
import { chooseSection } from '../../state/steps';
import styles from './StepMatches.module.css';

interface StepMatchesProps {
  traceId: number;
  /** Empty for the run itself. */
  stepId: string;
  /** The filter whose texts are looked for. */
  filter: string;
}

/** Letters before a hit. */
const LEAD = 24;
const SHOWN = 20;

export function StepMatches({ traceId, stepId, filter }: StepMatchesProps) {
  const backend = useBackend();
  const { data } = useQuery(stepHitsQuery(backend, traceId, filter, stepId));
  const { data: step } = useQuery({ ...stepQuery(backend, traceId, stepId), enabled: stepId !== '' });
  const [isWhole, setWhole] = useState(false);
  if (!data || data.hits.length === 0) return null;
  const { hits, is_cut } = data;
  const shown = isWhole ? hits : hits.slice(0, SHOWN);
  const showSection = ({ place }: Snippet) => {
    if (!step) return;
    const section = sectionOfPlace(place, sectionsOf(step));
    if (section !== null) chooseSection(choiceKey(step), section);
  };
  return (
    <section className={styles.matches} aria-label="Places of what is looked for">
      <div className={styles.heading}>
        <Icon name="search" size={12} />
        {is_cut ? `More than ${formatCount(hits.length)} places` : plural(hits.length, 'place')}
      </div>
      <ul className={styles.list}>
        {shown.map((hit, index) => (
          <li key={index}>
            <Match
              hit={hit}
              {...(step
                ? {
                    onShow: () => {
                      showSection(hit);
                    },
                  }
                : {})}
            />
          </li>
        ))}
        {shown.length < hits.length && (
          <li>
            <button
              type="button"
              className={styles.match}
              onClick={() => {
                setWhole(true);
              }}
            >
              Show all {formatCount(hits.length)}
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}

function Match({ hit, onShow }: { hit: Snippet; onShow?: () => void }) {
  const parts = (
    <>
      <span className={styles.place}>{visibleText(hit.place)}</span>
      <span className={styles.text} title={visibleText(hit.text)}>
        <MarkedText text={hit.text} marks={hit.marks} lead={LEAD} />
      </span>
    </>
  );
  return onShow ? (
    <button type="button" className={styles.match} onClick={onShow}>
      {parts}
    </button>
  ) : (
    <div className={styles.match}>{parts}</div>
  );
}
