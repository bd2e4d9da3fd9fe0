// The facts of a trace on one line. Those that do not fit are shown when asked for, and the line says how many they are.
import { useLayoutEffect, useRef, useState } from 'react';
import type { Fact } from '../../backend/bindings';
import { Tooltip } from '../../components/Tooltip';
import { PROVENANCE_WORDS } from '../../domain/words';
import { visibleText } from '../../domain/visibleText';
import { toggleFacts, useLayout } from '../../state/layout';
import styles from './FactLine.module.css';

export function FactLine({ facts }: { facts: readonly Fact[] }) {
  const open = useLayout((layout) => layout.factsOpen);
  const list = useRef<HTMLDListElement>(null);
  const hidden = useHiddenBelow(list, facts, open);
  return (
    <div className={styles.line}>
      <dl ref={list} className={open ? styles.all : styles.first}>
        {facts.map((fact, index) => (
          <FactItem key={`${fact.label} ${index}`} fact={fact} inFull={open} />
        ))}
      </dl>
      {(open || hidden > 0) && (
        <button type="button" className={styles.more} aria-expanded={open} onClick={toggleFacts}>
          {open ? 'Less' : `${hidden} more`}
        </button>
      )}
    </div>
  );
}

/** On the one line, that a number is the source's own needs no mark; the tooltip says it there. */
function FactItem({ fact, inFull }: { fact: Fact; inFull: boolean }) {
  const { mark, meaning } = PROVENANCE_WORDS[fact.provenance];
  const isMarked = mark !== null && (inFull || fact.provenance !== 'reported');
  return (
    <div className={styles.fact}>
      <dt>{fact.label}</dt>
      <Tooltip
        text={
          <>
            <b>{meaning}</b> {fact.explanation}
          </>
        }
      >
        <dd>
          <span className={styles.value}>{visibleText(fact.value)}</span>
          {isMarked && <span className={styles.mark}>{mark}</span>}
          <span className="visually-hidden">. {fact.explanation}</span>
        </dd>
      </Tooltip>
    </div>
  );
}

/** How many of the list's items stand below its first line. */
function useHiddenBelow(
  list: { readonly current: HTMLElement | null },
  facts: readonly Fact[],
  open: boolean,
): number {
  const [hidden, setHidden] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const count = () => {
      const items = [...element.children].filter((each) => each instanceof HTMLElement);
      const first_px = items[0]?.offsetTop ?? 0;
      setHidden(items.filter((each) => each.offsetTop > first_px).length);
    };
    count();
    const resized = new ResizeObserver(count);
    resized.observe(element);
    return () => {
      resized.disconnect();
    };
  }, [list, facts, open]);
  return hidden;
}
