// In a trace that was found by its text: which of the places where the text stands is shown, and the way to the others.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBackend } from '../../backend';
import type { Snippet } from '../../backend/bindings';
import { IconButton } from '../../components/Button';
import { Icon } from '../../components/icons';
import { MarkedText } from '../../components/MarkedText';
import { formatCount, plural } from '../../domain/format';
import { filterReadQuery } from '../../queries/filter';
import { traceHitsQuery } from '../../queries/finding';
import { useActions } from '../../state/actions';
import { usePlace } from '../../state/place';
import styles from './HitBar.module.css';

interface HitBarProps {
  traceId: number;
  /** Shows the step where a hit stands; empty for the run itself. */
  onShow: (spanId: string) => void;
}

export function HitBar({ traceId, onShow }: HitBarProps) {
  const filter = usePlace((place) => place.filter);
  const { data: read } = useQuery(filterReadQuery(useBackend(), filter));
  const isSearch =
    filter !== '' &&
    read?.filter === filter &&
    read.reading.terms.some(({ field, negated }) => field === null && !negated);
  return isSearch ? <Hits key={filter} traceId={traceId} filter={filter} onShow={onShow} /> : null;
}

function Hits({ traceId, filter, onShow }: HitBarProps & { filter: string }) {
  const { data, error } = useQuery(traceHitsQuery(useBackend(), traceId, filter));
  /** Which hit is shown, from 0; -1 before the first. */
  const [shown, setShown] = useState(-1);
  const [isClosed, setClosed] = useState(false);
  const hits = data?.hits ?? [];
  const current = Math.min(shown, hits.length - 1);
  const go = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const from = current < 0 && by < 0 ? 0 : current;
    const next = (from + by + hits.length) % hits.length;
    setShown(next);
    setClosed(false);
    onShow(hits[next]?.span_id ?? '');
  };
  const next = () => {
    go(1);
  };
  const before = () => {
    go(-1);
  };
  useActions([
    { id: 'hits.next', label: 'Next place of the text', group: 'Trace', keys: ['F3', '.'], run: next },
    {
      id: 'hits.before',
      label: 'Previous place of the text',
      group: 'Trace',
      keys: ['Shift+F3', ','],
      run: before,
    },
  ]);
  if (isClosed) return null;
  return (
    <div className={styles.bar} role="region" aria-label="Places of the text in this trace">
      <Icon name="search" size={14} />
      <span className={styles.count} role="status">
        {countText(current, hits.length, data?.is_cut ?? false, data !== undefined, error?.message ?? null)}
      </span>
      <IconButton
        size="small"
        icon="up"
        label="Previous place of the text"
        shortcut="Shift+F3"
        disabled={hits.length === 0}
        onClick={before}
      />
      <IconButton
        size="small"
        icon="down"
        label="Next place of the text"
        shortcut="F3"
        disabled={hits.length === 0}
        onClick={next}
      />
      <span className={styles.where}>{hits[current] && <Where hit={hits[current]} />}</span>
      <IconButton
        size="small"
        icon="close"
        label="Close; F3 brings it back"
        onClick={() => {
          setClosed(true);
        }}
      />
    </div>
  );
}

function countText(
  current: number,
  count: number,
  isCut: boolean,
  isRead: boolean,
  problem: string | null,
): string {
  if (problem !== null) return `The places could not be read: ${problem}`;
  if (!isRead) return 'Looking…';
  if (count === 0) return 'The text does not stand in it any more';
  const all = isCut ? `more than ${formatCount(count)}` : formatCount(count);
  // A place may hold the text several times: the list counts each of them.
  if (current >= 0) return `Place ${formatCount(current + 1)} of ${all}`;
  return isCut ? `${all} places` : plural(count, 'place');
}

/** Where a hit stands, and what stands around it. */
function Where({ hit: { span_id, name, place, text, marks } }: { hit: Snippet }) {
  return (
    <>
      <span className={styles.place}>
        {span_id === '' ? 'the run' : name} · {place}
      </span>
      <span className={styles.text} title={text}>
        <MarkedText text={text} marks={marks} lead={LEAD} />
      </span>
    </>
  );
}

/** Letters before the hit. */
const LEAD = 40;
